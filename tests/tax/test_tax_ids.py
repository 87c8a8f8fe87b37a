import pytest

from apps.tax.errors import InvalidTaxId
from apps.tax.tax_id_countries import FORMATS_BY_COUNTRY
from apps.tax.tax_id_formats import VALIDATORS
from apps.tax.tax_ids import has_tax_ids, validate_tax_id


class TestFormats:
    def test_cover_79_countries_and_every_format_is_used(self) -> None:
        assert len(FORMATS_BY_COUNTRY) == 79
        assert {name for names in FORMATS_BY_COUNTRY.values() for name in names} == set(VALIDATORS)

    @pytest.mark.parametrize("country", FORMATS_BY_COUNTRY)
    @pytest.mark.parametrize("number", ["", " ", "-", "X", "١٢٣٤٥٦٧٨", "é" * 9, "1" * 200])
    def test_refuse_nonsense_without_breaking(self, country: str, number: str) -> None:
        with pytest.raises(InvalidTaxId):
            validate_tax_id(number, country)


class TestValidateTaxId:
    @pytest.mark.parametrize(
        ("number", "country", "value", "name"),
        [
            ("FR 61 954 506 077", "FR", "FR61954506077", "eu_vat"),
            ("GR094259216", "GR", "EL094259216", "eu_vat"),
            ("FR53000004605", "MC", "FR53000004605", "eu_vat"),
            ("GB 980 7806 84", "GB", "980780684", "gb_vat"),
            ("XI980780684", "GB", "XI980780684", "eu_vat"),
            ("123026635RT0001", "CA", "123026635RT0001", "ca_gst_hst"),
            ("123026635RC0001", "CA", "123026635RC0001", "ca_bn"),
            ("1234567890 TQ 1234", "CA", "1234567890TQ1234", "ca_qst"),
            ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA", "ch_vat"),
            ("CHE-100.155.212", "CH", "CHE100155212", "ch_uid"),
            ("CHE-100.155.212", "LI", "CHE100155212", "li_uid"),
            ("91-1144442", "US", "911144442", "us_ein"),
            ("1793213150001", "EC", "1793213150001", "ec_ruc"),
            ("22099131", "TW", "22099131", "tw_vat"),
            ("1234567(8)", "HK", "12345678", "hk_br"),
            ("20123456", "MU", "20123456", "mu_tan"),
            ("4012345678", "ZA", "4012345678", "za_vat"),
            ("3-101-999999", "CR", "3101999999", "cr_tin"),
            ("3-0455-0175", "CR", "0304550175", "cr_tin"),
            ("T5835678256246", "JP", "T5835678256246", "jp_trn"),
            ("fr61954506077", "fr", "FR61954506077", "eu_vat"),
        ],
    )
    def test_gives_the_normal_form_and_its_format(
        self, number: str, country: str, value: str, name: str
    ) -> None:
        found = validate_tax_id(number, country)
        assert (found.value, found.format) == (value, name)

    @pytest.mark.parametrize(
        ("number", "country"),
        [
            ("DE136695976", "FR"),
            ("61954506077", "FR"),
            ("1763154690001", "EC"),
            ("2131234325", "CO"),
            ("00501502", "TW"),
            ("10123456", "MU"),
            ("310132541", "CR"),
            ("123456789", "KP"),
        ],
    )
    def test_refuses_a_number_of_another_country_or_with_wrong_digits(
        self, number: str, country: str
    ) -> None:
        with pytest.raises(InvalidTaxId):
            validate_tax_id(number, country)

    def test_knows_where_there_is_none_to_ask_for(self) -> None:
        assert has_tax_ids("fr")
        assert not has_tax_ids("KP")

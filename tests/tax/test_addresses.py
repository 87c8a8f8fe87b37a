import pytest

from apps.tax.addresses import (
    EMBARGOED_COUNTRIES,
    SALES_COUNTRIES,
    Address,
    missing_fields,
    validate_address,
)
from apps.tax.errors import InvalidAddress


class TestValidateAddress:
    @pytest.mark.parametrize("state", ["CA", "ca", "US-CA", "us-ca", " CA "])
    def test_stores_a_state_with_its_country(self, state: str) -> None:
        assert validate_address(country="us", state=state) == Address(country="US", state="US-CA")

    @pytest.mark.parametrize(("country", "state"), [("US", "QC"), ("CA", "CA-NY"), ("US", "CA-QC")])
    def test_refuses_a_state_of_another_country(self, country: str, state: str) -> None:
        with pytest.raises(InvalidAddress) as refusal:
            validate_address(country=country, state=state)
        assert refusal.value.field == "state"

    def test_keeps_a_region_elsewhere_and_blanks_as_nothing(self) -> None:
        address = validate_address(country="FR", state="Bretagne", city=" ", line1="1 rue X ")
        assert address == Address(country="FR", state="Bretagne", line1="1 rue X")

    @pytest.mark.parametrize("country", [*sorted(EMBARGOED_COUNTRIES), "XX", "", "USA"])
    def test_refuses_a_country_without_sales(self, country: str) -> None:
        with pytest.raises(InvalidAddress) as refusal:
            validate_address(country=country)
        assert refusal.value.field == "country"

    def test_allows_the_244_others(self) -> None:
        assert len(SALES_COUNTRIES) == 244


class TestMissingFields:
    @pytest.mark.parametrize(
        ("address", "full", "missing"),
        [
            (None, False, ["country"]),
            (Address("FR"), False, []),
            (Address("FR"), True, ["line1", "city", "postal_code"]),
            (Address("CA"), False, ["state"]),
            (Address("US", city="Reno"), False, ["line1", "postal_code", "state"]),
        ],
    )
    def test_lists_what_a_purchase_still_needs(
        self, address: Address | None, full: bool, missing: list[str]
    ) -> None:
        assert missing_fields(address, is_full_address_required=full) == missing

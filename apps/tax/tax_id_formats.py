"""
The formats of tax numbers, and how each is checked.

Names are those of the card processor. Each validator gives the number in normal form or
raises `InvalidNumber`. Where python-stdnum knows the number it decides; the rest are
patterns over the number stripped of separators.
"""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final, cast

from stdnum.ad import nrt as ad_nrt
from stdnum.ar import cuit as ar_cuit
from stdnum.au import abn as au_abn
from stdnum.bg import vat as bg_vat
from stdnum.br import cnpj as br_cnpj
from stdnum.br import cpf as br_cpf
from stdnum.ca import bn as ca_bn
from stdnum.ch import uid as ch_uid
from stdnum.ch import vat as ch_vat
from stdnum.cl import rut as cl_rut
from stdnum.cn import uscc as cn_uscc
from stdnum.co import nit as co_nit
from stdnum.cr import cpf as cr_cpf
from stdnum.cr import cpj as cr_cpj
from stdnum.cr import cr as cr_dimex
from stdnum.de import stnr as de_stnr
from stdnum.do import cedula as do_cedula
from stdnum.do import rnc as do_rnc
from stdnum.ec import ruc as ec_ruc
from stdnum.eg import tn as eg_tn
from stdnum.es import cif as es_cif
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.gb import vat as gb_vat
from stdnum.hr import oib as hr_oib
from stdnum.hu import anum as hu_anum
from stdnum.id import npwp as id_npwp
from stdnum.il import hp as il_hp
from stdnum.il import idnr as il_idnr
from stdnum.in_ import gstin as in_gstin
from stdnum.is_ import vsk as is_vsk
from stdnum.jp import cn as jp_cn
from stdnum.ke import pin as ke_pin
from stdnum.kr import brn as kr_brn
from stdnum.mc import tva as mc_tva
from stdnum.mx import rfc as mx_rfc
from stdnum.no import mva as no_mva
from stdnum.nz import ird as nz_ird
from stdnum.pe import ruc as pe_ruc
from stdnum.ro import cf as ro_cf
from stdnum.ro import cnp as ro_cnp
from stdnum.rs import pib as rs_pib
from stdnum.ru import inn as ru_inn
from stdnum.sg import uen as sg_uen
from stdnum.si import ddv as si_ddv
from stdnum.sv import nit as sv_nit
from stdnum.th import tin as th_tin
from stdnum.tr import tckimlik as tr_tckimlik
from stdnum.tr import vkn as tr_vkn
from stdnum.tw import ubn as tw_ubn
from stdnum.ua import edrpou as ua_edrpou
from stdnum.ua import rntrc as ua_rntrc
from stdnum.us import ein as us_ein
from stdnum.uy import rut as uy_rut
from stdnum.ve import rif as ve_rif
from stdnum.vn import mst as vn_mst
from stdnum.za import tin as za_tin

Validator = Callable[[str, str], str]

_SEPARATORS = re.compile(r"[\s.,/()\-‐‑–]")


class InvalidNumber(Exception):
    """The number does not have this format."""


def _stripped(number: str) -> str:
    return _SEPARATORS.sub("", number).upper()


def _library(*modules: ModuleType) -> Validator:
    """The first of the library's modules that accepts the number."""

    def validate(number: str, country: str) -> str:
        for module in modules:
            try:
                return cast(str, cast(Any, module).validate(number))
            except ValidationError:
                continue
        raise InvalidNumber

    return validate


def _pattern(pattern: str) -> Validator:
    """Exactly `pattern`, once separators are gone and letters are upper case."""
    compiled = re.compile(pattern, re.ASCII)

    def validate(number: str, country: str) -> str:
        stripped = _stripped(number)
        if not compiled.fullmatch(stripped):
            raise InvalidNumber
        return stripped

    return validate


def _either(*validators: Validator) -> Validator:
    def validate(number: str, country: str) -> str:
        for validator in validators:
            try:
                return validator(number, country)
            except InvalidNumber:
                continue
        raise InvalidNumber

    return validate


# Greece writes EL, Northern Ireland XI; everyone else their country code.
_EU_PREFIXES = {"GR": "EL", "GB": "XI"}


def _eu_vat(number: str, country: str) -> str:
    """A European VAT number that begins with the prefix of the buyer's own country."""
    prefix = _EU_PREFIXES.get(country, country)
    stripped = _stripped(number)
    if country == "GR" and stripped.startswith("GR"):
        stripped = prefix + stripped[2:]
    # Monaco belongs to the French VAT area and uses its prefix.
    if country == "MC":
        if not stripped.startswith("FR"):
            raise InvalidNumber
        return _library(mc_tva)(stripped, country)
    if not stripped.startswith(prefix):
        raise InvalidNumber
    return _library(eu_vat)(stripped, country)


def _ca_gst_hst(number: str, country: str) -> str:
    """A business number with the account of the goods and services tax (RT) behind it."""
    value = _library(ca_bn)(number, country)
    if value[9:11] != "RT":
        raise InvalidNumber
    return value


def _cr_person(number: str, country: str) -> str:
    """
    The identity number of a person in Costa Rica, written as such: 3-0455-0175 or 0304550175.

    It has no check digit, so nine bare digits could as well be a company number cut short.
    """
    if not re.fullmatch(r"0?[1-9]-[0-9]{4}-[0-9]{4}|0[0-9]{9}", number.strip()):
        raise InvalidNumber
    return _library(cr_cpf)(number, country)


def _ec_ruc(number: str, country: str) -> str:
    """
    The Ecuadorian RUC; companies may have a wrong check digit.

    The authority has issued company numbers beyond the range for which the digit works out.
    """
    try:
        return ec_ruc.validate(number)
    except InvalidChecksum:
        stripped = _stripped(number)
        if stripped[2] == "9" and not stripped.endswith("000"):
            return stripped
        raise InvalidNumber from None
    except ValidationError:
        raise InvalidNumber from None


def _tw_vat(number: str, country: str) -> str:
    """The Taiwanese UBN; numbers issued since April 2023 need only be divisible by five."""
    stripped = _stripped(number)
    if not re.fullmatch(r"[0-9]{8}", stripped):
        raise InvalidNumber
    checksum = tw_ubn.calc_checksum(stripped) % 5
    # A seven in the seventh place counts as either of the two sums that it can have.
    if checksum == 0 or (checksum == 4 and stripped[6] == "7"):
        return stripped
    raise InvalidNumber


_VN_PERSONAL = _pattern(r"\d{12}")  # since 2025 the citizen number is the tax number

VALIDATORS: Final[dict[str, Validator]] = {
    "ad_nrt": _library(ad_nrt),
    "ae_trn": _pattern(r"\d{15}"),
    "ar_cuit": _library(ar_cuit),
    "au_abn": _library(au_abn),
    "au_arn": _pattern(r"\d{12}"),
    "bg_uic": _library(bg_vat),
    "bh_vat": _pattern(r"\d{15}"),
    "bo_tin": _pattern(r"\d{7,12}"),
    "br_cnpj": _library(br_cnpj),
    "br_cpf": _library(br_cpf),
    "ca_bn": _library(ca_bn),
    "ca_gst_hst": _ca_gst_hst,
    "ca_pst_bc": _pattern(r"PST\d{8}"),
    "ca_pst_mb": _pattern(r"\d{7}"),
    "ca_pst_sk": _pattern(r"\d{7}"),
    "ca_qst": _pattern(r"\d{10}TQ\d{4}"),
    "ch_uid": _library(ch_uid),
    "ch_vat": _library(ch_vat),
    "cl_tin": _library(cl_rut),
    "cn_tin": _library(cn_uscc),
    "co_nit": _library(co_nit),
    "cr_tin": _either(_library(cr_cpj), _cr_person, _library(cr_dimex)),
    "de_stn": _library(de_stnr),
    "do_rcn": _library(do_rnc, do_cedula),
    "ec_ruc": _ec_ruc,
    "eg_tin": _library(eg_tn),
    "es_cif": _library(es_cif),
    "eu_vat": _eu_vat,
    "gb_vat": _library(gb_vat),
    "ge_vat": _pattern(r"\d{9}|\d{11}"),
    "hk_br": _pattern(r"\d{8}"),
    "hr_oib": _library(hr_oib),
    "hu_tin": _either(_library(hu_anum), _pattern(r"\d{8}[1-5]\d{2}")),
    "id_npwp": _library(id_npwp),
    "il_vat": _library(il_hp, il_idnr),
    "in_gst": _library(in_gstin),
    "is_vat": _library(is_vsk),
    "jp_cn": _library(jp_cn),
    "jp_rn": _pattern(r"\d{5}"),
    "jp_trn": _pattern(r"T\d{13}"),
    "ke_pin": _library(ke_pin),
    "kr_brn": _library(kr_brn),
    "kz_bin": _pattern(r"\d{12}"),
    "li_uid": _library(ch_uid),
    "mu_tan": _pattern(r"[23]\d{7}"),
    "mx_rfc": _library(mx_rfc),
    "my_frp": _pattern(r"\d{8}"),
    "my_itn": _pattern(r"[A-Z]{1,2}\d{10,11}"),
    "my_sst": _pattern(r"[A-Z]\d{14}"),
    "ng_tin": _pattern(r"\d{10}|\d{12,13}"),
    "no_vat": _library(no_mva),
    "no_voec": _pattern(r"\d{7}"),
    "nz_gst": _library(nz_ird),
    "om_vat": _pattern(r"OM\d{10}"),
    "pe_ruc": _library(pe_ruc),
    "ph_tin": _pattern(r"\d{9}|\d{12}|\d{14}"),
    "ro_tin": _library(ro_cf, ro_cnp),
    "rs_pib": _library(rs_pib),
    "ru_inn": _library(ru_inn),
    "ru_kpp": _pattern(r"\d{4}[\dA-Z]{2}\d{3}"),
    "sa_vat": _pattern(r"3\d{13}3"),
    "sg_gst": _pattern(r"M[\dA-Z]\d{7}[\dA-Z]|M\d{8}[A-Z]"),
    "sg_uen": _library(sg_uen),
    "si_tin": _library(si_ddv),
    "sv_nit": _library(sv_nit),
    "th_vat": _library(th_tin),
    "tr_tin": _library(tr_vkn, tr_tckimlik),
    "tw_vat": _tw_vat,
    "ua_vat": _either(_library(ua_edrpou, ua_rntrc), _pattern(r"\d{9}|\d{12}")),
    "us_ein": _library(us_ein),
    "uy_ruc": _library(uy_rut),
    "ve_rif": _library(ve_rif),
    "vn_tin": _either(_library(vn_mst), _VN_PERSONAL),
    "za_vat": _either(_library(za_tin), _pattern(r"4\d{9}")),
}

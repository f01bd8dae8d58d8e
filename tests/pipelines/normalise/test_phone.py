from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise.numbering.changes import VARIANTS, match_keys
from pipelines.normalise.phone import phones, wa_ids

SCHEMA = {"raw": pl.String, "default_region": pl.String}


def phone(raw: str | None, region: str | None = None) -> dict[str, Any]:
    return phones(pl.DataFrame([(raw, region)], schema=SCHEMA, orient="row")).row(0, named=True)


def wa_id(raw: str | None) -> dict[str, Any]:
    return wa_ids(pl.DataFrame([(raw,)], schema={"raw": pl.String}, orient="row")).row(0, named=True)


@pytest.mark.parametrize(
    ("raw", "region", "normalised"),
    [
        ("(202) 555-0143", "US", "+12025550143"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("+49 (0)30 901820", None, "+4930901820"),
        ("0049 30 901820", None, "+4930901820"),
        ("\u202a+49\u00a030\u00a0901820\u202c", None, "+4930901820"),
        ("０３０９０１８２０", "DE", "+4930901820"),
        ("'+4930901820", None, "+4930901820"),
        ("=+4930901820", None, "+4930901820"),
        ('="+4930901820"', None, "+4930901820"),
        ("p:+4930901820", None, "+4930901820"),
        ("tel:+49-30-901820", None, "+4930901820"),
        ("whatsapp:+12025550143", None, "+12025550143"),
        ("Mobile: 0151 23456789", "DE", "+4915123456789"),
        ("030 901820 (Büro)", "DE", "+4930901820"),
    ],
)
def test_a_valid_number_is_normalised_however_it_is_written(raw: str, region: str | None, normalised: str) -> None:
    known = phone(raw, region)
    assert (known["normalised"], known["validity"], known["code"]) == (normalised, "valid", None)


@pytest.mark.parametrize("raw", [None, "", " \u200b"])
def test_a_blank_cell_says_nothing(raw: str | None) -> None:
    assert list(phone(raw).values())[2:] == [None, None, None, None, None, []]


def test_the_region_is_that_of_the_number_not_of_its_source() -> None:
    assert phone("+49 30 901820", "US")["region"] == "DE"


def test_a_number_that_is_possible_but_not_valid_is_kept_with_a_code() -> None:
    known = phone("+44 7700 900123")
    assert known["normalised"] == "+447700900123"
    assert (known["validity"], known["region"], known["code"]) == ("possible", "GB", "PHONE_POSSIBLE_NOT_VALID")


def test_an_extension_is_kept_apart() -> None:
    known = phone("(202) 555-0143 ext. 12", "US")
    assert (known["normalised"], known["extension"]) == ("+12025550143", "12")
    assert (known["validity"], known["code"]) == ("valid", "PHONE_EXTENSION_DROPPED")


def test_a_number_that_may_not_exist_is_told_before_its_extension() -> None:
    assert phone("+44 7700 900123 ext. 12")["code"] == "PHONE_POSSIBLE_NOT_VALID"


@pytest.mark.parametrize(
    ("raw", "region", "normalised"),
    [
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("1 (800) GO FEDEX", "US", "+18004633339"),
        ("202.555.CALL", "US", "+12025552255"),
        ("+1 800-4-A-CHILD", None, "+18004224453"),
        ("0800 FLOWERS", "GB", "+448003569377"),
        ("1300 FLOWER", "AU", "+611300356937"),  # shared cost
        ("1900 FLOWER", "AU", "+611900356937"),  # premium rate
        ("058 FLOWERS", "CH", "+41583569377"),  # of a company
    ],
)
def test_a_number_spelt_to_be_remembered_is_read_as_on_a_dial(raw: str, region: str | None, normalised: str) -> None:
    known = phone(raw, region)
    assert (known["normalised"], known["validity"], known["code"]) == (normalised, "valid", None)


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("+1 (555) CALL-NOW", None),
        ("1-800-flowers", "US"),
        ("1-800FLOWERS", "US"),
        ("12-FLOWERS", "US"),
        ("202-5550 EXT", "US"),
        ("(202) 555-0143 HOME", "US"),
        ("+1 202 555 0143 EXT OFFICE", None),
        ("030 BUERO", "DE"),
        ("0800 FLOWERS", "DE"),
        ("0151 23456789 MOBIL", "DE"),
        ("CALL 0800 FLOWERS", "DE"),
        ("CALL ME 0151 23456789", "DE"),
        ("UNKNOWN NUMBER", "US"),
    ],
    ids=[
        *("not given out", "small letters", "no gap", "too few digits", "extension without digits", "remark"),
        *(
            "words behind",
            "area code and remark",
            "digits that may be a number",
            "remark in an open plan",
            "word before",
            "call",
            "no digits",
        ),
    ],
)
def test_words_that_do_not_make_a_sold_number_whole_are_not_dialled(raw: str, region: str | None) -> None:
    known = phone(raw, region)
    assert (known["normalised"], known["validity"], known["code"]) == (None, "invalid", "PHONE_UNPARSEABLE")


def test_a_spelt_number_without_country_code_needs_a_region() -> None:
    assert phone("1-800-FLOWERS")["code"] == "PHONE_NO_REGION"


@pytest.mark.parametrize("raw", ["4.47911E+11", "4,91512e11", "4.155552671E9", "'4.9E+11"])
def test_digits_that_a_spreadsheet_has_cut_are_not_guessed(raw: str) -> None:
    known = phone(raw, "GB")
    assert (known["normalised"], known["validity"]) == (None, "invalid")
    assert known["code"] == "PHONE_SCIENTIFIC_NOTATION"


def test_a_number_without_country_code_needs_a_region() -> None:
    assert phone("030 901820")["code"] == "PHONE_NO_REGION"


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("+49", None),
        ("+999 123456", None),
        ("call me", "DE"),
        ("030 901820 Buero", "DE"),
        ("555-0143", "US"),
        ("030 901820 / 0151 23456789", "DE"),
        ("12", "DE"),
        ("0171", "DE"),
        ("033203", "DE"),
        ("0800", "DE"),
        ("+49 171", None),
    ],
    ids=[
        *("code only", "no country", "words", "word behind", "no area code", "two numbers", "too short"),
        *("mobile prefix", "area code", "free prefix", "prefix with country code"),
    ],
)
def test_what_is_no_number_is_refused(raw: str, region: str | None) -> None:
    known = phone(raw, region)
    assert (known["normalised"], known["validity"], known["code"]) == (None, "invalid", "PHONE_UNPARSEABLE")


@pytest.mark.parametrize(
    "raw", ["0", "000-000", "+", "-1", "null", "None", "n/a", "anonymous", "Unknown", "test", "()"]
)
def test_what_stands_for_no_number_is_blocked(raw: str) -> None:
    known = phone(raw, "DE")
    assert (known["normalised"], known["code"]) == (None, "IDENTIFIER_BLOCKED_VALUE")


@pytest.mark.parametrize(
    ("number", "keys"),
    [
        ("+5521987650001", ["+5521987650001", "+552187650001"]),
        ("+552187650001", ["+552187650001", "+5521987650001"]),
        ("+552133334444", ["+552133334444"]),
        ("+525512345678", ["+525512345678", "+5215512345678"]),
        ("+5215512345678", ["+5215512345678", "+525512345678"]),
        ("+5491112345678", ["+5491112345678", "+541112345678"]),
        ("+541112345678", ["+541112345678", "+5491112345678"]),
        ("+390612345678", ["+390612345678", "+39612345678"]),
        ("+393331234567", ["+393331234567"]),
        ("+390331234567", ["+390331234567"]),
        ("+4930901820", ["+4930901820"]),
        (None, []),
    ],
)
def test_match_keys_reach_a_subscriber_under_either_spelling(number: str | None, keys: list[str]) -> None:
    frame = pl.DataFrame({"number": [number]}, schema={"number": pl.String})
    assert frame.select(match_keys(pl.col("number"))).item().to_list() == keys


@given(st.sampled_from(VARIANTS).flatmap(lambda variant: st.from_regex(variant[0].replace("$", r"\Z"))))
def test_a_number_and_its_variant_share_their_keys(number: str) -> None:
    keys = match_keys(pl.col("number"))
    both = pl.DataFrame({"number": [number]}).select(number=keys).explode("number")
    shared = both.select(keys.list.sort())["number"].to_list()
    assert len(shared) == 2
    assert shared[0] == shared[1]


def test_rows_keep_their_order_and_their_other_columns() -> None:
    rows = [("030 901820", "DE", 1), ("x", None, 2), ("030 901820", "DE", 3), (None, None, 4), ("030 901820", None, 5)]
    known = phones(pl.DataFrame(rows, schema={**SCHEMA, "row": pl.Int64}, orient="row"))
    assert known["row"].to_list() == [1, 2, 3, 4, 5]
    assert known["normalised"].to_list() == ["+4930901820", None, "+4930901820", None, None]


def test_columns_have_their_types_even_without_rows() -> None:
    added = dict.fromkeys(("normalised", "validity", "region", "extension", "code"), pl.String)
    empty = pl.DataFrame(schema=SCHEMA)
    assert phones(empty).schema == {**SCHEMA, **added, "match_keys": pl.List(pl.String)}
    assert wa_ids(empty.select("raw")).schema == phones(empty).drop("default_region").schema


DIALLED = st.from_regex(r"\A(\+|00)?[0-9 ()/.-]{3,18}( ?x[0-9]{1,4})?\Z")


@pytest.mark.heavy
@given(st.one_of(DIALLED, st.text(max_size=20)), st.sampled_from([None, "DE", "US", "IT", "BR", "AR", "MX", "GB"]))
def test_normalising_a_phone_twice_is_normalising_it_once(raw: str, region: str | None) -> None:
    once = phone(raw, region)["normalised"]
    assert phone(once, region)["normalised"] == once
    assert phone(once)["normalised"] == once


@pytest.mark.parametrize(
    ("raw", "normalised", "validity"),
    [
        ("4915123456789", "+4915123456789", "valid"),
        ("+49 151 23456789", "+4915123456789", "valid"),
        ("+49 (0)30 901820", "+4930901820", "valid"),
        ("whatsapp:+12025550143", "+12025550143", "valid"),
        ("4915123456789@s.whatsapp.net", "+4915123456789", "valid"),
        ("552187650001", "+552187650001", "possible"),
        ("5215512345678", "+5215512345678", "possible"),
        ("447700900123", "+447700900123", "possible"),
        ("12345", "+12345", "possible"),
    ],
)
def test_a_whatsapp_id_is_kept_even_where_the_numbering_plan_does_not_know_it(
    raw: str, normalised: str, validity: str
) -> None:
    known = wa_id(raw)
    assert (known["normalised"], known["validity"], known["code"]) == (normalised, validity, None)


def test_a_whatsapp_id_and_the_number_that_is_dialled_share_a_key() -> None:
    assert set(wa_id("552187650001")["match_keys"]) & set(phone("+55 21 98765-0001")["match_keys"])


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("1234", "PHONE_UNPARSEABLE"),
        ("1" * 16, "PHONE_UNPARSEABLE"),
        ("US.13491208655302741918", "PHONE_UNPARSEABLE"),
        ("00000000", "IDENTIFIER_BLOCKED_VALUE"),
        ("4.91512E+11", "PHONE_SCIENTIFIC_NOTATION"),
    ],
)
def test_what_is_no_whatsapp_id_is_refused(raw: str, code: str) -> None:
    known = wa_id(raw)
    assert (known["normalised"], known["validity"], known["code"]) == (None, "invalid", code)


@pytest.mark.heavy
@given(st.one_of(st.from_regex(r"\A\+?[0-9]{4,16}\Z"), DIALLED))
def test_normalising_a_whatsapp_id_twice_is_normalising_it_once(raw: str) -> None:
    once = wa_id(raw)["normalised"]
    assert wa_id(once)["normalised"] == once


def test_an_id_of_whatsapp_has_fifteen_digits_at_most() -> None:
    assert wa_id("491512345678901")["normalised"] == "+491512345678901"
    assert wa_id("4915123456789012")["code"] == "PHONE_UNPARSEABLE"


# What programs, people and countries have made of numbers


def told(raw: str, region: str | None = None) -> tuple[str | None, str | None]:
    known = phone(raw, region)
    return known["normalised"], known["code"]


@pytest.mark.parametrize(
    ("raw", "region", "normalised"),
    [
        ("1713920001.0", "DE", "+491713920001"),
        ("491713920001.0", "DE", "+491713920001"),
        ("+491713920001.0", None, "+491713920001"),
        ("1713920001,0", "DE", "+491713920001"),
        ("2025550143.00", "US", "+12025550143"),
        ("612345678.0", "FR", "+33612345678"),
        ("9161234567.0", "RU", "+79161234567"),
        ("612345678.0", "IT", "+390612345678"),
        ("707123456.0", "CI", "+2250707123456"),
    ],
)
def test_decimals_that_a_program_added_are_no_digits(raw: str, region: str | None, normalised: str) -> None:
    assert told(raw, region) == (normalised, "PHONE_FROM_SPREADSHEET")


def test_a_point_between_digits_is_no_decimal_point() -> None:
    assert told("202.555.0100", "US") == ("+12025550100", None)
    assert told("030.901820", "DE") == ("+4930901820", None)


@pytest.mark.parametrize(
    ("raw", "region", "normalised", "code"),
    [
        ("4915155501201", "DE", "+4915155501201", None),
        ("49 151 55501201", "DE", "+4915155501201", None),
        ('="4915155501201"', "DE", "+4915155501201", None),
        ("6281234567890", "ID", "+6281234567890", None),
        ("38344123456", "XK", "+38344123456", "PHONE_COUNTRY_ASSUMED"),
        ("12025550143", "US", "+12025550143", None),
        ("5511987650001", "BR", "+5511987650001", None),
        ("55999123456", "BR", "+5555999123456", None),
        ("47123456", "NO", "+4747123456", None),
        ("0491 5155501", "DE", "+494915155501", None),
    ],
)
def test_a_country_code_is_known_without_its_plus(raw: str, region: str, normalised: str, code: str | None) -> None:
    assert told(raw, region) == (normalised, code)


@pytest.mark.parametrize(
    ("raw", "region", "normalised"),
    [
        ("+52 1 55 1234 5601", None, "+525512345601"),
        ("044 55 1234 5602", "MX", "+525512345602"),
        ("045 55 1234 5602", "MX", "+525512345602"),
        ("01 55 1234 5602", "MX", "+525512345602"),
        ("5215512345603", "MX", "+525512345603"),
        ("5512345603", "MX", "+525512345603"),
        ("+54 9 11 2345-6789", None, "+5491123456789"),
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("+54 11 15 2345-6789", None, "+5491123456789"),
        ("+55 21 8765-0001", None, "+5521987650001"),
        ("(21) 8765-0001", "BR", "+5521987650001"),
        ("97 12 34 56", "BJ", "+2290197123456"),
        ("+229 97 12 34 56", None, "+2290197123456"),
        ("07 12 34 56", "CI", "+2250707123456"),
        ("+225 44 12 34 56", None, "+2250544123456"),
        ("+225 20 31 23 45", None, "+2252720312345"),
        ("+241 06 12 34 56", None, "+24106123456"),
        ("+57 1 2345678", None, "+576012345678"),
        ("+56 2 2345678", None, "+56222345678"),
        ("0162 1234567", "VN", "+84321234567"),
        ("06 12345678", "IT", "+390612345678"),
        ("+39 6 12345678", None, "+390612345678"),
    ],
)
def test_numbers_in_spellings_of_old_are_those_of_today(raw: str, region: str | None, normalised: str) -> None:
    assert phone(raw, region)["normalised"] == normalised


@pytest.mark.parametrize(("old", "new"), [("5215512345603", "+525512345603"), ("22507123456", "+2250707123456")])
def test_what_whatsapp_sends_reaches_the_number_of_today(old: str, new: str) -> None:
    assert set(wa_id(old)["match_keys"]) & set(phone(new)["match_keys"])


@pytest.mark.parametrize(
    "link",
    [
        *("https://wa.me/4915123456789", "wa.me/4915123456789", "http://www.wa.me/+4915123456789/"),
        *(
            "https://wa.me/4915123456789?text=Hallo...%20Welt",
            "HTTPS://WA.ME/4915123456789",
            "whatsapp://send?phone=4915123456789",
        ),
        *(
            "https://api.whatsapp.com/send?phone=4915123456789",
            "api.whatsapp.com/send/?phone=%2B49%201512-3456789&text=hi",
        ),
        *("https://web.whatsapp.com/send?text=hi&phone=4915123456789", "tel:+49-1512-3456789", "tel:+4915123456789"),
    ],
)
def test_a_link_to_a_chat_is_the_number_it_leads_to(link: str) -> None:
    assert told(link, "BR") == ("+4915123456789", None)
    assert wa_id(link)["normalised"] == "+4915123456789"


@pytest.mark.parametrize(
    "link",
    ["https://wa.me/qr/ABCDEFGH1234567", "https://wa.me/message/4915123456", "https://example.com/4915123456789"],
)
def test_a_link_without_a_number_is_none(link: str) -> None:
    assert told(link, "DE") == (None, "PHONE_UNPARSEABLE")
    assert wa_id(link)["normalised"] is None


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("0xx11 91234-5678", "+5511912345678"),
        ("(0xx11) 91234-5678", "+5511912345678"),
        ("(0XX11) 3123-4567", "+551131234567"),
        ("0 xx 11 91234-5678", "+5511912345678"),
        ("(xx11) 91234-5678", "+5511912345678"),
        ("(0**11) 91234-5678", "+5511912345678"),
        ("0xx55 99123-4567", "+5555991234567"),
        ("+55 (0xx11) 91234-5678", "+5511912345678"),
    ],
)
def test_xx_stands_for_the_carrier_in_brazil(raw: str, number: str) -> None:
    assert told(raw, "BR") == (number, None)
    asked = pl.DataFrame([(raw, "BR")], schema={"raw": pl.String, "default_region": pl.String}, orient="row")
    assert wa_ids(asked)["normalised"].item() == number


@pytest.mark.parametrize("raw", ["0xx11 9xxxx-5678", "(XX) 91234-5678", "11 9xxxx-5678", "0xx11 1234"])
def test_xx_for_other_digits_hides_them_in_brazil_too(raw: str) -> None:
    assert told(raw, "BR") == (None, "IDENTIFIER_MASKED")


@pytest.mark.parametrize("raw", ["0xx11 91234-5678", "(0**11) 91234-5678"])
def test_elsewhere_xx_hides_digits(raw: str) -> None:
    assert told(raw, "DE") == (None, "IDENTIFIER_MASKED")


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "+49 171 ***0017",
            "0171 xxx 0017",
            "XXX-XXX-0143",
            "+49 171 •••• 17",
            "0171…17",
            "+7 9ХХ ХХХ-12-34",
        ),
    ],
)
def test_a_number_with_hidden_digits_is_none(raw: str) -> None:
    assert told(raw, "DE") == (None, "IDENTIFIER_MASKED")
    assert wa_id(raw)["normalised"] is None


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("999-999-9999", "US"),
        ("1111111111", "US"),
        ("1234567890", "US"),
        ("+1 555 555 5555", None),
        ("0123456789", "DE"),
        ("121 212 1212", "US"),
        ("+44 1111 111111", None),
        ("098 765 4321", "US"),
    ],
)
def test_digits_that_only_fill_the_field_are_kept_and_match_nobody(raw: str, region: str | None) -> None:
    known = phone(raw, region)
    assert known["normalised"] is not None
    assert (known["validity"], known["code"], known["match_keys"]) == ("possible", "PHONE_PLACEHOLDER", [])


@pytest.mark.parametrize(
    "raw",
    ["0151 23456789", "+49 171 7777777", "+49 800 3300000", "+971 50 1111111", "+81 90 1234 5678", "+91 98765 43210"],
)
def test_a_number_that_is_easy_to_remember_may_be_somebodys(raw: str) -> None:
    known = phone(raw, "DE")
    assert known["match_keys"] == [known["normalised"]]


@pytest.mark.parametrize(
    ("raw", "region", "normalised", "extension"),
    [
        ("+49 30 901820 Durchwahl 12", None, "+4930901820", "12"),
        ("+49 30 901820, DW: 12", None, "+4930901820", "12"),
        ("8 (495) 123-45-68 доб. 12", "RU", "+74951234568", "12"),
        ("01 99 00 12 35 poste 12", "FR", "+33199001235", "12"),
        ("+39 06 12345678 int. 5", None, "+390612345678", "5"),
        ("+48 22 123 45 68 wew. 7", None, "+48221234568", "7"),
        ("+1 202 555 0143 ext 7", None, "+12025550143", "7"),
    ],
)
def test_an_extension_is_known_in_other_words(raw: str, region: str | None, normalised: str, extension: str) -> None:
    known = phone(raw, region)
    assert (known["normalised"], known["extension"]) == (normalised, extension)


def whatsapp(raw: str, region: str | None) -> tuple[str | None, str | None]:
    frame = pl.DataFrame([(raw, region)], schema=SCHEMA, orient="row")
    known = wa_ids(frame).row(0, named=True)
    return known["normalised"], known["code"]


@pytest.mark.parametrize(
    ("raw", "region", "normalised", "code"),
    [
        ("0171 3920003", "DE", "+491713920003", None),
        ("0171 3920003", None, None, "PHONE_NO_REGION"),
        ("0049 171 3920004", "DE", "+491713920004", None),
        ("491713920005:12@s.whatsapp.net", "DE", "+491713920005", None),
        ("491713920005.0:3@s.whatsapp.net", None, "+491713920005", None),
        ("123456789012345@lid", "DE", None, "PHONE_UNPARSEABLE"),
        ("491713920001.0", "DE", "+491713920001", "PHONE_FROM_SPREADSHEET"),
        ("1713920003", "DE", "+491713920003", "PHONE_COUNTRY_ASSUMED"),
        ("552187650001", "DE", "+552187650001", None),
        ("5215512345678", "DE", "+5215512345678", None),
    ],
)
def test_a_whatsapp_column_may_hold_what_is_dialled_at_home(
    raw: str, region: str | None, normalised: str | None, code: str | None
) -> None:
    assert whatsapp(raw, region) == (normalised, code)

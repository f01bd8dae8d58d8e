import pytest
from babel.localedata import locale_identifiers

from pipelines.normalise.locale import convention
from schemas.settings.locale import known_locale


@pytest.mark.parametrize(
    ("locale", "decimal", "group", "order", "short_years"),
    [
        ("en_US", ".", ",", "mdy", True),
        ("en_GB", ".", ",", "dmy", False),
        ("de_DE", ",", ".", "dmy", True),
        ("fr_FR", ",", " ", "dmy", False),
        ("de_CH", ".", "'", "dmy", True),
        ("sv_SE", ",", " ", "ymd", False),
        ("ko_KR", ".", ",", "ymd", True),
        ("ar_EG", ".", ",", "dmy", False),
    ],
)
def test_a_locale_says_how_numbers_and_dates_are_written(
    locale: str, decimal: str, group: str, order: str, short_years: bool
) -> None:
    known = convention(locale)
    assert (known.decimal, known.group, known.order, known.short_years) == (decimal, group, order, short_years)


@pytest.mark.parametrize(("locale", "indian"), [("en_IN", True), ("hi_IN", True), ("en_GB", False)])
def test_thousands_are_parted_in_another_way_in_india(locale: str, indian: bool) -> None:
    assert convention(locale).indian is indian


def test_a_month_is_known_by_its_name_and_by_beginnings_that_mean_no_other() -> None:
    months = convention("fr_FR").months
    assert (months["septembre"], months["sept"], months["sep"]) == ("9", "9", "9")
    assert (months["juin"], months["juil"]) == ("6", "7")
    assert "jui" not in months


def test_digits_and_signs_of_another_script_are_known() -> None:
    plain = convention("fa_IR").plain
    assert ("".join(plain[digit] for digit in "۰۱۹"), plain["٫"]) == ("019", ".")


def test_every_locale_has_conventions() -> None:
    known_ones = 0
    for name in locale_identifiers():
        try:
            known = convention(known_locale(name))
        except ValueError:
            continue
        known_ones += 1
        assert known.order in ("dmy", "mdy", "ymd")
        assert known.decimal != known.group
    assert known_ones > 200

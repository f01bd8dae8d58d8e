import pytest
from pydantic import ValidationError

from schemas.settings.locale import known_locale
from schemas.source import Source


@pytest.mark.parametrize(
    ("written", "known"),
    [("de_DE", "de_DE"), ("en-gb", "en_GB"), ("PT_br", "pt_BR"), ("es_419", "es_419"), ("zh-Hans-CN", "zh_Hans_CN")],
)
def test_a_locale_is_spelt_as_unicode_does(written: str, known: str) -> None:
    assert known_locale(written) == known


@pytest.mark.parametrize(
    ("written", "nearest"), [("de", "de_DE"), ("en", "en_US"), ("pt_XX", "pt_BR"), ("de_DE.UTF-8", "de_DE")]
)
def test_a_language_that_is_known_is_named_with_its_country(written: str, nearest: str) -> None:
    with pytest.raises(ValueError, match=f"such as de_DE or en_GB; did you mean `{nearest}`"):
        known_locale(written)


@pytest.mark.parametrize("written", ["", "german", "xx_YY", "../de_DE", "de_" + "D" * 300])
def test_what_is_no_locale_is_said_to_be_none(written: str) -> None:
    with pytest.raises(ValueError, match="must be a language and its country"):
        known_locale(written)


def test_a_source_may_say_its_locale() -> None:
    assert Source(format="contacts_csv", path="*.csv").locale is None
    assert Source(format="contacts_csv", path="*.csv", locale="de-DE").locale == "de_DE"
    with pytest.raises(ValidationError, match="did you mean `de_DE`"):
        Source(format="contacts_csv", path="*.csv", locale="de")

import pytest

from pipelines.read.whatsapp_chat.known_words import COLUMNS, HALF_DAYS, known_in, locale_of, name, table
from pipelines.read.whatsapp_chat.media_and_notices import content
from pipelines.read.whatsapp_chat.phrases import languages, phrases
from schemas.vocabulary import MessageKind

RENAMED = {"title"}  # the name of a file is no line of a chat


def test_every_kind_of_phrase_has_a_column() -> None:
    kinds = {kind for known in languages().values() for kind in known}
    assert {kind for some in COLUMNS.values() for kind in some} == kinds - RENAMED


def test_the_table_says_of_every_language_what_its_phrases_tell() -> None:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table().splitlines() if line[:1] == "|"]
    told = {line[0]: dict(zip(lines[0][1:], line[1:], strict=True)) for line in lines[2:]}
    assert told.keys() == {name(language) for language in languages()}
    for language, known in languages().items():
        row = told[name(language)]
        assert row == known_in(language)
        for column, kinds in COLUMNS.items():
            held = [kind in known for kind in kinds]
            assert row[column] == ("yes" if all(held) else "partly" if any(held) else "no"), (language, column)


@pytest.mark.parametrize(("language", "half_days"), [("en", "yes"), ("ko", "yes"), ("fi", "partly")])
def test_half_days_are_known_where_no_other_language_means_something_else(language: str, half_days: str) -> None:
    assert known_in(language)[HALF_DAYS] == half_days  # "ip." is the afternoon in Finnish, and not everywhere


def test_languages_are_called_by_their_names() -> None:
    assert [name(each) for each in ("de", "zh-Hant")] == ["German", "Chinese (Traditional)"]
    assert locale_of("nb").language == "nb"


@pytest.mark.parametrize("words", ["contact card omitted", "Kontaktkarte weggelassen", "연락처 카드 생략됨"])
def test_a_contact_card_is_media_as_any_file_is(words: str) -> None:
    assert phrases("contact").match(words.casefold())
    assert content(words).kind is MessageKind.MEDIA

import io

import pytest

from pipelines.read.vcard import cards as module
from pipelines.read.vcard.cards import NARROW, OLD, Card, Property, cards, continued, encoding_of, parameters_of

HEAD = "BEGIN:VCARD\n"


def read(text: str, encoding: str = NARROW) -> list[Card]:
    data = text.encode(encoding)
    return list(cards(io.BytesIO(data), encoding, data[:100]))


def values(*lines: str) -> list[tuple[str, str]]:
    """Names and values of the one card that is made of these lines."""
    [card] = read("\n".join(["BEGIN:VCARD", *lines, "END:VCARD", ""]))
    return [(each.name, each.value) for each in card.properties]


@pytest.mark.parametrize(
    ("start", "encoding"),
    [
        (b"BEGIN:VCARD\n", NARROW),
        (b" begin : vcard \n", NARROW),
        (b"\xef\xbb\xbfBEGIN:VCARD", NARROW),
        ("BEGIN:VCARD".encode("utf-16-le"), "utf-16-le"),
        ("BEGIN:VCARD".encode("utf-16-be") + b"\0", "utf-16-be"),
        (b"BEGIN:VCALENDAR", None),
        (b"name;phone", None),
        (b"", None),
    ],
)
def test_a_file_of_cards_is_known_by_its_beginning(start: bytes, encoding: str | None) -> None:
    assert encoding_of(start) == encoding


def test_parameters_are_by_name_and_a_bare_one_is_a_type() -> None:
    assert parameters_of(';TYPE=Work,"voice";PREF;CHARSET = utf-8') == {
        "type": ["work", "voice", "pref"],
        "charset": ["utf-8"],
    }
    assert parameters_of("") == {}


def test_a_property_says_the_first_value_of_a_parameter() -> None:
    each = Property(1, "TEL", {"type": ["a", "b"], "encoding": ["b"]}, "")
    assert (each.says("type"), each.says("pref")) == ("a", "")
    assert each.is_encoded_as("base64", "b")
    assert each.is_encoded_as("a")
    assert not each.is_encoded_as("base64")


def test_what_is_read_of_a_card_has_its_line_its_group_and_its_parameters() -> None:
    [card] = read(f"\n{HEAD}item1.tel;CELL;PREF=1:+49301\nPHOTO:abc\nfn:Anna\nEND:VCARD\n")
    assert (card.line, card.wrong) == (2, None)
    assert card.properties == [
        Property(3, "TEL", {"type": ["cell"], "pref": ["1"]}, "+49301", "item1"),
        Property(5, "FN", {}, "Anna", ""),
    ]


def test_a_line_goes_on_where_the_next_begins_with_a_blank() -> None:
    assert values("FN:An", " na", "\t Berg") == [("FN", "Anna Berg")]
    assert values("VERSION:2.1", "FN:Anna", " Berg") == [("VERSION", "2.1"), ("FN", "Anna Berg")]


def test_what_a_line_adds_depends_on_the_property() -> None:
    note, name = (Property(1, each, {}, "") for each in ("NOTE", "FN"))
    assert [continued(note, text, is_old=False) for text in (" a", "\ta", "a")] == ["a", "a", "\na"]
    assert [continued(name, text, is_old=True) for text in (" a", "a")] == [" a", ""]


def test_a_soft_break_goes_on_in_quoted_printable_alone() -> None:
    assert values("NOTE;QUOTED-PRINTABLE:a=", "FN:b", "FN:c") == [("NOTE", "aFN:b"), ("FN", "c")]
    assert values("NOTE:a=", "FN:b") == [("NOTE", "a="), ("FN", "b")]


def test_a_card_that_does_not_end_is_unreadable() -> None:
    first, second, last = read(f"{HEAD}FN:Anna\n{HEAD}FN:Ben\nEND:VCARD\nFN:nobody\n{HEAD}FN:Cleo\n")
    assert [each.wrong for each in (first, second, last)] == ["CARD_UNREADABLE", None, "CARD_UNREADABLE"]
    assert [each.properties[0].value for each in (first, second, last)] == ["Anna", "Ben", "Cleo"]


def test_a_card_may_be_so_large_and_no_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{HEAD}FN:{'x' * 36}\nFN:y\nEND:VCARD\n{HEAD}FN:z\nEND:VCARD\n"
    monkeypatch.setattr(module, "LARGEST_CARD", 165)
    assert [each.wrong for each in read(text)] == [None, None]
    monkeypatch.setattr(module, "LARGEST_CARD", 164)
    found = read(text)
    assert [each.wrong for each in found] == ["LIMIT_EXCEEDED", None]
    assert len(found[0].properties) == 1


def test_the_card_of_an_agent_is_passed_over_wherever_it_begins() -> None:
    beside = f"{HEAD}FN:Anna\nAGENT:\n{HEAD}FN:Ben\nEND:VCARD\nTEL:1\nEND:VCARD\n"
    behind = f"{HEAD}FN:Anna\nAGENT:BEGIN:VCARD\nFN:Ben\nEND:VCARD\nTEL:1\nEND:VCARD\n"
    for text in (beside, behind):
        [card] = read(text)
        assert [(each.name, each.value) for each in card.properties] == [("FN", "Anna"), ("TEL", "1")]


def test_wide_files_and_old_line_ends_are_read() -> None:
    [card] = read(f"\ufeff{HEAD}FN:Zoë\nEND:VCARD\n", "utf-16-le")
    assert card.properties[0].value == "Zoë"
    [card] = read(f"{HEAD}FN:Anna\nEND:VCARD\n".replace("\n", "\r"))
    assert (card.line, card.properties[0].line) == (1, 2)


def test_a_line_that_is_looked_at_in_pieces_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 16)
    [card] = read(f"{HEAD}FN:Anna Maria Berg of Bonn\nTEL:1\nEND:VCARD\n")
    assert [(each.line, each.value) for each in card.properties] == [(2, "Anna Maria Berg of Bonn"), (3, "1")]


def test_the_old_version_is_2_1() -> None:
    assert OLD == "2.1"

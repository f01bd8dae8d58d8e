import pytest

from pipelines.privacy.files.outcome import Fate, Unreachable
from pipelines.privacy.files.tables.cards import rewrite
from tests.pipelines.privacy.files.items import rewritten


def card(*lines: str, end: str = "\r\n") -> str:
    return "".join(f"{line}{end}" for line in ("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD"))


BOB = card("FN:Bob", "TEL:+1 212 555 0123", "PHOTO;ENCODING=b:AAAA", " BBBB")


@pytest.mark.parametrize(
    "theirs",
    [
        card("FN:A. K.", "TEL;TYPE=CELL:0171 392 00 17"),
        card("FN:A. K.", "item1.EMAIL;TYPE=home:Anna.Kowalska@example.org"),
        card("FN:A. K.", "EMAIL:anna.kow", " alska@example.org"),
        card("FN:A. K.", "EMAIL;ENCODING=QUOTED-PRINTABLE:anna.kowalska=40exam=", "ple.org"),
        card("FN:A. K.", "IMPP:x-apple:anna.kowalska@example.org"),
        card("FN:Anna Kowalska", "UID:C-4711"),
        card("FN:A. K.", "TEL:+491713920017", end="\n"),
    ],
)
def test_cards_of_the_person_go_and_others_stay_byte_for_byte(theirs: str) -> None:
    data, done = rewritten(rewrite, f"{BOB}{theirs}\r\n{BOB}".encode())
    assert data == f"{BOB}\r\n{BOB}".encode()
    assert (done.removed, done.kept) == (1, 2)


@pytest.mark.parametrize(
    "other",
    [
        card("FN:Anna Kowalska", "EMAIL:namesake@example.org"),
        card("FN:Bob", "NOTE:wife is anna.kowalska@example.org"),
        card("FN:Bob", "AGENT:", "BEGIN:VCARD", "EMAIL:anna.kowalska@example.org", "END:VCARD"),
    ],
)
def test_a_namesake_and_what_a_card_says_of_them_stay_as_mentions(other: str) -> None:
    data, done = rewritten(rewrite, other.encode())
    assert data == other.encode()
    assert (done.fate, done.mentions) == (Fate.UNTOUCHED, 1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "utf-8-sig"])
def test_encodings_stay(encoding: str) -> None:
    bob, anna = BOB.replace("Bob", "Jörg"), card("FN:Anna", "TEL:+491713920017")
    data, _ = rewritten(rewrite, (bob + anna + bob).encode(encoding))
    assert data == (bob + bob).encode(encoding)


def test_an_address_book_of_nobody_else_is_emptied() -> None:
    assert rewritten(rewrite, card("TEL:+491713920017").encode())[1].fate is Fate.EMPTIED


def test_what_is_no_address_book_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        rewritten(rewrite, b"BEGIN:VEVENT\n")

import pytest

from pipelines.privacy.redact import redacted, redacted_path
from tests.pipelines.privacy.files.items import ANNA


@pytest.mark.parametrize(
    ("text", "bare", "places"),
    [
        ("Anna Kowalska joined", "erased joined", 1),
        ("Kowalska, Anna <Anna.Kowalska@example.org>", "erased <erased>", 2),
        ("WhatsApp Chat with +49 171 392-0017.txt", "WhatsApp Chat with erased.txt", 1),
        ("call (0171) 3920017 or 0049 171 3920017", "call (erased or erased", 2),
        ("inbox/annakowalska_7788990011223344/x", "inbox/annakowalska_erased/x", 1),
        ("Hanna Kowalska, joanna.kowalska@example.org", "Hanna Kowalska, joanna.kowalska@example.org", 0),
        ("Ánna  KOWALSKA", "erased", 1),
        ("ａｎｎａ.kowalska＠example.org is hers", "erased", 1),
        ("Bob <anna.kowalska@elsewhere.example>", "Bob <anna.kowalska@elsewhere.example>", 0),
        ("", "", 0),
    ],
)
def test_names_and_identifiers_are_replaced_and_nothing_else(text: str, bare: str, places: int) -> None:
    assert redacted(ANNA, text) == (bare, places)


def test_names_may_be_left() -> None:
    assert redacted(ANNA, "Anna Kowalska +491713920017", names=False) == ("Anna Kowalska erased", 1)


def test_the_ending_of_a_file_is_no_part_of_an_address() -> None:
    assert redacted_path(ANNA, "a/anna.kowalska@example.org.eml") == "a/erased.eml"
    assert redacted_path(ANNA, "anna.kowalska@example.org/x.csv") == "erased/x.csv"
    assert redacted_path(ANNA, "mail anna.kowalska@example.org") == "mail erased"

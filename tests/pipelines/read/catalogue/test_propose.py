from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.read.catalogue.detect import sample
from pipelines.read.catalogue.propose import Proposal, propose, spelt
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.core.batch import Batch
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType

TEXT = Attribute(type=AttributeType.TEXT)


def proposed(
    folder: Path, text: str | bytes, form: str = "contacts_csv", attributes: dict[str, Attribute] | None = None
) -> Proposal:
    path = folder / "contacts.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return propose(FORMATS[form], path, sample(path), attributes or {})


def test_a_list_whose_columns_are_all_known_needs_nothing(tmp_path: Path) -> None:
    assert proposed(tmp_path, "id,Name,E-Mail\n1,Jane Doe,jane@example.com\n") == Proposal({}, {}, {})


def test_a_list_in_a_legacy_encoding_names_it(tmp_path: Path) -> None:
    told = proposed(tmp_path, "Name;E-Mail\nJörg Doe;joerg@example.com\n".encode("windows-1252"))
    assert told == Proposal({"encoding": "windows-1252"}, {}, {})


def test_an_encoding_that_shows_late_in_a_file_is_named_too(tmp_path: Path) -> None:
    plain = "Name;E-Mail\n" + "Jane Doe;jane@example.com\n" * 5_000
    told = proposed(tmp_path, plain[:10_000].encode() + b"\n" + b";j\xf6rg@example.com\n" * 90)
    assert told.options == {"encoding": "windows-1252"}


def test_an_encoding_that_shows_behind_all_that_is_looked_at_is_named_too(tmp_path: Path) -> None:
    plain = "id;Name;E-Mail\n" + "".join(f"{number};Jane Doe;j{number}@example.com\n" for number in range(4_000))
    told = proposed(tmp_path, plain.encode() + "9999;Jörg Roe;joerg@example.com\n".encode("windows-1252"))
    assert told == Proposal({"encoding": "windows-1252"}, {}, {})


@pytest.mark.parametrize(
    ("header", "options"),
    [
        ("Prénom;Téléphone", {}),
        ("Wer;Wo", {"columns": {"Wo": "email"}}),
        ("Größe;Wo", {"columns": {"Wo": "email", "Größe": "groesse"}}),
    ],
)
def test_a_legacy_encoding_is_named_where_no_header_is_known_without_it(
    tmp_path: Path, header: str, options: dict[str, Any]
) -> None:
    told = proposed(tmp_path, f"{header}\nJürgen Groß;j@example.com\n".encode("windows-1252"))
    assert told.problem is None
    assert told.options == options | {"encoding": "windows-1252"}


def test_bytes_of_no_known_encoding_are_told_as_a_problem(tmp_path: Path) -> None:
    told = proposed(tmp_path, b"Name;E-Mail\nJ\x81rg;j@example.com\n")
    assert (told.problem or "").startswith("FILE_ENCODING")


def test_the_column_of_the_source_s_own_ids_is_the_key(tmp_path: Path) -> None:
    told = proposed(tmp_path, "Kundennummer,Name\nK-1,Jane Doe\nK-2,John Doe\n")
    assert told == Proposal({"key": "Kundennummer"}, {}, {})


def test_columns_that_no_alias_knows_are_offered_for_somebody_to_confirm(tmp_path: Path) -> None:
    told = proposed(tmp_path, "Name,Draht\nJane Doe,+44 20 7946 0811\n")
    assert told == Proposal({}, {"Draht": "phone"}, {})


def test_where_nothing_else_says_who_a_row_is_about_the_guess_is_made(tmp_path: Path) -> None:
    told = proposed(tmp_path, "Draht;Ort\n+44 20 7946 0811;Berlin\n")
    assert told == Proposal({"columns": {"Draht": "phone"}}, {}, {"ort": TEXT})


def test_a_table_of_something_else_is_told_as_a_problem(tmp_path: Path) -> None:
    assert (proposed(tmp_path, "Artikel;Preis\nLampe;3\n").problem or "").startswith("HEADER_MISSING")


def test_columns_that_nothing_reads_are_attributes_under_a_name_they_can_have(tmp_path: Path) -> None:
    told = proposed(tmp_path, "Name,Seats,Größe in m²\nJane Doe,3,17\nJohn Doe,4,18\n")
    number = Attribute(type=AttributeType.NUMBER)
    assert told.attributes == {"seats": number, "groesse_in_m2": number}
    assert told.options == {"columns": {"Größe in m²": "groesse_in_m2"}}


@pytest.mark.parametrize(
    ("header", "name"),
    [("Newsletter", "newsletter"), ("Email Opt-in", "email_opt_in"), ("Accepts Email Marketing", "email_opt_in")],
)
def test_a_column_of_who_agreed_is_a_consent(tmp_path: Path, header: str, name: str) -> None:
    told = proposed(tmp_path, f"Name,{header}\nJane Doe,yes\nJohn Doe,\nAnn Roe,no\n")
    consent = Attribute(type=AttributeType.BOOLEAN, merge=AttributeMerge.MOST_RESTRICTIVE)
    assert told.attributes == {name: consent}


def test_attributes_that_the_project_has_are_not_proposed_again(tmp_path: Path) -> None:
    attributes = {"seats": TEXT, "tier_level": TEXT}
    told = proposed(tmp_path, "Name,Seats,Tier Levels\nJane Doe,3,gold\n", attributes=attributes)
    assert told == Proposal({}, {"Tier Levels": "tier_level"}, {})


def test_of_conversations_nothing_is_proposed(tmp_path: Path) -> None:
    assert proposed(tmp_path, "From x\nSubject: x\n", "mbox") == Proposal({}, {}, {})


def test_a_reader_that_fails_is_told_without_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, rows: int = 0) -> Iterator[Batch]:
        raise ValueError("jane@example.com")

    monkeypatch.setitem(FORMATS, "contacts_csv", FORMATS["contacts_csv"]._replace(read=failing))
    told = proposed(tmp_path, "Name\nJane Doe\n")
    assert told.problem == "READER_FAILED: the reader contacts_csv failed with ValueError"


@pytest.mark.parametrize(
    ("name", "written"),
    [("seats", "seats"), ("größe_(m²)", "groesse_m"), ("2nd_tier", "column_2nd_tier"), ("姓", "")],
)
def test_a_name_is_spelt_in_the_letters_it_may_have(name: str, written: str) -> None:
    assert spelt(name) == written


def test_columns_that_would_be_one_attribute_are_not_made_one(tmp_path: Path) -> None:
    told = proposed(tmp_path, "Name,Größe,Groesse,姓\nJane Doe,a,b,c\n")
    assert told == Proposal({"columns": {"Größe": "groesse"}}, {}, {"groesse": TEXT})


def test_an_export_of_ours_is_keyed_by_its_own_id(tmp_path: Path) -> None:
    told = proposed(tmp_path, "contact_id,name,emails\n0b1c,Jane Doe,jane@example.com\n")
    assert told == Proposal({"key": "contact_id"}, {}, {})


@pytest.mark.parametrize(
    ("cells", "locale"),
    [
        (["1.234,50", "2.000"], "de_DE"),
        (["12,5", "7"], "de_DE"),
        (["1,234", "2,000"], None),
        (["1,234.50", "12,5"], None),
        (["Berg, 12,5", "x"], None),
    ],
)
def test_a_locale_is_proposed_for_decimal_commas_only(tmp_path: Path, cells: list[str], locale: str | None) -> None:
    rows = "".join(f"{place};Jane Doe;{cell}\n" for place, cell in enumerate(cells))
    assert proposed(tmp_path, f"id;name;turnover\n{rows}").locale == locale

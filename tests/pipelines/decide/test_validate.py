from pathlib import Path

import pytest

from pipelines.decide.batch import DecisionBatch, ParsedText
from pipelines.decide.validate import (
    one_row,
    origin_of,
    parse_texts,
    require_attributes,
    require_valid,
    validate,
    values,
)
from pipelines.errors import DecisionRefused
from pipelines.ingest.records import records
from pipelines.project import OpenProject, open_project
from schemas.received import MAX_TEXT
from tests.deciding import day
from tests.small_project import SETTINGS, write_keys, write_settings

TODAY = day(15)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """A project of which nothing but its settings and keys is needed."""
    folder: Path = tmp_path_factory.mktemp("project")
    write_settings(folder, SETTINGS)
    write_keys(folder / ".onecontact" / "keys")
    return open_project(folder)


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        ("name", " Anna  Berg ", "Anna Berg"),
        ("phone", "0151 23456789", "+4915123456789"),
        ("email", "Anna@Example.com", "anna@example.com"),
        ("attr.tier", "Gold", "gold"),
        ("attr.seats", "1,5", "1.5"),
        ("attr.account_id", "a; b", "a; b"),
        ("notes", "met at the fair; later", "met at the fair; later"),
    ],
)
def test_a_value_is_kept_as_a_list_would_keep_it(opened: OpenProject, field: str, text: str, kept: str) -> None:
    assert values(opened, field, text, TODAY) == [kept]


def test_tags_are_the_one_field_in_which_a_text_says_several(opened: OpenProject) -> None:
    assert values(opened, "tags", "vip; fair", TODAY) == ["vip", "fair"]


@pytest.mark.parametrize(
    ("field", "text"), [("phone", "0151"), ("email", "anna@"), ("attr.tier", "bronze"), ("attr.seats", "many")]
)
def test_what_is_no_value_of_the_field_is_refused_with_what_would_be_one(
    opened: OpenProject, field: str, text: str
) -> None:
    with pytest.raises(DecisionRefused, match=f"^{field}: .*, expected ") as refused:
        validate(opened, field, text, TODAY)
    assert "or a `" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "why"), [("  ", "to empty it, clear it"), ("\\N", "says nothing"), ("-", "says nothing")]
)
def test_what_says_nothing_is_refused(opened: OpenProject, text: str, why: str) -> None:
    with pytest.raises(DecisionRefused, match=why):
        validate(opened, "name", text, TODAY)


def test_an_attribute_that_is_not_defined_is_refused_and_those_there_are_named(opened: OpenProject) -> None:
    with pytest.raises(DecisionRefused, match=r"`size`; attributes of this project: account_id, seats, tier$"):
        validate(opened, "attr.size", "XL", TODAY)
    require_attributes(origin_of(opened, TODAY), ["name", "size", "attr.tier"])


def test_a_project_without_attributes_says_so(opened: OpenProject) -> None:
    none = origin_of(opened, TODAY)._replace(attributes={})
    with pytest.raises(DecisionRefused, match="attributes of this project: none"):
        require_attributes(none, ["attr.size"])


def test_a_text_may_be_so_long_and_no_longer(opened: OpenProject) -> None:
    assert values(opened, "notes", "x" * MAX_TEXT, TODAY) == ["x" * MAX_TEXT]
    with pytest.raises(DecisionRefused, match=f"notes can have at most {MAX_TEXT:,} characters"):
        values(opened, "notes", "x" * (MAX_TEXT + 1), TODAY)


def test_texts_that_are_parsed_together_say_what_they_say_alone(opened: OpenProject) -> None:
    typed = [("name", "Anna Berg"), ("phone", "1"), ("phone", "0151 23456789"), ("tags", "a;b"), ("name", "Anna Berg")]
    typed += [("name", ""), ("name", "x" * (MAX_TEXT + 1))]
    found = parse_texts(opened, typed, TODAY)
    assert list(dict.fromkeys(typed)) == sorted(found, key=typed.index)
    assert found["name", "Anna Berg"] == ParsedText(["Anna Berg"], "")
    assert found["phone", "0151 23456789"] == ParsedText(["+4915123456789"], "")
    assert found["phone", "1"].wrong.startswith("phone: PHONE_")
    assert found["tags", "a;b"].values == ["a", "b"]
    assert found["name", ""] == ParsedText([], "")
    assert "at most" in found["name", "x" * (MAX_TEXT + 1)].wrong


def test_a_text_that_its_batch_has_parsed_is_not_parsed_again(opened: OpenProject) -> None:
    batch = DecisionBatch(opened, None, {("name", "Anna"): ParsedText(["known"], "")})  # type: ignore[arg-type]
    assert values(opened, "name", "Anna", TODAY, batch) == ["known"]
    assert values(opened, "name", "Ben", TODAY, batch) == ["Ben"]


def test_a_row_that_is_typed_is_one_of_a_list(opened: OpenProject) -> None:
    typed = {"name": "Anna Berg", "phone": "0151 23456789; 0151 23456780", "attr.tier": "gold"}
    read = records(one_row(typed), origin_of(opened, TODAY), refuse=True)
    require_valid(read)
    assert read.kept["name"].to_list() == ["Anna Berg"]
    assert read.identifiers["normalised"].to_list() == ["+4915123456789", "+4915123456780"]


def test_a_row_with_a_cell_that_is_too_long_is_refused() -> None:
    assert one_row({"name": "x" * MAX_TEXT}).contacts.height == 1
    with pytest.raises(DecisionRefused, match=r"^name can have at most"):
        one_row({"notes": "", "name": "x" * (MAX_TEXT + 1)})


def test_all_that_is_wrong_with_a_row_is_said_at_once(opened: OpenProject) -> None:
    typed = {"name": "Anna Berg", "phone": "1", "attr.tier": "bronze"}
    read = records(one_row(typed), origin_of(opened, TODAY), refuse=True)
    with pytest.raises(DecisionRefused, match=r"^attr.tier: \w+, expected .*; phone: \w+, expected "):
        require_valid(read)


def test_a_row_that_reaches_nobody_is_refused_in_words_of_its_own(opened: OpenProject) -> None:
    read = records(one_row({"name": "", "notes": "nobody"}), origin_of(opened, TODAY), refuse=True)
    with pytest.raises(DecisionRefused, match=r"^a contact needs a name"):
        require_valid(read)

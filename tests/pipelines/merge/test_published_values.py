from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.merge.published_values import (
    ATTRIBUTE_VALUE,
    Typing,
    attribute_values,
    folded_contacts,
    folded_identifiers,
)
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType

TYPINGS = {
    "remark": Typing(AttributeType.TEXT, is_list=False),
    "seats": Typing(AttributeType.NUMBER, is_list=False),
    "signup": Typing(AttributeType.DATE, is_list=False),
    "news": Typing(AttributeType.BOOLEAN, is_list=False),
    "topics": Typing(AttributeType.TEXT, is_list=True),
}


def values(*attributes: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """Attributes of contacts "0", "1" and so on, as they are published; what is null is left out."""
    contacts = pl.DataFrame(
        {
            "contact_id": [str(nth) for nth in range(len(attributes))],
            "attributes": [[{"key": key, "value": value} for key, value in each.items()] for each in attributes],
        },
        schema={"contact_id": pl.String, "attributes": pl.List(pl.Struct({"key": pl.String, "value": pl.String}))},
    )
    found = attribute_values(contacts, TYPINGS)
    assert found.schema == pl.Schema(ATTRIBUTE_VALUE)
    return [{name: cell for name, cell in row.items() if cell is not None} for row in found.to_dicts()]


def plain(name: str, text: str, position: int = 1) -> dict[str, Any]:
    return {"contact_id": "0", "name": name, "position": position, "value_text": text}


@pytest.mark.parametrize(
    ("name", "text", "typed"),
    [
        ("remark", "true", {}),
        ("remark", "1", {}),
        ("remark", "Straße", {"value_folded": "strasse"}),
        ("seats", "2.5", {"value_number": 2.5}),
        ("seats", "NaN", {"value_folded": "nan"}),
        ("seats", "many", {}),
        ("signup", "2026-03-31", {"value_date": date(2026, 3, 31)}),
        ("signup", "2026-02-30", {}),
        ("news", "true", {"value_boolean": True}),
        ("news", "false", {"value_boolean": False}),
        ("news", "perhaps", {}),
        ("forgotten", "1", {}),
    ],
)
def test_a_value_is_published_as_its_text_and_as_its_type(name: str, text: str, typed: dict[str, Any]) -> None:
    assert values({name: text}) == [plain(name, text) | typed]


def test_several_values_are_a_row_each_in_their_order() -> None:
    assert values({"topics": "one; Two; three"}) == [
        plain("topics", "one", 1),
        plain("topics", "Two", 2) | {"value_folded": "two"},
        plain("topics", "three", 3),
    ]


def test_an_attribute_of_one_value_may_hold_what_stands_between_several() -> None:
    assert values({"remark": "one; two"}) == [plain("remark", "one; two")]


def test_what_has_no_value_is_no_row() -> None:
    assert values({}, {"topics": ""}) == []


def test_attributes_are_those_of_their_contact() -> None:
    found = values({"seats": "1"}, {}, {"seats": "2", "topics": "a"})
    assert [(each["contact_id"], each["name"]) for each in found] == [("0", "seats"), ("2", "seats"), ("2", "topics")]


def test_an_attribute_whose_values_stand_side_by_side_is_a_list() -> None:
    attributes = {
        "seats": Attribute(type=AttributeType.NUMBER, merge=AttributeMerge.SUM),
        "topics": Attribute(type=AttributeType.TEXT, merge=AttributeMerge.UNION),
    }
    assert Typing.of(attributes) == {"seats": (AttributeType.NUMBER, False), "topics": (AttributeType.TEXT, True)}


def test_names_are_folded_beside_what_they_were_and_the_rest_where_folding_changes_it() -> None:
    contacts = pl.DataFrame(
        {"name": ["ANNA", "bea"], "first_name": ["Ann", "b"], "last_name": ["Ä", None]}
        | {"email": ["A@example.com", "bea@example.com"], "tags": [["VIP", "a"], ["vip"]]}
    )
    assert folded_contacts(contacts).select(pl.selectors.ends_with("_folded")).to_dicts() == [
        {"name_folded": "anna", "first_name_folded": "ann", "last_name_folded": "ä"}
        | {"email_folded": "a@example.com", "tags_folded": ["vip", "a"]},
        {"name_folded": "bea", "first_name_folded": "b", "last_name_folded": None}
        | {"email_folded": None, "tags_folded": None},
    ]


def test_an_identifier_is_folded_where_folding_changes_it() -> None:
    found = folded_identifiers(pl.DataFrame({"value": ["Anna", "anna"]}))
    assert found["value_folded"].to_list() == ["anna", None]

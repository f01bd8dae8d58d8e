import pytest

from schemas.attribute import Attribute
from schemas.contact import Contact
from schemas.fields import EVERY, FieldKind, Kind, field_kinds
from schemas.received import column_types
from schemas.vocabulary import AttributeType, Pii


def test_every_field_of_a_contact_can_be_asked_something() -> None:
    assert field_kinds({}).keys() == column_types(Contact).keys() - {"attributes"} | EVERY.keys()


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("name", Kind.TEXT),
        ("status", Kind.CHOICE),
        ("records", Kind.NUMBER),
        ("last_inbound_at", Kind.INSTANT),
        ("tags", Kind.LIST),
    ],
)
def test_the_kind_of_a_field_follows_from_what_it_holds(field: str, kind: Kind) -> None:
    assert field_kinds({})[field].kind is kind


def test_a_choice_knows_what_it_offers() -> None:
    assert field_kinds({})["status"].values == ("blocked", "active", "inactive")


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        (AttributeType.TEXT, Kind.TEXT),
        (AttributeType.NUMBER, Kind.NUMBER),
        (AttributeType.DATE, Kind.DATE),
        (AttributeType.BOOLEAN, Kind.BOOLEAN),
    ],
)
def test_an_attribute_is_a_field_of_its_type(type_: AttributeType, kind: Kind) -> None:
    assert field_kinds({"x": Attribute(type=type_)})["attr.x"] == FieldKind(kind)


def test_a_dropdown_is_a_choice_of_its_values() -> None:
    tier = Attribute(type=AttributeType.DROPDOWN, values=("gold", "silver"))
    assert field_kinds({"tier": tier})["attr.tier"] == FieldKind(Kind.CHOICE, ("gold", "silver"))


def test_every_column_says_how_closely_it_points_at_a_person() -> None:
    said = {name: Pii(column.metadata["pii"]) for name, column in Contact.to_schema().columns.items()}
    assert said["email"] is Pii.DIRECT
    assert set(said) >= {"contact_id", "name", "status", "last_inbound_at"}

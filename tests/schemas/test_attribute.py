import pytest
from pydantic import ValidationError

from schemas.attribute import MERGES, Attribute
from schemas.vocabulary import AttributeMerge, AttributeType


def test_an_attribute_merges_by_the_most_recent_value_unless_told_otherwise() -> None:
    assert Attribute(type=AttributeType.TEXT).merge is AttributeMerge.MOST_RECENT


@pytest.mark.parametrize("type_", AttributeType)
@pytest.mark.parametrize("merge", AttributeMerge)
def test_a_merge_has_to_mean_something_for_the_type(type_: AttributeType, merge: AttributeMerge) -> None:
    values = ("gold", "silver") if type_ is AttributeType.DROPDOWN else ()
    if merge in (AttributeMerge.MOST_RECENT, AttributeMerge.SOURCE_PRIORITY, *MERGES[type_]):
        assert Attribute(type=type_, merge=merge, values=values).merge is merge
    else:
        with pytest.raises(ValidationError, match=f"merge of a {type_} is one of most_recent, source_priority"):
            Attribute(type=type_, merge=merge, values=values)


@pytest.mark.parametrize("values", [(), ("gold", " ")])
def test_a_dropdown_needs_values(values: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="a dropdown needs values"):
        Attribute(type=AttributeType.DROPDOWN, values=values)


@pytest.mark.parametrize("twin", ["GOLD", " gold ", "ｇｏｌｄ"])
def test_values_of_a_dropdown_can_be_told_apart(twin: str) -> None:
    with pytest.raises(ValidationError, match="may not be the same but for case or spaces"):
        Attribute(type=AttributeType.DROPDOWN, values=("gold", twin))


def test_only_a_dropdown_has_values() -> None:
    with pytest.raises(ValidationError, match="values are for a dropdown; this is a text"):
        Attribute(type=AttributeType.TEXT, values=("gold",))


def test_a_misspelt_key_is_an_error() -> None:
    with pytest.raises(ValidationError, match="exclusiv"):
        Attribute.model_validate({"type": "text", "exclusiv": True})

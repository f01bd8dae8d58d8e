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


def test_a_text_may_have_a_pattern() -> None:
    assert Attribute(type=AttributeType.TEXT, pattern="C-[0-9]+").pattern == "C-[0-9]+"


@pytest.mark.parametrize("pattern", ["C-[0-9", "(?=C)", r"(a)\1", "a)(b", "(?x) a # b"])
def test_a_pattern_that_cannot_be_matched_is_an_error(pattern: str) -> None:
    with pytest.raises(ValidationError, match="pattern is no regular expression"):
        Attribute(type=AttributeType.TEXT, pattern=pattern)


def test_only_a_text_has_a_pattern() -> None:
    with pytest.raises(ValidationError, match="pattern is for a text; this is a number"):
        Attribute(type=AttributeType.NUMBER, pattern="[0-9]")

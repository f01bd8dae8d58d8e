import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.privacy.files.json.tree import BrokenJson, tree_of, without

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def cut(value: Any, places: set[int], **style: Any) -> Any:
    """A list without the items at some places, as it is cut out of its text."""
    text = json.dumps(value, **style)
    tree = tree_of(text)
    return json.loads(without(text, tree, {(0, place) for place in places}, {}))


@given(st.lists(JSON, max_size=6), st.sets(st.integers(0, 5)), st.sampled_from([None, 2]), st.booleans())
def test_items_are_cut_out_and_all_else_is_what_it_was(
    items: list[Any], places: set[int], indent: int | None, ascii_only: bool
) -> None:
    cuts = {place for place in places if place < len(items)}
    kept = [item for place, item in enumerate(items) if place not in cuts]
    assert cut(items, cuts, indent=indent, ensure_ascii=ascii_only) == kept


@given(JSON)
def test_every_value_is_a_leaf_with_its_place(value: Any) -> None:
    text = json.dumps(value)
    for leaf in tree_of(text).leaves:
        written = json.loads(text[leaf.start : leaf.end])
        assert leaf.text == (written if isinstance(written, str) else text[leaf.start : leaf.end])


def test_nothing_but_the_item_and_its_comma_changes() -> None:
    text = '{ "a" : [ 1 , {"b":1.10} ,\n 3 ] , "n": 1e5 }'
    tree = tree_of(text)
    [array] = tree.items
    assert without(text, tree, {(array, 1)}, {}) == '{ "a" : [ 1 , 3 ] , "n": 1e5 }'
    assert without(text, tree, {(array, 2)}, {}) == '{ "a" : [ 1 , {"b":1.10} ] , "n": 1e5 }'
    assert without(text, tree, {(array, 0), (array, 1), (array, 2)}, {}) == '{ "a" : [  ] , "n": 1e5 }'


def test_a_value_can_be_replaced() -> None:
    text = '{"a": "x", "b": ["y"]}'
    tree = tree_of(text)
    spans = {leaf.text: (leaf.start, leaf.end) for leaf in tree.leaves}
    assert without(text, tree, set(), {spans["x"]: '"erased"'}) == '{"a": "erased", "b": ["y"]}'


def test_keys_are_those_of_the_object_or_of_the_array() -> None:
    leaves = tree_of('{"a": {"b": "1"}, "c": ["2", {"d": "3"}, [4]], "e": "5"}').leaves
    assert {leaf.text: leaf.key for leaf in leaves} == {"1": "b", "2": "c", "3": "d", "4": "c", "5": "e"}


@pytest.mark.parametrize("text", ['{"a": 1', "[1}", "]", '{"a": "b', '["\\x"]'])
def test_broken_json_is_refused(text: str) -> None:
    with pytest.raises(BrokenJson):
        tree_of(text)

"""JSON of no sense, made of the keys a format knows."""

from typing import Any

from hypothesis import strategies as st


def hostile(keys: list[str], *, likely: list[Any]) -> st.SearchStrategy[Any]:
    """Values nested in each other under `keys`, among them `likely` ones that a reader may take for good."""
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5)
    return st.recursive(
        plain | st.sampled_from(likely),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(keys), inner, max_size=6),
        max_leaves=20,
    )

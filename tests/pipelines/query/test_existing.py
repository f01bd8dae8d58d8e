from collections.abc import Sequence

import pytest

from pipelines.errors import FilterFault
from pipelines.query.existing import fold_all, require_existing
from schemas.filter import Condition, Operator, Relation

FIELDS = [
    *((None, "tags"), (None, "source")),
    *((Relation.CONVERSATIONS, field) for field in ("inbox", "labels", "assignee", "source")),
    *((Relation.MESSAGES, field) for field in ("inbox", "source")),
    *((Relation.NOTES, field) for field in ("written_by", "source")),
    *((Relation.IDENTIFIERS, field) for field in ("scope", "source")),
    (Relation.EXPORTS, "segment"),
]


def require(
    *values: str,
    field: str = "tags",
    relation: Relation | None = None,
    op: str = "has_any",
    known: Sequence[str] = ("VIP", "press"),
    is_needed: bool = True,
) -> None:
    """Ask for values where these are known."""
    asked = Condition(field=field, op=Operator(op), value=values)

    def existing(of: Relation | None, name: str) -> Sequence[str]:
        assert (of, name) == (relation, field)
        return known

    require_existing(asked, values, existing, relation, "where.value", is_needed=is_needed)


def fault(*values: str, known: Sequence[str] = ("VIP", "press"), is_needed: bool = True) -> str:
    with pytest.raises(FilterFault) as error:
        require(*values, known=known, is_needed=is_needed)
    return str(error.value)


@pytest.mark.parametrize(("relation", "field"), FIELDS)
def test_what_people_pick_from_a_few_has_to_be_there(relation: Relation | None, field: str) -> None:
    with pytest.raises(FilterFault, match=f"no {field} of {relation or 'contacts'} is that; did you mean press"):
        require("vip", "pres", field=field, relation=relation)


@pytest.mark.parametrize(
    ("relation", "field"), [(None, "name"), (None, "attr.tags"), (None, "inbox"), (Relation.MESSAGES, "tags")]
)
def test_of_any_other_field_every_value_can_be_asked_for(relation: Relation | None, field: str) -> None:
    require("pres", field=field, relation=relation)


@pytest.mark.parametrize("op", ["eq", "ne", "in", "not_in", "has_any", "has_all", "has_none"])
def test_a_whole_value_has_to_be_there(op: str) -> None:
    with pytest.raises(FilterFault, match="did you mean press"):
        require("pres", op=op)


@pytest.mark.parametrize("op", ["contains", "starts_with", "matches"])
def test_a_part_of_a_value_need_not(op: str) -> None:
    require("pres", op=op)


def test_a_value_is_there_however_it_is_written() -> None:
    require("vip", "press")
    require("vip", "press", is_needed=False)


@pytest.mark.parametrize(
    ("known", "hint"),
    [
        (("VIP", "press"), "there are VIP, press"),
        ((), "there are none at all"),
    ],
)
def test_where_nothing_is_near_what_there_is_is_told(known: tuple[str, ...], hint: str) -> None:
    assert fault("zzz", known=known) == f"where.value: no tags of contacts is that; {hint}"


def test_who_is_left_out_may_be_nobody_yet_but_a_slip_of_the_pen_is_told() -> None:
    require("zzz", is_needed=False)
    assert "did you mean press?" in fault("zzz", "pres", is_needed=False)


def test_texts_are_folded_and_what_is_nothing_then_is_none() -> None:
    assert fold_all(["VIP", "STRASSE", " "]) == ["vip", "strasse", None]
    assert fold_all([]) == []

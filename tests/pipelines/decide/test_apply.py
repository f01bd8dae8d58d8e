from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.decide import annotate, block, create, edit, merge, revoke
from pipelines.decide.apply import APPLIES, apply
from pipelines.decide.commit import Attribution
from pipelines.decide.request_rows import FORMS, Request
from pipelines.errors import DecisionRefused, RequestRefused
from schemas.error_codes import ErrorCode
from tests.deciding import ruling

MODULES = {
    **dict.fromkeys(("tag", "untag", "note"), annotate),
    **dict.fromkeys(("block", "unblock"), block),
    **dict.fromkeys(("edit", "clear", "pin"), edit),
    **dict.fromkeys(("merge", "unmerge", "dismiss"), merge),
    "create": create,
    "revoke": revoke,
}
PROJECT, WAREHOUSE, BATCH = "project", "warehouse", "batch"  # handed on as they are
SAID = {"decision": "any", "reason": "they told us", "by": "Ina"}
ONE, TWO = {"contact": "anna"}, {"contact": "anna", "others": ["annie"]}


def asked(monkeypatch: pytest.MonkeyPatch, kind: str, cells: dict[str, Any], **said: Any) -> tuple[Any, ...]:
    """What the function that decides is called with, but for what every one of them is."""
    called: list[tuple[Any, ...]] = []

    def decide(project: Any, connection: Any, *given: Any, **named: Any) -> tuple[str, str]:
        assert (project, connection) == (PROJECT, WAREHOUSE)
        assert BATCH in (*given, named.pop("batch", None))
        assert ruling(15)._replace(expires_at=said.get("until")) in given
        rest = [each for each in given if each != BATCH and not isinstance(each, Attribution)]
        called.append((*rest, *named.items()))
        return "decided", "its contact"

    monkeypatch.setattr(MODULES[kind], kind, decide)
    request = Request(kind, SAID | cells, **said)
    apply(PROJECT, WAREHOUSE, request, ruling(15), lambda column, text: f"{text} in {column}", BATCH)  # type: ignore[arg-type]
    [arguments] = called
    return arguments


@pytest.mark.parametrize(
    ("kind", "cells", "field", "arguments"),
    [
        ("create", {"name": "Anna", "attr.tier": "gold"}, "", ({"name": "Anna", "attr.tier": "gold"},)),
        ("edit", ONE | {"value": "Ana"}, "name", ("anna in contact", "name", "Ana")),
        ("clear", ONE, "phone", ("anna in contact", "phone")),
        ("pin", ONE | {"value": "Ana"}, "name", ("anna in contact", "name", "Ana")),
        ("pin", ONE, "name", ("anna in contact", "name", None)),
        ("tag", ONE | {"value": "vip"}, "", ("anna in contact", "vip")),
        ("untag", ONE | {"value": "vip"}, "", ("anna in contact", "vip")),
        ("note", ONE | {"value": "called"}, "", ("anna in contact", "called")),
        ("merge", TWO, "", (["anna in contact", "annie in others"], ("primary", "anna in contact"))),
        ("unmerge", ONE, "", ("anna in contact", [], ("every", False))),
        ("unmerge", ONE | {"records": ["crm:1"]}, "", ("anna in contact", ["crm:1"], ("every", False))),
        ("unmerge", ONE | {"records": ["all"]}, "", ("anna in contact", [], ("every", True))),
        ("unblock", ONE, "", ("anna in contact",)),
        ("dismiss", TWO, "", ("anna in contact", "annie in others")),
    ],
)
def test_a_request_is_handed_to_the_function_that_decides_it(
    monkeypatch: pytest.MonkeyPatch, kind: str, cells: dict[str, Any], field: str, arguments: tuple[Any, ...]
) -> None:
    assert asked(monkeypatch, kind, cells, field=field) == arguments


def test_a_revoke_takes_back_what_was_found_by_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, "revoke", {"value": "3f"}, target="3f00") == ("3f00",)


def test_a_block_ends_when_the_request_says(monkeypatch: pytest.MonkeyPatch) -> None:
    until = datetime(2026, 7, 1, tzinfo=UTC)
    assert asked(monkeypatch, "block", ONE, until=until) == ("anna in contact",)


def test_every_decision_that_can_be_asked_for_is_applied() -> None:
    assert set(APPLIES) == set(FORMS)


def test_a_decision_that_cannot_be_taken_is_a_request_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise DecisionRefused("the contact is not blocked")

    monkeypatch.setattr(block, "unblock", refuse)
    with pytest.raises(RequestRefused) as refused:
        apply(PROJECT, WAREHOUSE, Request("unblock", SAID | ONE), ruling(15), lambda _, text: text)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.column) == (ErrorCode.DECISION_REFUSED, "decision")
    assert refused.value.expected == "a decision that can be taken: the contact is not blocked"
    assert refused.value.__context__ is None

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.derive.pair_explanation import (
    CAPS,
    VETOES,
    Block,
    Conflict,
    Pair,
    RecordRef,
    SharedKeys,
    conflicts_between,
    explain_outcome,
    parts_of,
    shared_keys,
)
from pipelines.match.blocking.rules import RULES
from pipelines.match.score import EXCLUSIVE_CONFLICT, NAMES_CONTRADICT, NAMES_NOT_COMPARABLE
from pipelines.match.source_links import SOURCE_MERGE
from pipelines.store.decisions.links import LinkDecision
from schemas.project import Matching
from schemas.vocabulary import DecisionKind

MATCHING = Matching(auto=0.9, review=0.5)
NO_KEYS = SharedKeys([], [], [], [])
SHARED = SharedKeys([Block("phone", 2, 10)], [], [], [])
CAPPED = SharedKeys([Block("phone", 11, 10)], [], [], [])


def record(key: str, contact: str | None = "c") -> RecordRef:
    return RecordRef(key, "crm", key, contact)


def edge(
    zone: str = "review", rule: str = "same_phone", veto: str | None = None, probability: float = 0.7
) -> dict[str, object]:
    return {"zone": zone, "rule": rule, "veto": veto, "probability": probability}


def decided(kind: DecisionKind) -> LinkDecision:
    said: dict[str, Any] = {"kind": kind, "actor": "Ina", "reason": "asked", "decision_id": "3f"}
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return LinkDecision(**{name: said.get(name, at) for name in LinkDecision._fields})


def outcome(
    found: dict[str, object] | None = None,
    keys: SharedKeys = NO_KEYS,
    said: LinkDecision | None = None,
    probability: float = 0.6,
    contacts: tuple[str | None, str | None] = ("c", "d"),
) -> tuple[str, str]:
    one, other = (record(key, contact) for key, contact in zip("ab", contacts, strict=True))
    return explain_outcome(Pair(one, other, found, keys, [], said), probability, MATCHING)


def test_a_record_is_called_by_its_source_and_its_id_there() -> None:
    assert str(RecordRef("0123456789", "crm", "7", None)) == "crm:7"
    assert str(RecordRef("0123456789", "chat", None, None)) == "chat:01234567"


# keys -------------------------------------------------------------------------------------------------------------


def test_keys_of_two_records_are_shared_or_differ_or_are_of_one_alone() -> None:
    blocks = pl.DataFrame(
        [
            *((record, 0, key, size) for record in "ab" for key, size in ((7, 3), (8, 2), (9, 6), (10, 5), (11, 4))),
            *(("a", 1, 5, 1), ("b", 1, 6, 1)),
            *(("a", 2, 1, 1), ("b", 3, 1, 1), ("c", 4, 1, 1)),
        ],
        schema={"record_key": pl.String, "rule": pl.UInt8, "key": pl.UInt64, "size": pl.Int64},
        orient="row",
    )
    assert shared_keys(blocks, "a", "b") == SharedKeys(  # the most telling ones first
        [Block(parts_of(0), size, CAPS[0]) for size in (2, 3, 4, 5, 6)], [parts_of(1)], [parts_of(2)], [parts_of(3)]
    )
    assert shared_keys(blocks.clear(), "a", "b") == NO_KEYS


def test_a_key_is_called_by_its_parts() -> None:
    assert [parts_of(nth) for nth in range(len(RULES))] == [
        " + ".join(part.replace("_", " ") for part in rule.parts) for rule in RULES
    ]
    assert {nth: rule.cap for nth, rule in enumerate(RULES)} == CAPS


def test_conflicts_are_attributes_of_which_both_have_another_value() -> None:
    exclusive = pl.DataFrame(
        [(0, ["id=1", "tier=gold", "x=a=b"]), (1, ["id=2", "tier=gold", "x=a"]), (2, ["id=3"]), (3, [])],
        schema={"record": pl.UInt32, "exclusive": pl.List(pl.String)},
        orient="row",
    )
    assert conflicts_between(exclusive, 0, 1) == [Conflict("id", "1", "2"), Conflict("x", "a=b", "a")]
    assert conflicts_between(exclusive, 1, 0)[0] == Conflict("id", "2", "1")
    assert conflicts_between(exclusive, 0, 3) == []


# outcomes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [DecisionKind.UNMERGE, DecisionKind.DISMISS])
def test_a_decision_that_parts_counts_before_all_else(kind: DecisionKind) -> None:
    word, why = outcome(edge("merge"), SHARED, decided(kind))
    assert word == "parted"
    assert why.startswith("not one person, as Ina decided on ")
    assert why.endswith(": asked (`onecontact revoke 3f` takes it back)")


def test_a_decision_that_joins_counts_where_nothing_forbids_it() -> None:
    word, why = outcome(edge("review"), said=decided(DecisionKind.MERGE))
    assert word == "merged"
    assert why.startswith("one person, as Ina decided on ")
    assert outcome(edge(veto="veto:names"), said=decided(DecisionKind.MERGE))[0] == "vetoed"
    assert outcome(said=decided(DecisionKind.MERGE))[0] == "not_compared"


@pytest.mark.parametrize(
    ("found", "word", "why"),
    [
        (edge("merge"), "merged", "0.700 is not below `auto` (0.9): merged"),
        (edge(), "review", "0.700 lies between `review` (0.5) and `auto` (0.9): it waits for a person to decide"),
        (edge(rule=SOURCE_MERGE, veto="bridge"), "merged", "their source says itself that they are one"),
        (edge(rule=NAMES_CONTRADICT), "conflict", "given names that contradict each other never merge"),
        (edge(rule=NAMES_NOT_COMPARABLE), "conflict", "given names that cannot be compared"),
        (edge(rule=EXCLUSIVE_CONFLICT), "conflict", "different values of an exclusive attribute never merge"),
        (edge("merge", rule=NAMES_CONTRADICT), "merged", "0.700 is not below"),
        (edge("merge", veto="veto:new"), "vetoed", "would merge, and may not: veto:new. It waits"),
        *(
            (edge("merge", veto=veto), "vetoed", f"would merge, and may not: {why}. It waits")
            for veto, why in VETOES.items()
        ),
    ],
)
def test_a_pair_that_was_kept_is_what_was_judged(found: dict[str, object], word: str, why: str) -> None:
    told = outcome(found)
    assert told[0] == word
    assert told[1].startswith(why)


@pytest.mark.parametrize(
    ("keys", "probability", "contacts", "word", "why"),
    [
        (SHARED, 0.6, ("c", None), "pending", "the last run did not come to them"),
        (SHARED, 0.6, (None, "c"), "pending", "the last run did not come to them"),
        (SHARED, 0.5, ("c", "d"), "pending", "0.500 now, and less in the last run"),
        (SHARED, 0.4999, ("c", "d"), "unlikely", "0.500 is below `review` (0.5)"),
        (SharedKeys([Block("phone", 10, 10)], [], [], []), 0.6, ("c", "d"), "pending", "0.600 now"),
        (CAPPED, 0.6, ("c", "d"), "capped", "not compared: each block they share is over its cap"),
        (NO_KEYS, 0.6, ("c", "d"), "not_compared", "not compared: they share no blocking key. Had they been"),
    ],
)
def test_a_pair_that_was_not_kept_says_why(
    keys: SharedKeys, probability: float, contacts: tuple[str | None, str | None], word: str, why: str
) -> None:
    told = outcome(keys=keys, probability=probability, contacts=contacts)
    assert told[0] == word
    assert told[1].startswith(why)


def test_every_veto_has_words() -> None:
    assert list(VETOES) == [
        "veto:decision",
        "veto:exclusive",
        "veto:cardinality",
        "veto:names",
        "veto:rivals",
        "bridge",
    ]

"""What came of a pair of records, and why, in words."""

from typing import NamedTuple

import polars as pl

from pipelines.match.blocking.rules import RULES
from pipelines.match.clusters.cluster import LIMITS
from pipelines.match.priors import SURE
from pipelines.match.score import EXCLUSIVE_CONFLICT, NAMES_CONTRADICT, NAMES_NOT_COMPARABLE
from pipelines.match.source_links import SOURCE_MERGE
from pipelines.store.decisions.links import LinkDecision
from schemas.project import Matching
from schemas.vocabulary import DecisionKind

VETOES = {
    "veto:decision": "somebody has decided that records of the two contacts are different people",
    "veto:exclusive": "the contact would hold two values of an attribute that one person has only one of",
    "veto:cardinality": "the contact would have more than "
    + " or ".join(f"{limit} {field} values" for field, limit in LIMITS.items()),
    "veto:names": "given names in the contact would contradict each other, and this pair does not say who is meant",
    "veto:rivals": "two people whose given names contradict each other fit a record about equally",
    "bridge": f"a pair below {SURE} alone would tie groups of which most other pairs speak against it",
}


class RecordRef(NamedTuple):
    """A record, as people name it."""

    record_key: str
    source: str
    record_id: str | None
    contact_id: str | None

    def __str__(self) -> str:
        return f"{self.source}:{self.record_id or self.record_key[:8]}"


class Block(NamedTuple):
    """A blocking key that both records have."""

    key: str  # the parts it is made of
    records: int
    cap: int


class Conflict(NamedTuple):
    """An attribute that one person has only one value of, and two records have two."""

    attribute: str
    one: str
    other: str


class SharedKeys(NamedTuple):
    """Blocking keys of two records, by the parts they are made of."""

    shared: list[Block]
    differ: list[str]
    only_one: list[str]
    only_other: list[str]


class Pair(NamedTuple):
    """Two records, with what has been kept of them and what they have in common."""

    one: RecordRef
    other: RecordRef
    edge: dict[str, object] | None
    keys: SharedKeys
    conflicts: list[Conflict]
    said: LinkDecision | None  # by a decision


CAPS = {nth: rule.cap for nth, rule in enumerate(RULES)}


def shared_keys(blocks: pl.DataFrame, one: str, other: str) -> SharedKeys:
    """Blocking keys of two records: which they share, which differ, and which only one of them has."""
    own, others = (blocks.filter(pl.col("record_key") == record) for record in (one, other))
    common = own.join(others, on=["rule", "key"], how="semi").unique(["rule", "key"]).sort("rule", "size")
    shared = [Block(parts_of(rule), size, CAPS[rule]) for rule, size in common.select("rule", "size").iter_rows()]
    have, has = (set(side["rule"]) for side in (own, others))
    agreed = set(common["rule"])
    return SharedKeys(
        shared,
        *([parts_of(rule) for rule in sorted(rules)] for rules in ((have & has) - agreed, have - has, has - have)),
    )


def parts_of(rule: int) -> str:
    """A blocking key as people call it."""
    return " + ".join(part.replace("_", " ") for part in RULES[rule].parts)


def conflicts_between(exclusive: pl.DataFrame, one: int, other: int) -> list[Conflict]:
    """Exclusive attributes that differ; `exclusive`: record, exclusive (List of "attribute=value")."""
    held = {
        record: dict(each.split("=", 1) for each in values)
        for record, values in exclusive.filter(pl.col("record").is_in([one, other])).iter_rows()
    }
    common = held[one].keys() & held[other].keys()
    return [
        Conflict(name, held[one][name], held[other][name])
        for name in sorted(common)
        if held[one][name] != held[other][name]
    ]


def explain_outcome(pair: Pair, probability: float, matching: Matching) -> tuple[str, str]:
    """What came of a pair, as a word and as a sentence."""
    chance = f"{probability:.3f}"
    if pair.said is not None and pair.said.kind != DecisionKind.MERGE:
        return "parted", f"not one person, {decision_between(pair.said)}"
    if pair.said is not None and pair.edge is not None and pair.edge["veto"] is None:
        return "merged", f"one person, {decision_between(pair.said)}"
    if pair.edge is not None:
        return _judged_edge(pair.edge, matching)
    if None in (pair.one.contact_id, pair.other.contact_id):
        return "pending", "the last run did not come to them: the next one matches them"
    usable = [block for block in pair.keys.shared if block.records <= block.cap]
    if usable and probability >= matching.review:
        return "pending", f"{chance} now, and less in the last run: the next one matches them again"
    if usable:
        return "unlikely", f"{chance} is below `review` ({matching.review}): neither merged nor shown to anybody"
    would = f"Had they been compared, it would be {chance}"
    if pair.keys.shared:
        return "capped", (
            "not compared: each block they share is over its cap, for what so many have in common says little. " + would
        )
    return "not_compared", f"not compared: they share no blocking key. {would}"


def decision_between(said: LinkDecision) -> str:
    """Who has decided that two records are, or are not, one person, and how to take it back."""
    return (
        f"as {said.actor} decided on {said.decided_at}: {said.reason} (`onecontact revoke {said.decision_id}` takes it "
        "back)"
    )


def _judged_edge(edge: dict[str, object], matching: Matching) -> tuple[str, str]:
    if edge["rule"] == SOURCE_MERGE:
        return "merged", "their source says itself that they are one"
    if edge["veto"] is not None:
        veto = str(edge["veto"])
        return "vetoed", f"would merge, and may not: {VETOES.get(veto, veto)}. It waits for a person to decide"
    if edge["zone"] == "merge":
        return "merged", f"{edge['probability']:.3f} is not below `auto` ({matching.auto}): merged"
    if edge["rule"] == NAMES_CONTRADICT:
        return "conflict", "given names that contradict each other never merge; it waits for a person to decide"
    if edge["rule"] == NAMES_NOT_COMPARABLE:
        return "conflict", (
            "given names that cannot be compared: two scripts, or one is no name; it waits for a person to decide"
        )
    if edge["rule"] == EXCLUSIVE_CONFLICT:
        return "conflict", "different values of an exclusive attribute never merge; it waits for a person to decide"
    return "review", (
        f"{edge['probability']:.3f} lies between `review` ({matching.review}) and `auto` ({matching.auto}): "
        "it waits for a person to decide"
    )

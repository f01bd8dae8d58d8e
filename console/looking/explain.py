"""`onecontact explain`: why two contacts, or two records, are or are not one person."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from console.looking.resolve_contact import resolve_contact
from console.terminal.exit_codes import OK, SEVERAL, WRONG, print_error
from console.terminal.open_project import session
from console.terminal.screen import as_json, cell, out, plural, printable, say, table
from pipelines.derive.pair_explanation import RecordRef
from pipelines.match.evidence import FULL_NAME, Item
from pipelines.project import OpenProject
from pipelines.steps.explain import Explained, Step, explain, ties
from pipelines.store.contacts import id_history
from pipelines.store.decisions import decision_log, decisions
from pipelines.store.matching import evidence
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import DecisionKind

BOTH = 2  # records of a pair
MOST_KEYS = 12  # that are named
HEADINGS = {
    "merged": "One person",
    "parted": "Two people: somebody has decided",
    "vetoed": "Not merged: vetoed",
    "review": "A person has to decide",
    "conflict": "A person has to decide",
    "unlikely": "Two people, as far as is known",
    "capped": "Never compared",
    "not_compared": "Never compared",
    "pending": "Not decided yet",
}
RELATIONS = {
    "household": "a household would share as much",
    "one_line": "a household with one phone and mailbox would, too",
    "colleagues": "colleagues would share as much",
}


def command(args: argparse.Namespace) -> int:
    """Explain the strongest pair of records of two contacts, or what ties the records of one."""
    with session(args) as (project, connection):
        evidence.require_matched(connection)
        if args.other is None:
            return print_ties(args, connection, records_meant(project, connection, args.one))
        one, other = without_common_records(*sides(project, connection, args.one, args.other))
        if one.is_empty() or other.is_empty():
            return print_ties(args, connection, records_meant(project, connection, args.one))
        explained = explain(project, connection, one, other)
        said = [
            each
            for each in decision_log.between(connection, one, other).to_dicts()
            if each["decision_id"] not in explained.why
        ]
    if args.json:
        as_json(for_programs(explained) | {"decisions": said})
    else:
        draw(explained, said)
    return OK


def sides(project: OpenProject, connection: Connection, *texts: str) -> list[pl.Series]:
    """Keys of the records that each text means; of one and the same contact those that bear what was asked by."""
    meant = [records_meant(project, connection, text) for text in texts]
    if meant[0].equals(meant[1]):
        borne = [evidence.records_with_identifier(connection, meant[0], text) for text in texts]
        return [some if some.len() else all_ for some, all_ in zip(borne, meant, strict=True)]
    return meant


def records_meant(project: OpenProject, connection: Connection, text: str) -> pl.Series:
    """Keys of the records somebody means by a text.

    A text is `source:record id`, the id of a contact of former times, which stands for the records it had, or
    whatever a contact is found by.

    Raises:
        Ended: No contact fits, or several do.
    """
    record = evidence.record_known_as(connection, text)
    if record.len():
        return record
    if id_history.resolve_id(connection, text):
        return evidence.former_members(connection, text)
    return decisions.members(connection, resolve_contact(project, connection, text))


def without_common_records(one: pl.Series, other: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The records of two sides without those that both have, which stay with the smaller side."""
    if one.len() <= other.len():
        return one, other.filter(~other.is_in(one.implode()))
    return one.filter(~one.is_in(other.implode())), other


def print_ties(args: argparse.Namespace, connection: Connection, records: pl.Series) -> int:
    """Say what ties the records of one contact together; the exit code."""
    if args.other is not None and records.len() == 1:
        return print_error("both name the same record; explain needs two", WRONG)
    found = ties(connection, records)
    if args.json:
        as_json([each._asdict() for each in found])
        return OK
    named = [[str(RecordRef(**each))] for each in evidence.describe_records(connection, records).to_dicts()]
    out.print(table("Records", ["record"], named))
    if found:
        draw_ties(found)
    for each in decision_log.between(connection, records, records).to_dicts():
        say(f"  {printable(decision_between(each))}")
    if args.other is not None:
        return print_error("both are the same contact; name two of its records as source:record id", SEVERAL)
    say("Evidence for one pair: onecontact explain RECORD RECORD")
    return OK


def for_programs(explained: Explained) -> dict[str, Any]:
    """All that was found out, as nested objects."""
    told = explained._asdict()
    told["items"] = [each._asdict() for each in explained.items]
    told["conflicts"] = [each._asdict() for each in explained.conflicts]
    told["path"] = [each._asdict() for each in explained.path]
    told["keys"] = explained.keys._asdict() | {"shared": [each._asdict() for each in explained.keys.shared]}
    return told | {side: getattr(explained, side)._asdict() for side in ("one", "other")}


def draw(explained: Explained, decisions: Sequence[Mapping[str, Any]]) -> None:
    """All that was found out, and what people said about it, for a person."""
    say(HEADINGS[explained.verdict], style="bold")
    say(f"  A  {printable(str(explained.one))}")
    say(f"  B  {printable(str(explained.other))}")
    say(f"  {printable(explained.why)}.")
    for line in (*explained.against, *beside(explained), *map(decision_between, decisions)):
        say(f"  {printable(line)}")
    draw_compared(explained)
    draw_keys(explained)
    if explained.path:
        draw_ties(explained.path)


def draw_ties(steps: Sequence[Step]) -> None:
    """Edges that tie records together."""
    rows = [[each.one, each.other, words(each.rule), f"{each.probability:.3f}"] for each in steps]
    out.print(table("What ties them", ["record", "record", "by", "probability"], rows))


def decision_between(decision: Mapping[str, Any]) -> str:
    """What somebody said about two contacts, and how to take it back."""
    are = "are one person" if decision["kind"] == DecisionKind.MERGE else "are not one person"
    said = f"{decision['actor']} decided on {cell(decision['decided_at'])} that they {are}: {decision['reason']}"
    return f"{said}. Undo: onecontact revoke {decision['decision_id']}"


def draw_compared(explained: Explained) -> None:
    """The evidence, field by field, and what it comes to."""
    items = sorted(explained.items, key=lambda each: each.level is None and each.field != FULL_NAME)
    rows = [
        [words(each.field), "\n".join(each.one), "\n".join(each.other), each.level, bits(each.weight), note(each)]
        for each in items
    ]
    rows += [[words(each.attribute), each.one, each.other, "conflict", "", "exclusive"] for each in explained.conflicts]
    rows += [
        ["prior", "", "", "", bits(explained.prior), "how seldom two records are one"],
        ["relation", "", "", "", bits(explained.relation), RELATIONS.get(explained.related_by or "", "")],
        ["sum", "", "", "", bits(explained.weight), f"probability {explained.probability:.4f}"],
    ]
    out.print(table("Compared", ["field", "A", "B", "level", "bits", "because"], rows, right=["bits"]))
    if explained.swapped:
        say("Given name and family name are swapped.")


def words(name: str) -> str:
    """A name as people write it."""
    return "full name" if name == FULL_NAME else name.replace("_", " ")


def beside(explained: Explained) -> list[str]:
    """What has to be known beside the verdict."""
    said = []
    if explained.one_contact and explained.verdict != "merged":
        said.append("They are in one contact all the same, through other records: see what ties them.")
    if not explained.one_contact and explained.verdict == "merged":
        said.append("They are not in one contact yet: the next run merges them.")
    if explained.kept_probability is not None:
        said.append(
            f"The last run found {explained.kept_probability:.3f}: records, model or configuration have changed since."
        )
    if explained.other_pairs:
        said.append(f"This is the strongest of {plural(explained.other_pairs + 1, 'pair')} of their records.")
    return said


def draw_keys(explained: Explained) -> None:
    """Which blocking keys two records share, and where they share none, which they lack."""
    keys = explained.keys
    if keys.shared:
        rows = [
            [each.key, each.records, each.cap, "over its cap" if each.records > each.cap else ""]
            for each in keys.shared
        ]
        out.print(table("Shared blocking keys", ["key", "records", "cap", ""], rows, right=["records", "cap"]))
    if any(block.records <= block.cap for block in keys.shared):
        return
    lacking = (
        ("both have, and they differ", keys.differ),
        ("only A has", keys.only_one),
        ("only B has", keys.only_other),
    )
    rows = [[which, listed(held)] for which, held in lacking if held]
    out.print(table("Blocking keys that only one has", ["", "keys"], rows))


def listed(names: list[str]) -> str:
    """Names in a line, cut short where there are many."""
    more = f", and {len(names) - MOST_KEYS} more" if len(names) > MOST_KEYS else ""
    return ", ".join(names[:MOST_KEYS]) + more


def bits(weight: float) -> str:
    """A weight with its sign."""
    return f"{weight:+.2f}"


def bearers(people: int, records: int | None) -> str:
    """Who else has an identifier that both records have."""
    if records is not None and records <= BOTH:
        return "no other record has it"
    have = "others have it" if records is None else f"{records:,} records have it"
    return f"{have}, {people:,} people at least" if people > 1 else f"{have}, perhaps all of one person"


def note(item: Item) -> str:
    """What makes a weight as large as it is."""
    if item.field == FULL_NAME:
        return "both names together, by who bears them"
    if item.level is None:
        return "on one side only"
    if item.people is not None:
        return bearers(item.people, item.records)
    if item.share is not None:
        return f"{item.share:.2%} have it" if item.share >= 1e-4 else f"one in {1 / item.share:,.0f} has it"
    return f"{item.m:.1%} of true pairs" if item.m is not None else ""

"""`onecontact explain`: why two contacts, or two records, are or are not one person."""

import argparse
from typing import Any

import polars as pl

from console.cli import OK, SEVERAL, WRONG, complain
from console.meant import not_one
from console.opened import opened
from console.screen import as_json, out, plural, printable, say, table
from pipelines.match.evidence import FULL_NAME, Item
from pipelines.steps.explain import Explained, explain
from pipelines.steps.verdict import Named
from pipelines.store import ask, evidence
from pipelines.store.connection import Connection

MOST_KEYS = 12  # that are named
HEADINGS = {
    "merged": "One person",
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


def command(asked: argparse.Namespace) -> int:
    """Explain the strongest pair of records of two contacts."""
    with opened(asked) as (project, connection):
        evidence.require_matched(connection)
        sides = []
        for text in (asked.one, asked.other):
            records, fitting = records_meant(connection, text)
            if records.is_empty():
                return not_one(connection, fitting)
            sides.append(records)
        one, other = apart(*sides)
        if one.is_empty() or other.is_empty():
            return same(connection, sides[0])
        explained = explain(project, connection, one, other)
        if asked.json:
            as_json(for_programs(explained))
        else:
            draw(explained)
    return OK


def records_meant(connection: Connection, text: str) -> tuple[pl.Series, pl.Series]:
    """Keys of the records somebody means by a text, and the contacts that fit where it is not one.

    A text is `source:record id`, the id of a contact of former times, which stands for the records it had, or
    whatever a contact is found by.
    """
    nothing = pl.Series("contact_id", [], pl.String)
    record = evidence.record_known_as(connection, text)
    if record.len():
        return record, nothing
    if ask.went_to(connection, text):
        return evidence.former_members(connection, text), nothing
    fitting = ask.meant(connection, text)
    if fitting.len() != 1:
        return pl.Series("record_key", [], pl.String), fitting
    return evidence.members(connection, fitting[0]), fitting


def apart(one: pl.Series, other: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The records of two sides without those that both have, which stay with the smaller side."""
    if one.len() <= other.len():
        return one, other.filter(~other.is_in(one.implode()))
    return one.filter(~one.is_in(other.implode())), other


def same(connection: Connection, records: pl.Series) -> int:
    """Say that both are one and the same already; the exit code."""
    if records.len() == 1:
        return complain("both are one and the same record, so there is no pair to explain", WRONG)
    named = [str(Named(**each)) for each in evidence.described(connection, records).to_dicts()]
    out.print(table("Records of this contact", ["record"], [[each] for each in named]))
    return complain("both are the same contact; name two of its records, each as source:record id", SEVERAL)


def for_programs(explained: Explained) -> dict[str, Any]:
    """All that was found out, as nested objects."""
    told = explained._asdict()
    told["items"] = [each._asdict() for each in explained.items]
    told["conflicts"] = [each._asdict() for each in explained.conflicts]
    told["path"] = [each._asdict() for each in explained.path]
    told["keys"] = explained.keys._asdict() | {"shared": [each._asdict() for each in explained.keys.shared]}
    return told | {side: getattr(explained, side)._asdict() for side in ("one", "other")}


def draw(explained: Explained) -> None:
    """All that was found out, for a person."""
    say(HEADINGS[explained.verdict], style="bold")
    say(f"  A  {printable(str(explained.one))}")
    say(f"  B  {printable(str(explained.other))}")
    say(f"  {printable(explained.why)}.")
    for line in (*explained.against, *beside(explained)):
        say(f"  {printable(line)}")
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
        say("Given and family name stand in each other's place.")
    draw_keys(explained)
    if explained.path:
        ties = [[each.one, each.other, words(each.rule), f"{each.probability:.3f}"] for each in explained.path]
        out.print(table("What ties them", ["record", "record", "by", "probability"], ties))


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
        out.print(table("Blocks they share", ["key", "records", "cap", ""], rows, right=["records", "cap"]))
    if any(block.records <= block.cap for block in keys.shared):
        return
    lacking = (
        ("both have, and they differ", keys.differ),
        ("only A has", keys.only_one),
        ("only B has", keys.only_other),
    )
    rows = [[which, listed(held)] for which, held in lacking if held]
    out.print(table("Blocking keys they do not share", ["", "keys"], rows))


def listed(names: list[str]) -> str:
    """Names in a line, cut short where there are many."""
    more = f", and {len(names) - MOST_KEYS} more" if len(names) > MOST_KEYS else ""
    return ", ".join(names[:MOST_KEYS]) + more


def bits(weight: float) -> str:
    """A weight with its sign."""
    return f"{weight:+.2f}"


def note(item: Item) -> str:
    """What makes a weight as large as it is."""
    if item.field == FULL_NAME:
        return "both names together, by who bears them"
    if item.level is None:
        return "on one side only"
    if item.people is not None:
        return f"{item.people:,} people at least share it" if item.people > 1 else "nobody else known to have it"
    if item.share is not None:
        return f"{item.share:.2%} have it" if item.share >= 1e-4 else f"one in {1 / item.share:,.0f} has it"
    return f"{item.m:.1%} of true pairs" if item.m is not None else ""

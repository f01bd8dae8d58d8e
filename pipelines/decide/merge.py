"""Who is one person and who is not: merging contacts, parting them, and answering whether two are one.

Nothing is destroyed by a merge: records stay what they were, and what holds them together is the decision alone. What
parts records always wins over what holds them together.
"""

from collections.abc import Sequence

import polars as pl

from pipelines.decide.batch import DecisionBatch
from pipelines.decide.commit import Attribution, commit
from pipelines.derive.pair_explanation import RecordRef
from pipelines.errors import DecisionRefused
from pipelines.project import OpenProject
from pipelines.store.decisions import decisions, links
from pipelines.store.decisions.decisions import Decision
from pipelines.store.matching import evidence
from pipelines.store.matching.stated import numbered, stated_exclusive
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import DecisionKind

SIDES = {"record_key": pl.String, "side": pl.UInt16}


def merge(
    project: OpenProject,
    connection: Connection,
    contacts: Sequence[str],
    attribution: Attribution,
    primary: str | None = None,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Make one contact of several. Where both have a value, that of the primary wins: it is the first of them, if none.

    Raises:
        DecisionRefused: They are not several, a decision keeps them apart, or they hold different values of an
            attribute of which one person has only one.
    """
    sides = _sides(connection, list(dict.fromkeys([primary, *contacts] if primary else contacts)))
    apart = links.cannot_links(connection, sides["record_key"])
    if apart:
        raise DecisionRefused(f"a decision keeps them apart: `onecontact revoke {apart[0]}` takes that back")
    if differ := _exclusive_attributes_that_differ(project, connection, sides["record_key"], contacts):
        raise DecisionRefused(
            f"they have different values of {', '.join(differ)}, of which one person has only one: "
            "one of them has to change in its source first"
        )
    return commit(project, connection, DecisionKind.MERGE, attribution, sides, batch=batch)


def unmerge(
    project: OpenProject,
    connection: Connection,
    contact: str,
    attribution: Attribution,
    records: Sequence[str] = (),
    *,
    every: bool = False,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Part a contact that is not one person, and keep what is parted apart from now on.

    `records`, written `source:record id`, are taken out from the rest together; with `every`, each record goes its own
    way. Without either the newest merge that somebody decided is taken back, whatever its sides have become since.

    Raises:
        DecisionRefused: There is nothing to part, a record is not one of the contact's, or it was made by matching
            alone, so that somebody has to say what is to be parted.
    """
    own = decisions.members(connection, contact)
    if own.is_empty():
        raise DecisionRefused("there is no such contact")
    if own.len() == 1:
        raise DecisionRefused("the contact is made of one record, so there is nothing to part")
    if every:
        sides = (
            own.to_frame("record_key")
            .with_row_index("side")
            .select(pl.col(name).cast(of) for name, of in SIDES.items())
        )
        return commit(project, connection, DecisionKind.UNMERGE, attribution, sides, batch=batch)
    if records:
        return commit(
            project,
            connection,
            DecisionKind.UNMERGE,
            attribution,
            _taken_out(connection, contact, own, records),
            batch=batch,
        )
    made_by = links.newest_merge(connection, contact)
    if made_by is None:
        raise DecisionRefused(
            "matching alone has made this contact: say with --record which of its records to take out, or with --all "
            f"that each is somebody else's. `onecontact show {contact}` lists them"
        )
    sides = decisions.subject(connection, made_by)
    return commit(project, connection, DecisionKind.UNMERGE, attribution, sides, target=made_by, batch=batch)


def dismiss(
    project: OpenProject,
    connection: Connection,
    one: str,
    other: str,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Say that two contacts are two people. They are kept apart, and nobody is asked again while they stay as they are.

    Raises:
        DecisionRefused: They are not two.
    """
    return commit(project, connection, DecisionKind.DISMISS, attribution, _sides(connection, [one, other]), batch=batch)


def defer(
    project: OpenProject,
    connection: Connection,
    one: str,
    other: str,
    attribution: Attribution,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Put off the question whether two contacts are one: it comes after all that was not put off.

    Raises:
        DecisionRefused: They are not two.
    """
    return commit(project, connection, DecisionKind.DEFER, attribution, _sides(connection, [one, other]), batch=batch)


def _sides(connection: Connection, contacts: Sequence[str]) -> pl.DataFrame:
    """Records of several contacts, each of which is a side: record_key, side."""
    if len(set(contacts)) < 2:
        raise DecisionRefused("name two contacts at least that are not the same one")
    sides = [decisions.members(connection, contact) for contact in contacts]
    if any(side.is_empty() for side in sides):
        raise DecisionRefused("there is no such contact")
    return pl.concat(
        side.to_frame("record_key").with_columns(side=pl.lit(number, pl.UInt16)) for number, side in enumerate(sides)
    )


def _taken_out(connection: Connection, contact: str, own: pl.Series, records: Sequence[str]) -> pl.DataFrame:
    called: dict[str, list[str]] = {}
    for each in evidence.describe_records(connection, own).to_dicts():
        called.setdefault(str(RecordRef(**each)), []).append(each["record_key"])
    asked = {each.strip() for each in records}
    if not asked <= called.keys():
        raise DecisionRefused(f"that is no record of this contact: `onecontact show {contact}` lists them")
    if len(asked) == own.len():
        raise DecisionRefused("these are all its records: leave one, or part every one of them with --all")
    out = pl.Series([_present_bearer(connection, each, called[each]) for each in asked], dtype=pl.String)
    return own.to_frame("record_key").with_columns(side=pl.col("record_key").is_in(out.implode()).cast(pl.UInt16))


def _present_bearer(connection: Connection, text: str, records: Sequence[str]) -> str:
    """Of the records of a contact that have had an id, that of who has it now."""
    current = evidence.record_known_as(connection, text)
    return next((each for each in records if each in current), records[-1])


def _exclusive_attributes_that_differ(
    project: OpenProject, connection: Connection, records: pl.Series, contacts: Sequence[str]
) -> list[str]:
    """Attributes of which one person has one value and these have several: as records state them or people decided."""
    exclusive = project.settings.exclusive_attributes()
    if not exclusive:
        return []
    with numbered(connection, records.alias("record_key").to_frame().with_row_index("record")):
        stated = stated_exclusive(connection, exclusive)
    held = stated.select(pl.col("exclusive").explode(empty_as_null=True)).drop_nulls().unique()
    attribute = held["exclusive"].str.extract("^([^=]*)=")
    shown = decisions.attributes_of(connection, contacts).filter(pl.col("attribute").is_in(exclusive))
    several = shown.filter(pl.col("attribute").is_duplicated())["attribute"]
    return sorted({*attribute.filter(attribute.is_duplicated()), *several})

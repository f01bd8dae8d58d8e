"""Records of the warehouse as the match kernel takes them."""

from typing import NamedTuple

import polars as pl

from pipelines.match.comparison.names.generation import generation_facts
from pipelines.match.comparison.names.parts import compared_names
from pipelines.match.comparison.prepare import FACTS, folded_facts, named_by_mailbox
from pipelines.match.comparison.records import NAMES
from pipelines.normalise.identifiers import identifiers
from pipelines.store.matching import match_tables as store
from pipelines.store.warehouse.connection import Connection
from schemas.match_fields import fields_by_column
from schemas.project import Project


class ComparisonData(NamedTuple):
    """Records as they are compared, numbered in the order of their keys."""

    keys: pl.Series
    names: pl.DataFrame  # record, given_name, middle_name, family_name
    facts: pl.DataFrame  # record, field, value
    exclusive: pl.DataFrame  # record, exclusive (List of "attribute=value")


NOBODY = ComparisonData(
    pl.Series("record_key", dtype=pl.String),
    pl.DataFrame(schema={"record": pl.UInt32, **dict.fromkeys(NAMES, pl.String)}),
    pl.DataFrame(schema=FACTS),
    pl.DataFrame(schema={"record": pl.UInt32, "exclusive": pl.List(pl.String)}),
)


def load_comparison_data(settings: Project, connection: Connection, records: pl.Series) -> ComparisonData:
    """Names and facts of records as they stand now."""
    roles = fields_by_column(settings.match_roles())
    stated = store.stated_names(connection, records, settings.exclusive_attributes()).with_row_index("record")
    said = store.stated_facts(connection, records, roles)
    decided = match_keys(store.decided_points(connection, records))
    numbered = (
        pl.concat([said, decided])
        .unique()
        .join(stated.select("record", "record_key"), on="record_key")
        .select("record", "field", "value")
    )
    generations = generation_facts(stated.select("record", "first_name", "last_name"))
    facts = folded_facts(pl.concat([numbered, generations]))
    names = named_by_mailbox(compared_names(stated), facts)
    return ComparisonData(stated["record_key"], names, facts, stated.select("record", "exclusive"))


def match_keys(decided: pl.DataFrame) -> pl.DataFrame:
    """Identifiers that people decided (record_key, field, value) under every spelling they are compared in."""
    points = decided.with_row_index("row")
    read = identifiers(points.select("row", type="field", scope=pl.lit(""), raw="value", field="field"), "", None)
    return (
        points.join(read.select("row", "match_keys"), on="row")
        .select("record_key", "field", value=pl.col("match_keys"))
        .explode("value", empty_as_null=False)
    )


def extend_comparison_data(
    settings: Project, connection: Connection, known: ComparisonData, records: pl.Series
) -> ComparisonData:
    """What is known, and those of these records that it lacks: each is read once, however often it is asked for."""
    missing = records.filter(~records.is_in(known.keys.implode()))
    if missing.is_empty():
        return known
    more = load_comparison_data(settings, connection, missing)
    return more if known.keys.is_empty() else _together(known, more)


def _together(one: ComparisonData, other: ComparisonData) -> ComparisonData:
    keys = pl.concat([one.keys, other.keys])
    order = keys.arg_sort()
    number = order.arg_sort()  # of each record in that order

    def renumbered(mine: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
        both = pl.concat([mine, theirs.with_columns(pl.col("record") + one.keys.len())])
        return both.with_columns(record=number.gather(both["record"])).sort("record", maintain_order=True)

    names, facts, exclusive = (renumbered(*parts) for parts in zip(one[1:], other[1:], strict=True))
    return ComparisonData(keys.gather(order), names, facts, exclusive)


def restrict_to(known: ComparisonData, records: pl.Series) -> ComparisonData:
    """Of what is known, what these records say; numbers stay as they are."""
    if records.len() == known.keys.len():
        return known
    wanted = pl.col("record").is_in(known.keys.is_in(records.implode()).arg_true().cast(pl.UInt32).implode())
    names, facts, exclusive = (part.filter(wanted) for part in (known.names, known.facts, known.exclusive))
    return ComparisonData(known.keys, names, facts, exclusive)


def keyed(frame: pl.DataFrame, own: ComparisonData) -> pl.DataFrame:
    """A frame with `record_key` instead of `record`."""
    return frame.with_columns(record_key=own.keys.gather(frame["record"])).drop("record")

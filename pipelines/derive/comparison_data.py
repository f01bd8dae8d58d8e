"""Records of the warehouse as the match kernel takes them."""

from typing import NamedTuple

import polars as pl

from pipelines.match.comparison.names.generation import generation_facts
from pipelines.match.comparison.names.parts import compared_names
from pipelines.match.comparison.prepare import FACTS, folded_facts, named_by_mailbox
from pipelines.match.comparison.records import NAMES
from pipelines.normalise.identifiers import identifiers
from pipelines.store.matching.stated import (
    decided_points,
    stated_exclusive,
    stated_facts,
    stated_fields,
    stated_names,
)
from pipelines.store.warehouse.connection import Connection
from schemas.match_fields import fields_by_column
from schemas.project import Project

AT_ONCE = 200_000  # records that are read at a time


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
    """Names and facts of records as they stand now. Read and folded some at a time, which bounds what that takes."""
    wanted = records.sort().alias("record_key").to_frame().with_row_index("record")
    read = [_load(settings, connection, some) for some in wanted.iter_slices(AT_ONCE)]
    names, facts, exclusive = (pl.concat([none, *parts]) for none, *parts in zip(NOBODY[1:], *read, strict=True))
    return ComparisonData(wanted["record_key"], names, facts, exclusive)


def _load(
    settings: Project, connection: Connection, wanted: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Names, facts and exclusive attributes of records (record, record_key)."""
    with stated_fields(connection, wanted):
        stated = stated_names(connection)
        held = stated_exclusive(connection, settings.exclusive_attributes())
        said = stated_facts(connection, fields_by_column(settings.match_roles()))
        decided = match_keys(decided_points(connection))
    generations = generation_facts(stated.select("record", "first_name", "last_name"))
    facts = folded_facts(pl.concat([said, decided, generations]))
    names = named_by_mailbox(compared_names(stated), facts)
    exclusive = stated.select("record").join(held, on="record", how="left", maintain_order="left")
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return names, facts, exclusive.with_columns(pl.col("exclusive").fill_null(nothing))


def match_keys(decided: pl.DataFrame) -> pl.DataFrame:
    """Identifiers that people decided (record, field, value) under every spelling they are compared in."""
    points = decided.with_row_index("row")
    read = identifiers(points.select("row", type="field", scope=pl.lit(""), raw="value", field="field"), "", None)
    return (
        points.join(read.select("row", "match_keys"), on="row")
        .select("record", "field", value=pl.col("match_keys"))
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


def keyed(frame: pl.DataFrame, own: ComparisonData) -> pl.DataFrame:
    """A frame with `record_key` instead of `record`."""
    return frame.with_columns(record_key=own.keys.gather(frame["record"])).drop("record")

"""All records there are, read and keyed once: for fitting the model, and for matching everything by it."""

from typing import NamedTuple

import polars as pl

from pipelines.derive.comparison_data import load_comparison_data
from pipelines.match import kernel
from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.comparison.records import POINTS, Records
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.store.warehouse.connection import Connection, query


class WholeList(NamedTuple):
    """All records, numbered in the order of their keys."""

    record_keys: pl.Series
    names: pl.DataFrame  # record, given_name, middle_name, family_name
    facts: pl.DataFrame  # record, field, value
    exclusive: pl.DataFrame  # record, exclusive (List of "attribute=value")
    records: Records  # the same, encoded
    blocking_keys: pl.DataFrame  # rule, key, record
    usable_blocks: pl.DataFrame  # the same, of blocks that make pairs
    shared: pl.DataFrame  # field, value, records, people, givens: identifiers that several records have

    @property
    def identifiers(self) -> pl.DataFrame:
        """Identifiers of records as they are compared: record, field, value."""
        return self.facts.filter(pl.col("field").is_in(POINTS))


def load_whole_list(project: OpenProject, connection: Connection) -> WholeList:
    """All records there are."""
    record_keys = query(connection, "SELECT record_key FROM record ORDER BY record_key")["record_key"]
    progress("reading what is compared", 0, record_keys.len())
    own = load_comparison_data(project.settings, connection, record_keys)
    keys = kernel.keys(own.names, own.facts)
    return WholeList(
        own.keys,
        own.names,
        own.facts,
        own.exclusive,
        kernel.encoded(own.keys.len(), own.names, own.facts),
        keys,
        kernel.usable_blocks(keys),
        shared_identifiers(own.names, own.facts, own.facts.filter(pl.col("field").is_in(POINTS))),
    )


def shared_identifiers(names: pl.DataFrame, facts: pl.DataFrame, bearing: pl.DataFrame) -> pl.DataFrame:
    """How many share each identifier that several records have: field, value, records, people, givens; sorted.

    `bearing`: field, value of every record that has an identifier of interest; those records are among the others.
    """
    sizes = bearing.group_by("field", "value").agg(records=pl.len())
    counted = count_shared_identifiers(names, facts)
    return (
        sizes.filter(pl.col("records") > 1)
        .join(counted, on=["field", "value"], how="left")
        .select("field", "value", "records", pl.col("people", "givens").fill_null(1))
        .sort("field", "value")
    )

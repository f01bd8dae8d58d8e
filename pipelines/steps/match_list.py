"""Matching a list that belongs to no project: files in, clusters and edges out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

import narwhals as nw
import polars as pl

from pipelines.errors import ConfigurationError, DeliveryError
from pipelines.match.engines.engine import Engine, Frame, distinct
from pipelines.match.engines.polars import IN_MEMORY
from pipelines.match.model.findings import findings
from pipelines.match.resolve import resolve_list
from pipelines.progress import progress
from pipelines.publish.list_files import write_clusters, write_edges
from pipelines.read.catalogue.list_rows import fields_compared, first_values, read_list
from pipelines.read.tables.role_guess import guessed_roles, says_something
from pipelines.store.matching.duckdb_engine import temporary_engine
from schemas.configuration import ConfigurationInvalid
from schemas.list_roles import ListRole, load_roles
from schemas.project import Matching

ENGINES = ("polars", "duckdb")
MEMORY_LIMIT = "2GB"  # from which on DuckDB spills


class ListMatched(NamedTuple):
    """What came of a list. `refused`: rows that do not fit their header; `review`: pairs of clusters to look at."""

    rows: int
    refused: int
    clusters: int
    merged: int  # rows that were joined to another
    review: int
    findings: list[str]  # of the model they were weighed by


def engine_named(name: str, memory_limit: str = MEMORY_LIMIT) -> AbstractContextManager[Engine]:
    """The engine of a name (ENGINES), with what it holds gone at the end of the `with` block."""
    return temporary_engine(memory_limit) if name == "duckdb" else nullcontext(IN_MEMORY)


def roles_of(files: Sequence[Path], roles_file: Path | None) -> dict[str, ListRole]:
    """The role of each column of these lists: as a file says, or else as their headers and first values tell.

    Raises:
        ConfigurationError: a file cannot be read, the roles file is wrong, or no column says anything of a person.
    """
    columns: dict[str, pl.Series] = {}
    for path in files:
        for header, cells in _looked_at(path).items():
            columns.setdefault(header, cells)
    if roles_file is not None:
        try:
            return load_roles(roles_file, list(columns))
        except ConfigurationInvalid as error:
            raise ConfigurationError(str(error)) from None
    found = guessed_roles(columns)
    if not says_something(found):
        raise ConfigurationError("no column tells by its header what it is: name their roles in a file for --roles")
    return found


def _looked_at(path: Path) -> dict[str, pl.Series]:
    if not path.is_file():
        raise ConfigurationError(f"{path}: {'is a folder: name a file of it' if path.is_dir() else 'no such file'}")
    try:
        return first_values(path)
    except DeliveryError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def match_list(
    engine: Engine,
    files: Sequence[Path],
    roles: Mapping[str, ListRole],
    region: str | None,
    clusters: Path | None = None,
    edges: Path | None = None,
) -> ListMatched:
    """Match the rows of lists with each other, and write what came of them to `clusters` and `edges`."""
    refused: list[int] = []
    listed = engine.frame(_rows(files, roles, refused), _schema(roles))
    found = resolve_list(engine, listed.drop("file", "record_id"), Matching(), region=region, explain=edges is not None)
    own = engine.checkpoint(found.clusters)
    weighed = engine.checkpoint(_with_clusters(found.edges, own))
    waiting = weighed.filter(nw.col("cluster_lo") != nw.col("cluster_hi")).select("cluster_lo", "cluster_hi")
    rows, contacts = engine.rows(own), engine.rows(distinct(own.select("cluster")))
    if clusters is not None:
        progress("writing clusters", 0, rows)
        write_clusters(clusters, engine, listed.select("record", "file", "record_id").join(own, on="record"))
    if edges is not None:
        progress("writing edges", 0, engine.rows(weighed))
        write_edges(edges, engine, weighed)
    return ListMatched(
        rows, sum(refused), contacts, rows - contacts, engine.rows(distinct(waiting)), findings(found.model)
    )


def _schema(roles: Mapping[str, ListRole]) -> pl.Schema:
    types: dict[str, pl.DataType] = {"record": pl.UInt32(), "file": pl.String(), "record_id": pl.String()}
    return pl.Schema(types | {field: pl.List(pl.String) for field in fields_compared(roles)})


def _rows(files: Sequence[Path], roles: Mapping[str, ListRole], refused: list[int]) -> Iterator[pl.DataFrame]:
    """The rows of all files, numbered from 1 through all of them; how many did not fit is added to `refused`."""
    before = 0
    for path in files:
        read = 0
        try:
            for batch in read_list(path, roles, before):
                read += batch.rows.height + batch.refused
                refused.append(batch.refused)
                progress("reading", before + read)
                yield batch.rows.select("record", file=pl.lit(str(path)), record_id="record_id").hstack(
                    batch.rows.drop("record", "record_id")
                )
        except DeliveryError as error:
            raise ConfigurationError(f"{path}: {error}") from None
        before += read


def _with_clusters(edges: Frame, clusters: Frame) -> Frame:
    """Edges with the clusters of their ends, the smaller one as `cluster_lo`."""
    for end in ("lo", "hi"):
        own = clusters.select(nw.col("record").alias(end), nw.col("cluster").alias(f"of_{end}"))
        edges = edges.join(own, on=end)
    ends = {"cluster_lo": nw.min_horizontal("of_lo", "of_hi"), "cluster_hi": nw.max_horizontal("of_lo", "of_hi")}
    return edges.with_columns(**ends).drop("of_lo", "of_hi")

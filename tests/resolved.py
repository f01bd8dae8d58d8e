"""The contacts of a list that stands in a frame, as tests ask for them."""

from collections.abc import Mapping

import polars as pl

from pipelines.match.comparison.listed import by_role
from pipelines.match.engines.engine import Engine
from pipelines.match.engines.polars import IN_MEMORY
from pipelines.match.resolve import resolve_list
from schemas.project import Matching


def resolve(
    records: pl.DataFrame, roles: Mapping[str, str], auto: float | None = None, engine: Engine = IN_MEMORY
) -> pl.DataFrame:
    """Which records (record_id, and the columns of `roles`) are one contact: record_id, contact_id (its first record).

    They are matched as they stand, without a region.
    """
    matching = Matching() if auto is None else Matching(auto=auto, review=min(auto, Matching().review))
    columns = {f"column {nth}": column for nth, column in enumerate(roles)}  # as they are called may clash
    rows = records.lazy().select(**{name: pl.col(column) for name, column in columns.items()}).with_row_index("record")
    listed = by_role(rows, {name: roles[column] for name, column in columns.items()}).collect()
    found = resolve_list(engine, engine.frame([listed], listed.schema), matching)
    clusters = engine.collect(found.clusters).sort("record")
    ids = records["record_id"]
    return pl.DataFrame({"record_id": ids, "contact_id": ids.gather(clusters["cluster"])})

"""What the last run took, as Dagster has kept it: pairs that were compared, and CPU seconds by asset."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from assets.cpu_seconds import CPU_SECONDS
from assets.definitions import REFRESH
from assets.identity import match_edges


def last_cost(home: Path) -> Mapping[str, Any] | None:
    """Counts of matching in the newest run that ended well, and its CPU seconds by asset; None where there is none.

    `home` is the Dagster home of the project. Keys: run_id, records_compared, candidate_pairs, pairs_per_record,
    cpu_seconds (by asset; `deliveries` is all of receiving).
    """
    if not (home / "dagster.yaml").is_file():
        return None
    with dg.DagsterInstance.from_config(str(home)) as instance:
        wanted = dg.RunsFilter(job_name=REFRESH, statuses=[dg.DagsterRunStatus.SUCCESS])
        runs = instance.get_runs(filters=wanted, limit=1)
        if not runs:
            return None
        run_id = runs[0].run_id
        kept = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records
    told = {
        each.asset_materialization.asset_key.to_user_string(): each.asset_materialization.metadata
        for each in kept
        if each.asset_materialization
    }
    matching = told.get(match_edges.key.to_user_string(), {})
    records, pairs = (int(_number(matching, name)) for name in ("records_compared", "candidate_pairs"))
    return {
        "run_id": run_id,
        "records_compared": records,
        "candidate_pairs": pairs,
        "pairs_per_record": round(pairs / records, 1) if records else 0.0,
        CPU_SECONDS: {
            asset: _number(metadata, CPU_SECONDS) for asset, metadata in told.items() if CPU_SECONDS in metadata
        },
    }


def _number(metadata: Mapping[str, dg.MetadataValue[Any]], name: str) -> float:
    """A number that an asset told of itself; 0 where it told none."""
    return float(metadata[name].value or 0) if name in metadata else 0.0

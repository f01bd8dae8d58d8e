"""What the last run took, as Dagster has kept it: pairs that were compared, and seconds by step."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from assets.definitions import REFRESH
from assets.identity import match_edges


def last_cost(home: Path) -> Mapping[str, Any] | None:
    """Counts of matching in the newest run that ended well, and its seconds by step; None where there is none.

    `home` is the Dagster home of the project. Keys: run_id, records_compared, candidate_pairs, pairs_per_record,
    seconds (by step).
    """
    if not (home / "dagster.yaml").is_file():
        return None
    with dg.DagsterInstance.from_config(str(home)) as instance:
        wanted = dg.RunsFilter(job_name=REFRESH, statuses=[dg.DagsterRunStatus.SUCCESS])
        runs = instance.get_runs(filters=wanted, limit=1)
        if not runs:
            return None
        run_id = runs[0].run_id
        taken = instance.get_run_step_stats(run_id)
        kept = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records
    materializations = [each.asset_materialization for each in kept]
    counts: Mapping[str, Any] = next(
        (
            {name: value.value for name, value in each.metadata.items()}
            for each in materializations
            if each and each.asset_key == match_edges.key
        ),
        {},
    )
    records, pairs = int(counts.get("records_compared", 0)), int(counts.get("candidate_pairs", 0))
    return {
        "run_id": run_id,
        "records_compared": records,
        "candidate_pairs": pairs,
        "pairs_per_record": round(pairs / records, 1) if records else 0.0,
        "seconds": {
            each.step_key: round(each.end_time - each.start_time, 1)
            for each in taken
            if each.start_time and each.end_time
        },
    }

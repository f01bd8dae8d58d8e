from pathlib import Path

import pytest

from assets.cost import last_cost
from assets.launch import refresh
from tests.small_project import small_project


@pytest.mark.heavy
def test_what_the_last_run_took_is_known_from_dagster(tmp_path: Path) -> None:
    with small_project(tmp_path / "p") as made:
        made.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com")
        made.deliver("shop", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com")
        home = made.project.dagster_home
        home.mkdir(parents=True)
        (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    assert last_cost(home) is None
    run = refresh(made.project.folder, home, "2026-02-01", patience=5)

    cost = last_cost(home)

    assert cost is not None
    assert (cost["run_id"], cost["records_compared"], cost["candidate_pairs"]) == (run.run_id, 3, 1)
    assert cost["pairs_per_record"] == 0.3
    assert {"deliveries", "match_edges", "contacts", "exports/id_changes"} <= set(cost["cpu_seconds"])
    assert 0 < cost["cpu_seconds"]["match_edges"] < 60
    assert "█" in run.told["match_edges"]["weights"]
    assert run.told["match_edges"]["scores"].startswith("| bits | pairs |")


def test_where_dagster_was_never_asked_nothing_is_known(tmp_path: Path) -> None:
    assert last_cost(tmp_path) is None

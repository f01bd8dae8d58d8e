from pathlib import Path

import polars as pl
import pytest

from pipelines.match.engines.polars import IN_MEMORY, lazy
from pipelines.publish import list_files
from pipelines.publish.list_files import write_clusters, write_edges

ROWS = pl.DataFrame(
    {"record": [3, 1, 2], "file": ["b.csv", "a.csv", "a.csv"], "record_id": ["7", None, "7"], "cluster": [1, 1, 2]},
    schema_overrides=dict.fromkeys(("record", "cluster"), pl.UInt32),
)
EDGES = pl.DataFrame(
    {
        "lo": [2, 1, 1],
        "hi": [3, 3, 2],
        "probability": [0.5, 0.99, 0.4],
        "weight": [0.0, 6.6, -0.6],
        "rule": ["same_name", "same_phone", "same_name"],
        "evidence": ["n", "p", "n"],
        "cluster_lo": [2, 1, 1],
        "cluster_hi": [1, 1, 2],
    },
    schema_overrides=dict.fromkeys(("lo", "hi"), pl.UInt32),
)


def test_rows_are_written_in_their_order_with_their_file_and_their_cluster(tmp_path: Path) -> None:
    write_clusters(tmp_path / "clusters.csv", IN_MEMORY, lazy(ROWS))
    assert (tmp_path / "clusters.csv").read_text(encoding="utf-8").splitlines() == [
        *("row,file,record_id,cluster", "1,a.csv,,1", "2,a.csv,7,2", "3,b.csv,7,1"),
    ]


def test_a_pair_within_one_cluster_is_merged_and_any_other_is_for_a_person(tmp_path: Path) -> None:
    write_edges(tmp_path / "edges.csv", IN_MEMORY, lazy(EDGES))
    assert (tmp_path / "edges.csv").read_text(encoding="utf-8").splitlines() == [
        "row_lo,row_hi,verdict,probability,weight,rule,evidence",
        "1,2,review,0.4,-0.6,same_name,n",
        "1,3,merged,0.99,6.6,same_phone,p",
        "2,3,review,0.5,0.0,same_name,n",
    ]


def test_a_file_that_ends_so_is_parquet_of_the_same_types_whatever_its_case(tmp_path: Path) -> None:
    write_clusters(tmp_path / "clusters.PARQUET", IN_MEMORY, lazy(ROWS))
    found = pl.read_parquet(tmp_path / "clusters.PARQUET")
    assert found.schema == list_files.CLUSTERS
    assert found.rows() == [(1, "a.csv", None, 1), (2, "a.csv", "7", 2), (3, "b.csv", "7", 1)]


def test_a_list_without_pairs_has_a_header_and_no_rows(tmp_path: Path) -> None:
    write_edges(tmp_path / "edges.csv", IN_MEMORY, lazy(EDGES.clear()))
    assert (tmp_path / "edges.csv").read_text(encoding="utf-8").splitlines() == [",".join(list_files.EDGES.names())]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_what_is_written_in_parts_is_the_same(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clusters(tmp_path / f"whole.{suffix}", IN_MEMORY, lazy(ROWS))
    monkeypatch.setattr(list_files, "AT_ONCE", 2)
    write_clusters(tmp_path / f"parts.{suffix}", IN_MEMORY, lazy(ROWS))
    read = pl.read_csv if suffix == "csv" else pl.read_parquet
    assert read(tmp_path / f"parts.{suffix}").equals(read(tmp_path / f"whole.{suffix}"))

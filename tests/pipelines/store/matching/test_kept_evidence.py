"""What matching has kept about records, asked of tables filled by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.errors import NeverMatched
from pipelines.match.model.model import unfitted
from pipelines.store.matching import all_records, evidence, models, stated
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def keys(*numbers: int) -> pl.Series:
    return pl.Series("record_key", [uid(number) for number in numbers], dtype=pl.String)


def numbers(found: pl.Series) -> list[int]:
    return [int(key[-2:], 16) for key in found]


def edge(tables: Tables, lo: int, hi: int, zone: str = "merge", **said: Any) -> None:
    tables.put("match_edge", {"record_lo": uid(lo), "record_hi": uid(hi), "zone": zone} | said)


def member(tables: Tables, record: int, contact: int, run_to: str | None = None, **said: Any) -> None:
    tables.put("record", {"record_key": uid(record)} | said)
    tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to})


def decide(tables: Tables, number: int, kind: str, *records: int, **said: Any) -> None:
    tables.put("decision", {"decision_id": uid(number), "kind": kind} | said)
    for side, record in enumerate(records):
        tables.put("decision_record", {"decision_id": uid(number), "record_key": uid(record), "side": side})


# Records by what somebody knows of them


def test_before_anything_was_matched_there_is_no_evidence(tables: Tables) -> None:
    tables.put("step_state", {"step": "contacts"})
    with pytest.raises(NeverMatched):
        evidence.require_matched(tables.connection)
    tables.put("step_state", {"step": "match"})
    evidence.require_matched(tables.connection)


@pytest.mark.parametrize(
    ("text", "found"), [(" crm:17 ", [2]), ("crm:1:7", [4]), ("shop:17", [3]), ("crm", []), ("crm:", [])]
)
def test_a_record_is_known_by_its_source_and_id(tables: Tables, text: str, found: list[int]) -> None:
    for record, source, record_id, id_key in (
        (1, "crm", "17", None),
        (2, "crm", "17", 1),
        (3, "shop", "17", None),
        (4, "crm", "1:7", None),
    ):
        told = {"record_key": uid(record), "source": source, "record_id": record_id}
        tables.put("record", told | ({"id_key": uid(id_key)} if id_key else {}))
        tables.put("source_record", {"record_key": uid(record), "last_seen_at": on(record)})
    tables.put("reused_id", {"id_key": uid(1), "record_key": uid(1)})
    assert numbers(evidence.record_known_as(tables.connection, text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" A@A.example ", [2]),
        ("a@a", []),
        ("+4930901820", [1, 3]),
        ("30 90 18", [1, 3]),
        ("030 901820", [1, 3]),
        ("90", []),
        ("anna", []),
    ],
)
def test_records_are_known_by_an_identifier_and_by_the_digits_of_a_number(
    tables: Tables, text: str, found: list[int]
) -> None:
    for record, kind, value in (
        *((3, "wa_id", "+4930901820"), (2, "email", "a@a.example"), (1, "phone", "+4930901820")),
        *((2, "external_id", "4930901820"), (4, "phone", "+4930901820"), (1, "phone", "+49309018200")),
    ):
        tables.put("identifier", {"record_key": uid(record), "type": kind, "normalised": value})
    assert numbers(evidence.records_with_identifier(tables.connection, keys(1, 2, 3), text)) == found


def test_an_id_of_former_times_stood_for_records_that_are_where_its_anchor_is(tables: Tables) -> None:
    for record, contact, anchor in ((1, 7, 9), (2, 7, 2), (3, 8, 3), (4, 7, 4)):
        member(tables, record, contact, anchor_id=uid(anchor))
    for record in (2, 3):
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(9), "run_to": "over"})
    tables.put("membership", {"record_key": uid(1), "contact_id": uid(8), "run_to": "over"})
    assert numbers(evidence.former_members(tables.connection, f" {uid(9).upper()} ")) == [1, 2]
    assert evidence.former_members(tables.connection, uid(6)).is_empty()


def test_records_are_told_with_the_contact_they_are_in(tables: Tables) -> None:
    member(tables, 2, 7, source="crm", record_id="17")
    member(tables, 1, 7, "over", source="shop")
    member(tables, 3, 7)
    assert evidence.describe_records(tables.connection, keys(2, 1)).rows() == [
        *((uid(1), "shop", None, None), (uid(2), "crm", "17", uid(7))),
    ]


# Edges, ties, blocks


def test_edges_among_records_are_told_with_what_vetoed_them(tables: Tables) -> None:
    edge(tables, 1, 3, model="m", weight=2.0)
    edge(tables, 1, 2, "review", rule="r", probability=0.5)
    edge(tables, 1, 9)
    edge(tables, 0, 1)
    decide(tables, 40, "merge", 2, 3)
    tables.put("vetoed_edge", {"record_lo": uid(1), "record_hi": uid(3), "reason": "veto:names"})
    assert evidence.edges_among(tables.connection, keys(1, 2, 3)).rows() == [
        (uid(1), uid(2), "review", "r", 0.5, 0.0, "", None),
        (uid(1), uid(3), "merge", "", 0.0, 2.0, "m", "veto:names"),
        (uid(2), uid(3), "merge", "decision", 1.0, 1000.0, None, None),
    ]


def test_records_are_joined_by_edges_that_merge_decisions_and_all_evidence_together(tables: Tables) -> None:
    for lo, hi, weight, zone in (
        (1, 2, 3.0, "merge"),
        (1, 3, 5.0, "merge"),
        (2, 3, 9.0, "review"),
        (1, 4, 5.0, "merge"),
        (1, 9, 5.0, "merge"),
    ):
        edge(tables, lo, hi, zone, weight=weight, rule="r", probability=0.9)
    tables.put("vetoed_edge", {"record_lo": uid(1), "record_hi": uid(2)})
    tables.put("pooled_join", {"record_lo": uid(2), "record_hi": uid(3), "weight": 1.0})
    decide(tables, 40, "merge", 2, 4)
    assert evidence.ties(tables.connection, keys(1, 2, 3, 4)).rows() == [
        (uid(2), uid(4), "decision", 1.0, 1000.0),
        (uid(1), uid(3), "r", 0.9, 5.0),
        (uid(1), uid(4), "r", 0.9, 5.0),
        (uid(2), uid(3), "pooled", pytest.approx(2 / 3), 1.0),
    ]


def test_blocks_of_records_are_told_with_all_their_members_counted(tables: Tables) -> None:
    for rule, key, record in ((1, 5, 1), (1, 5, 2), (1, 5, 9), (0, 5, 1), (0, 6, 9)):
        tables.put("blocking_key", {"rule": rule, "key": key, "record_key": uid(record)})
    assert evidence.blocks_of(tables.connection, keys(2, 1)).rows() == [
        *((uid(1), 0, 5, 1), (uid(1), 1, 5, 3), (uid(2), 1, 5, 3)),
    ]


# What is read of records


def decided_points(tables: Tables, *records: int) -> list[tuple[int, str, str]]:
    wanted = pl.DataFrame({"record": range(len(records)), "record_key": keys(*records)}).cast({"record": pl.UInt32})
    with stated.numbered(tables.connection, wanted):
        return stated.decided_points(tables.connection).rows()


def test_the_last_number_and_address_that_somebody_decided_counts(tables: Tables) -> None:
    for number, kind, records, day, field, value, said in (
        *((40, "edit", (1,), 1, "phone", "old", {}), (41, "pin", (1,), 2, "phone", "new", {})),
        *((42, "edit", (1,), 3, "name", "Ann", {}), (43, "edit", (2, 1), 4, "phone", "theirs", {})),
        *((44, "edit", (1,), 5, "phone", "gone", {"revoked_at": on(9)}), (45, "edit", (1,), 1, "email", "e", {})),
        *((46, "edit", (3,), 1, "phone", "cleared", {}), (47, "edit", (3,), 2, "phone", None, {})),
        (48, "tag", (1,), 6, "phone", "tag", {}),
    ):
        decide(tables, number, kind, *records, decided_at=on(day), field=field, value=value, **said)
    assert decided_points(tables, 1, 2, 3) == [(0, "email", "e"), (0, "phone", "new"), (1, "phone", "theirs")]


def test_of_decisions_of_one_moment_the_later_row_and_then_the_larger_id_counts(tables: Tables) -> None:
    for number, row in ((43, None), (40, 1), (41, 2), (42, 2)):
        decide(tables, number, "edit", 1, decided_at=on(1), field="phone", value=str(number), row_number=row)
    assert decided_points(tables, 1) == [(0, "phone", "42")]


def test_all_records_are_known_by_the_smallest_of_their_contact(tables: Tables) -> None:
    for record, contact, run_to in ((2, 7, None), (3, 8, None), (4, 7, None), (5, 8, "over"), (1, 8, None)):
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to})
    wanted = pl.DataFrame({"record": [3, 2, 1, 0, 4], "record_key": keys(1, 2, 3, 4, 5)}).cast({"record": pl.UInt32})
    with stated.numbered(tables.connection, wanted):
        assert all_records.contacts(tables.connection).rows() == [(0, 0), (1, 1), (2, 0), (3, 1)]


def kept(tables: Tables, *edges: tuple[int, int, float], run: str = "now") -> list[tuple[int, float, str]]:
    """Edges and the runs that made them, when these are all there are."""
    fresh = pl.DataFrame(
        [
            {"record_lo": uid(lo), "record_hi": uid(hi), "zone": "merge", "rule": "", "probability": 0.0}
            | {"weight": weight, "vague": False, "evidence": ""}
            for lo, hi, weight in edges
        ]
    )
    all_records.replace_edges(tables.connection, fresh, "", run)
    return [
        (int(hi[-2:], 16), weight, run)
        for hi, weight, run in tables.rows("SELECT record_hi, weight, run_id FROM match_edge ORDER BY 1")
    ]


def test_edges_of_all_records_keep_the_run_that_made_them(tables: Tables) -> None:
    assert kept(tables, (1, 2, 1.0), (1, 3, 1.0), run="one") == [(2, 1.0, "one"), (3, 1.0, "one")]
    assert kept(tables, (1, 3, 2.0), (1, 2, 1.0), (1, 4, 1.0), run="two") == [
        *((2, 1.0, "one"), (3, 2.0, "two"), (4, 1.0, "two")),
    ]


def test_keys_and_identifiers_of_all_records_are_these_and_no_others(tables: Tables) -> None:
    tables.put("blocking_key", {"rule": 9})
    tables.put("compared_identifier", {"field": "old"})
    tables.put("shared_identifier", {"field": "old"})
    wanted = pl.DataFrame({"record": [0], "record_key": keys(1)}).cast({"record": pl.UInt32})
    with stated.numbered(tables.connection, wanted):
        all_records.replace_keys(tables.connection, pl.DataFrame({"rule": [1, 2], "key": [5, 6], "record": [0, 1]}))
        points = pl.DataFrame({"record": [0, 1], "field": ["phone", "email"], "value": ["x", "y"]})
        shared = pl.DataFrame(
            {"field": ["phone"], "digest": [1], "digest_2": [2], "records": [3], "people": [4], "givens": [5]}
        )
        all_records.replace_compared_identifiers(tables.connection, points, shared)
    assert tables.rows("FROM blocking_key") == [(1, 5, uid(1))]
    assert tables.rows("FROM compared_identifier") == [("phone", "x", uid(1))]
    assert tables.rows("FROM shared_identifier") == [("phone", 1, 2, 3, 4, 5)]


# Models


def test_the_newest_model_is_in_use_with_its_values(tables: Tables) -> None:
    assert models.current_model(tables.connection)[0] == models.SHIPPED
    shares = pl.DataFrame({"value": ["bea", "ann"], "share": [0.2, 0.4]})
    names = pl.DataFrame({"value": ["b", "a"], "records": [3, 4]}, schema_overrides={"records": pl.UInt32})
    model = unfitted(5_000)._replace(duplicates=0.5, shares={"given_name": shares, "city": shares.head(1)}, names=names)
    for number in (1, 2):
        assert (
            models.keep_model(tables.connection, model._replace(records=number), f"run{number}", on(number))
            == f"fit-{number}"
        )
    version, found = models.current_model(tables.connection)
    assert (version, found.records, found.duplicates) == ("fit-2", 2, 0.5)
    assert {field: each.rows() for field, each in found.shares.items()} == {
        "given_name": [("ann", 0.4), ("bea", 0.2)],
        "city": [("bea", 0.2)],
    }
    assert found.names.rows() == [("a", 4), ("b", 3)]
    assert models.chances(tables.connection) == {"city": pytest.approx(0.04), "given_name": pytest.approx(0.2)}
    assert tables.rows("SELECT number, fitted_at, run_id, records FROM match_model ORDER BY 1") == [
        *((1, on(1), "run1", 1), (2, on(2), "run2", 2)),
    ]


def test_a_model_of_an_older_version_has_the_levels_there_are_now(tables: Tables) -> None:
    shipped = unfitted(5_000)
    m = {field: dict(levels) for field, levels in shipped.m.items()}
    del m["city"]
    m["given_name"] = {"exact": 0.5, "no level any more": 0.5}
    model = shipped._replace(m=m, shares={"city": pl.DataFrame({"value": ["x"], "share": [1.0]})})
    models.keep_model(tables.connection, model, "run", on(1))
    found = models.current_parameters(tables.connection)[1]
    assert found.m["city"] == shipped.m["city"]
    assert found.m["given_name"] == {**shipped.m["given_name"], "exact": 0.5}

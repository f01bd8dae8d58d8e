"""Numbers by which matching and clusters are judged, asked of tables filled by hand."""

from typing import Any

import polars as pl
import pytest

from pipelines.store.matching import cluster_metrics, match_metrics, merge_confidence
from tests.store_tables import Tables, uid

CAPS = pl.DataFrame({"rule": [0, 1], "cap": [2, 3]}, schema={"rule": pl.UInt8, "cap": pl.UInt32})


def edge(tables: Tables, lo: int, hi: int, zone: str = "merge", **said: Any) -> None:
    tables.put("match_edge", {"record_lo": uid(lo), "record_hi": uid(hi), "zone": zone} | said)


def members(tables: Tables, **records: tuple[int, ...]) -> None:
    """Put records into contacts, `c7` for the contact of number 7."""
    for contact, keys in records.items():
        for key in keys:
            tables.put("membership", {"record_key": uid(key), "contact_id": uid(int(contact[1:]))})


# Matching


def test_edges_are_counted_by_two_bits_of_their_weight(tables: Tables) -> None:
    for weight, zone in (
        (-0.5, "review"),
        (0.0, "review"),
        (1.9, "merge"),
        (2.0, "merge"),
        (41.0, "merge"),
        (1000.0, "merge"),
    ):
        edge(tables, 1, 2, zone, weight=weight)
    assert match_metrics.score_histogram(tables.connection).rows() == [
        *((-2, "review", 1), (0, "merge", 1), (0, "review", 1), (2, "merge", 1), (40, "merge", 2)),
    ]


def blocks(tables: Tables, *sizes: tuple[int, int, int]) -> None:
    """Blocks of these sizes: rule, key, records."""
    for rule, key, size in sizes:
        tables.put(
            "blocking_key", *({"rule": rule, "key": key, "record_key": uid(each)} for each in range(1, size + 1))
        )


def test_blocks_over_their_cap_are_counted_by_rule(tables: Tables) -> None:
    blocks(tables, (0, 1, 2), (0, 2, 3), (0, 3, 4), (1, 1, 3), (1, 2, 4), (1, 3, 6), (0, 5, 1))
    assert match_metrics.capped_blocks(tables.connection, CAPS).rows() == [(1, 2, 10, 6), (0, 2, 7, 4)]


def test_a_sample_tells_of_each_record_the_rules_by_which_it_meets_others(tables: Tables) -> None:
    tables.put("record", *({"record_key": uid(each)} for each in range(1, 6)))
    blocks(tables, (0, 1, 2), (0, 2, 3), (1, 3, 4))
    found = match_metrics.sampled_blocks(tables.connection, CAPS)
    told = sorted(found.group_by("record").agg("rule", "usable").drop("record").rows(), key=str)
    none = ([None], [False])
    assert told == sorted([none, *[([0, 1], [True, False])] * 2, ([0, 1], [False, False]), ([1], [False])], key=str)
    assert found["record"].unique().sort().to_list() == [0, 1, 2, 3, 4]
    assert match_metrics.sampled_blocks(tables.connection, CAPS, most=2)["record"].unique().to_list() == [0, 1]


def test_vetoes_are_counted_and_kinds_of_identifiers_told_once(tables: Tables) -> None:
    tables.put("vetoed_edge", *({"reason": reason} for reason in ("b", "a", "c", "c")))
    assert match_metrics.vetoes(tables.connection).rows() == [("c", 2), ("a", 1), ("b", 1)]
    tables.put("compared_identifier", *({"field": field} for field in ("phone", "email", "phone")))
    assert match_metrics.identifying_fields(tables.connection) == ["email", "phone"]


# Clusters


def tied(tables: Tables) -> dict[str, tuple[int, float]]:
    return {tie: (records, share) for tie, records, share in cluster_metrics.ties(tables.connection).rows()}


@pytest.mark.parametrize(
    ("rule", "tie"),
    [
        ("source_merge", "source"),
        *((rule, "identifier") for rule in ("same_email", "same_phone", "phone_variant", "same_channel_id", "same_id")),
        ("same_name", "score"),
    ],
)
def test_a_record_is_tied_to_its_contact_by_its_strongest_edge(tables: Tables, rule: str, tie: str) -> None:
    members(tables, c7=(1, 2, 3), c8=(4,))
    edge(tables, 1, 2, rule=rule, weight=9.0)
    edge(tables, 1, 3, rule="weak", weight=5.0)
    edge(tables, 2, 3, "review", rule=rule, weight=99.0)
    edge(tables, 3, 4, rule=rule, weight=99.0)  # of another contact
    expected = {"none": (1, 0.25), tie: (2, 0.5)}
    expected["score"] = (expected["score"][0] + 1, 0.75) if tie == "score" else (1, 0.25)
    assert tied(tables) == expected


def test_a_record_is_tied_by_a_decision_before_anything_else_or_by_all_evidence_together(tables: Tables) -> None:
    members(tables, c7=(1, 2), c8=(3, 4))
    tables.put("membership", {"record_key": uid(5), "contact_id": uid(7), "run_to": "over"})
    edge(tables, 1, 2, rule="same_email", weight=99.0)
    tables.put("decision", {"decision_id": uid(50), "kind": "merge"})
    for side, record in enumerate((1, 2)):
        tables.put("decision_record", {"decision_id": uid(50), "record_key": uid(record), "side": side})
    tables.put("pooled_join", {"record_lo": uid(3), "record_hi": uid(4), "weight": 5.0})
    assert tied(tables) == {"decision": (2, 0.5), "score": (2, 0.5)}


def test_the_largest_contacts_are_named_and_those_of_too_many_records_counted(tables: Tables) -> None:
    for number, records in enumerate((1, 51, 3, 50, 3, *[2] * 9), 1):
        tables.put("contact", {"contact_id": uid(number), "records": records})
    assert cluster_metrics.largest(tables.connection).rows() == [
        *((uid(2), 51), (uid(4), 50), (uid(3), 3), (uid(5), 3)),
        *((uid(number), 2) for number in range(6, 12)),
    ]
    assert cluster_metrics.oversized(tables.connection) == (1, 14)


# How sure merges are


def told(**levels: str) -> str:
    return "{" + ", ".join(f'"{field}":{{"level":"{level}"}}' for field, level in levels.items()) + "}"


@pytest.fixture
def merged(tables: Tables) -> Tables:
    """A contact of two records of sources `new` and `old`, and one of `old` alone."""
    members(tables, c7=(1, 2), c8=(3, 4), c9=(5,))
    sources = {1: "new", 2: "old", 3: "old", 4: "old", 5: "new"}
    tables.put("record", *({"record_key": uid(key), "source": source} for key, source in sources.items()))
    edge(tables, 3, 4, probability=0.5)
    return tables


@pytest.mark.parametrize(
    ("evidence", "one", "none"),
    [
        (told(phone="exact"), 1, 0),
        (told(phone="variant"), 1, 0),
        (told(email="exact"), 1, 0),
        (told(channel_id="exact"), 1, 0),
        (told(exact_id="exact"), 1, 0),
        (told(phone="typo", email="typo"), 0, 1),
        (told(name="exact"), 0, 1),
        (told(phone="exact", email="exact"), 0, 0),
        (told(phone="exact", email="typo"), 1, 0),
    ],
)
def test_a_merge_hangs_by_the_identifiers_that_agree(merged: Tables, evidence: str, one: int, none: int) -> None:
    edge(merged, 1, 2, probability=0.9, evidence=evidence)
    found = merge_confidence.confidence_of(merged.connection, ["new"])
    assert (found.contacts, found.one_identifier, found.no_identifier) == (1, one, none)
    assert found.wrong == pytest.approx(0.1)


def test_what_does_not_merge_or_is_another_contacts_ties_nothing(merged: Tables) -> None:
    edge(merged, 1, 2, "review", probability=0.9)
    edge(merged, 1, 3, probability=0.9)
    assert merge_confidence.confidence_of(merged.connection, ["new"]) == (1, 0, 0, 0.0)
    assert merge_confidence.confidence_of(merged.connection, ["other"]) == (0, 0, 0, 0.0)


def test_a_record_hangs_by_its_strongest_tie(tables: Tables) -> None:
    members(tables, c7=(1, 2, 3))
    tables.put("membership", {"record_key": uid(4), "contact_id": uid(7), "run_to": "over"})
    tables.put("record", *({"record_key": uid(key), "source": "new"} for key in (1, 2, 3, 4)))
    edge(tables, 1, 2, probability=0.9, evidence=told(phone="exact", email="exact"))
    edge(tables, 1, 3, probability=0.6, evidence=told(phone="exact"))
    edge(tables, 2, 3, probability=0.7, evidence=told(name="exact"))
    edge(tables, 1, 4, probability=0.1, evidence=told(email="exact"))
    found = merge_confidence.confidence_of(tables.connection, ["new"])
    assert found[:3] == (1, 0, 1)
    assert found.wrong == pytest.approx((0.1 + 0.1 + 0.3) * 2 / 3)


def test_a_contact_is_wrong_once_however_little_ties_it(tables: Tables) -> None:
    members(tables, c7=(1, 2, 3, 4))
    tables.put("record", *({"record_key": uid(key), "source": "new"} for key in (1, 2, 3, 4)))
    for lo, hi in ((1, 2), (2, 3), (3, 4)):
        edge(tables, lo, hi, probability=0.1)
    assert merge_confidence.confidence_of(tables.connection, ["new"]).wrong == 1


def test_a_source_is_new_in_the_run_that_took_in_its_first_delivery(merged: Tables) -> None:
    edge(merged, 1, 2, probability=0.9)
    for number, (source, run, day, state) in enumerate(
        [
            *(("new", "now", 2, "accepted"), ("new", "before", 1, "refused"), ("new", "later", 3, "accepted")),
            *(("old", "before", 1, "accepted"), ("old", "now", 2, "accepted")),
        ]
    ):
        told_of = {"delivery_id": uid(number), "source": source, "run_id": run, "state": state}
        merged.put("delivery", told_of | {"received_at": f"2026-06-0{day} 00:00:00+00"})
    for run, contacts in (("now", 1), ("before", 1), ("later", 0), ("other", 0)):
        assert merge_confidence.confidence_of_new_sources(merged.connection, run).contacts == contacts + (
            run == "before"
        )

from collections.abc import Mapping

import polars as pl

from pipelines.ids import contact_id
from pipelines.merge.identity import Identity, identify

SEQUENCE = {"a": 3, "b": 1, "c": 2, "d": 4}  # the order in which the records of these tests were ingested


def identified(
    clusters: Mapping[str, str], before: Mapping[str, str] | None = None, anchor_ids: Mapping[str, str] | None = None
) -> Identity:
    """Identify clusters (record → name of its cluster); `before` has the record each record's contact was named for."""
    text = dict.fromkeys(["record_key", "cluster"], pl.String)
    named = dict(zip(SEQUENCE, map(contact_id, SEQUENCE), strict=True)) | dict(anchor_ids or {})
    records = [(record, sequence, named[record]) for record, sequence in SEQUENCE.items()]
    return identify(
        pl.DataFrame(list(clusters.items()), schema=text, orient="row"),
        pl.DataFrame(
            records,
            schema={"record_key": pl.String, "ingest_seq": pl.Int64, "anchor_id": pl.String},
            orient="row",
        ),
        pl.DataFrame(
            [(record, contact_id(anchor)) for record, anchor in (before or {}).items()],
            schema={"record_key": pl.String, "contact_id": pl.String},
            orient="row",
        ),
    )


def aliases(found: Identity) -> set[tuple[str, str, str]]:
    """Aliases as the anchors' letters instead of the ids."""
    anchor = {contact_id(record): record for record in SEQUENCE}
    return {(anchor[old], anchor[new], kind) for old, new, kind in found.aliases.rows()}


def test_a_contact_is_named_for_the_member_ingested_first() -> None:
    found = identified({"a": "x", "b": "x", "c": "x"})

    assert found.members.rows() == [(record, contact_id("b")) for record in "abc"]


def test_the_name_of_a_cluster_plays_no_part() -> None:
    assert identified({"a": "x", "c": "y"}).members.equals(identified({"a": "c", "c": "a"}).members)


def test_a_record_that_was_given_another_anchor_id_names_its_contact_so() -> None:
    assert identified({"a": "x"}, anchor_ids={"a": "another"}).members.rows() == [("a", "another")]


def test_a_new_contact_leaves_no_alias() -> None:
    assert aliases(identified({"a": "x"})) == set()


def test_a_record_that_joins_a_contact_leaves_no_alias() -> None:
    assert aliases(identified({"b": "x", "a": "x"}, before={"b": "b"})) == set()


def test_a_merge_keeps_the_older_id_and_the_other_becomes_its_alias() -> None:
    assert aliases(identified({"a": "x", "b": "x"}, before={"a": "a", "b": "b"})) == {("a", "b", "merged")}


def test_a_split_gives_each_part_the_id_of_its_own_anchor() -> None:
    found = identified({"a": "x", "b": "y"}, before={"a": "b", "b": "b"})

    assert found.members.rows() == [("a", contact_id("a")), ("b", contact_id("b"))]
    assert aliases(found) == {("b", "a", "split")}


def test_a_merge_and_its_undoing_restore_the_ids() -> None:
    apart, together = {"a": "x", "c": "y"}, {"a": "x", "c": "x"}
    first = identified(apart)
    merged = identified(together, before={"a": "a", "c": "c"})

    again = identified(apart, before=dict.fromkeys("ac", "c"))

    assert merged.members["contact_id"].n_unique() == 1
    assert again.members.equals(first.members)


def test_where_the_anchor_leaves_the_old_id_goes_with_it_and_the_others_are_split_off() -> None:
    found = identified({"b": "x", "c": "x", "a": "y", "d": "y"}, before={"b": "b", "c": "c", "a": "c", "d": "c"})

    assert aliases(found) == {("c", "b", "merged"), ("c", "a", "split")}


def test_a_record_that_moves_between_two_contacts_is_split_off() -> None:
    found = identified({"b": "x", "d": "x", "c": "y"}, before={"b": "b", "c": "c", "d": "c"})

    assert aliases(found) == {("c", "b", "split")}

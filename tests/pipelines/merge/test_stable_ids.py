from collections.abc import Collection, Mapping

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ids import contact_id
from pipelines.merge.stable_ids import Identity, identify
from tests.examples import examples

SEQUENCE = {"a": 3, "b": 1, "c": 2, "d": 4}  # the order in which the records of these tests were ingested


def identified(
    clusters: Mapping[str, str],
    before: Mapping[str, str] | None = None,
    anchor_ids: Mapping[str, str] | None = None,
    former: Collection[str] = (),
    gone: Collection[str] = (),
) -> Identity:
    """Identify clusters (record → name of its cluster); `before` has the record each record's contact was named for.

    `former` are records whose ids have been in use, `gone` those that were withdrawn.
    """
    text = dict.fromkeys(["record_key", "cluster"], pl.String)
    named = dict(zip(SEQUENCE, map(contact_id, SEQUENCE), strict=True)) | dict(anchor_ids or {})
    used = {*former, *(before or {}).values()}
    records = [
        (record, sequence, named[record], record in used) for record, sequence in SEQUENCE.items() if record not in gone
    ]
    return identify(
        pl.DataFrame(list(clusters.items()), schema=text, orient="row"),
        pl.DataFrame(
            records,
            schema={
                "record_key": pl.String,
                "ingest_seq": pl.Int64,
                "anchor_id": pl.String,
                "was_contact": pl.Boolean,
            },
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

    again = identified(apart, before=dict.fromkeys("ac", "c"), former="a")

    assert merged.members["contact_id"].n_unique() == 1
    assert again.members.equals(first.members)
    assert aliases(again) == {("c", "a", "restored")}


def test_where_the_anchor_leaves_the_old_id_goes_with_it_and_the_others_are_split_off() -> None:
    found = identified({"b": "x", "c": "x", "a": "y", "d": "y"}, before={"b": "b", "c": "c", "a": "c", "d": "c"})

    assert aliases(found) == {("c", "b", "merged"), ("c", "a", "split")}
    assert found.aliases["kind"].to_list() == ["split", "merged"]  # in which order it can be followed


def test_a_record_that_moves_between_two_contacts_is_split_off() -> None:
    found = identified({"b": "x", "d": "x", "c": "y"}, before={"b": "b", "c": "c", "d": "c"})

    assert aliases(found) == {("c", "b", "split")}


def test_what_is_left_without_its_anchor_has_the_id_of_the_next() -> None:
    found = identified({"a": "x", "c": "x"}, before=dict.fromkeys("ac", "b"), gone="b")

    assert found.members["contact_id"].unique().to_list() == [contact_id("c")]
    assert aliases(found) == {("b", "c", "withdrawn")}


def test_what_falls_apart_without_its_anchor_is_split_off_from_what_takes_its_place() -> None:
    found = identified({"a": "x", "c": "y"}, before=dict.fromkeys("ac", "b"), gone="b", former="a")

    assert aliases(found) == {("b", "c", "withdrawn"), ("b", "a", "restored")}


def test_an_id_of_former_times_whose_anchor_is_split_off_leads_there_from_now_on() -> None:
    found = identified({"b": "x", "a": "y", "c": "y", "d": "y"}, before=dict.fromkeys("abcd", "b"), former="d")

    assert aliases(found) == {("b", "c", "split"), ("d", "c", "merged")}


def test_an_id_of_former_times_goes_with_the_contact_it_had_gone_into() -> None:
    found = identified({"b": "x", "c": "x", "d": "x"}, before={"b": "b", "c": "c", "d": "c"}, former="d")

    assert aliases(found) == {("c", "b", "merged"), ("d", "b", "merged")}


def test_an_id_of_former_times_that_stays_where_it_is_is_not_told_of() -> None:
    found = identified({"b": "x", "c": "y", "d": "x"}, before={"b": "b", "c": "b", "d": "b"}, former="cd")

    assert aliases(found) == {("b", "c", "restored")}


# histories ------------------------------------------------------------------------------------------------------------

patient = settings(deadline=None, max_examples=examples(50, light=10))
# What a record's cluster is called at a moment; "-" is a record that is not there yet, or was withdrawn.
moments = st.fixed_dictionaries({record: st.sampled_from("xyz-") for record in SEQUENCE})
Feed = list[tuple[str, str | None, str]]


def follow(history: list[dict[str, str]]) -> tuple[Feed, dict[str, str], set[str]]:
    """Play clusters one after the other: the feed, the contacts there are at the end, and all ids there have been.

    A record that was withdrawn does not come back.
    """
    feed: Feed = []
    now: dict[str, str] = {}
    used: set[str] = set()
    gone: set[str] = set()
    for moment in history:
        clusters = {record: name for record, name in moment.items() if name != "-" and record not in gone}
        gone |= {record for record in now if record not in clusters}
        emptied = set(now.values()) - {now[record] for record in clusters if record in now}
        before = {record: contact for record, contact in now.items() if record in clusters}
        found = identified(clusters, before=before, former=used, gone=gone)
        anchor = {contact_id(record): record for record in SEQUENCE}
        feed += [(anchor[old], anchor[new], kind) for old, new, kind in found.aliases.rows()]
        feed += [(old, None, "withdrawn") for old in sorted(emptied)]
        now = {record: anchor[contact] for record, contact in found.members.rows()}
        used |= set(now.values())
    return feed, now, used


@patient
@given(st.lists(moments, min_size=1, max_size=6))
def test_whoever_follows_the_feed_knows_which_ids_are_in_use(history: list[dict[str, str]]) -> None:
    feed, now, _ = follow(history)
    in_use: dict[str, bool] = {}
    for old, new, kind in feed:
        if kind in ("merged", "withdrawn"):
            in_use[old] = False
        if new is not None:
            in_use[new] = True

    assert {each: each in now.values() for each in in_use} == in_use


@patient
@given(st.lists(moments, min_size=1, max_size=6))
def test_every_id_there_has_been_leads_to_where_its_anchor_is_now(history: list[dict[str, str]]) -> None:
    feed, now, used = follow(history)
    last = {old: new for old, new, kind in feed if kind in ("merged", "withdrawn")}
    for each in used - set(now.values()):
        led = last[each]
        if each in now:
            assert led == now[each]
        while led is not None and led not in now.values():  # its anchor was withdrawn
            led = last[led]


@patient
@given(moments, moments)
def test_undoing_a_change_restores_every_id_it_took(apart: dict[str, str], otherwise: dict[str, str]) -> None:
    there = {record: name for record, name in apart.items() if name != "-"}
    changed = {record: otherwise[record].replace("-", "x") for record in there}
    _, first, _ = follow([there])
    _, second, _ = follow([there, changed])
    feed, third, _ = follow([there, changed, there])

    assert third == first
    assert {new for _, new, kind in feed if kind == "restored"} == set(first.values()) - set(second.values())


def test_aliases_come_in_one_order_whatever_that_of_the_clusters() -> None:
    before = dict.fromkeys("a", "a") | {"b": "b", "c": "c", "d": "d"}
    found = identified({"a": "x", "b": "x", "c": "x", "d": "x"}, before=before)
    again = identified({"d": "x", "c": "x", "b": "x", "a": "x"}, before=dict(reversed(before.items())))

    assert found.aliases.rows() == again.aliases.rows() == sorted(found.aliases.rows())
    assert aliases(found) == {("a", "b", "merged"), ("c", "b", "merged"), ("d", "b", "merged")}

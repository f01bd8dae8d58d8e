import pytest

from pipelines.decide.block import block
from pipelines.decide.edit import edit
from pipelines.decide.merge import defer, dismiss, merge, unmerge
from pipelines.decide.revoke import revoke
from pipelines.derive.merge import Merged
from pipelines.errors import DecisionRefused
from pipelines.store.decisions import links
from pipelines.store.decisions.decision_log import list_decisions
from pipelines.store.decisions.decisions import Decision
from pipelines.store.reads import health
from tests.deciding import rebuilt, ruling, shown
from tests.small_project import SETTINGS, SmallProject, starting_point

ROWS = "id,name,phone,email,tags,notes,account_id"
ANNA = "1,Anna Berg,0151 23456789,,vip,met at the fair,"
ROBERT = "2,Robert Kern,,robert@example.com,late,,"
CLARA = "3,Clara Weiss,0151 23456700,,,pays by card,"
NUMBER = "+49 151 23456789"
MAIL = (
    "From: robert@example.com\nTo: support@acme.example\nMessage-ID: <1@example.com>\nDate: {} Jun 2026 10:00:00 +0000"
)
SMS = """<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<smses count="1">
<sms address="+4915123456700" date="1780300000000" type="1" body="hi" contact_name="Clara Weiss" />
</smses>"""


def contacts(project: SmallProject, *records: str) -> list[str]:
    return [project.contact_of(record) for record in records]


def merged(project: SmallProject, *records: str, on: int = 15, primary: str | None = None) -> Decision:
    chosen = None if primary is None else project.contact_of(primary)
    return merge(project.project, project.connection, contacts(project, *records), ruling(on), chosen)


def unmerged(project: SmallProject, record: str, *out: str, on: int = 20, every: bool = False) -> Decision:
    return unmerge(project.project, project.connection, project.contact_of(record), ruling(on), out, every=every)


def dismissed(project: SmallProject, one: str, other: str, on: int = 15) -> Decision:
    return dismiss(project.project, project.connection, project.contact_of(one), project.contact_of(other), ruling(on))


def deferred(project: SmallProject, one: str, other: str, on: int = 15) -> Decision:
    return defer(project.project, project.connection, project.contact_of(one), project.contact_of(other), ruling(on))


def queue(project: SmallProject) -> list[tuple[str, bool]]:
    return [(each["reason"], each["is_deferred"]) for each in project.rows("FROM review_queue")]


@starting_point
def three(project: SmallProject) -> None:
    """Three people with notes, tags, a block, and messages on three channels."""
    sources = SETTINGS["sources"] | {
        "mail": {"format": "eml", "path": "landing/mail/*.eml", "own_addresses": ["@acme.example"]},
        "sms": {"format": "sms_backup", "path": "landing/sms/*.xml"},
    }
    project.configure(sources=sources)
    project.deliver("crm", "2026-01-05", f"{ROWS}\n{ANNA}\n{ROBERT}\n{CLARA}")
    project.chat(NUMBER, f"2026-06-10 10:00 {NUMBER}: hello")
    project.deliver("mail", "2026-06-11", MAIL.format(11) + "\n\ngood day", "2026-06-11.eml")
    project.deliver("sms", "2026-06-12", SMS, "sms-20260612.xml")
    project.run()
    block(project.project, project.connection, project.contact_of("crm:2"), ruling(13, "asked us to stop"))


@starting_point
def twins(project: SmallProject) -> None:
    """Two who share a number and may be one: a person has to say."""
    project.deliver("crm", "2026-01-05", f"{ROWS}\n1,Lena Weber,030 90182001,,,,\n2,Lea Weber,030 90182001,,,,")
    project.run()
    assert len(queue(project)) == 1


@starting_point
def matched(project: SmallProject) -> None:
    """One contact that matching has made of three records."""
    line = "Anna Berg,0151 23456789,anna@example.com,,,"
    project.deliver("crm", "2026-01-05", f"{ROWS}\n1,{line}\n2,{line}")
    project.deliver("shop", "2026-01-05", f"{ROWS}\n7,{line}")
    project.run()
    assert project.people() == {frozenset({"crm:1", "crm:2", "shop:7"})}


# merging ----------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_merged_contacts_are_one_at_once_under_the_older_id(three: SmallProject) -> None:
    anna, robert = contacts(three, "crm:1", "crm:2")
    merged(three, "crm:2", "crm:1")

    assert contacts(three, "crm:1", "crm:2") == [anna, anna]
    assert three.rows("FROM contact WHERE contact_id = ?", robert) == []


@pytest.mark.heavy
def test_what_holds_records_together_is_told_by_their_membership(three: SmallProject) -> None:
    merged(three, "crm:1", "crm:2")

    reasons = {each["reason"] for each in three.rows(
        "SELECT reason FROM membership WHERE run_to IS NULL AND contact_id = ?", three.contact_of("crm:1")
    )}  # fmt: skip
    assert reasons == {"decision"}


def test_a_block_of_one_blocks_them_all(three: SmallProject) -> None:
    merged(three, "crm:1", "crm:2")
    assert three.contact("crm:1")["status"] == "blocked"


@pytest.mark.heavy
def test_a_merge_survives_a_run_and_a_rebuild_of_everything(three: SmallProject) -> None:
    merged(three, "crm:1", "crm:2", "crm:3")
    before = shown(three)

    assert three.run() == Merged()
    assert shown(three) == before == rebuilt(three)


@pytest.mark.heavy
def test_a_merge_holds_whatever_their_records_say_later(three: SmallProject) -> None:
    merged(three, "crm:1", "crm:2")
    three.deliver("crm", "2026-01-06", f"{ROWS}\n1,Zoe Adler,0151 23456789,zoe@example.com,,,")
    three.run()

    assert three.contact_of("crm:1") == three.contact_of("crm:2")
    assert shown(three) == rebuilt(three)


@pytest.mark.heavy
def test_the_primary_is_side_zero(three: SmallProject) -> None:
    decision = merged(three, "crm:1", "crm:2", primary="crm:2")
    sides = three.rows(
        "SELECT DISTINCT r.record_id, d.side FROM decision_record d JOIN record r USING (record_key) "
        "WHERE r.source = 'crm' AND decision_id = ? ORDER BY side", decision.decision_id
    )  # fmt: skip

    assert [tuple(each.values()) for each in sides] == [("2", 0), ("1", 1)]


def test_merging_a_contact_with_itself_is_refused(three: SmallProject) -> None:
    with pytest.raises(DecisionRefused, match="not the same one"):
        merged(three, "crm:1", "crm:1")


def test_merging_with_what_is_no_contact_is_refused(three: SmallProject) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(DecisionRefused, match="no such contact"):
        merge(three.project, three.connection, [three.contact_of("crm:1"), nobody], ruling(15))
    with pytest.raises(DecisionRefused, match="no such contact"):
        unmerge(three.project, three.connection, nobody, ruling(15), every=True)


@pytest.mark.heavy
def test_merging_two_values_of_what_one_person_has_once_is_refused_and_names_the_attribute(
    project: SmallProject,
) -> None:
    project.deliver("crm", "2026-01-05", f"{ROWS}\n1,Anna Berg,,a@example.com,,,A1\n2,A. B.,,b@example.com,,,B2")
    project.run()

    with pytest.raises(DecisionRefused, match="different values of account_id"):
        merged(project, "crm:1", "crm:2")
    assert project.rows("FROM decision") == []


@pytest.mark.heavy
@pytest.mark.parametrize("second", ["A1", ""])
def test_one_value_of_what_one_person_has_once_stands_in_no_way(project: SmallProject, second: str) -> None:
    project.deliver("crm", "2026-01-05", f"{ROWS}\n1,Anna Berg,,a@example.com,,,A1\n2,A. B.,,b@example.com,,,{second}")
    project.run()
    merged(project, "crm:1", "crm:2")
    assert project.contact_of("crm:1") == project.contact_of("crm:2")


@pytest.mark.heavy
def test_values_that_somebody_decided_are_two_values_as_well(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", f"{ROWS}\n1,Anna Berg,,a@example.com,,,\n2,A. B.,,b@example.com,,,")
    project.run()
    for record, account in (("crm:1", "A1"), ("crm:2", "B2")):
        contact = project.contact_of(record)
        edit(project.project, project.connection, contact, "attr.account_id", account, ruling(12))

    with pytest.raises(DecisionRefused, match="different values of account_id"):
        merged(project, "crm:1", "crm:2")


@pytest.mark.heavy
def test_a_merge_that_cannot_be_any_more_waits_for_a_person(three: SmallProject) -> None:
    merged(three, "crm:1", "crm:3")
    three.deliver("crm", "2026-01-06", f"{ROWS}\n1,Anna Berg,0151 23456789,,,,A1\n3,Clara Weiss,0151 23456700,,,,C3")
    three.run()

    assert three.contact_of("crm:1") != three.contact_of("crm:3")
    assert queue(three) == [("veto:exclusive", False)]


# parting ----------------------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_merging_three_and_parting_them_leaves_everything_exactly_as_it_was(three: SmallProject) -> None:
    before = shown(three)
    merged(three, "crm:3", "crm:1", "crm:2")
    assert len(three.rows("FROM contact")) == 1
    unmerged(three, "crm:2")

    assert shown(three) == before
    assert three.run() == Merged()
    assert shown(three) == before == rebuilt(three)


@pytest.mark.heavy
def test_what_was_parted_stays_apart_though_matching_finds_them_one(three: SmallProject) -> None:
    merged(three, "crm:1", "crm:2")
    unmerged(three, "crm:1")
    three.deliver("crm", "2026-01-06", f"{ROWS}\n2,Anna Berg,0151 23456789,robert@example.com,,,")
    three.run()

    assert three.contact_of("crm:1") != three.contact_of("crm:2")
    assert health.cannot_links_kept(three.connection) == (0, 1)
    assert shown(three) == rebuilt(three)


@pytest.mark.heavy
def test_a_record_that_fits_both_sides_ties_none_of_them(three: SmallProject) -> None:
    merged(three, "crm:1", "crm:2")
    unmerged(three, "crm:1")
    three.deliver("shop", "2026-01-06", f"{ROWS}\n9,Anna Berg,0151 23456789,robert@example.com,,,")
    three.run()

    assert three.contact_of("crm:1") != three.contact_of("crm:2")
    assert health.cannot_links_kept(three.connection).broken == 0


@pytest.mark.heavy
def test_the_newest_merge_is_taken_back_and_the_one_before_stands(three: SmallProject) -> None:
    merged(three, "crm:1", "crm:2", on=15)
    before = shown(three)
    merged(three, "crm:1", "crm:3", on=16)
    unmerged(three, "crm:1")

    assert shown(three) == before


@pytest.mark.heavy
def test_a_record_is_taken_out_and_the_others_stay(matched: SmallProject) -> None:
    unmerged(matched, "crm:1", "shop:7")

    assert matched.people() == {frozenset({"crm:1", "crm:2"}), frozenset({"shop:7"})}
    assert queue(matched) == []
    assert shown(matched) == rebuilt(matched)


@pytest.mark.heavy
def test_a_merge_whose_sides_were_parted_record_by_record_is_not_in_force(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name\n1,Anna Berg\n2,Tom Falk\n3,Ines Roth")
    project.run()

    def stands() -> list[str | None]:
        return list_decisions(project.connection).filter(kind="merge")["standing"].to_list()

    merged(project, "crm:1", "crm:2", "crm:3")
    unmerged(project, "crm:1", "crm:2")
    assert stands() == [None]  # it holds crm:1 and crm:3 together
    unmerged(project, "crm:1", "crm:3", on=21)
    assert stands() == ["parted"]


def test_every_record_can_be_parted_from_every_other(matched: SmallProject) -> None:
    unmerged(matched, "crm:1", every=True)
    assert matched.people() == {frozenset({"crm:1"}), frozenset({"crm:2"}), frozenset({"shop:7"})}


def test_what_matching_alone_has_made_is_parted_by_saying_which_record(matched: SmallProject) -> None:
    with pytest.raises(DecisionRefused, match="--record"):
        unmerged(matched, "crm:1")


@pytest.mark.parametrize(("out", "complaint"), [("crm:9", "no record of this"), ("crm:1 crm:2 shop:7", "all its")])
def test_records_that_cannot_be_taken_out_are_refused(matched: SmallProject, out: str, complaint: str) -> None:
    with pytest.raises(DecisionRefused, match=complaint):
        unmerged(matched, "crm:1", *out.split())
    assert matched.rows("FROM decision") == []


@pytest.mark.heavy
def test_a_contact_of_one_record_cannot_be_parted(twins: SmallProject) -> None:
    with pytest.raises(DecisionRefused, match="one record"):
        unmerged(twins, "crm:1")


@pytest.mark.heavy
def test_merging_what_was_parted_is_refused_and_says_which_decision_to_take_back(three: SmallProject) -> None:
    merged(three, "crm:1", "crm:2")
    parting = unmerged(three, "crm:1")

    with pytest.raises(DecisionRefused, match=f"onecontact revoke {parting.decision_id}"):
        merged(three, "crm:2", "crm:1", on=21)


@pytest.mark.heavy
def test_taking_a_parting_back_brings_the_merge_back(three: SmallProject) -> None:
    merged(three, "crm:1", "crm:2")
    before = shown(three)
    parting = unmerged(three, "crm:1")
    revoke(three.project, three.connection, parting.decision_id, ruling(21))

    assert shown(three) == before == rebuilt(three)


# answering --------------------------------------------------------------------------------------------------------


def test_a_dismissed_pair_leaves_the_queue_and_never_merges(twins: SmallProject) -> None:
    dismissed(twins, "crm:1", "crm:2")

    assert queue(twins) == []
    assert twins.run() == Merged()
    assert queue(twins) == []


@pytest.mark.heavy
def test_a_dismissed_pair_comes_back_when_a_record_has_changed_and_still_does_not_merge(twins: SmallProject) -> None:
    dismissed(twins, "crm:1", "crm:2")
    twins.deliver("crm", "2026-01-06", f"{ROWS}\n1,Lena Weber,030 90182001,,vip,,\n2,Lena Weber,030 90182001,,,,")
    twins.run()

    assert queue(twins) == [("veto:decision", False)]
    assert twins.contact_of("crm:1") != twins.contact_of("crm:2")


@pytest.mark.heavy
def test_what_matching_does_not_look_at_brings_no_pair_back(twins: SmallProject) -> None:
    dismissed(twins, "crm:1", "crm:2")
    twins.deliver("crm", "2026-01-06", f"{ROWS}\n1,Lena Weber,030 90182001,,vip,new note,\n")
    twins.run()

    assert queue(twins) == []


def test_a_deferred_pair_stays_in_the_queue_behind_the_others(twins: SmallProject) -> None:
    deferred(twins, "crm:1", "crm:2")
    assert [is_deferred for _, is_deferred in queue(twins)] == [True]


def test_a_deferred_pair_can_be_merged(twins: SmallProject) -> None:
    deferred(twins, "crm:1", "crm:2")
    merged(twins, "crm:1", "crm:2", on=16)

    assert twins.people() == {frozenset({"crm:1", "crm:2"})}
    assert queue(twins) == []


def test_decisions_about_who_is_who_leave_no_trace_in_the_timeline(twins: SmallProject) -> None:
    before = shown(twins)["timeline"]
    dismissed(twins, "crm:1", "crm:2")
    assert shown(twins)["timeline"] == before


def test_what_was_said_of_two_records_is_told(twins: SmallProject) -> None:
    keys = [each["record_key"] for each in twins.rows("SELECT record_key FROM record")]
    assert links.link_decisions(twins.connection, *keys) is None
    dismissal = dismissed(twins, "crm:1", "crm:2")

    said = links.link_decisions(twins.connection, *keys)
    assert said is not None
    assert (said.decision_id, said.kind, said.actor, said.decided_at) == (
        dismissal.decision_id, "dismiss", "Ina", "2026-06-15",
    )  # fmt: skip

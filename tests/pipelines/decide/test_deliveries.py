"""Files of change requests: every row is a decision that is taken, or is given back with what is wrong."""

import csv
from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipelines.decide import deliveries as step
from pipelines.decide.deliveries import decide
from pipelines.errors import WrongIdentityKey
from pipelines.progress import listening
from pipelines.steps.check import check
from pipelines.steps.rejected_files import write_rejected_files
from pipelines.store.reads import health
from tests.pipelines.decide.request_files import HEADER, ask, decided, derived, four_people, outcomes
from tests.small_project import SmallProject, starting_point


@starting_point
def people(project: SmallProject) -> None:
    four_people(project)


def problems(project: SmallProject) -> list[tuple[int, str, str]]:
    found = project.rows("SELECT row_number, field, code FROM problem ORDER BY row_number, code")
    return [(each["row_number"], each["field"], each["code"]) for each in found]


def kinds(project: SmallProject) -> list[str]:
    return [each["kind"] for each in project.rows("SELECT kind FROM decision ORDER BY decided_at")]


def given(project: SmallProject) -> list[dict[str, str]]:
    """The rows that came back."""
    [name] = write_rejected_files(project.project, project.connection)
    with (project.project.folder / "rejected" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# what a row does --------------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_each_row_is_a_decision_by_whoever_it_names_and_knows_its_place(people: SmallProject) -> None:
    taken = ask(people, "block,anna@example.com,,,,,asked us to stop,Ina,", "tag,ben@example.com,,,,vip,met him,Jan,")
    assert outcomes(taken) == {"created": 2}
    assert people.contact("crm:1")["status"] == "blocked"
    assert people.contact("crm:2")["tags"] == ["vip"]
    stored = people.rows(
        "SELECT kind, actor, reason, delivery_id::VARCHAR AS d, row_number FROM decision ORDER BY kind"
    )
    assert [tuple(each.values()) for each in stored] == [
        ("block", "Ina", "asked us to stop", taken.delivery_id, 1),
        ("tag", "Jan", "met him", taken.delivery_id, 2),
    ]


@pytest.mark.parametrize(
    "called",
    ["anna@example.com", " ANNA@Example.com ", "+49 30 90182001", "030 90182001", "crm:1", "id"],
)
def test_a_contact_is_known_by_its_id_an_identifier_or_a_record(people: SmallProject, called: str) -> None:
    who = people.contact_of("crm:1") if called == "id" else called
    assert outcomes(ask(people, f"note,{who},,,,hello,,Ina,")) == {"created": 1}
    [note] = people.rows("SELECT contact_id FROM timeline WHERE kind = 'note'")
    assert str(note["contact_id"]) == people.contact_of("crm:1")


@pytest.mark.heavy
def test_a_contact_is_known_by_an_id_of_former_times(people: SmallProject) -> None:
    former = people.contact_of("crm:2")
    ask(people, "merge,crm:1,crm:2,,,,one person,Ina,")
    assert outcomes(ask(people, f"tag,{former},,,,vip,x,Ina,", day="2026-06-02")) == {"created": 1}
    assert people.contact("crm:1")["tags"] == ["vip"]


@pytest.mark.heavy
def test_values_are_edited_cleared_and_pinned_and_may_be_attributes_by_their_name(people: SmallProject) -> None:
    taken = ask(
        people,
        "edit,crm:1,,,tier,gold,upgraded,Ina,",
        "edit,crm:2,,,name,Benjamin Tal,spelt out,Ina,",
        "clear,crm:3,,,attr.tier,,wrong,Ina,",
        "pin,crm:4,,,email,,checked,Ina,",
    )
    assert outcomes(taken) == {"created": 4}
    assert dict(people.contact("crm:1")["attributes"]) == {"tier": "gold"}
    assert people.contact("crm:2")["name"] == "Benjamin Tal"
    assert dict(people.contact("crm:3")["attributes"]) == {}
    assert people.field("crm:4", "email")["rule"] == "pinned"


@pytest.mark.heavy
def test_contacts_are_merged_parted_and_kept_apart(people: SmallProject) -> None:
    ask(people, "merge,crm:1,crm:2; crm:3,,,,one person,Ina,")
    assert frozenset({"crm:1", "crm:2", "crm:3"}) in people.people()
    ask(people, "unmerge,crm:1,,crm:3,,,another person,Ina,", "dismiss,crm:1,crm:4,,,,brothers,Ina,", day="2026-06-02")
    assert people.people() == {frozenset({"crm:1", "crm:2"}), frozenset({"crm:3"}), frozenset({"crm:4"})}
    assert kinds(people) == ["merge", "unmerge", "dismiss"]


@pytest.mark.heavy
def test_a_contact_is_created_with_the_columns_of_a_list(people: SmallProject) -> None:
    taken = ask(
        people,
        "create,called us,Ina,Eva Ruhl,+49 30 90182009,eva@example.com,gold,vip; fair,Met at the fair",
        header="decision,reason,by,name,phone,email,tier,tags,note",
    )
    assert outcomes(taken) == {"created": 1}
    [eva] = people.rows("FROM contact WHERE email = 'eva@example.com'")
    assert (eva["name"], eva["phone"], sorted(eva["tags"])) == ("Eva Ruhl", "+493090182009", ["fair", "vip"])
    assert dict(eva["attributes"]) == {"tier": "gold"}


@pytest.mark.heavy
def test_a_decision_is_revoked_by_the_beginning_of_its_id(people: SmallProject) -> None:
    ask(people, "block,crm:1,,,,,asked us to stop,Ina,")
    [decision] = people.rows("SELECT decision_id::VARCHAR AS id FROM decision")
    assert outcomes(ask(people, f"revoke,,,,,{decision['id'][:8]},a slip,Ina,", day="2026-06-02")) == {"created": 1}
    assert people.contact("crm:1")["status"] == "inactive"


@pytest.mark.heavy
def test_what_was_created_can_be_revoked_by_a_later_file(people: SmallProject) -> None:
    ask(people, "create,called us,Ina,Eva Ruhl,eva@example.com", header="decision,reason,by,name,email")
    [decision] = people.rows("SELECT decision_id::VARCHAR AS id FROM decision")
    taken = ask(people, "tag,crm:1,,,,vip,x,Ina,", f"revoke,,,,,{decision['id']},a slip,Ina,", day="2026-06-02")
    assert outcomes(taken) == {"created": 2}
    assert people.rows("FROM contact WHERE email = 'eva@example.com'") == []


@pytest.mark.heavy
def test_a_block_ends_with_the_day_it_names(people: SmallProject) -> None:
    ask(people, "block,crm:1,,,,,on leave,Ina,2199-12-31")
    [block] = people.rows("SELECT expires_at FROM decision")
    assert block["expires_at"].isoformat() == "2200-01-01T00:00:00+00:00"


# rows that come again ---------------------------------------------------------------------------------------------


def test_a_file_that_is_there_still_is_left_alone(people: SmallProject) -> None:
    ask(people, "note,crm:1,,,,hello,,Ina,")
    [again] = decide(people.project, people.connection, "run9")
    assert again.known
    assert kinds(people) == ["note"]


@pytest.mark.heavy
def test_a_row_that_comes_again_in_another_file_is_unchanged(people: SmallProject) -> None:
    ask(people, "note,crm:1,,,,hello,,Ina,", "tag,crm:1,,,,vip,x,Ina,")
    again = ask(
        people,
        "crm:1,note,hello,Ina,",
        "crm:1,tag,vip,Ina,x",
        "crm:2,note,hello,Ina,",
        header="contact,decision,value,by,reason",
        day="2026-06-02",
    )
    assert outcomes(again) == {"unchanged": 2, "created": 1}


def test_a_row_that_comes_twice_in_a_file_is_taken_once(people: SmallProject) -> None:
    taken = ask(people, "note,crm:1,,,,hello,,Ina,", "note,crm:1,,,,hello,,Ina,")
    assert outcomes(taken) == {"created": 1, "duplicate_in_file": 1}
    assert kinds(people) == ["note"]


@pytest.mark.heavy
def test_a_row_is_taken_anew_once_the_opposite_was_decided(people: SmallProject) -> None:
    rows = ("block,crm:1,,,,,x,Ina,", "unblock,crm:1,,,,,y,Ina,", "block,crm:1,,,,,x,Ina,")
    assert outcomes(ask(people, *rows)) == {"created": 3}
    assert people.contact("crm:1")["status"] == "blocked"


@pytest.mark.heavy
def test_a_row_is_taken_anew_once_its_decision_was_revoked(people: SmallProject) -> None:
    ask(people, "tag,crm:1,,,,vip,x,Ina,")
    [decision] = people.rows("SELECT decision_id::VARCHAR AS id FROM decision")
    ask(people, f"revoke,,,,,{decision['id']},a slip,Ina,", day="2026-06-02")
    assert outcomes(ask(people, "tag,crm:1,,,,vip,x,Ina,", "note,crm:2,,,,z,,Ina,", day="2026-06-03")) == {"created": 2}


# rows that are refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ("blok,crm:1,,,,,x,Ina,", "decision", "DECISION_UNKNOWN"),
        (",crm:1,,,,,x,Ina,", "decision", "DECISION_UNKNOWN"),
        ("block,crm:1,,,,,x,,", "by", "ACTOR_MISSING"),
        ("block,crm:1,,,,,,Ina,", "reason", "REASON_MISSING"),
        ("block,,,,,,x,Ina,", "contact", "CELL_MISSING"),
        ("merge,crm:1,,,,,x,Ina,", "others", "CELL_MISSING"),
        ("block,crm:1,,,,vip,x,Ina,", "value", "CELL_UNUSED"),
        ("dismiss,crm:1,crm:2;crm:3,,,,x,Ina,", "others", "CELL_UNUSED"),
        ("block,nobody@example.com,,,,,x,Ina,", "contact", "CONTACT_UNKNOWN"),
        ("block,Anna Berg,,,,,x,Ina,", "contact", "CONTACT_UNKNOWN"),
        ("merge,crm:1,crm:9,,,,x,Ina,", "others", "CONTACT_UNKNOWN"),
        ("edit,crm:1,,,tear,gold,x,Ina,", "field", "FIELD_UNKNOWN"),
        ("edit,crm:1,,,tier,platinum,x,Ina,", "decision", "DECISION_REFUSED"),
        ("unblock,crm:1,,,,,x,Ina,", "decision", "DECISION_REFUSED"),
        ("merge,crm:1,anna@example.com,,,,x,Ina,", "decision", "DECISION_REFUSED"),
        ("revoke,,,,,0123abcd,x,Ina,", "value", "DECISION_REFUSED"),
        ("block,crm:1,,,,,x,Ina,tomorrow", "until", "DATE_UNPARSEABLE"),
        ("block,crm:1,,,,,x,Ina,2020-01-01", "decision", "DECISION_REFUSED"),
    ],
)
def test_a_row_that_cannot_be_leaves_nothing_behind(people: SmallProject, row: str, field: str, code: str) -> None:
    before = derived(people)
    taken = ask(people, row, "note,crm:4,,,,hello,,Ina,")
    assert outcomes(taken) == {"rejected": 1, "created": 1}
    assert problems(people) == [(1, field, code)]
    assert kinds(people) == ["note"]
    assert derived(people) == before


@pytest.mark.heavy
def test_a_contact_that_is_not_clear_is_not_guessed(people: SmallProject) -> None:
    people.deliver("shop", "2026-01-06", "id,name,phone\n8,Emil Zorn,+49 30 90182001")
    people.run()
    ask(people, "block,+49 30 90182001,,,,,x,Ina,")
    assert problems(people) == [(1, "contact", "CONTACT_AMBIGUOUS")]


def test_a_refused_row_comes_back_with_what_it_needs_and_without_a_value_in_it(people: SmallProject) -> None:
    ask(people, "blok,crm:1,,,,,because,Ina,", "tag,secret@example.com,,,,vip,x,Ina,")
    first, second = given(people)
    assert (first["decision"], first["contact"], first["_error_codes"]) == ("blok", "crm:1", "DECISION_UNKNOWN")
    assert first["_suggestion"] == "block"
    assert first["_errors"].startswith("needs decision: one of block, clear, create")
    assert "secret" not in second["_errors"] + second["_suggestion"]


@pytest.mark.heavy
def test_a_corrected_file_takes_in_its_rows_once(people: SmallProject) -> None:
    first = ask(people, "tag,crm:1,,,,vip,x,Ina,", "blok,crm:2,,,,,asked,Ina,")
    [row] = given(people)
    mended = ["decision,contact,reason,by,_delivery,_row_number"]
    mended += [f"block,crm:2,asked,Ina,{row['_delivery']},{row['_row_number']}"]
    people.deliver("decisions", "2026-06-02", "\n".join(mended))
    assert outcomes(decided(people)) == {"created": 1}
    [retry] = people.rows("SELECT retry_of::VARCHAR AS first FROM delivery WHERE retry_of IS NOT NULL")
    assert retry["first"] == first.delivery_id
    people.deliver("decisions", "2026-06-03", "\n".join(mended).replace("asked", "asked again"))
    assert outcomes(decided(people)) == {"skipped": 1}
    assert (1, "", "ROW_CORRECTED") in problems(people)
    assert kinds(people) == ["tag", "block"]


@pytest.mark.heavy
def test_a_correction_that_is_wrong_as_well_leaves_its_row_to_be_corrected(people: SmallProject) -> None:
    ask(people, "blok,crm:2,,,,,asked,Ina,", "blok,crm:3,,,,,asked,Ina,")
    place = given(people)[0]["_delivery"]
    header = "decision,contact,reason,by,_delivery,_row_number"
    wrong = [f"blok,crm:2,asked,Ina,{place},1", f"block,crm:3,asked,Ina,{place},2"]
    assert outcomes(ask(people, *wrong, header=header, day="2026-06-02")) == {"rejected": 1, "created": 1}
    mended = [f"block,crm:2,asked,Ina,{place},1", f"tag,crm:3,asked,Ina,{place},2"]
    assert outcomes(ask(people, *mended, header=header, day="2026-06-03")) == {"created": 1, "skipped": 1}
    assert kinds(people) == ["block", "block"]


def test_rows_are_decided_one_after_the_other_in_the_order_of_the_file(people: SmallProject) -> None:
    heard: list[tuple[str, int, int | None]] = []
    with listening(lambda *said: heard.append(said)):
        ask(people, *(f"note,crm:{number},,,,hello,,Ina," for number in (3, 1, 2)))
    found = people.rows("SELECT row_number, decided_at FROM decision ORDER BY decided_at")
    assert [each["row_number"] for each in found] == [1, 2, 3]
    moments = [each["decided_at"] for each in found]
    assert moments[1] - moments[0] == moments[2] - moments[1] == timedelta(microseconds=1)
    assert ("reading change requests", 0, 1) in heard
    assert ("deciding", 3, None) in heard


@pytest.mark.heavy
def test_outcomes_add_up_and_every_refused_row_is_kept(people: SmallProject) -> None:
    header = HEADER + ",_example"
    rows = ("tag,crm:1,,,,vip,x,Ina,,", ",,,,,,,,,", "tag,crm:2,,,,vip,x,Ina,,show", "blok,,,,,,,,,", "tag,crm:1,,,,v")
    assert outcomes(ask(people, *rows, header=header)) == {"created": 1, "skipped": 2, "rejected": 2}
    assert health.rows_conserved(people.connection).broken == 0


@pytest.mark.parametrize(
    ("header", "code", "says"),
    [
        (
            HEADER.replace("until", "untill"),
            "HEADER_UNKNOWN",
            "column 9 means nothing in a change request; did you mean",
        ),
        (HEADER.replace("decision", "value2"), "HEADER_UNKNOWN", "column 1"),
        (HEADER.replace("decision,", "") + ",tier", "HEADER_MISSING", "no column `decision`"),
        (HEADER + ",phone,mobile", "HEADER_DUPLICATE", "several columns mean `phone`"),
    ],
)
def test_a_file_with_a_column_nobody_understands_is_refused(
    people: SmallProject, header: str, code: str, says: str
) -> None:
    taken = ask(people, "tag,crm:1,,,,vip,x,Ina,", header=header)
    assert (taken.state, taken.code) == ("refused", code)
    [delivery] = people.rows("SELECT remediation FROM delivery WHERE source = 'decisions'")
    assert says in delivery["remediation"]


def test_a_file_that_is_no_table_is_refused(people: SmallProject) -> None:
    people.deliver("decisions", "2026-06-01", "hello", name="read me.txt")
    assert decided(people).code == "FILE_FORMAT"


# the file as a whole ----------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_a_file_of_which_half_was_done_when_the_process_died_is_taken_in_by_the_next_run(
    people: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = derived(people)

    def dies(*_: object) -> Iterator[step.Answer]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(step, "keep_answers", dies)
        with pytest.raises(KeyboardInterrupt):
            ask(people, "tag,crm:1,,,,vip,x,Ina,")
    assert kinds(people) == []
    assert derived(people) == before
    assert outcomes(decided(people)) == {"created": 1}


def test_checking_a_file_says_what_a_run_would_do_and_does_nothing(people: SmallProject) -> None:
    path = people.deliver("decisions", "2026-06-01", f"{HEADER}\nblock,crm:1,,,,,x,Ina,\nblock,crm:9,,,,,x,Ina,")
    found = check(people.project, people.connection, path, "decisions")
    assert outcomes(found.taken) == {"created": 1, "rejected": 1}
    assert found.codes["code"].to_list() == ["CONTACT_UNKNOWN"]
    assert people.rows("FROM decision") == people.rows("FROM delivery WHERE source = 'decisions'") == []
    assert people.contact("crm:1")["status"] == "inactive"


def test_no_other_source_reads_change_requests(people: SmallProject) -> None:
    people.configure(sources={"all": {"format": "contacts_csv", "path": "landing/*/*.csv"}})
    people.deliver("decisions", "2026-06-01", "decision,contact,name,by\ncreate,,Eva Ruhl,Ina")
    people.receive()
    assert people.rows("SELECT source FROM delivery WHERE file_name LIKE 'decisions%'") == []


def test_another_identity_key_is_refused_before_a_decision_is_kept(people: SmallProject) -> None:
    (people.project.folder / ".onecontact" / "keys" / "identity.key").write_text("ab" * 32)
    with pytest.raises(WrongIdentityKey, match="identity"):
        ask(people, "tag,crm:1,,,,vip,x,Ina,")
    assert people.rows("FROM decision") == []

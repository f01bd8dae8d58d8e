from datetime import timedelta, timezone

import polars as pl
import pytest

from pipelines.decide.commit import LONGEST, Attribution, commit
from pipelines.errors import DecisionRefused
from pipelines.store.decisions import decisions
from pipelines.store.decisions.decisions import Decision
from pipelines.store.runs.work_queue import MATCH
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import in_transaction, rolled_back, transaction
from schemas.vocabulary import DecisionKind
from tests.deciding import day, decision_rows, ruling
from tests.small_project import SmallProject, starting_point

DELIVERY = "00000000-0000-4000-8000-000000000001"


@starting_point
def anna(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.run()


def noted(
    project: SmallProject, said: Attribution, *, value: str = "called back", field: str | None = None
) -> Decision:
    """A decision about Anna Berg of the simplest kind."""
    records = decisions.attached_records(project.connection, project.contact_of("crm:1"))
    kind = DecisionKind.NOTE if field is None else DecisionKind.EDIT
    return commit(project.project, project.connection, kind, said, records, value=value, field=field)


def stored(connection: Connection) -> int:
    return len(connection.execute("FROM decision").fetchall())


@pytest.mark.heavy
def test_what_was_decided_is_stored_with_all_that_is_known_of_it(anna: SmallProject) -> None:
    decision = noted(anna, Attribution(" Ina ", " asked ", day(15), delivery_id=DELIVERY, row_number=3))

    assert decisions.decision_of(anna.connection, decision.decision_id) == decision
    assert (decision.actor, decision.reason, decision.row_number) == ("Ina", "asked", 3)


def test_its_id_does_not_depend_on_what_it_says_about_a_person(anna: SmallProject) -> None:
    with rolled_back(anna.connection):
        one = noted(anna, ruling(15), value="one thing")
    other = noted(anna, ruling(15), value="another thing")

    assert one.decision_id == other.decision_id


def test_its_id_does_not_depend_on_the_zone_its_time_is_written_in(anna: SmallProject) -> None:
    with rolled_back(anna.connection):
        one = noted(anna, ruling(15))
    other = noted(anna, ruling(15)._replace(decided_at=day(15).astimezone(timezone(timedelta(hours=5)))))

    assert one.decision_id == other.decision_id


def test_its_id_does_not_depend_on_the_order_of_its_records(anna: SmallProject) -> None:
    records = pl.DataFrame({"record_key": [DELIVERY, DELIVERY.replace("1", "2")], "side": [1, 1]})
    records = records.cast({"side": pl.UInt16})
    ids = set()
    for own in (records, records.reverse()):
        with rolled_back(anna.connection):
            ids.add(commit(anna.project, anna.connection, DecisionKind.NOTE, ruling(15), own, value="x").decision_id)

    assert len(ids) == 1


def test_a_decision_in_an_open_transaction_goes_with_it(anna: SmallProject) -> None:
    with rolled_back(anna.connection):
        noted(anna, ruling(15))
        assert stored(anna.connection) == 1

    assert stored(anna.connection) == 0


def test_one_that_is_refused_leaves_the_open_transaction_as_it_was(anna: SmallProject) -> None:
    with transaction(anna.connection):
        noted(anna, ruling(15))
        with pytest.raises(DecisionRefused, match="clock"):
            noted(anna, ruling(14))
        noted(anna, ruling(16))

    assert [each["decided_at"] for each in decision_rows(anna)] == [day(15), day(16)]


def test_a_transaction_of_its_own_ends_with_it(anna: SmallProject) -> None:
    with pytest.raises(ZeroDivisionError), in_transaction(anna.connection):
        _ = len(anna.connection.execute("DELETE FROM contact").fetchall()) // 0

    assert anna.contact("crm:1")["name"] == "Anna Berg"


def test_two_decisions_of_one_time_about_one_record_are_refused(anna: SmallProject) -> None:
    noted(anna, ruling(15))
    with pytest.raises(DecisionRefused, match="clock"):
        noted(anna, ruling(15))


def test_rows_of_one_file_may_decide_at_one_time(anna: SmallProject) -> None:
    for row in (1, 2):
        noted(anna, Attribution("Ina", "asked", day(15), delivery_id=DELIVERY, row_number=row))
    with pytest.raises(DecisionRefused, match="already"):
        noted(anna, Attribution("Ina", "asked", day(15), delivery_id=DELIVERY, row_number=2))

    assert stored(anna.connection) == 2


def test_a_decision_about_nothing_is_refused(anna: SmallProject) -> None:
    nothing = pl.DataFrame(schema={"record_key": pl.String, "side": pl.UInt16})
    with pytest.raises(DecisionRefused, match="no such contact"):
        commit(anna.project, anna.connection, DecisionKind.BLOCK, ruling(15), nothing)


def test_somebody_may_decide_before_the_first_run_was_finished(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name\n1,Anna Berg")
    project.receive()
    records = pl.DataFrame(project.rows("SELECT record_key, 0 AS side FROM record"))
    commit(project.project, project.connection, DecisionKind.BLOCK, ruling(15), records)

    assert project.contact("crm:1")["status"] == "blocked"


@pytest.mark.parametrize(
    ("field", "value", "pending"),
    [("phone", "+4915123456789", 1), ("email", "a.berg@example.com", 1), ("attr.tier", "gold", 0)],
)
def test_a_value_by_which_records_are_matched_leaves_its_carrier_to_be_matched(
    anna: SmallProject, field: str, value: str, pending: int
) -> None:
    noted(anna, ruling(15), field=field, value=value)
    assert len(anna.rows("FROM work_queue WHERE step = ?", MATCH)) == pending


@pytest.mark.heavy
def test_the_anchor_carries_what_is_decided_and_the_others_are_spoken_over(project: SmallProject) -> None:
    line = "Anna Berg,0151 23456789,anna@example.com"
    project.deliver("crm", "2026-01-05", f"id,name,phone,email\n1,{line}\n2,{line}")
    project.run()
    carried = decisions.attached_records(project.connection, project.contact_of("crm:1"))

    [anchor] = project.rows("SELECT record_key FROM record WHERE anchor_id = ?", project.contact_of("crm:1"))
    assert carried.rows() == [
        (anchor["record_key"], 0),
        *((each, 1) for each in carried["record_key"][1:]),
    ]
    assert carried.height == 2


def test_times_are_kept_in_utc_to_the_microsecond(anna: SmallProject) -> None:
    noted(anna, Attribution("Ina", "asked", day(15) + timedelta(microseconds=1)))
    assert decision_rows(anna)[0]["decided_at"] == day(15) + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("actor", "reason", "what"),
    [("Ina", "", "needs a reason"), ("Ina", " \n", "needs a reason"), ("Ina", "x" * (LONGEST + 1), "at most 2,000"),
     ("", "asked", "somebody who takes it"), ("  ", "asked", "somebody who takes it")],
)  # fmt: skip
def test_a_decision_says_who_takes_it_and_why(anna: SmallProject, actor: str, reason: str, what: str) -> None:
    with pytest.raises(DecisionRefused, match=what):
        noted(anna, Attribution(actor, reason, day(15)))
    assert stored(anna.connection) == 0


def test_a_reason_may_be_so_long(anna: SmallProject) -> None:
    assert noted(anna, Attribution("Ina", "x" * LONGEST, day(15))).reason == "x" * 2_000


def test_its_id_is_that_of_the_first_record_of_its_first_side_and_of_its_row(anna: SmallProject) -> None:
    one, other = DELIVERY, DELIVERY.replace("1", "2")

    def decision_id(sides: dict[str, int], said: Attribution | None = None) -> str:
        records = pl.DataFrame({"record_key": list(sides), "side": list(sides.values())}).cast({"side": pl.UInt16})
        with rolled_back(anna.connection):
            kept = commit(anna.project, anna.connection, DecisionKind.NOTE, said or ruling(15), records, value="x")
        return kept.decision_id

    own = decision_id({one: 0})
    assert decision_id({one: 0, other: 0}) == decision_id({other: 1, one: 0}) == own
    assert decision_id({one: 1, other: 0}) == decision_id({other: 0}) != own
    rows = [ruling(15)._replace(delivery_id=DELIVERY, row_number=row) for row in (1, 2)]
    elsewhere = rows[0]._replace(delivery_id=other)
    assert len({own, *(decision_id({one: 0}, said) for said in (*rows, elsewhere))}) == 4


def test_only_the_record_that_carries_a_number_is_to_be_matched(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name\n1,Anna Berg\n2,Otto Kern")
    project.receive()
    project.connection.execute("DELETE FROM work_queue")
    keys = [each["record_key"] for each in project.rows("SELECT record_key FROM record ORDER BY record_id")]
    records = pl.DataFrame({"record_key": keys, "side": [1, 0]}).cast({"side": pl.UInt16})
    where = project.project, project.connection
    commit(*where, DecisionKind.EDIT, ruling(15), records, field="phone", value="+4915123456789")
    assert [each["record_key"] for each in project.rows("FROM work_queue WHERE step = ?", MATCH)] == keys[1:]

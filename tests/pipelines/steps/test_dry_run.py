from datetime import UTC, datetime

import pytest

from pipelines.decide.annotate import tag
from pipelines.decide.commit import Attribution
from pipelines.decide.merge import merge
from pipelines.steps.dry_run import before_and_after
from pipelines.store.decisions import decision_log
from tests.small_project import SmallProject

RULING = Attribution(actor="Ina", reason="x", decided_at=datetime(2026, 7, 1, tzinfo=UTC))
LIST = "id,name,email\n1,Anna Berg,anna@example.com\n2,Otto Kern,otto@example.com\n3,Cem Arslan,cem@example.com"


@pytest.mark.heavy
def test_every_contact_touched_is_there_before_and_after_and_no_other(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", LIST)
    project.run()
    anna, otto = project.contact_of("crm:1"), project.contact_of("crm:2")
    touched = [anna, otto]

    def act() -> list[str]:
        merge(project.project, project.connection, touched, RULING, anna)
        return []

    change = before_and_after(project.connection, touched, act)
    assert (set(change.before), set(change.after), change.went) == ({anna, otto}, {anna}, {otto: anna})
    assert [each["record_id"] for each in change.after[anna].records] == ["1", "2"]


@pytest.mark.heavy
def test_nothing_of_it_is_kept(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", LIST)
    project.run()
    anna = project.contact_of("crm:1")

    def act() -> list[str]:
        tag(project.project, project.connection, anna, "vip", RULING)
        return []

    change = before_and_after(project.connection, [anna], act)
    assert [change.before[anna].contact["tags"], change.after[anna].contact["tags"]] == [[], ["vip"]]
    assert project.contact("crm:1")["tags"] == []
    assert decision_log.list_decisions(project.connection).is_empty()

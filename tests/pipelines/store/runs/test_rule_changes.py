from datetime import UTC, datetime

import pytest

from pipelines.steps.setting_changes import keep_settings
from pipelines.store.runs import rule_changes
from pipelines.store.runs.rule_changes import RULES, announce_rules
from pipelines.store.runs.runs import begin_run
from tests.small_project import AS_OF, SmallProject

NOW = datetime(2026, 6, 30, tzinfo=UTC)


def noted(project: SmallProject, *texts: str) -> None:
    for day, text in enumerate(texts, 1):
        project.deliver("crm", f"2026-01-0{day}", f"id,name,notes\n1,Anna Berg,{text}")
        project.run()


def test_what_a_rule_changed_in_an_older_warehouse_is_said_once(project: SmallProject) -> None:
    noted(project, "vegan", "allergic")
    begin_run(project.connection, "before", AS_OF, NOW)
    begin_run(project.connection, "upgrade", AS_OF, NOW)
    assert announce_rules(project.connection, "upgrade") == {RULES["notes_are_added"].of_one: 1}
    assert announce_rules(project.connection, "next") == {}


def test_addresses_that_a_refusal_reaches_are_counted(project: SmallProject) -> None:
    project.configure(attributes={"newsletter": {"type": "boolean", "merge": "most_restrictive"}})
    project.deliver(
        "crm", "2026-01-05", "id,name,email,newsletter\n1,Bert Wolf,b@b.example,no\n2,Mia Lo,m@b.example,no"
    )
    project.deliver("shop", "2026-01-05", "id,name,email,newsletter\n1,Zoe Tal,b@b.example,yes")
    project.run()
    keep_settings(project.project, project.connection)
    begin_run(project.connection, "before", AS_OF, NOW)
    begin_run(project.connection, "upgrade", AS_OF, NOW)
    assert announce_rules(project.connection, "upgrade") == {RULES["addresses_are_suppressed"].of_one: 1}


def test_a_no_that_a_newer_yes_replaces_is_counted(project: SmallProject) -> None:
    project.configure(attributes={"newsletter": {"type": "boolean", "merge": "most_restrictive"}})
    header, anna, tom = "id,name,email,newsletter", "Anna Berg,a@berg.example", "Tom Lund,t@lund.example"
    project.deliver("crm", "2026-01-05", f"{header}\n1,{anna},no\n2,{tom},yes")
    project.deliver("crm", "2026-01-06", f"{header}\n2,{anna},yes\n1,{tom},yes")
    project.run()
    keep_settings(project.project, project.connection)
    begin_run(project.connection, "before", AS_OF, NOW)
    begin_run(project.connection, "upgrade", AS_OF, NOW)
    changed = announce_rules(project.connection, "upgrade")
    assert changed[RULES["newer_answers_replace_former_ones"].of_one] == 1


def test_a_new_warehouse_has_nothing_that_a_rule_could_change(project: SmallProject) -> None:
    noted(project, "vegan", "allergic")
    begin_run(project.connection, "first", AS_OF, NOW)
    assert announce_rules(project.connection, "first") == {}
    begin_run(project.connection, "second", AS_OF, NOW)
    assert announce_rules(project.connection, "second") == {}


def test_a_rule_of_a_later_version_is_announced_beside_those_that_were(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_run(project.connection, "first", AS_OF, NOW)
    announce_rules(project.connection, "first")
    monkeypatch.setitem(rule_changes.RULES, "later", rule_changes.Rule("thing", "things", "SELECT 3 WHERE $1 <> ''"))
    begin_run(project.connection, "second", AS_OF, NOW)
    assert announce_rules(project.connection, "second") == {"things": 3}


def test_of_one_thing_it_is_said_in_the_singular(project: SmallProject) -> None:
    noted(project, "vegan", "allergic")
    begin_run(project.connection, "before", AS_OF, NOW)
    begin_run(project.connection, "upgrade", AS_OF, NOW)
    assert announce_rules(project.connection, "upgrade") == {
        "former note stands in a timeline again: notes are added to, not replaced": 1
    }


def test_of_several_things_it_is_said_in_the_plural(project: SmallProject) -> None:
    noted(project, "vegan", "allergic", "moved")
    begin_run(project.connection, "before", AS_OF, NOW)
    begin_run(project.connection, "upgrade", AS_OF, NOW)
    assert announce_rules(project.connection, "upgrade") == {
        "former notes stand in timelines again: notes are added to, not replaced": 2
    }

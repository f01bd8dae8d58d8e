from pipelines.decide.edit import edit
from pipelines.store.runs.rule_changes import RULES, announce_rules
from pipelines.store.runs.runs import begin_run
from pipelines.store.warehouse.migrate import migrate
from tests.deciding import ruling
from tests.older_warehouse import undo_since_24
from tests.small_project import AS_OF, SmallProject

AS_BEFORE = """
    DROP TABLE setting;
    DROP TABLE source_first_name;
    DROP TABLE announced_rule;
    DROP TABLE reused_id;
    ALTER TABLE record DROP COLUMN id_key;
    ALTER TABLE record DROP COLUMN heir_key;
    DROP TABLE chat_format;
    DROP TABLE conversation_gap;
    ALTER TABLE export_check DROP COLUMN inputs;
    ALTER TABLE export_check DROP COLUMN suppressed;
    ALTER TABLE export_check DROP COLUMN suppressed_included;
    ALTER TABLE suppressed_conversation DROP COLUMN blocked_from;
    DELETE FROM schema_migration WHERE version >= 20;
    DELETE FROM work_queue;
    UPDATE contact SET name = 'Anna Berg' WHERE name = 'Antonia Berg';
    UPDATE contact_field SET value = 'Anna Berg', rule = 'edited' WHERE field = 'name'"""


def test_contacts_with_edits_are_derived_anew_by_the_next_run_which_says_so(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Ana Berg,anna@example.com\n2,Karl Otto,karl@example.com")
    project.run()
    edit(project.project, project.connection, project.contact_of("crm:1"), "name", "Anna Berg", ruling(1))
    project.deliver("crm", "2026-06-20", "id,name,email\n1,Antonia Berg,anna@example.com")
    project.run()
    begin_run(project.connection, "before", AS_OF, AS_OF)
    project.connection.execute(AS_BEFORE)
    undo_since_24(project.connection)
    assert migrate(project.connection)[0] == "0020_settings_in_force.sql"
    contacts = "SELECT r.record_id FROM work_queue JOIN record r USING (record_key) WHERE step = 'contacts'"
    [queued] = project.rows(contacts)
    assert queued["record_id"] == "1"
    project.merge()
    assert project.contact("crm:1")["name"] == "Antonia Berg"
    begin_run(project.connection, "upgrade", AS_OF, AS_OF)
    assert announce_rules(project.connection, "upgrade") == {RULES["edits_give_way"].of_one: 1}

from pipelines.store.runs.chat_settings import keep_chat_settings
from tests.small_project import SmallProject

GAPS = {"whatsapp": 14, "sms": 30}


def queued(project: SmallProject) -> int:
    [found] = project.rows("SELECT count(DISTINCT record_key) AS n FROM work_queue WHERE step = 'contacts'")
    project.connection.execute("DELETE FROM work_queue")
    return int(found["n"])


def test_settings_of_chats_are_those_kept_last(project: SmallProject) -> None:
    keep_chat_settings(project.connection, ["telegram"], {"sms": 1})
    keep_chat_settings(project.connection, ["whatsapp_chat", "sms_backup"], GAPS)
    assert {each["format"] for each in project.rows("FROM chat_format")} == {"whatsapp_chat", "sms_backup"}
    assert {each["channel"]: each["days"] for each in project.rows("FROM conversation_gap")} == GAPS


def test_whoever_is_named_in_a_format_that_becomes_one_of_chats_or_is_none_any_more_is_left_pending(
    project: SmallProject,
) -> None:
    project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com\n2,,otto@example.com")
    project.receive()
    project.connection.execute("DELETE FROM work_queue")
    keep_chat_settings(project.connection, ["contacts_csv"], GAPS)
    assert queued(project) == 1
    keep_chat_settings(project.connection, ["contacts_csv"], {})
    assert queued(project) == 0
    keep_chat_settings(project.connection, [], GAPS)
    assert queued(project) == 1

import pytest

from console.running.run import describe_set_aside, print_confidence, published
from tests.small_project import SmallProject


def confidence(project: SmallProject, capsys: pytest.CaptureFixture[str], rows: str) -> str:
    """What is said of the merges of a first list."""
    project.deliver("crm", "2026-01-05", f"id,name,email\n{rows}")
    project.run()
    print_confidence(project.connection, project.run_id)
    return capsys.readouterr().out


@pytest.mark.heavy
def test_how_the_contacts_of_a_new_source_hang_together_is_said(
    project: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    said = confidence(project, capsys, "1,Anna Berg,anna@example.com\n2,Anna Berg,anna@example.com")
    assert "1 contact of new sources holds several records: 1 rests on one shared identifier, 0 on none" in said


@pytest.mark.heavy
def test_several_contacts_are_several(project: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "\n".join(
        f"{nth},{name} Berg,{name}@example.com" for nth, name in enumerate(["anna", "anna", "emil", "emil"])
    )
    said = confidence(project, capsys, rows)
    assert "2 contacts of new sources hold several records: 2 rest on one shared identifier" in said


def test_a_segment_says_how_many_it_leaves_out_and_how_many_it_holds_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = {"published": True, "dagster/row_count": 3, "file": "contacts.csv"}
    published("letter", told | {"suppressed": 0, "suppressed_included": 1})
    published("letter", told | {"suppressed": 2, "suppressed_included": 0})
    assert capsys.readouterr().out.splitlines() == [
        "  exports/letter/contacts.csv: 3 contacts, 1 of them with a suppressed address, as it asks, published",
        "  exports/letter/contacts.csv: 3 contacts, 2 left out: address suppressed, published",
    ]


def test_a_run_says_how_many_conversations_are_set_aside_and_how_many_of_them_have_news() -> None:
    listed = ": `onecontact list --blocked-conversations`"
    assert describe_set_aside(1, 1) == f"1 conversation of blocked contacts is set aside, with new messages{listed}"
    assert describe_set_aside(3, 1) == (
        f"3 conversations of blocked contacts are set aside, 1 of them with new messages{listed}"
    )
    assert describe_set_aside(3, 0) == (
        f"3 conversations of blocked contacts are set aside, none of them with new messages{listed}"
    )

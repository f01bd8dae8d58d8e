"""Mails of one conversation are found together, whatever the deliveries they come in and the order of those."""

from pathlib import Path

import pytest

from tests.small_project import SETTINGS, SmallProject, small_project

SOURCES = SETTINGS["sources"] | {
    "mail": {"format": "eml", "path": "landing/mail/*.eml", "own_addresses": ["support@acme.example"]}
}


def mail(day: int, name: str, *headers: str, subject: str = "Order", month: int = 6) -> str:
    party = "From: Anna <anna@example.com>", "To: support@acme.example", f"Message-ID: <{name}@example.com>"
    date = f"Date: {day} {('May', 'Jun', 'Jul')[month - 5]} 2026 12:00:00 +0000"
    return "\n".join((*party, date, f"Subject: {subject}", *headers, "", f"text of {name}"))


def conversations(folder: Path, *deliveries: dict[str, str]) -> set[frozenset[str]]:
    """Deliver mails by name and say which are one conversation."""
    with small_project(folder) as project:
        project.configure(sources=SOURCES)
        for mails in deliveries:
            for name, text in mails.items():
                project.deliver("mail", "", text, f"2026-06-30-{name}.eml")
            project.receive()
        return together(project)


def together(project: SmallProject) -> set[frozenset[str]]:
    found = project.rows("""
        SELECT list(text) AS texts FROM conversation_message JOIN conversation USING (conversation_id)
        GROUP BY conversation_id""")
    return {frozenset(text.removeprefix("text of ") for text in each["texts"]) for each in found}


@pytest.mark.heavy
def test_mails_that_name_no_common_mail_are_one_by_the_mails_between(tmp_path: Path) -> None:
    mails = {
        "a": mail(1, "a"),
        "b": mail(2, "b", "In-Reply-To: <a@example.com>", subject="Re: Order"),
        "c": mail(3, "c", "In-Reply-To: <b@example.com>", subject="Re: Order"),
        "d": mail(4, "d", "References: <gone@example.com> <c@example.com>", subject="Another"),
        "e": mail(4, "e", "References: <gone@example.com>", subject="Yet another"),
        "f": mail(4, "f", subject="Quite another"),
    }
    for order in ("fedcba", "cdaebf"):
        found = conversations(tmp_path / order, *({name: mails[name]} for name in order))
        assert found == {frozenset("abcde"), frozenset("f")}


@pytest.mark.heavy
def test_an_answer_that_does_not_say_to_what_goes_by_its_subject(tmp_path: Path) -> None:
    mails = {
        "a": mail(1, "a", month=5),
        "b": mail(25, "b", month=5, subject="ORDER!"),
        "c": mail(20, "c", subject="Re: Order"),
        "d": mail(21, "d"),
    }
    for order in ("dcba", "cadb"):
        found = conversations(tmp_path / order, *({name: mails[name]} for name in order))
        assert found == {frozenset("a"), frozenset("bc"), frozenset("d")}


@pytest.mark.heavy
def test_a_conversation_is_whole_after_a_bridge_comes_late(tmp_path: Path) -> None:
    first, bridge = mail(1, "a"), mail(2, "b", "References: <z@example.com> <a@example.com>", subject="Other")
    other = mail(3, "c", "References: <z@example.com>", subject="Third")
    with small_project(tmp_path) as project:
        project.configure(sources=SOURCES)
        for name, text in (("a", first), ("c", other)):
            project.deliver("mail", "", text, f"2026-06-30-{name}.eml")
        project.run()
        assert together(project) == {frozenset("a"), frozenset("c")}
        project.deliver("mail", "", bridge, "2026-06-30-b.eml")
        project.run()
        assert together(project) == {frozenset("abc")}
        assert project.rows("SELECT count(DISTINCT conversation_id) AS n FROM timeline") == [{"n": 1}]


def test_mails_of_one_subject_that_are_no_answers_stay_apart(tmp_path: Path) -> None:
    assert conversations(tmp_path, {"a": mail(1, "a"), "b": mail(2, "b")}) == {frozenset("a"), frozenset("b")}

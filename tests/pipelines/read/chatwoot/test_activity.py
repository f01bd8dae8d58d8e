import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.chatwoot.activity import LONGEST, activities

ASSIGNED, STATUS, ADDED, REMOVED = "assigned", "status_changed", "label_added", "label_removed"


@pytest.mark.parametrize(
    ("sentence", "kind", "actor", "before", "after"),
    [
        ("Assigned to Kim Lee by Ben", ASSIGNED, "Ben", None, "Kim Lee"),
        ("Assigned to Kim via Sales by Ben", ASSIGNED, "Ben", None, "Kim"),
        ("Kim self-assigned this conversation", ASSIGNED, "Kim", None, "Kim"),
        ("Unassigned from Sales by Ben", ASSIGNED, "Ben", "Sales", None),
        ("Conversation unassigned by Ben", ASSIGNED, "Ben", None, None),
        ("Conversation was marked resolved by Ben", STATUS, "Ben", None, "resolved"),
        ("Conversation was marked resolved by system due to 7 days of inactivity", STATUS, None, None, "resolved"),
        ("Conversation was reopened by Ben", STATUS, "Ben", None, "open"),
        ("Ben added vip", ADDED, "Ben", None, "vip"),
        ("Ben removed vip", REMOVED, "Ben", "vip", None),
        ("Zugewiesen an Vertrieb von Ben", ASSIGNED, "Ben", None, "Vertrieb"),
        ("Das Gespräch wurde von Ben gelöst", STATUS, "Ben", None, "resolved"),
        ("Ben hat vip hinzugefügt", ADDED, "Ben", None, "vip"),
        ("Asignado a Eva por Ben", ASSIGNED, "Ben", None, "Eva"),
        ("La conversación fue marcada como pendiente por Ben", STATUS, "Ben", None, "pending"),
        ("Ben eliminó a vip", REMOVED, "Ben", "vip", None),
        ("Assigné à Zoé par Ben", ASSIGNED, "Ben", None, "Zoé"),
        ("La conversation a été reportée par Ben", STATUS, "Ben", None, "snoozed"),
        ("Ben a ajouté vip", ADDED, "Ben", None, "vip"),
        ("Atribuído a Rui por Ben", ASSIGNED, "Ben", None, "Rui"),
        ("Conversa foi reaberta por Ben", STATUS, "Ben", None, "open"),
        ("Ben removeu a vip", REMOVED, "Ben", "vip", None),
    ],
)
def test_sentences_are_understood_in_five_languages(
    sentence: str, kind: str, actor: str | None, before: str | None, after: str | None
) -> None:
    assert [tuple(each) for each in activities(sentence)] == [(kind, actor, before, after)]


def test_each_label_of_a_sentence_is_an_event() -> None:
    assert [each.after for each in activities("Ben added billing, vip, zoë-2")] == ["billing", "vip", "zoë-2"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Assigned to Kim by Sea by Ben",  # who is who?
        "Ben von Kim zugewiesen",  # by the version of Chatwoot, either of them was
        "Ben added SLA policy gold",
        "Ben hat die Priorität entfernt",
        "Ben removeu a prioridade",
        "Ben has muted the conversation",
        "",
        "Assigned to " + "by " * LONGEST,
    ],
)
def test_what_can_be_read_in_two_ways_or_is_not_known_is_not_guessed(sentence: str) -> None:
    assert activities(sentence) == []


@given(st.text(max_size=60))
def test_any_text_is_a_sentence_or_none(text: str) -> None:
    assert len(activities(text)) <= 60

"""What Chatwoot writes into a conversation when something was done with it, told apart in five languages.

A sentence is understood only if it can be read in one way: names may hold any word of the sentence around them.
"""

import re
from typing import NamedTuple

from schemas.vocabulary import ConversationStatus, EventKind

OPEN, PENDING = ConversationStatus.OPEN.value, ConversationStatus.PENDING.value
SNOOZED, RESOLVED = ConversationStatus.SNOOZED.value, ConversationStatus.RESOLVED.value

# {who} did it, {to} was given it, {from} had it; {any} is anything. The first that fits counts, so what says more about
# a sentence stands above. In German "X von Y zugewiesen" is left out: which of the two was assigned differs by version.
STATES = {
    RESOLVED: """
        Conversation was marked resolved by system due to {any}
        Conversation was marked resolved by {who} due to inactivity
        Conversation was marked resolved by {who}
        Conversation was resolved by {who}
        Das Gespräch wurde vom System aufgrund von {any} Inaktivität gelöst
        Das Gespräch wurde von {who} gelöst
        Konversation wurde von {who} gelöst
        La conversación fue marcada por el sistema debido a {any} de inactividad
        La conversación fue marcada por {who}
        Conversación fue resuelta por {who}
        La conversation a été marquée comme résolue par le système en raison de {any}
        La conversation a été marquée résolue par {who}
        La conversation a été résolue par {who}
        Conversa auto-resolvida pelo sistema por causa {any}
        A conversa foi marcada como resolvida pelo sistema por {any}
        A conversa foi marcada como resolvida por {who} por inatividade
        Conversa foi marcada como resolvida por {who}
        A conversa foi resolvida por {who}
        Conversa foi resolvida por {who}""",
    OPEN: """
        Conversation was reopened by {who}
        System reopened the conversation due to a new incoming message.
        Das Gespräch wurde von {who} wieder eröffnet
        Das System hat die Unterhaltung aufgrund einer neuen eingehenden Nachricht wieder geöffnet.
        La conversación fue reabierta por {who}
        El sistema reabrió la conversación debido a un nuevo mensaje entrante.
        La conversation a été ré-ouverte par {who}
        Conversa foi reaberta por {who}
        O sistema reabriu a conversa devido a uma nova mensagem recebida.""",
    PENDING: """
        Conversation was marked as pending by {who}
        Das Gespräch wurde von {who} als ausstehend markiert
        La conversación fue marcada como pendiente por {who}
        La conversation a été marquée comme en attente par {who}
        Conversa foi marcada como pendente por {who}
        Conversa marcada como pendente por {who}""",
    SNOOZED: """
        Conversation was snoozed by {who}
        Das Gespräch wurde von {who} zur Erinnerung markiert
        La conversación fue pospuesta por {who}
        La conversation a été reportée par {who}
        Conversa foi adiada por {who}
        Conversa adiada por {who}""",
}
ASSIGNED = """
    Assigned to {to} via {any} by {who}
    Assigned to {to} by {who}
    Conversation unassigned by {who}
    Unassigned from {from} by {who}
    {self} self-assigned this conversation
    Zugewiesen an {to} über {any} von {who}
    Zugewiesen an {to} von {who}
    Gespräch nicht zugewiesen von {who}
    Entfernt aus {from} von {who}
    {self} hat sich dieses Gespräch selbst zugewiesen
    Asignado a {to} via {any} por {who}
    Asignado a {to} por {who}
    Conversación no asignada por {who}
    Desasignado de {from} por {who}
    {self} auto-asignado a esta conversación
    Assigné à {to} via {any} par {who}
    Assigné à {to} par {who}
    Responsable de la conversation supprimé par {who}
    Non assigné de {from} par {who}
    {self} s'est auto-assigné cette conversation
    Atribuído a {to} via {any} por {who}
    Atribuído a {to} por {who}
    Conversa não atribuída por {who}
    Conversa desatribuída por {who}
    Não atribuído a {from} por {who}
    Desatribuído de {from} por {who}
    {self} auto-atribuída esta conversa
    {self} atribuiu a si mesmo essa conversa"""
LABELS = {
    EventKind.LABEL_ADDED: """
        {who} added {labels}
        {who} hat {labels} hinzugefügt
        {who} agregó {labels}
        {who} a ajouté {labels}
        {who} acrescentou {labels}
        {who} adicionou {labels}""",
    EventKind.LABEL_REMOVED: """
        {who} removed {labels}
        {who} hat {labels} entfernt
        {who} eliminó a {labels}
        {who} a supprimé {labels}
        {who} removeu a {labels}
        {who} removeu {labels}""",
}
NO_LABELS = ("removeu a prioridade",)  # ends of sentences that look as if they were about labels
LONGEST = 1_000  # characters of a sentence

_LABEL = r"[\w-]+"
_SLOTS = {"labels": rf"{_LABEL}(?:, {_LABEL})*"}


class Activity(NamedTuple):
    """What a sentence says."""

    kind: EventKind
    actor: str | None = None
    before: str | None = None
    after: str | None = None


class _Sentence(NamedTuple):
    kind: EventKind
    after: str | None
    narrow: re.Pattern[str]  # names as short as can be
    wide: re.Pattern[str]  # as long as can be


def activities(text: str) -> list[Activity]:
    """What a sentence of Chatwoot says: an event for each label; none if it says nothing known, or in two ways."""
    for sentence in SENTENCES if len(text) <= LONGEST else ():
        if found := sentence.narrow.fullmatch(text):
            again = sentence.wide.fullmatch(text)
            if again is None or again.groupdict() != found.groupdict() or text.endswith(NO_LABELS):
                return []
            return _read(sentence, found.groupdict())
    return []


def _read(sentence: _Sentence, said: dict[str, str | None]) -> list[Activity]:
    actor = said.get("who") or said.get("self")
    if labels := said.get("labels"):
        told = labels.split(", ")
        if sentence.kind is EventKind.LABEL_ADDED:
            return [Activity(sentence.kind, actor, None, label) for label in told]
        return [Activity(sentence.kind, actor, label, None) for label in told]
    after = sentence.after or said.get("to") or said.get("self")
    return [Activity(sentence.kind, actor, said.get("from"), after)]


def _sentences(kind: EventKind, written: str, after: str | None = None) -> list[_Sentence]:
    return [
        _Sentence(kind, after, _pattern(line.strip(), ".+?"), _pattern(line.strip(), ".+"))
        for line in written.strip().splitlines()
    ]


def _pattern(sentence: str, name: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", sentence)
    written = [
        f"(?P<{piece}>{_SLOTS.get(piece, name)})" if nth % 2 else re.escape(piece) for nth, piece in enumerate(pieces)
    ]
    return re.compile("".join(written))


SENTENCES = [
    *(each for status, written in STATES.items() for each in _sentences(EventKind.STATUS_CHANGED, written, status)),
    *_sentences(EventKind.ASSIGNED, ASSIGNED),
    *(each for kind, written in LABELS.items() for each in _sentences(kind, written)),
]

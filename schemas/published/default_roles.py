"""The roles of a project that states none of its own. A role of the same name in onecontact.yaml takes its place."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.published.role import Action, Role, Treatment

CLEAR, MASKED, ABSENT = Treatment.CLEAR, Treatment.MASKED, Treatment.ABSENT
EVERYTHING = {"direct": CLEAR, "quasi": CLEAR, "keyed": CLEAR, "none": CLEAR}
NOBODY_BY_NAME = EVERYTHING | {  # free text can say anything, so it is left out as a whole
    "direct": MASKED,
    "messages.text": ABSENT,
    "messages.attachments": ABSENT,
    "notes": ABSENT,
    "events.text": ABSENT,
    "conversations.title": ABSENT,
    "field_provenance.reason": ABSENT,
}

DEFAULT_ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "admin": Role(description="Runs the project and hands out keys", actions=frozenset(Action), columns=EVERYTHING),
        "data_engineer": Role(
            description="Runs the pipeline and adds sources",
            actions=frozenset({Action.RUN, Action.READ, Action.IMPORT, Action.PROPOSE}),
            columns=NOBODY_BY_NAME,
        ),
        "analyst": Role(
            description="Finds groups of contacts and defines segments",
            actions=frozenset({Action.READ, Action.EXPORT, Action.SEGMENTS, Action.PROPOSE}),
            columns=NOBODY_BY_NAME,
        ),
        "compliance": Role(
            description="Answers requests for access and deletion, and proves what was done",
            actions=frozenset({Action.READ, Action.SUBJECT_REQUESTS, Action.AUDIT}),
            columns=EVERYTHING,
        ),
        "agent": Role(
            description="Talks with contacts",
            actions=frozenset({Action.READ, Action.ANNOTATE, Action.PROPOSE}),
            columns=EVERYTHING | {"deliveries": ABSENT, "exports": ABSENT, "field_provenance": ABSENT},
        ),
    }
)

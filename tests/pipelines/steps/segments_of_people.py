"""A project with a few contacts, and segments of them."""

from typing import Any

from pipelines.steps.publish import Published, publish
from schemas.segment import Segment
from tests.small_project import AS_OF, SmallProject

ID = "00000000-0000-0000-0000-00000000000{}"
PEOPLE = [  # name, tier, seats, address
    ("Jane Doe", "gold", "10", "jane@example.com"),
    ("Joe Bloggs", "silver", "2", "joe@example.com"),
    ("Ann Other", "gold", "9", "ann@example.com"),
    ("Ben Other", "gold", None, "ann@example.com"),
]
GOLD = {
    "segment": "gold",
    "description": "Those we call first",
    "where": {"field": "attr.tier", "op": "eq", "value": "gold"},
    "columns": ["contact_id", "name", "email", "attr.seats"],
}


def write_people(project: SmallProject) -> None:
    """Write the contacts of PEOPLE, whose ids end in 1, 2, 3 and 4."""
    for number, (name, tier, seats, email) in enumerate(PEOPLE, 1):
        attributes = {key: text for key, text in (("tier", tier), ("seats", seats)) if text}
        project.connection.execute(
            """INSERT INTO contact (contact_id, name, email, source, status, status_reason, status_as_of, tags,
                                    attributes, channels, records, run_id)
               VALUES (?, ?, ?, 'import:crm', 'inactive', 'never_interacted', ?, [], ?, [], 1, 'run1')""",
            [ID.format(number), name, email, AS_OF, attributes],
        )
    project.show()


def gold(**said: Any) -> Segment:
    """The segment of gold customers, with something said otherwise."""
    return Segment.model_validate(GOLD | said)


def published(project: SmallProject, run_id: str = "run1", **said: Any) -> Published:
    """Publish it."""
    return publish(project.project, project.connection, gold(**said), run_id, AS_OF)


def set_tier(project: SmallProject, number: int, tier: str) -> None:
    """Change the tier of a contact."""
    project.connection.execute(
        "UPDATE contact SET attributes = map_concat(attributes, MAP {'tier': $1}) WHERE contact_id = $2",
        [tier, ID.format(number)],
    )
    project.show()

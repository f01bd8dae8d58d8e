"""What somebody answered to a question of consent is never forgotten, and the last answer of each source counts."""

import pytest

from pipelines.decide.edit import edit
from pipelines.decide.revoke import revoke
from pipelines.derive.consent_history import consent_history
from tests.deciding import ruling
from tests.small_project import SmallProject, starting_point

pytestmark = pytest.mark.heavy  # whole runs of a project

CONSENT = {"newsletter": {"type": "boolean", "merge": "most_restrictive"}}
ANNA = "1,Anna Berg,anna@berg.example,{}"


@starting_point
def asking(project: SmallProject) -> None:
    """A project that asks who wants the newsletter."""
    project.configure(attributes=CONSENT)


def deliver(project: SmallProject, day: str, *rows: str, source: str = "crm") -> None:
    """A list of a day, and a run."""
    project.deliver(source, f"2026-{day}", "\n".join(["id,name,email,newsletter", *rows]))
    project.run()


def history(project: SmallProject) -> list[tuple[str, str | None, str, bool]]:
    """Since when, what, where (a file and a line, or who decided it), and whether it counts, of each answer of Anna."""
    found = consent_history(project.project, project.connection, project.contact_of("crm:1"), "newsletter").to_dicts()
    return [
        (
            f"{each['stated_at']:%m-%d}",
            each["value"],
            each["actor"] or f"{each['file_name']}:{each['line_number']}",
            each["is_current"],
        )
        for each in found
    ]


def test_a_no_that_was_taken_back_stays_in_the_history(asking: SmallProject) -> None:
    deliver(asking, "01-05", ANNA.format("yes"))
    deliver(asking, "02-05", "2,Tom Lund,tom@lund.example,", ANNA.format("no"))
    deliver(asking, "03-05", "1,Anna Berg-Lund,anna@berg.example,yes")
    assert history(asking) == [
        ("01-05", "true", "crm-2026-01-05.csv:2", False),
        ("02-05", "false", "crm-2026-02-05.csv:3", False),
        ("03-05", "true", "crm-2026-03-05.csv:2", True),
    ]


def test_an_answer_that_is_repeated_is_one_until_another_is_given(asking: SmallProject) -> None:
    for day, name in (("01-05", "Anna Berg"), ("02-05", "Anna Berg"), ("03-05", "Anna Lena Berg")):
        deliver(asking, day, f"1,{name},anna@berg.example,no")
    assert history(asking) == [("01-05", "false", "crm-2026-01-05.csv:2", True)]


def test_every_source_has_its_own_answer_and_one_no_is_enough(asking: SmallProject) -> None:
    deliver(asking, "01-05", ANNA.format("no"))
    deliver(asking, "01-06", "7,Anna Berg,anna@berg.example,yes", source="shop")
    assert [counts for *_, counts in history(asking)] == [True, True]
    assert asking.field("crm:1", "attr.newsletter")["value"] == "false"


def test_an_answer_that_was_cleared_is_none_and_not_forgotten(asking: SmallProject) -> None:
    deliver(asking, "01-05", ANNA.format("no"))
    deliver(asking, "02-05", ANNA.format(r"\N"))
    assert [each[1::2] for each in history(asking)] == [("false", False), (None, False)]


def test_what_a_colleague_wrote_down_is_part_of_it(asking: SmallProject) -> None:
    deliver(asking, "01-05", ANNA.format("no"))
    at = (asking.project, asking.connection)
    decided = edit(*at, asking.contact_of("crm:1"), "attr.newsletter", "yes", ruling(3))
    assert [each[1:] for each in history(asking)] == [
        ("false", "crm-2026-01-05.csv:2", False),
        ("true", "Ina", True),
    ]
    revoke(*at, decided.decision_id, ruling(4))
    assert [each[1:] for each in history(asking)] == [
        ("false", "crm-2026-01-05.csv:2", True),
        ("true", "Ina", False),
    ]

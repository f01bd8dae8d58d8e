"""What somebody answered to a question of consent is never forgotten, and the last answer of each source counts."""

import pytest

from pipelines.decide.edit import edit
from pipelines.decide.revoke import revoke
from pipelines.derive.consent_history import consent_history
from pipelines.steps.rebuild import compare
from tests.deciding import ruling
from tests.small_project import SETTINGS, SmallProject, starting_point

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


def test_an_answer_that_only_fills_blanks_does_not_count_beside_another(asking: SmallProject) -> None:
    sources = SETTINGS["sources"]
    fills = sources["crm"] | {"update": {"newsletter": "fill_blank"}}
    asking.configure(attributes=CONSENT, sources=sources | {"crm": fills})
    deliver(asking, "01-05", ANNA.format("no"))
    assert [counts for *_, counts in history(asking)] == [True]
    deliver(asking, "01-06", "7,Anna Berg,anna@berg.example,yes", source="shop")
    assert [each[1::2] for each in history(asking)] == [("false", False), ("true", True)]


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


LUND = "{},Tom Lund,tom@lund.example,yes"


def swap(project: SmallProject, day: str, answer: str) -> None:
    """Anna is 2 from that day on, and Tom, who was, is 1."""
    deliver(project, day, f"2,Anna Berg,anna@berg.example,{answer}", LUND.format(1))


@starting_point
def refusing(project: SmallProject) -> None:
    """Anna, who is 1 in the CRM, says no; Tom, who is 2, says yes."""
    project.configure(attributes=CONSENT)
    deliver(project, "01-05", ANNA.format("no"), LUND.format(2))


def answer(project: SmallProject, record: str = "crm:2") -> str:
    """What counts as the answer of the contact of a record, however it is derived."""
    assert compare(project.project, project.connection).is_equal
    return str(project.field(record, "attr.newsletter")["value"])


def test_a_yes_under_a_new_id_takes_back_the_no_under_the_former_one(refusing: SmallProject) -> None:
    swap(refusing, "02-05", "no")
    assert answer(refusing) == "false"
    swap(refusing, "03-05", "yes")
    assert answer(refusing) == "true"
    found = consent_history(refusing.project, refusing.connection, refusing.contact_of("crm:2"), "newsletter")
    assert found["value"].to_list() == ["false", "false", "true"]
    assert found["is_current"].to_list() == [False, False, True]


def test_a_blank_under_the_new_id_takes_nothing_back(refusing: SmallProject) -> None:
    swap(refusing, "02-05", "")
    assert answer(refusing) == "false"


def test_a_no_of_another_source_still_counts(refusing: SmallProject) -> None:
    deliver(refusing, "01-06", "7,Anna Berg,anna@berg.example,no", source="shop")
    swap(refusing, "02-05", "yes")
    assert answer(refusing) == "false"


def test_a_yes_of_another_source_takes_nothing_back(refusing: SmallProject) -> None:
    swap(refusing, "02-05", "")
    deliver(refusing, "02-06", "7,Anna Berg,anna@berg.example,yes", source="shop")
    assert answer(refusing) == "false"


def test_a_yes_that_was_said_all_along_is_no_newer_answer(asking: SmallProject) -> None:
    twice = "3,Anna Berg,anna@berg.example,yes"
    deliver(asking, "01-05", ANNA.format("no"), twice)
    deliver(asking, "02-05", LUND.format(1), twice)
    assert answer(asking, "crm:3") == "false"


def test_a_yes_after_ids_were_swapped_and_swapped_back_counts(asking: SmallProject) -> None:
    deliver(asking, "01-05", ANNA.format("yes"), LUND.format(2))
    swap(asking, "02-05", "no")
    assert answer(asking) == "false"
    deliver(asking, "03-05", ANNA.format("yes"), LUND.format(2))
    assert answer(asking, "crm:1") == "true"


def test_a_list_that_arrives_late_makes_no_difference(asking: SmallProject) -> None:
    swap(asking, "03-05", "yes")
    deliver(asking, "01-05", ANNA.format("no"), LUND.format(2))
    assert answer(asking) == "true"

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl
import pytest

from pipelines.store.reads import exports
from pipelines.store.reads.exports import (
    Publication,
    collation_of,
    contacts_in_order,
    keep_publication,
    last_publication,
)
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeType
from tests.small_project import AS_OF, SmallProject

SEATS = {"seats": Attribute(type=AttributeType.NUMBER)}
ID = "00000000-0000-0000-0000-00000000000{}"


@pytest.fixture
def filled(project: SmallProject) -> SmallProject:
    """A project with three contacts."""
    for number, (name, attributes) in enumerate([("Joe", {"seats": "10"}), (None, {}), ("Ann", {"seats": "9"})], 1):
        project.connection.execute(
            """INSERT INTO contact (contact_id, name, source, status, status_reason, status_as_of, tags, attributes,
                                    channels, records, run_id)
               VALUES (?, ?, 'import:crm', 'inactive', 'never_interacted', ?, ['vip'], ?, [], 1, 'run1')""",
            [ID.format(number), name, AS_OF, attributes],
        )
    return project


def ids(project: SmallProject, order_by: list[str], attributes: Mapping[str, Attribute] = SEATS) -> list[str]:
    frames = contacts_in_order(project.connection, attributes, order_by)
    return [each[-1] for frame in frames for each in frame["contact_id"]]


def publication(number: int, segment: str = "vip") -> Publication:
    when = datetime(2026, 6, number, 12, 0, 0, 123456, tzinfo=UTC)
    return Publication(
        ID.format(number), segment, "contacts.csv", f"sha{number}", ["name"], 2, "digest", AS_OF, when, "run1"
    )


def test_attributes_become_columns(filled: SmallProject) -> None:
    [frame] = contacts_in_order(filled.connection, filled.project.settings.attributes, ["contact_id"])
    assert frame.select("contact_id", "attr.seats", "attr.tier").rows() == [
        (ID.format(1), "10", None),
        (ID.format(2), None, None),
        (ID.format(3), "9", None),
    ]
    assert frame.schema["tags"] == pl.List(pl.String)
    assert frame.schema["status_as_of"] == pl.Datetime("us", "UTC")
    assert not {"attributes", "run_id"} & set(frame.columns)


def test_contacts_come_in_order_and_those_without_a_value_last(filled: SmallProject) -> None:
    assert ids(filled, ["name"]) == ["3", "1", "2"]


def test_contacts_with_one_value_come_by_their_id(filled: SmallProject) -> None:
    assert ids(filled, ["tags"]) == ["1", "2", "3"]


def test_text_is_sorted_as_text_unless_it_is_a_number(filled: SmallProject) -> None:
    assert ids(filled, ["attr.seats"], {"seats": Attribute(type=AttributeType.TEXT)}) == ["1", "3", "2"]
    assert ids(filled, ["attr.seats"]) == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("locale", "order"),
    [("de_DE", ["Ägir", "anna", "Öhm", "Otto", "Zoe"]), ("sv_SE", ["anna", "Otto", "Zoe", "Ägir", "Öhm"])],
)
def test_text_is_sorted_as_people_of_the_locale_do(project: SmallProject, locale: str, order: list[str]) -> None:
    for number, name in enumerate(sorted(order)):
        project.connection.execute(
            """INSERT INTO contact (contact_id, name, source, status, status_reason, status_as_of, tags, attributes,
                                    channels, records, run_id)
               VALUES (?, ?, 'import:crm', 'inactive', 'never_interacted', ?, [], MAP {}, [], 1, 'run1')""",
            [ID.format(number), name, AS_OF],
        )
    [frame] = contacts_in_order(project.connection, {}, ["name"], collation_of(project.connection, locale))
    assert frame["name"].to_list() == order


def test_a_language_without_rules_of_its_own_is_sorted_by_those_that_hold_everywhere(project: SmallProject) -> None:
    assert [collation_of(project.connection, each) for each in ("de_AT", "de_CH", "gsw_CH")] == ["de_at", "de", "en"]


def test_contacts_come_in_batches(filled: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "BATCH_ROWS", 2)
    assert [frame.height for frame in contacts_in_order(filled.connection, {}, ["contact_id"])] == [2, 1]


def test_a_segment_that_was_never_published_has_no_publication(project: SmallProject) -> None:
    assert last_publication(project.connection, "vip") is None


def test_the_last_publication_of_a_segment_is_as_it_was_kept(project: SmallProject) -> None:
    for each in (publication(2), publication(3), publication(1), publication(4, "others")):
        keep_publication(project.connection, each, pl.Series([ID.format(1)]))
    assert last_publication(project.connection, "vip") == publication(3)


def test_the_members_of_a_publication_are_kept(project: SmallProject) -> None:
    keep_publication(project.connection, publication(1), pl.Series([ID.format(7), ID.format(8)]))
    keep_publication(project.connection, publication(2), pl.Series([], dtype=pl.String))
    assert project.rows("FROM export_member ORDER BY ALL") == [
        {"export_id": ID.format(1), "contact_id": ID.format(7)},
        {"export_id": ID.format(1), "contact_id": ID.format(8)},
    ]

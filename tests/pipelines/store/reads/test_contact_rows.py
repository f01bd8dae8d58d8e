from collections.abc import Mapping

import polars as pl
import pytest

from pipelines.store.reads import contact_rows
from pipelines.store.reads.contact_rows import collation_of, contacts_as_stored, contacts_in_order, fingerprint
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
    frames = contacts_in_order(project.connection, attributes, ["name"], order_by)
    return [each[-1] for frame in frames for each in frame["contact_id"]]


def test_attributes_become_columns(filled: SmallProject) -> None:
    columns = ["attr.seats", "attr.tier", "tags", "status_as_of"]
    [frame] = contacts_in_order(filled.connection, filled.project.settings.attributes, columns, ["contact_id"])
    assert frame.select("contact_id", "attr.seats", "attr.tier").rows() == [
        (ID.format(1), "10", None),
        (ID.format(2), None, None),
        (ID.format(3), "9", None),
    ]
    assert frame.schema["tags"] == pl.List(pl.String)
    assert frame.schema["status_as_of"] == pl.Datetime("us", "UTC")
    assert frame.columns == ["contact_id", *columns]


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
    [frame] = contacts_in_order(project.connection, {}, ["name"], ["name"], collation_of(project.connection, locale))
    assert frame["name"].to_list() == order


def test_a_language_without_rules_of_its_own_is_sorted_by_those_that_hold_everywhere(project: SmallProject) -> None:
    assert [collation_of(project.connection, each) for each in ("de_AT", "de_CH", "gsw_CH")] == ["de_at", "de", "en"]


def test_contacts_come_in_batches(filled: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_rows, "BATCH_ROWS", 2)
    assert [frame.height for frame in contacts_in_order(filled.connection, {}, [], ["contact_id"])] == [2, 1]


def test_contacts_are_read_by_their_ids_in_the_same_order(filled: SmallProject) -> None:
    [frame] = contacts_in_order(
        filled.connection, SEATS, ["name"], ["attr.seats"], among=pl.Series([ID.format(1), ID.format(3)])
    )
    assert frame.rows() == [(ID.format(3), "Ann"), (ID.format(1), "Joe")]


def test_contacts_are_read_in_no_order_where_none_is_needed(filled: SmallProject) -> None:
    [frame] = contacts_as_stored(filled.connection, SEATS, ["name", "attr.seats"])
    assert frame.sort("contact_id")["attr.seats"].to_list() == ["10", None, "9"]


def identifier(project: SmallProject, number: int, kind: str, text: str, *, primary: bool = False) -> None:
    project.connection.execute(
        "INSERT INTO contact_identifier VALUES (?, ?, '', ?, 'valid', ?, uuid(), uuid(), 1, 1, NULL)",
        [ID.format(number), kind, text, primary],
    )


def test_all_phones_and_addresses_come_as_lists_the_primary_one_first(filled: SmallProject) -> None:
    identifier(filled, 1, "phone", "+4930901820")
    identifier(filled, 1, "phone", "+4930901822")
    identifier(filled, 1, "phone", "+4930901824", primary=True)
    identifier(filled, 1, "email", "joe@example.com", primary=True)
    [frame] = contacts_in_order(filled.connection, {}, ["phones", "emails"], ["contact_id"])
    assert frame["phones"].to_list() == [["+4930901824", "+4930901820", "+4930901822"], [], []]
    assert frame["emails"].to_list() == [["joe@example.com"], [], []]


def test_lists_can_be_sorted_by_and_left_out(filled: SmallProject) -> None:
    identifier(filled, 3, "phone", "+4930901820")
    [frame] = contacts_in_order(filled.connection, {}, ["name"], ["phones"])
    assert (frame.columns, frame["name"].to_list()) == (["contact_id", "name"], ["Joe", None, "Ann"])


COLUMNS = ["name", "tags", "channels", "attr.seats", "phones"]


@pytest.mark.parametrize(
    "change",
    [
        f"DELETE FROM contact WHERE contact_id = '{ID.format(2)}'",
        "UPDATE contact SET name = 'Jo' WHERE name = 'Joe'",
        "UPDATE contact SET name = '' WHERE name IS NULL",
        "UPDATE contact SET tags = [], channels = ['vip'] WHERE name = 'Joe'",
        "UPDATE contact SET attributes = MAP {'seats': '11'} WHERE name = 'Joe'",
        "UPDATE contact_identifier SET is_primary = TRUE",
        "UPDATE contact_identifier SET value = '+4930901822'",
        "DELETE FROM contact_identifier",
    ],
)
def test_a_fingerprint_is_another_one_after_any_change_of_its_columns(filled: SmallProject, change: str) -> None:
    identifier(filled, 1, "phone", "+4930901820")
    before = fingerprint(filled.connection, COLUMNS)
    filled.connection.execute(change)
    assert fingerprint(filled.connection, COLUMNS) != before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE contact SET source = 'import:shop'",
        "UPDATE contact SET run_id = 'run2'",
        "UPDATE contact SET attributes = MAP {'seats': '10', 'tier': 'gold'} WHERE name = 'Joe'",
        "UPDATE contact_identifier SET value = 'ann@example.com' WHERE type = 'email'",
    ],
)
def test_a_fingerprint_stays_whatever_happens_to_other_columns(filled: SmallProject, change: str) -> None:
    identifier(filled, 3, "email", "ann@example.org")
    before = fingerprint(filled.connection, COLUMNS)
    filled.connection.execute(change)
    assert fingerprint(filled.connection, COLUMNS) == before


def test_a_value_that_moves_to_another_contact_is_a_change(filled: SmallProject) -> None:
    before = fingerprint(filled.connection, ["name"])
    filled.connection.execute("""
        UPDATE contact SET name = CASE name WHEN 'Ann' THEN 'Joe' ELSE 'Ann' END WHERE name IN ('Ann', 'Joe')""")
    assert fingerprint(filled.connection, ["name"]) != before

"""The file of a role: what is in it, what is not, and who can read it."""

import hashlib
import hmac
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.decide.annotate import note
from pipelines.decide.edit import edit
from pipelines.errors import SnapshotUnreadable
from pipelines.publish import role_keys
from pipelines.publish.role_snapshots import snapshot_file
from pipelines.steps.roles.snapshots import write_snapshots
from pipelines.store.snapshots import write
from pipelines.store.snapshots.masks import as_seen, pads
from pipelines.store.snapshots.read import open_snapshot
from pipelines.store.snapshots.rows import select
from pipelines.store.warehouse.connection import query
from schemas.published.contract import UUID
from schemas.published.role import Role, Treatment, known_names
from schemas.published.treatments import treatments_of
from schemas.published.views import VIEWS
from tests.deciding import ruling
from tests.small_project import AS_OF, KEYS, SmallProject, starting_point

NUMBER = "+49 151 23456789"
OPEN = {"direct": "clear", "quasi": "clear"}
PHONE, EMAIL, NAME = "15123456789", "strasse@example.com", "Straße"  # planted, in every form that is stored
ATTRIBUTES = {"tier": {"type": "text"}, "account": {"type": "text"}, "seats": {"type": "number"}}


@starting_point
def shop(project: SmallProject) -> None:
    """Two contacts: one with everything, one with a name alone."""
    project.configure(attributes=ATTRIBUTES)
    project.deliver(
        "crm",
        "2026-02-01",
        """
        id,name,phone,email,tags,tier,account,seats
        1,Jürgen Straße,0151 23456789,J.Strasse@Example.com,vip,gold,ACC-77,12
        2,Ina Berg,,,,,,
        """,
    )
    project.chat(NUMBER, f"2026-02-02 09:04 {NUMBER}: Hello there", "2026-02-02 09:05 Small Shop: Good morning")
    project.run()
    contact = project.contact_of("crm:1")
    edit(project.project, project.connection, contact, "name", "Jürgen M. Straße", ruling(1, "he said so"))
    note(project.project, project.connection, contact, "calls back", ruling(2))


def make(project: SmallProject, role: str = "test", /, **columns: str) -> Path:
    """The snapshot of a role with these columns."""
    stated = {name.replace("__", "."): how for name, how in columns.items()}
    return made_of(project, role, {"columns": stated})


def made_of(project: SmallProject, name: str, role: dict[str, Any]) -> Path:
    project.configure(attributes=ATTRIBUTES, roles={name: role})
    role_keys.make_role_key(project.project.role_keys, name)
    write_snapshots(project.project, project.connection, "run1", AS_OF)
    return snapshot_file(project.project.snapshots, name)


def key_of(project: SmallProject, role: str = "test") -> str:
    return role_keys.load_role_key(project.project.role_keys, role)


def rows(project: SmallProject, path: Path, sql: str) -> list[dict[str, Any]]:
    with open_snapshot(path, key_of(project, path.stem)) as connection:
        return query(connection, sql).to_dicts()


def everything(project: SmallProject, path: Path) -> str:
    """Every value of every table of a snapshot, as text."""
    with open_snapshot(path, key_of(project, path.stem)) as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'published'")
        names = [table for (table,) in tables.fetchall()]
        return "\n".join(str(connection.execute(f"FROM published.{name}").fetchall()) for name in names)


def test_any_duckdb_client_opens_it_with_the_key_and_one_line(shop: SmallProject) -> None:
    path = make(shop, **OPEN)
    with duckdb.connect() as client:
        client.execute(f"ATTACH '{path}' AS published (ENCRYPTION_KEY '{key_of(shop)}', READ_ONLY)")
        found = client.execute("SELECT name, phone_digits FROM published.contacts ORDER BY name").fetchall()
    assert found == [("Ina Berg", None), ("Jürgen M. Straße", "4915123456789")]


def test_without_its_key_it_is_bytes(shop: SmallProject) -> None:
    path = make(shop, **OPEN)
    assert [each for each in (b"rgen", b"strasse@", b"23456789", b"contact_id") if each in path.read_bytes()] == []
    for key in ("0" * 64, KEYS["warehouse"]):
        with pytest.raises(SnapshotUnreadable, match="its key is another one"), open_snapshot(path, key):
            pass


def test_a_file_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "x.duckdb").write_bytes(b"no database")
    for name, says in (("x.duckdb", "no snapshot of a role"), ("y.duckdb", "There is no snapshot")):
        with pytest.raises(SnapshotUnreadable, match=says), open_snapshot(tmp_path / name, "0" * 64):
            pass


def test_a_reader_can_neither_write_nor_reach_other_files(shop: SmallProject, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    path = make(shop, **OPEN)
    with open_snapshot(path, key_of(shop)) as connection:
        for sql in ("DELETE FROM published.contacts", f"FROM read_text('{tmp_path}/secret.txt')", "SET threads = 1"):
            with pytest.raises(duckdb.Error):
                connection.execute(sql)


def test_it_has_the_columns_the_role_sees_with_their_comments_and_no_others(shop: SmallProject) -> None:
    path = make(shop, **OPEN, contacts__phone="absent", notes="absent")
    told = "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE database_name = 'published'"
    columns = rows(shop, path, told)
    there = {(each["table_name"], each["column_name"]): each["comment"] for each in columns}
    assert ("contacts", "phone") not in there
    assert ("contacts", "phone_digits") not in there
    assert {each for each, _ in there} == VIEWS.keys() - {"notes"} | {"snapshot", "snapshot_column"}
    assert there["contacts", "email"] == "Primary e-mail address, in lower case (clear)"


def test_masked_values_keep_a_part(shop: SmallProject) -> None:
    path = make(shop, direct="masked", quasi="masked")
    [row] = rows(shop, path, "FROM published.contacts WHERE email IS NOT NULL")
    assert (row["name"], row["phone"], row["phones"]) == ("J*** M*** S***", "+49 *** **89", ["+49 *** **89"])
    assert (row["email"], row["emails"]) == ("j***@example.com", ["j***@example.com"])
    assert (row["first_seen_at"].day, row["last_interaction_at"].day) == (1, 1)
    known = {each["type"]: each["value"] for each in rows(shop, path, "FROM published.identifiers")}
    assert known["phone"] == "+49 *** **89"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+4915123456789", "+49 *** **89"),
        ("+12025550123", "+1 *** **23"),
        ("+79031234567", "+7 *** **67"),
        ("+35312345678", "+353 *** **78"),
        ("+390612345678", "+39 *** **78"),
        ("4915123456789", "+49 *** **89"),
    ],
)
def test_a_masked_number_keeps_its_country_and_its_end(number: str, shown: str) -> None:
    [phone] = [each for each in VIEWS["contacts"].columns if each.name == "phone"]
    sql = as_seen(phone, Treatment.MASKED, "number")
    assert duckdb.execute(f"SELECT {sql} FROM (SELECT ? AS number)", [number]).fetchall() == [(shown,)]


def test_pseudonyms_are_equal_where_values_are_and_made_with_a_secret(shop: SmallProject) -> None:
    path = make(shop, **OPEN, contacts__phone="keyed", contacts__contact_id="keyed")
    [row] = rows(shop, path, "FROM published.contacts WHERE phone IS NOT NULL")
    secret = hmac.digest(KEYS["identity"].encode(), b"role test", "sha256")
    expected = hmac.new(hashlib.sha256(secret).digest(), b"+4915123456789", "sha256").hexdigest()[:32]
    assert (row["phone"], row["phones"]) == (expected, [expected])
    identifiers = rows(shop, path, "FROM published.identifiers WHERE type = 'phone'")
    assert {(each["contact_id"], each["value"]) for each in identifiers} == {(row["contact_id"], expected)}
    assert row["contact_id"] != shop.contact_of("crm:1")
    assert rows(shop, path, "SELECT DISTINCT contact_id FROM published.messages") == [{"contact_id": row["contact_id"]}]


def test_another_role_has_other_pseudonyms(shop: SmallProject) -> None:
    names = "SELECT name FROM published.contacts ORDER BY contact_id"
    one, two = (rows(shop, made_of(shop, role, {"columns": {"direct": "keyed"}}), names) for role in ("one", "two"))
    assert {each["name"] for each in one}.isdisjoint(each["name"] for each in two)


def test_attributes_are_seen_one_by_one(shop: SmallProject) -> None:
    path = make(shop, quasi="clear", attr__tier="masked", attr__account="absent")
    found = rows(shop, path, "SELECT * EXCLUDE (contact_id) FROM published.attributes ORDER BY name")
    assert [(each["name"], each["value_text"], each["value_folded"], each["value_number"]) for each in found] == [
        ("seats", "12", "12", 12.0),
        ("tier", "***", None, None),
    ]
    [row] = rows(
        shop,
        path,
        "SELECT map_entries(attributes) AS attributes FROM published.contacts WHERE cardinality(attributes) > 0",
    )
    assert {each["key"]: each["value"] for each in row["attributes"]} == {"tier": "***", "seats": "12"}


def test_provenance_and_events_are_seen_as_the_field_they_are_about(shop: SmallProject) -> None:
    path = make(shop, quasi="clear", direct="clear", contacts__name="masked", attr__account="absent")
    values = {each["field"]: each["value"] for each in rows(shop, path, "FROM published.field_provenance")}
    assert (values["name"], values["email"], values["attr.tier"]) == ("J*** M*** S***", f"j.{EMAIL}", "gold")
    assert "attr.account" not in values
    [edited] = rows(shop, path, "FROM published.events WHERE kind = 'edited'")
    assert (edited["field"], edited["after"]) == ("name", "J*** M*** S***")


def test_only_contacts_that_fit_are_in_it_and_what_belongs_to_them(shop: SmallProject) -> None:
    where = {"field": "attr.tier", "op": "eq", "value": "GOLD"}
    path = made_of(shop, "gold", {"columns": OPEN, "rows": where})
    other = shop.contact_of("crm:2")
    with open_snapshot(path, key_of(shop, "gold")) as connection:
        assert connection.execute("SELECT count(*) FROM published.contacts").fetchall() == [(1,)]
    assert other not in everything(shop, path)
    assert "Ina Berg" not in everything(shop, path)


def test_of_other_channels_nothing_is_in_it(shop: SmallProject) -> None:
    path = made_of(shop, "mailers", {"columns": OPEN, "channels": ["email"]})
    assert rows(shop, path, "FROM published.contacts") == []
    path = made_of(shop, "chatters", {"columns": OPEN, "channels": ["whatsapp"]})
    assert [each["text"] for each in rows(shop, path, "FROM published.messages ORDER BY sent_at")] == [
        *("Hello there", "Good morning")
    ]


def test_it_is_written_again_only_when_it_would_say_something_else(shop: SmallProject) -> None:
    path = make(shop, **OPEN)
    before = path.stat().st_ino

    def again() -> bool:
        [written] = write_snapshots(shop.project, shop.connection, "run2", AS_OF)
        return written.changed

    assert (again(), path.stat().st_ino) == (False, before)
    note(shop.project, shop.connection, shop.contact_of("crm:2"), "rang twice", ruling(3))
    assert (again(), again()) == (True, False)
    shop.deliver("crm", "2026-02-03", "id,name\n3,Ann Lee")
    shop.run()
    assert (again(), again()) == (True, False)
    path.unlink()
    assert again()


def test_another_definition_of_the_role_writes_it_anew(shop: SmallProject) -> None:
    make(shop, **OPEN)
    path = make(shop, **OPEN, contacts__name="absent")
    assert NAME not in str(rows(shop, path, "FROM published.contacts"))


def test_a_role_nobody_was_granted_has_no_file(shop: SmallProject) -> None:
    assert write_snapshots(shop.project, shop.connection, "run1", AS_OF) == []
    assert not shop.project.snapshots.exists()


def test_the_file_of_a_role_there_is_no_more_goes(shop: SmallProject) -> None:
    path = make(shop, **OPEN)
    shop.configure(attributes=ATTRIBUTES)
    write_snapshots(shop.project, shop.connection, "run2", AS_OF)
    assert not path.exists()


def test_a_file_that_fails_leaves_the_former_one_and_nothing_beside_it(
    shop: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(shop, **OPEN)
    before = path.read_bytes()
    monkeypatch.setattr(write, "_describe", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make(shop, **OPEN, contacts__name="absent")
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_a_killed_process_has_left_is_written_over(shop: SmallProject) -> None:
    path = make(shop, **OPEN)
    for name in (f".{path.name}.next", f".{path.name}.next.wal"):
        (path.parent / name).write_bytes(b"half")
    assert make(shop, **OPEN, contacts__name="absent") == path
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_it_is_its_owners_until_somebody_changes_its_mode_which_the_next_one_keeps(shop: SmallProject) -> None:
    path = make(shop, **OPEN)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    make(shop, **OPEN, contacts__name="absent")
    assert path.stat().st_mode & 0o777 == 0o640


def test_who_has_the_former_file_open_reads_on(shop: SmallProject) -> None:
    path = make(shop, **OPEN)
    with open_snapshot(path, key_of(shop)) as connection:
        make(shop, **OPEN, contacts__name="absent")
        assert query(connection, "FROM published.contacts WHERE name = 'Ina Berg'").height == 1


ids = {f"{view.name}.{each.name}" for view in VIEWS.values() for each in view.columns if each.type == UUID}
names = st.sampled_from(sorted(known_names() - ids - {"keyed"}))
stated = st.dictionaries(names, st.sampled_from(list(Treatment)), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(stated)
def test_no_column_holds_a_value_that_is_not_clear(shop: SmallProject, columns: dict[str, Treatment]) -> None:
    """Whatever a role states: planted values are looked for in every cell of every table it would have."""
    treatments = treatments_of(Role(columns=columns), shop.project.settings.attributes)
    cells = []
    for view in VIEWS:
        sql = select(treatments, view, of_members=False, channels=())
        if sql is not None:
            parameters = {name: pad for name, pad in pads(b"secret").items() if f"${name}" in sql}
            cells += [str(cell) for row in shop.connection.execute(sql, parameters or None).fetchall() for cell in row]
    text = "\n".join(cells).lower()
    for field, planted in (("phone", PHONE), ("phone", "151 23456789"), ("email", EMAIL), ("name", NAME.lower())):
        if treatments.columns[f"contacts.{field}"] is not Treatment.CLEAR:
            assert planted not in text, (field, columns)


def test_the_planted_values_are_there_where_all_is_clear(shop: SmallProject) -> None:
    text = everything(shop, make(shop, **OPEN))
    assert [each for each in (PHONE, "151 23456789", EMAIL, NAME) if each not in text] == []

import re
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import ConfigurationError, KeyMissing, WarehouseMissing
from pipelines.project import digest, open_project
from pipelines.store.warehouse.connection import query
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeType
from tests.small_project import KEYS, SETTINGS, SmallProject, small_project, write_keys, write_settings


def test_a_project_is_its_configuration_and_where_its_things_are(tmp_path: Path) -> None:
    write_settings(tmp_path, SETTINGS)
    project = open_project(tmp_path)
    assert project.settings.project == "small"
    assert project.segments == []
    assert project.warehouse_path == tmp_path.resolve() / ".onecontact" / "warehouse.duckdb"
    assert project.dagster_home == tmp_path.resolve() / ".onecontact" / "dagster"


def test_every_format_that_can_be_read_can_be_a_source(tmp_path: Path) -> None:
    write_settings(tmp_path, SETTINGS)
    assert open_project(tmp_path).settings.sources["whatsapp"].format == "whatsapp_chat"


def test_a_wrong_configuration_is_an_error_with_all_its_faults(tmp_path: Path) -> None:
    write_settings(tmp_path, SETTINGS | {"matchin": {}, "default_region": "XX"})
    with pytest.raises(ConfigurationError, match=r"(?s)default_region: must be.*matchin: unknown key"):
        open_project(tmp_path)


def test_a_wrong_segment_stops_nothing_and_says_what_is_wrong(tmp_path: Path) -> None:
    write_settings(tmp_path, SETTINGS)
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "vip.yaml").write_text("segment: vip\n", encoding="utf-8")
    project = open_project(tmp_path)
    [broken] = project.broken
    assert (project.segments, broken.segment) == ([], "vip")
    assert re.search(r"vip\.yaml:1: where: Field required", broken.faults)


def test_a_new_warehouse_is_brought_up_to_date(tmp_path: Path) -> None:
    with small_project(tmp_path) as made:
        assert made.rows("SELECT count(*) AS n FROM record") == [{"n": 0}]
    with made.project.warehouse(read_only=True) as connection:
        assert query(connection, "FROM contact").height == 0


def test_a_warehouse_is_made_only_when_it_is_asked_for(tmp_path: Path) -> None:
    write_settings(tmp_path, SETTINGS)
    write_keys(tmp_path / ".onecontact" / "keys")
    with pytest.raises(WarehouseMissing):
        open_project(tmp_path).warehouse().__enter__()


def test_without_its_key_a_project_makes_no_ids(tmp_path: Path) -> None:
    write_settings(tmp_path, SETTINGS)
    with pytest.raises(KeyMissing):
        open_project(tmp_path).ids()


def test_ids_are_made_with_the_identity_key(tmp_path: Path) -> None:
    made = []
    for name, secret in (("one", KEYS["identity"]), ("two", KEYS["identity"]), ("three", "a" * 64)):
        folder = tmp_path / name
        write_keys(folder / ".onecontact" / "keys")
        write_settings(folder, SETTINGS)
        (folder / ".onecontact" / "keys" / "identity.key").write_text(secret, encoding="ascii")
        made.append(pl.select(open_project(folder).ids()("record", pl.lit("7"))).item())
    assert made[0] == made[1] != made[2]


def test_a_digest_is_the_same_for_the_same_configuration() -> None:
    one, same = Attribute(type=AttributeType.TEXT), Attribute.model_validate({"type": "text"})
    assert digest(one, [("a", one)]) == digest(same, [("a", same)])


def test_a_digest_changes_with_any_part_of_the_configuration() -> None:
    text, number = Attribute(type=AttributeType.TEXT), Attribute(type=AttributeType.NUMBER)
    assert len({digest(text), digest(number), digest([("a", text)]), digest([("b", text)]), digest(text, text)}) == 5


def test_a_column_cannot_mean_what_there_is_not(project: SmallProject) -> None:
    crm = SETTINGS["sources"]["crm"] | {"columns": {"Stufe": "teir"}}
    with pytest.raises(ConfigurationError, match=r"sources\.crm\.columns\.Stufe: .* did you mean `tier`\?"):
        project.configure(sources={"crm": crm})


def test_who_ingests_nothing_is_not_kept_from_looking_by_an_option_of_a_format(tmp_path: Path) -> None:
    write_settings(tmp_path, SETTINGS | {"sources": {"crm": SETTINGS["sources"]["crm"] | {"kee": "id"}}})
    assert list(open_project(tmp_path, ingests=False).settings.sources) == ["crm"]
    with pytest.raises(ConfigurationError, match=r"sources\.crm\.kee: unknown key"):
        open_project(tmp_path)

"""A source under another name is the same source: nobody comes twice, and nothing is counted twice."""

import pytest

from pipelines.decide.annotate import tag
from pipelines.decide.block import block
from pipelines.errors import ConfigurationError
from pipelines.landing.arrivals import LandedFile, list_arrivals
from pipelines.project import open_project
from pipelines.steps.rebuild import compare
from pipelines.steps.rename_source import rename_source
from pipelines.steps.setting_changes import keep_settings, require_no_unnamed_rename, setting_changes
from tests.deciding import ruling, shown
from tests.small_project import SETTINGS, SmallProject, write_settings

pytestmark = pytest.mark.heavy  # whole runs of a project

ATTRIBUTES = {"orders": {"type": "number", "merge": "sum"}}
HEADER = "id,name,email,orders"
ANNA = "1,Anna Berg,anna@example.com,{}"
CHAT = ["2026-02-02 09:04 +49 151 23456789: hello", "2026-02-02 09:05 Small Shop: hi"]


def renamed(old: str, new: str) -> dict[str, object]:
    """The sources with one under another name, which reads the same files."""
    return {new if name == old else name: options for name, options in SETTINGS["sources"].items()}


@pytest.fixture
def shop(project: SmallProject) -> SmallProject:
    """Anna with three orders in the shop and two in the CRM, blocked; and a chat."""
    project.configure(attributes=ATTRIBUTES)
    project.deliver("shop", "2026-01-05", f"{HEADER}\n{ANNA.format(3)}")
    project.deliver("crm", "2026-01-05", f"{HEADER}\n{ANNA.format(2)}")
    project.chat("+49 151 23456789", *CHAT)
    project.run()
    keep_settings(project.project, project.connection)
    block(project.project, project.connection, project.contact_of("shop:1"), ruling(1))
    return project


def call(project: SmallProject, old: str, new: str) -> None:
    """Rename by the command, and read onecontact.yaml again."""
    rename_source(project.project, project.connection, old, new)
    project.configure(attributes=ATTRIBUTES, sources=renamed(old, new))


@pytest.mark.parametrize(("old", "new"), [("shop", "store"), ("whatsapp", "chats")])
def test_a_renamed_source_keeps_its_records_ids_and_decisions(shop: SmallProject, old: str, new: str) -> None:
    before = shown(shop, but=("timeline",))
    call(shop, old, new)
    shop.run()
    after = shown(shop, but=("timeline",))
    assert [each["contact_id"] for each in after["contact"]] == [each["contact_id"] for each in before["contact"]]
    assert after["membership"] == before["membership"]
    assert [each["status"] for each in after["contact"]] == [each["status"] for each in before["contact"]]
    assert shop.rows("SELECT count(*) AS n FROM message") == [{"n": 2}]
    assert {each["source"] for each in shop.rows("SELECT source FROM record")} == set(renamed(old, new)) - {"helpdesk"}


def test_a_sum_counts_a_source_once_and_its_next_export_is_an_update(shop: SmallProject) -> None:
    assert shop.contact("crm:1")["attributes"] == {"orders": "5"}
    call(shop, "shop", "store")
    path = shop.deliver("shop", "2026-02-05", f"{HEADER}\n{ANNA.format(4)}")  # the folder is the old one
    assert path.exists()
    shop.run()
    assert shop.contact("store:1")["attributes"] == {"orders": "6"}


def test_a_source_renamed_in_the_file_alone_stops_before_anybody_comes_twice(shop: SmallProject) -> None:
    shop.configure(attributes=ATTRIBUTES, sources=renamed("shop", "store"))
    with pytest.raises(ConfigurationError, match="onecontact sources rename shop store"):
        require_no_unnamed_rename(shop.project, shop.connection)
    rename_source(shop.project, shop.connection, "shop", "store")
    require_no_unnamed_rename(shop.project, shop.connection)
    assert setting_changes(shop.project, shop.connection) == []
    shop.run()
    assert shop.contact("store:1")["attributes"] == {"orders": "5"}


@pytest.mark.parametrize("path", ["landing/shop/*", "./landing/shop/**/*.csv", "landing/shop/shop-*.csv"])
def test_another_glob_in_the_same_folder_is_the_same_source(shop: SmallProject, path: str) -> None:
    store = {**SETTINGS["sources"]["shop"], "path": path}
    shop.configure(attributes=ATTRIBUTES, sources=renamed("shop", "store") | {"store": store})
    with pytest.raises(ConfigurationError, match="onecontact sources rename shop store"):
        require_no_unnamed_rename(shop.project, shop.connection)


def test_another_kind_of_file_in_the_same_folder_is_another_source(shop: SmallProject) -> None:
    store = {**SETTINGS["sources"]["shop"], "path": "landing/shop/letters-*.csv"}
    shop.configure(attributes=ATTRIBUTES, sources=renamed("shop", "store") | {"store": store})
    require_no_unnamed_rename(shop.project, shop.connection)


def test_two_sources_that_trade_their_names_in_the_file_alone_stop_as_well(shop: SmallProject) -> None:
    crm, other = SETTINGS["sources"]["crm"], SETTINGS["sources"]["shop"]
    shop.configure(attributes=ATTRIBUTES, sources=SETTINGS["sources"] | {"crm": other, "shop": crm})
    with pytest.raises(ConfigurationError, match="one of them gets a third name first"):
        require_no_unnamed_rename(shop.project, shop.connection)
    shop.configure(attributes=ATTRIBUTES)
    for old, new in (("crm", "third"), ("shop", "crm"), ("third", "shop")):
        rename_source(shop.project, shop.connection, old, new)
        shop.project = open_project(shop.project.folder)
    require_no_unnamed_rename(shop.project, shop.connection)
    shop.run()
    assert shop.contact("crm:1")["attributes"] == {"orders": "5"}


def test_a_source_that_moves_to_a_folder_of_its_own_is_no_rename(shop: SmallProject) -> None:
    elsewhere = {**SETTINGS["sources"]["shop"], "path": "landing/store/*.csv"}
    shop.configure(attributes=ATTRIBUTES, sources=SETTINGS["sources"] | {"shop": elsewhere})
    require_no_unnamed_rename(shop.project, shop.connection)


def moved(project: SmallProject) -> None:
    """Rename the shop in onecontact.yaml alone, and its folder as well."""
    landing = project.project.folder / "landing"
    (landing / "shop").rename(landing / "store")
    options = {**SETTINGS["sources"]["shop"], "path": "landing/store/*.csv"}
    project.configure(attributes=ATTRIBUTES, sources=renamed("shop", "store") | {"store": options})


def arrived(project: SmallProject) -> list[LandedFile]:
    return list_arrivals(project.connection, project.project.folder, project.project.settings.sources).files


def test_a_source_whose_folder_was_renamed_too_is_known_by_what_its_files_hold(shop: SmallProject) -> None:
    moved(shop)
    with pytest.raises(ConfigurationError, match="onecontact sources rename shop store"):
        require_no_unnamed_rename(shop.project, shop.connection, arrived(shop))
    rename_source(shop.project, shop.connection, "shop", "store")
    require_no_unnamed_rename(shop.project, shop.connection, arrived(shop))
    shop.run()
    assert shop.contact("store:1")["attributes"] == {"orders": "5"}


def test_a_source_with_files_of_its_own_is_another_one(shop: SmallProject) -> None:
    moved(shop)
    (shop.project.folder / "landing" / "store" / "shop-2026-01-05.csv").unlink()
    shop.deliver("store", "2026-01-05", f"{HEADER}\n2,Tom Lund,tom@example.com,1")
    require_no_unnamed_rename(shop.project, shop.connection, arrived(shop))


def test_what_was_taken_in_twice_is_there_once_after_the_rename(shop: SmallProject) -> None:
    before = shown(shop, but=("timeline",))
    moved(shop)
    shop.run()  # as versions did that did not stop
    assert shop.contact("crm:1")["attributes"] == {"orders": "8"}
    tag(shop.project, shop.connection, shop.contact_of("store:1"), "vip", ruling(2))
    rename_source(shop.project, shop.connection, "shop", "store")
    shop.run()
    assert shop.contact("store:1")["attributes"] == {"orders": "5"}
    assert (shop.contact("store:1")["tags"], shop.contact("store:1")["status"]) == (["vip"], "blocked")
    after = shown(shop, but=("timeline",))
    assert [each["contact_id"] for each in after["contact"]] == [each["contact_id"] for each in before["contact"]]
    assert after["membership"] == before["membership"]
    assert compare(shop.project, shop.connection).is_equal
    shop.deliver("store", "2026-02-05", f"{HEADER}\n{ANNA.format(4)}")
    shop.run()
    assert shop.contact("store:1")["attributes"] == {"orders": "6"}


def test_two_that_have_gone_on_apart_stay_two_and_say_the_way_out(shop: SmallProject) -> None:
    moved(shop)
    shop.run()
    shop.deliver("store", "2026-02-05", f"{HEADER}\n{ANNA.format(4)}")
    shop.run()
    with pytest.raises(ConfigurationError, match=r"put back the backup of \.onecontact from before the first run"):
        rename_source(shop.project, shop.connection, "shop", "store")


def test_the_file_keeps_its_comments_and_a_name_that_yaml_reads_otherwise_is_quoted(shop: SmallProject) -> None:
    path = shop.project.folder / "onecontact.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")
    rename_source(shop.project, shop.connection, "shop", "123")
    text = path.read_text(encoding="utf-8")
    assert '  "123":\n' in text
    assert text.endswith("# ours\n")
    write_settings(shop.project.folder, SETTINGS)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("nobody", "store", "no source `nobody`"),
        ("shop", "crm", "there is a source crm already"),
        ("shop", "manual", "manual is a source of every project"),
    ],
)
def test_what_cannot_be_renamed_says_why(shop: SmallProject, old: str, new: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        rename_source(shop.project, shop.connection, old, new)

from pathlib import Path

import pytest

from console.running.source_groups import Found, Group, beside, files_in, found, groups, source_name
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.core.batch import Sample
from tests.pipelines.read.tables.exports import EXPORTS

PROJECT = Path("/project")


def file(path: str, form: str | None, start: bytes = b"x") -> Found:
    place = Path(path)
    return Found(place, Sample(place.name, start), FORMATS[form] if form else None)


def paths(*files: Found, project: Path | None = PROJECT) -> list[tuple[str, str]]:
    return [(str(group.folder / group.glob), group.form.name) for group in groups(files, project)]


def test_files_of_one_format_in_a_folder_are_one_source() -> None:
    files = [file("/project/landing/crm/a.csv", "contacts_csv"), file("/project/landing/crm/b.csv", "contacts_csv")]
    assert paths(*files) == [("/project/landing/crm/*.csv", "contacts_csv")]


def test_folders_are_sources_of_their_own() -> None:
    files = [file("/project/landing/crm/a.csv", "contacts_csv"), file("/project/landing/shop/a.csv", "contacts_csv")]
    assert len(paths(*files)) == 2


def test_a_glob_finds_no_file_of_another_format_beside() -> None:
    files = [
        file("/project/mixed/crm-export-2026-01-05.csv", "contacts_csv"),
        file("/project/mixed/crm-export-2026-01-06.csv", "contacts_csv"),
        file("/project/mixed/helpdesk.csv", "chatwoot_contacts"),
        file("/project/mixed/readme.csv", None),
    ]
    assert paths(*files) == [
        ("/project/mixed/crm-export*.csv", "contacts_csv"),
        ("/project/mixed/helpdesk*.csv", "chatwoot_contacts"),
    ]


def test_a_file_that_is_only_perhaps_of_a_format_is_kept_apart() -> None:
    sure, perhaps = file("/project/crm/people.csv", "contacts_csv"), file("/project/crm/prices.csv", "contacts_csv")
    assert len(paths(sure, perhaps)) == 1
    assert len(paths(sure, perhaps._replace(sure=0.1))) == 2


def test_several_endings_share_a_source_where_nothing_else_lies_beside() -> None:
    chats = [file("/project/chats/a.txt", "whatsapp_chat"), file("/project/chats/b.zip", "whatsapp_chat")]
    assert paths(*chats) == [("/project/chats/*", "whatsapp_chat")]
    assert paths(*chats, file("/project/chats/readme.md", None)) == [
        ("/project/chats/*.txt", "whatsapp_chat"),
        ("/project/chats/*.zip", "whatsapp_chat"),
    ]


def test_a_list_that_is_no_csv_leaves_room_for_its_refused_rows() -> None:
    cards = file("/project/phones/a.vcf", "vcard")
    assert paths(cards) == [("/project/phones/*", "vcard")]
    assert paths(cards, file("/project/phones/b.csv", None)) == [("/project/phones/*.vcf", "vcard")]


def test_files_that_no_glob_tells_apart_are_named_each() -> None:
    files = [
        file("/project/mixed/[1].csv", "contacts_csv"),
        file("/project/mixed/x.csv", "contacts_csv"),
        file("/project/mixed/y.csv", "chatwoot_contacts"),
    ]
    assert [path for path, form in paths(*files) if form == "contacts_csv"] == [
        "/project/mixed/[[]1].csv",
        "/project/mixed/x.csv",
    ]


def test_outside_of_the_project_other_files_do_not_matter() -> None:
    files = [file("/downloads/a.csv", "contacts_csv"), file("/downloads/b.csv", None)]
    assert paths(*files) == paths(*files, project=None) == [("/downloads/*.csv", "contacts_csv")]


def test_files_in_two_encodings_are_two_sources_where_a_source_has_to_name_it(tmp_path: Path) -> None:
    new, old = tmp_path / "new.csv", tmp_path / "old.csv"
    new.write_bytes("Name\nJörg\n".encode())
    old.write_bytes("Name\nJörg\n".encode("windows-1252"))
    told = [
        file(str(new), "contacts_csv", new.read_bytes()),
        file(str(old), "contacts_csv", old.read_bytes()),
    ]
    assert [Path(path).name for path, _ in paths(*told, project=tmp_path)] == ["new*.csv", "old*.csv"]
    itself = [each._replace(form=FORMATS["chatwoot_contacts"]) for each in told]  # finds out by itself
    assert [Path(path).name for path, _ in paths(*itself, project=tmp_path)] == ["*.csv"]


@pytest.mark.parametrize("plain", [b"Name\nJane\n", "\ufeffName\nJörg\n".encode()])
def test_what_is_the_same_text_in_the_encoding_of_the_files_beside_it_is_of_their_source(
    tmp_path: Path, plain: bytes
) -> None:
    new, old = tmp_path / "new.csv", tmp_path / "old.csv"
    new.write_bytes(plain)
    old.write_bytes("Name\nJörg\n".encode("windows-1252"))
    told = [file(str(path), "contacts_csv", path.read_bytes()) for path in (new, old)]
    (group,) = groups(told, tmp_path)
    assert (group.glob, group.needed) == ("*.csv", {"encoding": "windows-1252"})
    assert [each.path for each in group.files] == [new, old]


def test_a_file_without_an_encoding_to_name_stays_apart_from_files_in_two(tmp_path: Path) -> None:
    german, russian = "Name;E-Mail\nJörg Größe;j@example.com\n", "Name;E-Mail\nИван Петров;i@example.com\n"
    names = {"a": b"Name;E-Mail\nJane;jane@example.com\n", "b": german.encode("cp1252"), "c": russian.encode("cp1251")}
    for name, data in names.items():
        (tmp_path / f"{name}.csv").write_bytes(data)
    told = [found(path) for path in sorted(tmp_path.iterdir())]
    assert len(list(groups(told, tmp_path))) == 3


@pytest.mark.parametrize(
    ("folder", "taken", "name"),
    [
        ("landing/CRM exports (new)", [], "crm-exports-new"),
        ("landing/crm", ["crm"], "crm-contacts_csv"),
        ("landing/crm", ["crm", "crm-contacts_csv", "crm-2"], "crm-3"),
        ("landing", [], "contacts_csv"),
        ("/", [], "contacts_csv"),
        ("Downloads", [], "contacts_csv"),
        ("データ", [], "contacts_csv"),
        ("_x", [], "x"),
    ],
)
def test_a_source_is_called_after_its_folder_or_its_format(folder: str, taken: list[str], name: str) -> None:
    group = Group(Path(folder), "*", FORMATS["contacts_csv"], [])
    assert source_name(group, [group], taken) == name


def test_sources_of_one_folder_are_called_after_their_formats_or_files_too() -> None:
    cards, crm, shop = (
        Group(Path("dl"), "*", FORMATS[form], [file(f"dl/{name}", form)])
        for name, form in (
            ("phone.vcf", "vcard"),
            ("CRM export-2026-01-05.csv", "contacts_csv"),
            ("shop.csv", "contacts_csv"),
        )
    )
    assert [source_name(each, [cards, crm], []) for each in (cards, crm)] == ["dl-vcard", "dl-contacts_csv"]
    assert [source_name(each, [cards, crm, shop], []) for each in (cards, crm, shop)] == [
        "dl-vcard",
        "dl-crm-export",
        "dl-shop",
    ]


def listed(path: str, *header: str) -> Found:
    return file(path, "contacts_csv")._replace(seen=Sample(Path(path).name, b"x", header))


def test_lists_go_together_by_the_header_of_their_ids_or_by_all_of_them() -> None:
    files = [
        listed("/project/in/crm-a.csv", "id", "name"),
        listed("/project/in/crm-b.csv", "name", "id", "city"),
        listed("/project/in/erp.csv", "kundennummer", "name"),
        listed("/project/in/fair-a.csv", "name", "email"),
        listed("/project/in/fair-b.csv", "email", "name"),
        listed("/project/in/guests.csv", "name", "phone"),
    ]
    assert [Path(path).name for path, _ in paths(*files)] == ["crm-*.csv", "erp*.csv", "fair-*.csv", "guests*.csv"]


def test_deliveries_are_found_below_a_folder_and_nothing_else(tmp_path: Path) -> None:
    for name in ("a.csv", "deep/b.csv", ".hidden/c.csv", ".d.csv", "e.part", "~$f.xlsx", "exports/g.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    files = files_in([tmp_path, tmp_path / "a.csv"], [tmp_path / "exports"])
    assert [path.relative_to(tmp_path).as_posix() for path in files] == ["a.csv", "deep/b.csv"]


def test_each_system_is_a_source_of_its_own_even_where_their_ids_have_one_header(tmp_path: Path) -> None:
    for name, exported in EXPORTS.items():
        (tmp_path / f"{name}-2026-11-01.csv").write_text(exported.text, encoding="utf-8")
    found_groups = list(groups(map(found, sorted(tmp_path.iterdir())), None))
    assert len(found_groups) == len(EXPORTS)
    assert {group.form.name for group in found_groups} == {"contacts_csv"}


@pytest.mark.parametrize(
    ("form", "names", "path"),
    [
        (
            "messenger_download",
            [
                "facebook/messages/inbox/anna_1/message_1.json",
                "facebook/messages/archived_threads/ben_2/message_1.json",
            ],
            "facebook/**/messages/**/*_[0-9]*.json",
        ),
        (
            "instagram_download",
            ["shop/your_instagram_activity/messages/inbox/anna_1/message_1.json"],
            "shop/**/messages/**/*_[0-9]*.json",
        ),
        (
            "eml",
            ["mail/Maildir/cur/1.M1.host:2,S", "mail/Maildir/new/2.M1.host", "mail/Maildir/.Sent/cur/3.M1.host:2,S"],
            "mail/Maildir/**/[cn][eu][rw]/*",
        ),
        (
            "telegram",
            ["telegram/ChatExport_1/result.json", "telegram/ChatExport_2/result.json"],
            "telegram/**/result.json",
        ),
        (
            "whatsapp_chat",
            ["chats/WhatsApp Chat - Anna/_chat.txt", "chats/WhatsApp Chat - Ben/_chat.txt"],
            "chats/**/_chat.txt",
        ),
    ],
)
def test_an_unpacked_export_is_one_source_whose_path_finds_all_of_it(
    tmp_path: Path, form: str, names: list[str], path: str
) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    files = [file(str(tmp_path / name), form) for name in names]
    assert paths(*files, project=tmp_path) == [(str(tmp_path / path), form)]
    assert sorted(tmp_path.glob(path)) == sorted(each.path for each in files)


def test_what_lies_beside_the_messages_of_an_unpacked_export_is_no_unknown_file() -> None:
    thread = file("/downloads/facebook/messages/inbox/anna_1/message_1.json", "messenger_download")
    photo = file("/downloads/facebook/messages/inbox/anna_1/photos/1.jpg", None)
    other = file("/downloads/list.bin", None)
    assert beside([thread, photo, other], groups([thread, photo, other], None)) == [photo]


def test_in_a_folder_of_downloads_only_the_folder_of_the_export_is_its_own() -> None:
    thread = file("/downloads/messages/inbox/anna_1/message_1.json", "messenger_download")
    photo, other = file("/downloads/messages/stickers_used/1.png", None), file("/downloads/list.bin", None)
    assert beside([thread, photo, other], groups([thread, photo, other], None)) == [photo]


PEOPLE = {
    "anna": "1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com\n",
    "dora": "1,Dora Klein,dora@example.com\n2,Emil Noor,emil@example.com\n",
    "more": "3,Fay Oak,fay@example.com\n4,Gil Roth,gil@example.com\n",
    "moved": "1,Anna Berg,anna.berg@example.com\n2,Ben Tal-Noor,ben@example.com\n",
    "unnamed": "1,,anna@example.com\n",
    "other unnamed": "1,,dora@example.com\n",
}


def suggested(folder: Path, **lists: str) -> list[list[str]]:
    """The names of the files of each source that lists of these people would be."""
    for name, people in lists.items():
        (folder / f"{name}.csv").write_text(f"id,name,email\n{PEOPLE[people]}", encoding="utf-8")
    return [[each.path.stem for each in group.files] for group in groups(map(found, sorted(folder.iterdir())), None)]


def test_lists_in_which_one_id_is_two_people_are_two_sources(tmp_path: Path) -> None:
    assert suggested(tmp_path, sales="anna", support="dora") == [["sales"], ["support"]]


def test_lists_in_which_one_id_has_two_addresses_and_no_name_are_two_sources(tmp_path: Path) -> None:
    assert suggested(tmp_path, sales="unnamed", support="other unnamed") == [["sales"], ["support"]]


@pytest.mark.parametrize("people", ["anna", "more", "moved", "unnamed"])
def test_lists_whose_ids_do_not_contradict_each_other_are_one_source(tmp_path: Path, people: str) -> None:
    assert suggested(tmp_path, crm="anna", people=people) == [["crm", "people"]]


def test_lists_that_differ_by_their_date_are_one_source_and_another_system_beside_them_is_not(tmp_path: Path) -> None:
    lists = {"crm-2024-01": "anna", "crm-2024-02": "moved", "shop-2024-01": "dora", "shop-2024-02": "dora"}
    assert suggested(tmp_path, **lists) == [["crm-2024-01", "crm-2024-02"], ["shop-2024-01", "shop-2024-02"]]


def test_ids_under_a_header_of_their_own_are_compared_too(tmp_path: Path) -> None:
    for name, person in {"sales": "Anna Berg", "support": "Dora Klein"}.items():
        (tmp_path / f"{name}.csv").write_text(f"Kundennummer;Name\nK1;{person}\nK2;Ben Tal\n", encoding="utf-8")
    assert len(list(groups(map(found, sorted(tmp_path.iterdir())), None))) == 2


def test_lists_of_three_languages_with_the_same_ids_are_three_sources(tmp_path: Path) -> None:
    rows = {"en": "id,name\n1,Anna Berg", "fr": "ID;Nom;Prénom\n1;Petit;Zoé", "nl": "id;Naam;Voornaam\n1;van Dijk;Piet"}
    for name, text in rows.items():
        (tmp_path / f"{name}.csv").write_text(f"{text}\n", encoding="utf-8")
    assert len(list(groups(map(found, sorted(tmp_path.iterdir())), None))) == 3

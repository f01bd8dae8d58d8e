from pathlib import Path

import pytest
import yaml

from console.cli import main
from pipelines.project import open_project
from tests.small_project import small_project

BASE = {"project": "small", "default_region": "DE"}
PEOPLE = "Kundennummer;Vorname;Nachname;Draht;Stufe;Größe (m²)\n" + "".join(
    f"K-{number};Jörg;Doe;+44 20 7946 {number:04};{('gold', 'silver')[number % 2]};{number}.5\n" for number in range(20)
)
CHAT = "[04.01.26, 11:53:57] Jane: hello\n[04.01.26, 11:54:57] Acme: hi\n[24.01.26, 11:54:57] Acme: there?\n"
MAIL = "From a@example.com Mon Sep 15 09:53:20 2025\nFrom: a@example.com\nTo: b@example.com\nSubject: x\n\nhello\n"
TEMPLATE = "id,name,email,phone_number\n1,Jane Doe,jane@example.com,+442079460811\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    landing = folder / "landing"
    for name, content in {
        "crm/list-2026-01-05.csv": PEOPLE.encode("windows-1252"),
        "helpdesk/contacts.csv": TEMPLATE.encode(),
        "chats/WhatsApp Chat with Jane.txt": CHAT.encode(),
        "mail/all.mbox": MAIL.encode(),
        "notes.bin": b"\0\1\2",
    }.items():
        path = landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "onecontact.yaml").write_text(yaml.safe_dump(BASE | {"sources": {}}), encoding="utf-8")
    return folder


def suggested(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["sources", "suggest", *map(str, arguments)]) == 0
    return capsys.readouterr().out


@pytest.mark.heavy
def test_what_is_proposed_can_be_pasted_and_reads_the_files(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = yaml.safe_load(suggested(capsys, project / "landing", "--project", project))
    with small_project(tmp_path / "pasted", **BASE, **settings) as pasted:
        (project / "landing").rename(pasted.project.folder / "landing")
        taken = {each.source: (each.state, each.outcomes.total()) for each in pasted.receive()}
    assert taken == {
        "crm": ("accepted", 20),
        "helpdesk": ("accepted", 1),
        "chats": ("accepted", 3),
        "mail": ("accepted", 1),
    }


def test_a_list_is_proposed_with_all_that_can_be_seen_of_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = suggested(capsys, project / "landing" / "crm", "--project", project)
    assert yaml.safe_load(told) == {
        "sources": {
            "crm": {
                "format": "contacts_csv",
                "path": "landing/crm/*.csv",
                "encoding": "windows-1252",
                "key": "Kundennummer",
                "columns": {"Größe (m²)": "groesse_m2"},
            }
        },
        "attributes": {
            "stufe": {"type": "dropdown", "values": ["gold", "silver"]},
            "groesse_m2": {"type": "number"},
        },
    }
    assert "# columns: {Größe (m²): groesse_m2, Draht: phone}  # if that is what Draht means" in told


def test_options_that_only_a_person_knows_are_comments_to_fill_in(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = suggested(capsys, project / "landing", "--project", project)
    assert "    # owner: Acme Support  # The company's own display name(s) in the chat\n" in told
    assert "    # own_addresses: [support@acme.example, '@acme.example']" in told


def test_files_that_nothing_recognises_are_listed_with_a_hint(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = suggested(capsys, project / "landing", "--project", project)
    assert f"# not recognised: 1 file\n#   {project / 'landing' / 'notes.bin'}\n# `onecontact formats`" in told


def test_files_outside_of_the_project_are_to_be_put_into_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = suggested(capsys, project / "landing" / "mail", "--project", project / "landing" / "crm")
    assert yaml.safe_load(told) == {"sources": {"mail": {"format": "mbox", "path": "landing/mail/*.mbox"}}}
    assert f"# put 1 file of {project / 'landing' / 'mail'} into landing/mail/" in told


def test_files_that_a_source_reads_already_are_not_proposed_again(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = {"mailbox": {"format": "mbox", "path": "landing/mail/*"}}
    (project / "onecontact.yaml").write_text(yaml.safe_dump(BASE | {"sources": sources}), encoding="utf-8")
    told = suggested(capsys, project / "landing" / "mail", "--project", project)
    assert told == "# 1 file read already by the source mailbox\n"


def test_a_table_of_something_else_is_told_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "prices.csv").write_text("Artikel;Preis\nLampe;3\n")
    assert main(["sources", "suggest", str(tmp_path), "--project", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "# looks like contacts_csv, but cannot be read:" in told
    assert f"{tmp_path}: prices.csv\n" in told
    assert "#   HEADER_MISSING: no column is a name, phone or e-mail" in told
    assert yaml.safe_load(told) is None


def test_attributes_that_two_lists_see_differently_are_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, seats in {"a": "3", "b": "many"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "list.csv").write_text(f"id,name,seats\n1,Jane Doe,{seats}\n")
    assert yaml.safe_load(suggested(capsys, tmp_path))["attributes"] == {"seats": {"type": "text"}}


@pytest.mark.parametrize("word", ["null", "yes", "2026"])
def test_a_name_that_yaml_takes_for_something_else_is_still_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    (tmp_path / word).mkdir()
    (tmp_path / word / "list.csv").write_text("id,name,no\n1,Jane Doe,3\n")
    told = yaml.safe_load(suggested(capsys, tmp_path))
    assert (list(told["sources"]), list(told["attributes"])) == ([word], ["no"])


def test_names_of_files_and_headers_cannot_break_out_of_a_comment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a\nsources: {}\x1b[2J.bin").write_bytes(b"\0")
    folder = tmp_path / "x\ny: 1"
    folder.mkdir()
    (folder / "list.csv").write_text('id,name,"sea\nts: ""x""","ru\nf"\n1,Jane Doe,3,+44 20 7946 0811\n')
    told = suggested(capsys, tmp_path)
    assert "\x1b" not in told
    assert yaml.safe_load(told) == {
        "sources": {
            "x-y-1": {
                "format": "contacts_csv",
                "path": "landing/x-y-1/*.csv",
                "columns": {'sea\nts: "x"': "sea_ts_x"},
            }
        },
        "attributes": {"sea_ts_x": {"type": "number"}},
    }


def test_a_path_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "suggest", str(tmp_path / "gone")]) == 2
    assert "gone: no such file or folder" in capsys.readouterr().err


def test_a_folder_without_files_is_told_as_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "suggest", str(tmp_path), "--project", str(tmp_path)]) == 1
    assert capsys.readouterr().out == "# no files there\n"


def test_no_warehouse_is_made_or_opened(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suggested(capsys, project, "--project", project)
    assert open_project(project).settings.sources == {}
    assert not (project / ".onecontact").exists()


def test_the_files_a_source_finds_are_named_five_at_most(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "abcdefg":
        (tmp_path / f"{name}.csv").write_text("id,name\n1,Jane Doe\n")
    assert "    # takes a.csv, b.csv, c.csv, d.csv, e.csv and 2 more\n" in suggested(capsys, tmp_path)


def test_a_project_with_sources_is_told_to_merge(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sources = {"mailbox": {"format": "mbox", "path": "landing/mail/*"}}
    (project / "onecontact.yaml").write_text(yaml.safe_dump(BASE | {"sources": sources}), encoding="utf-8")
    told = suggested(capsys, project / "landing", "--project", project)
    assert told.startswith("# merge these into the `sources:` you have in onecontact.yaml\n# one source per system")


def test_decimal_commas_propose_a_locale_to_fill_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "list.csv").write_text('id,name,turnover\n1,Jane Doe,"1.234,50"\n2,Ben Tal,2.000\n')
    told = suggested(capsys, tmp_path)
    assert "    # locale: de_DE  # or that of your country" in told
    assert yaml.safe_load(told)["attributes"] == {"turnover": {"type": "number"}}


def test_lists_of_one_system_are_one_source_though_only_one_has_letters_beyond_ascii(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "crm-2026-01.csv").write_bytes("id;Name;E-Mail\n1;Jörg Doe;joerg@example.com\n".encode("latin-1"))
    (tmp_path / "crm-2026-02.csv").write_bytes(b"id;Name;E-Mail\n2;Jane Doe;jane@example.com\n")
    sources = yaml.safe_load(suggested(capsys, tmp_path))["sources"]
    assert [source["encoding"] for source in sources.values()] == ["windows-1252"]


def test_an_unpacked_export_is_a_folder_to_move_and_what_it_holds_beside_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thread = tmp_path / "facebook/messages/inbox/anna_1/message_1.json"
    thread.parent.mkdir(parents=True)
    thread.write_text('{"participants": [{"name": "Anna"}, {"name": "Acme"}], "messages": []}')
    (thread.parent / "photo.jpg").write_bytes(b"\xff\xd8")
    printed = suggested(capsys, tmp_path)
    assert f"# put the folder {tmp_path / 'facebook'} into landing/facebook/" in printed
    assert "path: landing/facebook/**/messages/**/*_[0-9]*.json" in printed
    assert "# ignored: 1 file beside the messages" in printed
    assert "not recognised" not in printed


def test_an_unpacked_export_that_has_to_be_packed_again_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = tmp_path / "workspace/general/2026-01-05.json"
    day.parent.mkdir(parents=True)
    day.write_text('[{"type": "message", "ts": "1452837318.000002", "text": "hi"}]')
    (tmp_path / "workspace/users.json").write_text("[]")
    main(["sources", "suggest", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "looks like slack_export, but cannot be read" in printed
    assert f"pack the folder as a .zip (`python -m zipfile -c workspace.zip {tmp_path / 'workspace'}`)" in printed

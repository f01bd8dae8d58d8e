import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyrage
import pytest

from pipelines.decide.annotate import note, tag
from pipelines.decide.merge import dismiss
from pipelines.errors import ConfigurationError
from pipelines.publish.access.words import LANGUAGES, WORDS
from pipelines.steps.privacy.access import Package, write_package
from pipelines.store.reads.exports import Publication, keep_members, keep_publication
from tests.deciding import ruling
from tests.small_project import AS_OF, SmallProject, small_project

LENA, CANARY = (
    "+49 171 3920017",
    ("Zwiebelfisch", "quirin", "99887766", "unheard", "ina.berg"),
)
KEY = pyrage.x25519.Identity.generate()


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallProject]:
    with small_project(tmp_path_factory.mktemp("access") / "small") as made:
        made.deliver(
            "crm", "2026-05-01",
            f"""id,name,email,phone,notes
            1,Lena Hoffmann,lena@example.com,{LENA},"<b>nice</b>, friend of Quirin Zwiebelfisch, +49 151 99887766"
            2,Quirin Zwiebelfisch,quirin.zwiebelfisch@example.com,+49 151 99887766,other""",
        )  # fmt: skip
        made.deliver(
            "shop", "2026-05-02",
            f"""id,name,email,phone
            =7,Lena Hoffmann,lena@example.com,{LENA}""",
        )  # fmt: skip
        made.deliver(
            "shop", "2026-05-03",
            f"""id,name,email,phone
            ,Lena Hoffmann,lena@example.com,{LENA},one,cell,too,many
            ,Quirin Zwiebelfisch,quirin.zwiebelfisch@example.com,+49 151 99887766,one,cell,too,many
            ,Unheard Nobody,unheard@example.net,{LENA},one,cell,too,many""",
        )  # fmt: skip
        made.deliver(
            "whatsapp", "2026-06-03",
            f"""[2026-06-03, 10:00:00] Small Shop: Welcome all
            [2026-06-03, 10:01:00] {LENA}: I am in the group
            [2026-06-03, 10:02:00] Quirin Zwiebelfisch: And so am I
            [2026-06-03, 10:03:00] Small Shop: Hello""",
            "WhatsApp Chat with Friends of Quirin Zwiebelfisch.txt",
        )  # fmt: skip
        made.chat(
            LENA,
            f"2026-06-01 10:00 {LENA}: Hello from me",
            "2026-06-01 10:05 Small Shop: Ask Quirin Zwiebelfisch, +49 151 99887766, quirin.zwiebelfisch@example.com",
        )
        made.run()
        decide(made)
        publish(made)
        yield made


def decide(made: SmallProject) -> None:
    lena, quirin = made.contact_of("crm:1"), made.contact_of("crm:2")
    why = "Quirin Zwiebelfisch (+49 151 99887766) said so"
    note(made.project, made.connection, lena, "calls Quirin Zwiebelfisch often", ruling(1, why, "ina.berg"))
    tag(made.project, made.connection, lena, "vip", ruling(2, why, "ina.berg"))
    dismiss(made.project, made.connection, lena, quirin, ruling(3, "Zwiebelfisch is her neighbour", "ina.berg"))


def publish(made: SmallProject) -> None:
    definition = {"purpose": "newsletter", "recipients": ["Mailer Ltd"], "where": "name:Zwiebelfisch"}
    export = "00000000-0000-0000-0000-000000000001"
    members = pl.DataFrame({"contact_id": [made.contact_of("crm:1")]})
    keep_members(made.connection, export, members)
    publication = Publication(
        export, "vip", "contacts.csv", "sha", ["name"], 1, "digest", AS_OF, AS_OF, "run1",
        definition=json.dumps(definition), login="ina.berg",
    )  # fmt: skip
    keep_publication(made.connection, publication)


def package(project: SmallProject, out: Path, language: str = "en") -> Package:
    return write_package(
        project.project, project.connection, project.contact_of("crm:1"), out=out, request=7,
        recipients=[str(KEY.to_public())], passphrase=None, language=language,
    )  # fmt: skip


def opened(out: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(out.read_bytes(), [KEY]))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def written(asked: SmallProject, tmp_path_factory: pytest.TempPathFactory) -> tuple[Package, dict[str, bytes]]:
    made = package(asked, tmp_path_factory.mktemp("out") / "lena.age")
    return made, opened(made.path)


def tables(files: dict[str, bytes]) -> dict[str, Any]:
    return dict(json.loads(files["contact.json"]))


def test_the_package_is_one_encrypted_file_of_its_owner(written: tuple[Package, dict[str, bytes]]) -> None:
    made, _ = written
    assert [each.name for each in made.path.parent.iterdir()] == ["lena.age"]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert made.path.read_bytes().startswith(b"age-encryption.org/v1")
    assert made.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()


def test_the_manifest_names_every_part_with_rows_and_hash(written: tuple[Package, dict[str, bytes]]) -> None:
    made, files = written
    listed = json.loads(files["manifest.json"])
    assert listed["request"] == 7
    assert {each["name"]: each["sha256"] for each in listed["parts"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "manifest.json"
    }
    rows = {each["name"]: each["rows"] for each in listed["parts"]}
    assert {name: rows[f"{name}.csv"] for name in made.counts} == made.counts


def test_records_identifiers_and_values_are_the_persons(written: tuple[Package, dict[str, bytes]]) -> None:
    found = tables(written[1])
    assert {each["source"] for each in found["records"]} == {"crm", "shop", "whatsapp"}
    assert {"lena@example.com", "+491713920017"} <= {each["value"] for each in found["identifiers"]}
    assert ("email", "lena@example.com") in {(each["field"], each["value"]) for each in found["values"]}


def test_messages_keep_what_the_person_wrote(written: tuple[Package, dict[str, bytes]]) -> None:
    own, answer = tables(written[1])["messages"][:2]
    assert (own["text"], own["direction"]) == ("Hello from me", "inbound")
    assert answer["actor"] == "staff"
    assert answer["text"] == "Ask [another person], [another person], [another person]"


def test_another_person_is_in_no_part(written: tuple[Package, dict[str, bytes]]) -> None:
    for name, content in written[1].items():
        text = content.decode().lower()
        assert not [each for each in CANARY if each.lower() in text], name
        assert not [each for each in CANARY if each in "".join(filter(str.isdigit, text))], name


def test_the_persons_own_refused_row_is_there(written: tuple[Package, dict[str, bytes]]) -> None:
    own, of_another = tables(written[1])["refused_rows"]
    assert "lena@example.com" in own["raw"]
    assert "Lena Hoffmann" in own["raw"]
    assert set(json.loads(of_another["raw"]).values()) == {LENA, "[another person]"}


def test_decisions_are_by_staff_and_name_nobody_else(written: tuple[Package, dict[str, bytes]]) -> None:
    made = {each["kind"]: each for each in tables(written[1])["decisions"]}
    assert made.keys() == {"note", "tag", "dismiss"}
    assert {each["actor"] for each in made.values()} == {"staff"}
    assert made["tag"]["reason"] == "[another person] ([another person]) said so"
    assert made["note"]["value"] == "calls [another person] often"


def test_publications_have_purpose_and_recipients_and_no_filter(written: tuple[Package, dict[str, bytes]]) -> None:
    [made] = tables(written[1])["publications"]
    assert (made["segment"], made["purpose"], made["recipients"]) == ("vip", "newsletter", ["Mailer Ltd"])
    assert "definition" not in made


def test_messages_in_groups_are_found_by_the_number(written: tuple[Package, dict[str, bytes]]) -> None:
    assert "I am in the group" in [each["text"] for each in tables(written[1])["messages"]]


def test_the_page_escapes_and_runs_nothing(written: tuple[Package, dict[str, bytes]]) -> None:
    page = written[1]["your-data.html"].decode()
    assert "&lt;b&gt;nice&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "<script" not in page


def test_the_page_says_why_the_records_are_one_person(written: tuple[Package, dict[str, bytes]]) -> None:
    page = written[1]["your-data.html"].decode()
    assert "A program compared these records" in page
    assert "agree in: " in page


def test_no_cell_runs_in_a_spreadsheet(written: tuple[Package, dict[str, bytes]]) -> None:
    text = written[1]["records.csv"].decode("utf-8-sig")
    assert ",'=7," in text
    assert ",=7," not in text


def test_the_german_page_has_no_english_heading(asked: SmallProject, tmp_path: Path) -> None:
    page = opened(package(asked, tmp_path / "de.age", "de").path)["your-data.html"].decode()
    english = [en for en, de in WORDS.values() if en != de]
    assert "<h2>Ihre Rechte</h2>" in page
    assert not [each for each in english if f"<h2>{each}</h2>" in page or f"<th>{each}</th>" in page]


def test_every_string_is_in_every_language() -> None:
    assert not [name for name, said in WORDS.items() if len([each for each in said if each]) != len(LANGUAGES)]


def test_the_disclosure_is_in_the_audit_trail(asked: SmallProject, tmp_path: Path) -> None:
    made = package(asked, tmp_path / "again.age")
    [event] = asked.rows("SELECT * FROM audit_event WHERE action = 'contact.disclosed' ORDER BY seq DESC LIMIT 1")
    details = {each["name"]: each["value"] for each in event["details"]}
    assert event["object_id"] == asked.contact_of("crm:1")
    assert details == {"request": "7", "rows": str(sum(made.counts.values())), "file_sha256": made.sha256}


def test_a_file_that_exists_is_left_alone(asked: SmallProject, tmp_path: Path) -> None:
    (tmp_path / "there.age").write_text("mine")
    with pytest.raises(ConfigurationError, match="exists"):
        package(asked, tmp_path / "there.age")
    assert (tmp_path / "there.age").read_text() == "mine"


def test_a_package_is_never_written_in_clear(asked: SmallProject, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="either public keys"):
        write_package(
            asked.project, asked.connection, asked.contact_of("crm:1"), out=tmp_path / "x", request=1, recipients=[],
            passphrase=None,
        )  # fmt: skip
    assert not [*tmp_path.iterdir()]


def test_a_passphrase_opens_a_package(asked: SmallProject, tmp_path: Path) -> None:
    write_package(
        asked.project, asked.connection, asked.contact_of("crm:1"), out=tmp_path / "x", request=1, recipients=[],
        passphrase="correct horse",
    )  # fmt: skip
    assert pyrage.passphrase.decrypt((tmp_path / "x").read_bytes(), "correct horse").startswith(b"PK")

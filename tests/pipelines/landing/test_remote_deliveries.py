"""Deliveries on a real S3-compatible and a real SFTP server, taken in as those in a folder are."""

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import arrivals
from pipelines.landing.remote_listing import list_remote_files
from pipelines.store.ingest import archive
from pipelines.store.ingest.unreachable_sources import unreachable
from tests.pipelines.landing.conftest import Bucket, Drop, Place
from tests.small_project import SETTINGS, SmallProject

PEOPLE = b"id,name,email\n1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com\n"


def configure(project: SmallProject, there: Place, path: str = "*.csv", **options: Any) -> None:
    """Let contacts come from the server."""
    crm = {"format": "contacts_csv", "path": f"{there.url}/{path}", "key": "id", **there.options, **options}
    project.configure(sources=SETTINGS["sources"] | {"crm": crm})


def records(project: SmallProject) -> int:
    return len(project.rows("FROM record"))


def chat_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("_chat.txt", "[13.06.26, 10:00:00] Jane Doe: hello\n[13.06.26, 10:01:00] Small Shop: hi\n")
    return made.getvalue()


@pytest.mark.heavy
def test_a_list_on_a_server_is_taken_in_once(project: SmallProject, there: Place) -> None:
    configure(project, there)
    there.put("crm-2026-06-01.csv", PEOPLE)
    [first] = project.receive()
    [second] = project.receive()
    assert (first.known, second.known, records(project)) == (False, True, 2)
    assert unreachable(project.connection) == {}
    assert there.names() == ["crm-2026-06-01.csv"]


@pytest.mark.heavy
def test_a_file_that_is_not_touched_is_fetched_once(
    project: SmallProject, there: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(project, there)
    there.put("crm-2026-06-01.csv", PEOPLE)
    project.receive()
    monkeypatch.setattr(arrivals, "sha256_of", None)
    assert [each.known for each in project.receive()] == [True]


@pytest.mark.heavy
def test_a_large_file_comes_in_order_and_from_any_place_in_it(project: SmallProject, there: Place) -> None:
    configure(project, there)
    content = b"".join(b"%09d\n" % each for each in range(700_000))
    there.put("crm-2026-06-01.csv", content)
    [file] = list_remote_files("crm", project.project.settings.sources["crm"])
    assert arrivals.sha256_of(file) == hashlib.sha256(content).hexdigest()
    with file.open("rb") as stream:
        stream.seek(-10, io.SEEK_END)
        assert stream.read() == b"000699999\n"
        stream.seek(50)
        assert stream.read(10) == b"000000005\n"


@pytest.mark.heavy
def test_a_zip_is_read_where_it_is(project: SmallProject, there: Place) -> None:
    chats = {"format": "whatsapp_chat", "path": f"{there.url}/*.zip", "owner": "Small Shop", **there.options}
    project.configure(sources={"whatsapp": chats})
    there.put("WhatsApp Chat - Jane Doe.zip", chat_zip())
    [taken] = project.receive()
    assert (taken.state, len(project.rows("FROM message"))) == ("accepted", 2)


@pytest.mark.heavy
def test_nothing_of_a_delivery_is_in_a_temporary_file(
    project: SmallProject, there: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def none_for_anybody() -> Any:
        raise AssertionError("a temporary file was asked for")

    monkeypatch.setattr(tempfile, "_get_candidate_names", none_for_anybody)
    configure(project, there, after_import="archive")
    there.put("crm-2026-06-01.csv", PEOPLE)
    project.receive()
    assert (records(project), list(temporary.iterdir())) == (2, [])


@pytest.mark.heavy
def test_a_deleted_file_is_gone_and_what_it_said_stays(project: SmallProject, there: Place) -> None:
    configure(project, there, after_import="delete")
    there.put("crm-2026-06-01.csv", PEOPLE)
    project.run()
    assert there.names() == []
    assert project.receive() == []
    assert (records(project), len(project.people())) == (2, 2)
    assert unreachable(project.connection) == {}


@pytest.mark.heavy
def test_an_archived_file_is_gone_and_can_be_had_back(project: SmallProject, there: Place) -> None:
    configure(project, there, after_import="archive")
    there.put("crm-2026-06-01.csv", PEOPLE)
    [taken] = project.receive()
    assert there.names() == []
    assert b"".join(archive.restore(project.connection, project.project.archive, taken.delivery_id)) == PEOPLE


def test_a_file_that_was_refused_stays_where_it_is(project: SmallProject, there: Place) -> None:
    configure(project, there, after_import="delete")
    there.put("crm-2026-06-01.csv", b"\x00\xff\xfe")
    [taken] = project.receive()
    assert (taken.state, there.names()) == ("refused", ["crm-2026-06-01.csv"])


def test_a_place_that_is_not_there_is_told_and_the_others_are_taken_in(project: SmallProject, there: Place) -> None:
    missing = f"{there.url.replace('box-', 'no-box-').removesuffix('/in')}/nowhere/*.csv"
    crm = {"format": "contacts_csv", "path": missing, **there.options}
    project.configure(sources=SETTINGS["sources"] | {"crm": crm})
    project.deliver("shop", "2026-06-01", "id,name\n7,Cleo Dorn")
    project.receive()
    assert records(project) == 1
    [reason] = unreachable(project.connection).values()
    assert "has no such bucket, folder or file" in reason


@pytest.mark.heavy
def test_a_place_that_can_be_reached_again_is_no_longer_told_of(project: SmallProject, there: Place) -> None:
    crm = {"format": "contacts_csv", "path": "sftp://127.0.0.1:1/in/*.csv"}
    project.configure(sources={"crm": crm})
    project.receive()
    assert list(unreachable(project.connection)) == ["crm"]
    configure(project, there)
    project.receive()
    assert unreachable(project.connection) == {}


# S3


def test_an_empty_bucket_is_no_error(project: SmallProject, bucket: Bucket) -> None:
    configure(project, bucket)
    assert project.receive() == []
    assert unreachable(project.connection) == {}


def test_wrong_credentials_are_told_without_them(
    project: SmallProject, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    import requests

    bucket.put("crm-2026-06-01.csv", PEOPLE)
    configure(project, bucket)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody-else")
    requests.post(f"{bucket.endpoint}/moto-api/reset-auth", data="0", timeout=5)  # from now on it checks
    try:
        project.receive()
    finally:
        requests.post(f"{bucket.endpoint}/moto-api/reset-auth", data="1000000000", timeout=5)
    assert unreachable(project.connection) == {
        "crm": f"s3://{bucket.name} denies access: check the credentials in the environment, "
        "and what they are allowed to"
    }


@pytest.mark.heavy
def test_an_endpoint_without_encryption_is_not_used_unless_its_source_says_so(
    project: SmallProject, bucket: Bucket
) -> None:
    bucket.put("crm-2026-06-01.csv", PEOPLE)
    configure(project, bucket, insecure=False)
    assert project.receive() == []
    assert "without encryption" in unreachable(project.connection)["crm"]


# SFTP


def test_a_password_comes_from_the_environment(
    project: SmallProject, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (drop.home / ".ssh" / "id_ed25519").unlink()
    drop.put("crm-2026-06-01.csv", PEOPLE)
    configure(project, drop)
    monkeypatch.setenv("ONECONTACT_CRM_PASSWORD", "wrong-horse")
    assert project.receive() == []
    assert "denies access" in unreachable(project.connection)["crm"]
    assert "wrong-horse" not in str(unreachable(project.connection))
    monkeypatch.setenv("ONECONTACT_CRM_PASSWORD", "correct-horse-battery")
    project.receive()
    assert records(project) == 2


def test_a_server_nobody_vouches_for_is_not_talked_to(project: SmallProject, drop: Drop) -> None:
    (drop.home / ".ssh" / "known_hosts").unlink()
    drop.put("crm-2026-06-01.csv", PEOPLE)
    configure(project, drop)
    assert project.receive() == []
    assert "check its host key" in unreachable(project.connection)["crm"]
    configure(project, drop, insecure=True)
    assert len(project.receive()) == 1


def test_a_server_with_another_key_than_before_is_not_talked_to(project: SmallProject, drop: Drop) -> None:
    other = drop.host_key.split()[1]
    drop.trust(f"ssh-ed25519 {other[:-4]}{'AAAA' if other[-4:] != 'AAAA' else 'BBBB'}")
    configure(project, drop)
    project.receive()
    assert "check its host key" in unreachable(project.connection)["crm"]


def test_a_file_that_is_still_being_uploaded_is_left_for_the_next_run(
    project: SmallProject, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(project, drop)
    drop.put("crm-2026-06-01.csv", PEOPLE[:30])
    waited: list[float] = []

    def upload(seconds: float) -> None:
        waited.append(seconds)
        drop.put("crm-2026-06-01.csv", PEOPLE)

    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "SETTLE_SECONDS", 2.0)
        patched.setattr("pipelines.landing.arrivals.time.sleep", upload)
        assert project.receive() == []
    project.receive()
    assert (waited, records(project)) == ([2.0], 2)


def test_a_folder_that_was_emptied_is_no_error(project: SmallProject, drop: Drop) -> None:
    configure(project, drop, "crm.csv")
    assert project.receive() == []
    assert unreachable(project.connection) == {}

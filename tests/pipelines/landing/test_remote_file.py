import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import SourceUnreachable
from pipelines.landing import arrivals
from pipelines.landing.remote_file import Remote, remote
from pipelines.store.ingest.unreachable_sources import unreachable
from schemas.source import Source
from tests.small_project import SmallProject

AT = "sftp://files.example"


class Failing(io.BytesIO):
    """A connection that breaks when it is read for the second time."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > 1:
            raise OSError("jane@example.com")
        return super().read(size)


class System:
    """As much of a file system as reading needs."""

    def __init__(self, made: Any) -> None:
        self.made = made

    def open(self, *_: object, **__: object) -> Any:
        return self.made()

    def info(self, _: str) -> dict[str, Any]:
        return {"size": 3_000_000, "mtime": datetime(2026, 6, 1, tzinfo=UTC)}


def file(made: Any, name: str = "in/a.csv") -> Remote:
    system = System(made)
    return remote(system, AT, name, system.info(name))


def test_a_file_tells_its_name_like_a_path() -> None:
    found = file(io.BytesIO, "/in/inbox/Jane Doe.zip")
    assert (found.name, found.stem, found.suffix, found.parent.name) == ("Jane Doe.zip", "Jane Doe", ".zip", "inbox")


def test_a_name_on_a_web_server_is_unquoted() -> None:
    assert Remote(None, "https://files.example", "https://files.example/a%20b.csv", 1, None, "").name == "a b.csv"


@pytest.mark.parametrize(
    "stated",
    [
        {"mtime": datetime(2026, 6, 1, 10, tzinfo=UTC)},
        {"LastModified": datetime.fromisoformat("2026-06-01T12:00:00+02:00")},
        {"updated": "2026-06-01T10:00:00.000Z"},
        {"modify": "20260601100000"},
        {"Last-Modified": "Mon, 01 Jun 2026 10:00:00 GMT"},
    ],
)
def test_every_transport_spells_the_time_its_own_way(stated: dict[str, Any]) -> None:
    assert remote(None, AT, "a", {"size": 1, **stated}).modified == datetime(2026, 6, 1, 10, tzinfo=UTC)


def test_a_server_that_does_not_say_how_large_a_file_is_cannot_be_read_from() -> None:
    with pytest.raises(SourceUnreachable, match="how large"):
        remote(None, AT, "a", {"size": None})


def test_a_network_that_fails_is_told_without_its_words() -> None:
    with pytest.raises(SourceUnreachable) as lost, file(lambda: Failing(b"x" * 3_000_000)).open("rb") as stream:
        stream.read()
    assert str(lost.value) == f"{AT} cannot be reached or was lost on the way (OSError)"
    assert lost.value.__suppress_context__


@pytest.mark.parametrize("name", ["crm-2026-06-01.csv", "crm-2026-06-01.zip"])
def test_a_file_that_is_lost_on_the_way_is_not_refused_but_tried_again(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    form = "contacts_csv" if name.endswith("csv") else "messenger_download"
    project.configure(sources={"crm": {"format": form, "path": "sftp://files.example/in/*"}})
    monkeypatch.setattr(
        arrivals, "list_remote_files", lambda *_: [file(lambda: Failing(b"PK" * 1_500_000), f"/in/{name}")]
    )
    monkeypatch.setattr(arrivals, "sha256_of", lambda _: "0" * 64)
    assert project.receive() == []
    assert project.rows("FROM delivery") == []
    assert "OSError" in unreachable(project.connection)["crm"]


def test_a_file_without_any_time_has_to_have_one_in_its_name(project: SmallProject, tmp_path: Path) -> None:
    source = Source(format="contacts_csv", path="https://files.example/crm.csv")
    timeless = Remote(System(io.BytesIO), "https://files.example", "https://files.example/crm.csv", 1, None, "v1")
    seen = arrivals.Seen(timeless, arrivals.stamp(tmp_path, timeless))
    with pytest.raises(SourceUnreachable, match="put a date into its name"):
        arrivals.landed_files("crm", source, [seen], {seen.stamp: "0" * 64}, datetime(2026, 12, 31, tzinfo=UTC))

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import ConfigurationError
from pipelines.landing import arrivals
from pipelines.landing.arrivals import LandedFile, Stamp, list_arrivals, local_files, stated_time, to_landed_file
from pipelines.landing.links import LINK
from schemas.contact_list import ContactList
from schemas.source import Source
from tests.small_project import LAST_DAY, SmallProject

SOURCE = Source(format="contacts_csv", path="landing/crm/*", timezone="Europe/Berlin")


def drop(
    project: SmallProject, name: str, content: bytes = b"id,name\n1,Jane Doe\n", at: datetime | None = None
) -> Path:
    path = project.project.folder / "landing" / "crm" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if at:
        os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def found(project: SmallProject) -> list[LandedFile]:
    return list_arrivals(project.connection, project.project.folder, {"crm": SOURCE}, LAST_DAY).files


# Which files


def test_a_complete_file_is_found_with_its_hash_and_size(project: SmallProject) -> None:
    path = drop(project, "crm-2026-03-31.csv", b"abc")
    assert found(project) == [
        LandedFile(
            source="crm",
            path=path,
            sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            size=3,
            declared_at=datetime(2026, 3, 30, 22, tzinfo=UTC),
            declared_from="file_name",
            stamp=Stamp("landing/crm/crm-2026-03-31.csv", 3, path.stat().st_mtime_ns),
            stated=datetime(2026, 3, 30, 22, tzinfo=UTC),
        )
    ]


@pytest.mark.parametrize(
    "name",
    ["a.csv.part", "a.csv.PARTIAL", "a.tmp", "a.crdownload", "a.filepart", ".a.csv.swp", ".hidden.csv", "~$a.csv"],
)
def test_a_file_that_somebody_still_works_on_is_left_alone(project: SmallProject, name: str) -> None:
    drop(project, name)
    assert found(project) == []


def test_a_folder_is_no_file(project: SmallProject) -> None:
    (project.project.folder / "landing" / "crm" / "2026").mkdir(parents=True)
    assert found(project) == []


def test_a_file_that_changes_while_it_is_hashed_is_left_for_the_next_run(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(project, "a.csv")

    def growing(path: Path) -> str:
        path.write_bytes(path.read_bytes() + b"2,Joe Bloggs\n")
        return "0" * 64

    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "sha256_of", growing)
        assert found(project) == []
    assert [each.size for each in found(project)] == [path.stat().st_size]


def test_a_file_that_is_not_touched_is_hashed_once(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(project, "a.csv")
    before = found(project)
    monkeypatch.setattr(arrivals, "sha256_of", None)
    assert found(project) == before


def test_a_file_that_was_touched_is_hashed_again(project: SmallProject) -> None:
    drop(project, "a.csv", b"one", at=datetime(2026, 1, 1, tzinfo=UTC))
    [before] = found(project)
    drop(project, "a.csv", b"two", at=datetime(2026, 1, 2, tzinfo=UTC))
    [after] = found(project)
    assert before.sha256 != after.sha256


def test_a_file_name_need_not_be_unicode(project: SmallProject) -> None:
    drop(project, os.fsdecode("Müller.csv".encode("latin-1")))
    assert len(found(project)) == 1


# A file that is being written


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Files settle for two seconds, of which nobody waits any; how long they would have."""
    waited: list[float] = []
    monkeypatch.setattr(arrivals, "SETTLE_SECONDS", 2.0)
    monkeypatch.setattr("pipelines.landing.arrivals.time.sleep", waited.append)
    return waited


def test_files_touched_a_moment_ago_are_waited_for_once(project: SmallProject, waits: list[float]) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        drop(project, name)
    assert len(found(project)) == 3
    assert len(waits) == 1
    assert 0 < waits[0] <= 2


def test_files_that_lie_there_for_a_while_or_are_known_are_not_waited_for(
    project: SmallProject, waits: list[float]
) -> None:
    drop(project, "old.csv", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(found(project)) == 1
    drop(project, "new.csv", b"2")
    found(project)
    assert (len(found(project)), len(waits)) == (2, 1)


@pytest.mark.parametrize("content", [b"longer than it was", b"", None])
def test_a_file_that_changes_or_goes_while_it_settles_is_left_for_the_next_run(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    path = drop(project, "a.csv")
    monkeypatch.setattr(arrivals, "SETTLE_SECONDS", 2.0)
    monkeypatch.setattr(
        "pipelines.landing.arrivals.time.sleep",
        lambda _: path.unlink() if content is None else path.write_bytes(content),
    )
    assert found(project) == []


# In which order


def test_files_come_by_declared_time_and_then_by_hash_whatever_their_names(project: SmallProject) -> None:
    drop(project, "a-2026-03-02.csv", b"1")
    drop(project, "z-2026-03-01.csv", b"2")
    for name in "bcd":
        drop(project, f"{name}-2026-03-03.csv", name.encode())
    files = found(project)
    assert [each.path.name for each in files[:2]] == ["z-2026-03-01.csv", "a-2026-03-02.csv"]
    assert [each.sha256 for each in files[2:]] == sorted(each.sha256 for each in files[2:])


# When it was made


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("crm-2026-11-16.csv", "2026-11-16T00:00"),
        ("crm_20261116.csv", "2026-11-16T00:00"),
        ("crm 2026.11.16 (2).csv", "2026-11-16T00:00"),
        ("20261116T0930.csv", "2026-11-16T09:30"),
        ("crm-2026-11-16_09-30.csv", "2026-11-16T09:30"),
        ("crm-20261116_093015.csv", "2026-11-16T09:30"),
        ("crm-20261116093015.csv", "2026-11-16T09:30"),
        ("2026-11-16T09-30-15.csv", "2026-11-16T09:30"),
        ("v2026-02-30 of 2026-03-01.csv", "2026-03-01T00:00"),
    ],
)
def test_a_file_name_may_state_when_the_delivery_was_made(name: str, stated: str) -> None:
    utc = SOURCE.model_copy(update={"timezone": "UTC"})
    assert stated_time(name, utc) == datetime.fromisoformat(stated).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["crm.csv", "crm-16-11-2026.csv", "WhatsApp Chat with +491512026111699.txt", "2026.csv"]
)
def test_other_numbers_are_no_dates(name: str) -> None:
    assert stated_time(name, SOURCE) is None


def test_a_stated_time_is_one_in_the_zone_of_the_source() -> None:
    assert stated_time("crm-2026-07-01T0930.csv", SOURCE) == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)


def test_without_a_date_in_its_name_a_file_was_made_when_it_was_modified(project: SmallProject) -> None:
    modified = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)
    drop(project, "crm.csv", at=modified)
    [each] = found(project)
    assert (each.declared_at, each.declared_from) == (modified, "modification_time")


LATEST = datetime(2026, 4, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("crm-2026-04-02.csv", (datetime(2026, 4, 2, tzinfo=UTC), "file_name")),
        ("crm-2026-04-03.csv", (datetime(2026, 3, 31, 12, 30, tzinfo=UTC), "modification_time")),
        ("crm-2099-01-01.csv", (datetime(2026, 3, 31, 12, 30, tzinfo=UTC), "modification_time")),
    ],
)
def test_a_time_in_a_name_that_has_not_come_does_not_count(
    name: str, declared: tuple[datetime, str], tmp_path: Path
) -> None:
    utc, modified = SOURCE.model_copy(update={"timezone": "UTC"}), datetime(2026, 3, 31, 12, 30, tzinfo=UTC)
    file = to_landed_file("crm", tmp_path / name, "0" * 64, Stamp(name, 3, 1), modified, utc, LATEST)
    assert (file.declared_at, file.declared_from) == declared
    assert file.is_misdated is (declared[1] == "modification_time")


def test_a_file_is_the_same_delivery_when_the_time_in_its_name_has_come(tmp_path: Path) -> None:
    modified = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)
    before, after = (
        to_landed_file("crm", tmp_path / "crm-2026-04-03.csv", "0" * 64, Stamp("a", 3, 1), modified, SOURCE, latest)
        for latest in (LATEST, datetime(2026, 5, 1, tzinfo=UTC))
    )
    assert before.declared_at < after.declared_at
    assert before.stated_at == after.stated_at == "2026-04-02T22:00:00+00:00"


# Files that cannot be read


def test_a_file_that_may_not_be_read_is_told_of_and_the_others_are_found(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, other = drop(project, "locked.csv"), drop(project, "other.csv", b"other")
    whole = arrivals.sha256_of

    def denied(path: Path) -> str:
        if path == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path)

    monkeypatch.setattr(arrivals, "sha256_of", denied)
    there = list_arrivals(project.connection, project.project.folder, {"crm": SOURCE})
    assert [each.path for each in there.files] == [other]
    assert [(each.source, each.file_name) for each in there.unreadable] == [("crm", "locked.csv")]


@pytest.mark.parametrize("target", ["../outside.csv", ".onecontact/keys/warehouse.key", "/proc/kmsg", "/dev/zero"])
def test_a_link_out_of_the_project_is_told_of_and_never_opened(project: SmallProject, target: str) -> None:
    other = drop(project, "other.csv", b"other")
    folder = project.project.folder
    (folder.parent / "outside.csv").write_text("name\nAnn\n")
    (folder / ".onecontact/keys").mkdir(parents=True, exist_ok=True)
    (folder / ".onecontact/keys/warehouse.key").touch()
    link = other.with_name("link.csv")
    link.symlink_to(folder / target)
    there = list_arrivals(project.connection, folder, {"crm": SOURCE})
    assert [each.path for each in there.files] == [other]
    told = [(each.file_name, each.reason) for each in there.unreadable]
    assert told == ([("link.csv", LINK)] if link.is_file() else [])  # a device is no file


def test_a_link_within_the_project_is_a_file_as_any_other(project: SmallProject) -> None:
    other = drop(project, "other.csv", b"other")
    (project.project.folder / "kept.csv").write_bytes(b"kept")
    link = other.with_name("link.csv")
    link.symlink_to(project.project.folder / "kept.csv")
    assert sorted(str(each.path) for each in found(project)) == [str(link), str(other)]


def test_a_file_that_goes_while_files_are_listed_is_left_out(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, other = drop(project, "gone.csv"), drop(project, "other.csv", b"other")
    whole = arrivals.stamp

    def going(folder: Path, path: Path) -> Stamp:
        gone.unlink(missing_ok=True)
        return whole(folder, path)

    monkeypatch.setattr(arrivals, "stamp", going)
    assert [each.path for each in found(project)] == [other]


# Rows that come back corrected


def lists(**paths: str) -> dict[str, Source]:
    return {name: ContactList(format="contacts_xlsx", path=path) for name, path in paths.items()}


def test_a_file_that_was_given_back_is_found_whatever_the_path_is(project: SmallProject) -> None:
    back = drop(project, "crm-0123456789ab.csv")
    renamed = drop(project, "crm-0123456789ab (corrected).CSV")
    for other in ("crm-0123456789ab.errors.csv", "crm-0123456789ab.summary.json", "shop-0123456789ab.csv", "crm-1.csv"):
        drop(project, other)
    folder = project.project.folder
    assert local_files(folder, lists(crm="landing/crm/*.xlsx"))["crm"] == sorted([back, renamed])
    assert local_files(folder, lists(crm="landing/*/*.xlsx"))["crm"] == sorted([back, renamed])


def test_a_file_that_was_given_back_belongs_to_no_other_source_of_its_folder(project: SmallProject) -> None:
    back, other = drop(project, "crm-0123456789ab.csv"), drop(project, "people.csv")
    found = local_files(project.project.folder, lists(crm="landing/crm/*.xlsx", all="landing/crm/*.csv"))
    assert found == {"crm": [back], "all": [other]}


def test_a_path_that_is_a_folder_is_refused_before_anything_is_read(project: SmallProject) -> None:
    drop(project, "a.csv")
    with pytest.raises(ConfigurationError, match=r"crm: path: landing/crm is a folder; write landing/crm/\*$"):
        list_arrivals(project.connection, project.project.folder, lists(crm="landing/crm"))

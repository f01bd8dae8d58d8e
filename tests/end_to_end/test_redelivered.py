"""However often and in whatever order exports arrive, what was said comes out once and in the order of the truth."""

import csv
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from pipelines.derive.match import match
from pipelines.derive.merge import merge
from pipelines.ingest.receive import receive
from pipelines.project import OpenProject, open_project
from pipelines.store.reads.timeline import KINDS, TimelineFilter, timeline
from pipelines.store.warehouse.connection import Connection, value
from pipelines.store.warehouse.keys import make_keys
from tests.end_to_end.demo_project import DEMO
from tests.examples import examples

# Whoever is in the truth wrote in these, Lena Hoffmann in three of them. Contact lists say who they are.
EXPORTS = {
    "WhatsApp Chat with +49 171 3920017.txt": "whatsapp",
    "WhatsApp Chat with +49 171 3920033.txt": "whatsapp",
    "takeout-2026-11-17.mbox": "mail",
    "facebook-nordlicht-2026-11-15.zip": "facebook",
}
LISTS = ("landing/crm/crm-export-2026-11-16.csv", "landing/chatwoot/contacts-2026-11-17.csv")
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
few = settings(
    max_examples=int(os.environ.get("LAW_EXAMPLES", "4")),
    deadline=None,
    phases=examples([Phase.explicit, Phase.reuse, Phase.generate], light=[Phase.explicit]),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

Said = tuple[datetime, str, str, str, str | None]  # when, channel, direction, kind and words
Cut = Callable[[list[Any]], list[Any]]


class Export(NamedTuple):
    """What of an export is delivered, and the day of November its name states."""

    name: str
    portion: str
    day: int


PORTIONS: dict[str, Cut] = {
    "whole": lambda entries: entries,
    "older": lambda entries: entries[: len(entries) * 2 // 3],
    "newer": lambda entries: entries[len(entries) // 3 :],
}
days = st.integers(14, 19)


@st.composite
def arrivals(draw: st.DrawFn) -> list[Export]:
    """Each export whole, perhaps a second time whole or in part, under names of any day, in any order."""
    whole = [Export(name, "whole", draw(days)) for name in EXPORTS]
    again = [
        Export(name, draw(st.sampled_from(sorted(PORTIONS))), draw(days)) for name in EXPORTS if draw(st.booleans())
    ]
    return draw(st.permutations(whole + again))


TWICE = [Export(name, "whole", day) for day in (15, 18) for name in EXPORTS]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, of which nothing but its contact lists was delivered yet."""
    folder = tmp_path_factory.mktemp("known") / "nordlicht"
    for each in LISTS:
        (folder / each).parent.mkdir(parents=True)
        shutil.copy(DEMO / each, folder / each)
    stated = (DEMO / "onecontact.yaml").read_text(encoding="utf-8")
    settled = stated.replace("format: whatsapp_chat", "format: whatsapp_chat\n    date_order: day_first")
    (folder / "onecontact.yaml").write_text(settled, encoding="utf-8")
    project = open_project(folder)
    make_keys(folder, project.settings.keys)
    with project.warehouse(create=True) as connection:
        receive(project, connection, "lists")
    return folder


@pytest.mark.heavy
@few
@given(arrivals())
@example(TWICE)
@example(TWICE[::-1])
def test_threads_of_several_channels_come_out_as_the_truth_says(known: Path, arriving: list[Export]) -> None:
    with TemporaryDirectory() as parent:
        project = open_project(Path(shutil.copytree(known, Path(parent) / "nordlicht")))
        with project.warehouse() as connection:
            for export in arriving:
                delivered(project, export)
                assert {taken.state for taken in receive(project, connection, "run")} == {"accepted"}
            match(project, connection, "run")
            merge(project, connection, "run", AS_OF)

            assert {person: list(history(connection, person)) for person in truth()} == truth()


def delivered(project: OpenProject, export: Export) -> None:
    """Drop an export, or a part of it, under a name of its own."""
    [path] = (DEMO / "landing" / EXPORTS[export.name]).glob(export.name)
    target = project.folder / "landing" / EXPORTS[export.name] / f"2026-11-{export.day} {export.portion} {export.name}"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(portioned(path, PORTIONS[export.portion]))


def portioned(path: Path, cut: Cut) -> bytes:
    """The content of an export, less what an earlier or a later one would not have."""
    content = path.read_bytes()
    if path.suffix == ".mbox":
        return b"".join(b"From " + mail for mail in cut(("\n" + content.decode()).encode().split(b"\nFrom ")[1:]))
    if path.suffix == ".txt":
        return b"".join(cut(content.splitlines(keepends=True)))
    return rezipped(content, cut)


def rezipped(content: bytes, cut: Cut) -> bytes:
    """A download whose threads have been cut."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(again, "w") as new:
        for member in old.namelist():
            held = old.read(member)
            if member.endswith("message_1.json"):
                thread = json.loads(held)
                thread["messages"] = cut(thread["messages"][::-1])[::-1]
                held = json.dumps(thread).encode()
            new.writestr(zipfile.ZipInfo(member), held)
    return again.getvalue()


@cache
def truth() -> dict[str, list[Said]]:
    """What was said with each person, in order."""
    with (DEMO / "truth-timeline.csv").open(encoding="utf-8", newline="") as file:
        rows = groupby(csv.DictReader(file), itemgetter("person"))
        return {
            person: [
                (
                    datetime.fromisoformat(row["sent_at"]),
                    row["channel"],
                    row["direction"],
                    row["kind"],
                    row["text"] or None,
                )
                for row in entries
            ]
            for person, entries in rows
        }


def history(connection: Connection, person: str) -> Iterator[Said]:
    """The messages of a person of the truth, as the timeline of their contact has them."""
    people = pl.read_csv(DEMO / "truth.csv", infer_schema=False)
    record_id = people.filter(pl.col("source") == "crm", pl.col("person") == person)["record_id"].item()
    contact_id = value(
        connection,
        """SELECT contact_id FROM membership JOIN record USING (record_key)
           WHERE run_to IS NULL AND source = 'crm' AND record_id = ?""",
        [record_id],
    )
    for batch in timeline(connection, str(contact_id), TimelineFilter(kinds=KINDS["message"])):
        yield from batch.select("happened_at", "channel", "direction", "kind", "text").iter_rows()

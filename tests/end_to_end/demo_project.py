"""The demo project in a folder of its own, driven as a person drives it: through the `onecontact` command."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl

from console.cli import main
from pipelines.project import open_project
from pipelines.store.warehouse.connection import query

DEMO = Path(__file__).parents[2] / "examples" / "demo"
AS_OF = "2026-11-20"
COMMAND = [sys.executable, "-m", "console.cli"]

# Everything a run derives, in columns that do not name the run itself.
DERIVED = {
    "record": "SELECT record_key, source, record_id FROM record",
    "source_record": "SELECT * FROM source_record",
    "message": "SELECT * FROM message",
    "event": "SELECT * FROM conversation_event",
    "edge": "SELECT * EXCLUDE (run_id) FROM match_edge",
    "crowd": "SELECT * FROM shared_identifier",
    "membership": "SELECT record_key, contact_id FROM membership WHERE run_to IS NULL",
    "contact": "SELECT * EXCLUDE (run_id) REPLACE (map_entries(attributes) AS attributes) FROM contact",
    "contact_field": "SELECT * FROM contact_field",
    "contact_identifier": "SELECT * FROM contact_identifier",
    "review": "SELECT * FROM review_queue",
    "outcomes": "SELECT * EXCLUDE (run_id, received_at) FROM delivery",
}


def new_demo(folder: Path) -> Path:
    """A copy of the demo without anything a run has made."""
    made = shutil.ignore_patterns(".onecontact", "exports", "rejected")
    shutil.copytree(DEMO, folder, ignore=made)
    return folder


def started(*words: str, **more: str) -> "subprocess.Popen[str]":
    """A command that has been started."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ONECONTACT")}
    return subprocess.Popen(
        [*COMMAND, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment | {"PYTHONWARNINGS": "ignore", "COLUMNS": "200"} | more,
        cwd=DEMO.parents[1],
    )


def busy_with(stage: str, process: "subprocess.Popen[str]") -> "subprocess.Popen[str]":
    """A run that has come to a stage of its work."""
    assert process.stderr is not None
    assert any(stage in line for line in process.stderr), "the run ended before"
    return process


def onecontact(*words: str, code: int = 0) -> str:
    """What a command answers; it has to end with this exit code. Runs get a process of their own, questions do not."""
    if words[0] in ("init", "run"):
        process = started(*words)
        out, err = process.communicate(timeout=300)
        ended = process.returncode
    else:
        with redirect_stdout(StringIO()) as answer, redirect_stderr(StringIO()) as complaint:
            ended = main(words)
        out, err = answer.getvalue(), complaint.getvalue()
    assert ended == code, err
    return out if code == 0 else out + err


def answered(*words: str) -> Any:
    """What a command answers a program."""
    return json.loads(onecontact(*words, "--json"))


def derived(folder: Path) -> dict[str, pl.DataFrame]:
    """All that runs have derived, in rows that can be compared between two projects of the same keys."""
    with open_project(folder).warehouse(read_only=True) as connection:
        return {name: query(connection, f"SELECT * FROM ({sql}) ORDER BY ALL") for name, sql in DERIVED.items()}

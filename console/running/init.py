"""`onecontact init`: a project, or what is missing of one."""

import argparse
import shlex
from pathlib import Path
from string import Template

from console.terminal.screen import say
from pipelines.landing.arrivals import REQUESTED
from pipelines.project import OpenProject, open_project
from pipelines.store.warehouse.keys import make_keys
from schemas.configuration import HIDDEN, PROJECT_FILE
from schemas.segment_files import SEGMENTS

PROJECT = Template("""\
# Everything a run needs to know. Every key: docs/configuration.md of onecontact.
project: $name
default_region: US         # country of phone numbers written without a country code
timezone: UTC              # zone of times written without one

sources:                   # one for each system: where ids of two meet, people overwrite each other
  contacts:                # any contact list as CSV or TSV; columns are known by their header
    format: contacts_csv
    path: "landing/contacts/*.csv"
  # whatsapp: {format: whatsapp_chat, path: "landing/whatsapp/*", owner: "Your name in the chats"}
  # mailbox:  {format: mbox, path: "landing/mail/*.mbox", own_addresses: ["@your-company.example"]}

attributes: {}             # such as  tier: {type: dropdown, values: [gold, silver, bronze]}
""")
SEGMENT = """\
# One published dataset: exports/active/contacts.csv, with a manifest beside it.
segment: active
description: Everybody who wrote to us lately
where: {field: status, op: eq, value: active}
columns: [contact_id, name, email, phone, source, last_interaction_at]
"""
IGNORED = f"# never in git: keys, warehouse, people\n{HIDDEN}/\nlanding/\nrejected/\nexports/\nsnapshots/\n"
DAGSTER = """\
# Nothing of a person is kept here; see docs/architecture.md of onecontact.
telemetry: {enabled: false}
compute_logs: {module: dagster._core.storage.noop_compute_log_manager, class: NoOpComputeLogManager}
"""


def command(args: argparse.Namespace) -> int:
    """Make what is not there; never touch what is."""
    folder: Path = args.folder.resolve()
    is_new = not (folder / PROJECT_FILE).exists()
    if is_new:
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / PROJECT_FILE, PROJECT.substitute(name=name_of(folder)))
        write(folder / SEGMENTS / "active.yaml", SEGMENT)
        write(folder / ".gitignore", IGNORED)
        (folder / "landing" / "contacts").mkdir(parents=True, exist_ok=True)
        (folder / REQUESTED).mkdir(parents=True, exist_ok=True)
    project = open_project(folder)
    create_missing(project)
    project.ids()  # whose key may be missing beside a warehouse that is there
    if is_new:
        say(f"Created a project in {folder}.")
        say("Next: set country and time zone in onecontact.yaml, put a contact list into")
        say(f"landing/contacts, then `{shlex.join(['onecontact', 'run', '--project', str(args.folder)])}`.")
    else:
        say(f"The project in {folder} is complete.")
    for purpose, key in (
        ("without it the warehouse cannot be read", project.settings.keys.warehouse),
        ("without it no command works any more", project.settings.keys.identity),
        ("without it the audit trail goes on under another key", project.settings.keys.seal),
    ):
        if key.file:
            say(f"  key: {key.file} (keep a copy elsewhere: {purpose})")
    return 0


def create_missing(project: OpenProject) -> None:
    """Keys, warehouse and Dagster home, where missing; the keys of a warehouse that is there are never made anew."""
    (project.folder / HIDDEN).mkdir(mode=0o700, exist_ok=True)
    if not project.warehouse_path.exists():
        make_keys(project.folder, project.settings.keys)
    make_dagster_home(project)
    with project.warehouse(create=True, purpose="onecontact init") as connection:
        project.seal_key(connection)


def make_dagster_home(project: OpenProject) -> None:
    """The folder of Dagster's own records, where missing: nothing but the history of runs is lost with it."""
    project.dagster_home.mkdir(mode=0o700, exist_ok=True)
    write(project.dagster_home / "dagster.yaml", DAGSTER)


def write(path: Path, text: str) -> None:
    """A file that is not there yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def name_of(folder: Path) -> str:
    """A project name made of a folder's."""
    letters = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in folder.name.lower())
    return letters.strip("-") or "contacts"

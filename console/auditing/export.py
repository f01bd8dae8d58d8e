"""`onecontact audit export`: events for a log collector, one JSON object a line."""

import argparse
import json
import sys
from importlib.metadata import version

from console.terminal.dates import beginning
from console.terminal.exit_codes import OK
from console.terminal.open_project import session
from console.terminal.screen import clock
from pipelines.publish.cloud_event import cloud_event
from pipelines.store.audit.log import LogFilter, log_batches


def command(args: argparse.Namespace) -> int:
    """Write all events, or those since a date."""
    with session(args, ingests=False) as (project, connection):
        since = beginning("--since", args.since, clock.zone)
        for batch in log_batches(connection, LogFilter(since=since)):
            for event in batch.iter_rows(named=True):
                told = cloud_event(event, project.settings.project, version("onecontact"))
                sys.stdout.write(json.dumps(told, ensure_ascii=True, separators=(",", ":")) + "\n")
    return OK

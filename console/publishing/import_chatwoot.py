"""`onecontact segment import-chatwoot`: a saved filter of Chatwoot's as a segment to begin with."""

import argparse
import json
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import yaml

from console.terminal.exit_codes import OK
from console.terminal.screen import err, out
from pipelines.errors import ConfigurationError
from pipelines.project import open_project
from pipelines.query.bind import Scope, bind
from pipelines.query.chatwoot import import_chatwoot
from pipelines.query.short_form.printed import print_filter
from schemas.fields import field_kinds
from schemas.segment import Segment

BEGINNING = ("contact_id", "name", "email", "phone")


def import_filter(args: argparse.Namespace) -> int:
    """Print the segment, and on standard error what has to be checked in it."""
    project = open_project(args.project, ingests=False)
    try:
        payload = json.loads(args.file.read_bytes())
    except OSError:
        raise ConfigurationError(f"{args.file} cannot be read") from None
    except ValueError:
        raise ConfigurationError(f"{args.file} is no JSON: save the filter as Chatwoot's API gives it") from None
    fields = field_kinds(project.settings.attributes)
    where, warnings = import_chatwoot(payload, fields)
    here = datetime.now(UTC).astimezone(ZoneInfo(project.settings.timezone))
    bind(where, Scope(fields, here, region=project.settings.default_region))
    segment = Segment(segment=args.name, where=where, columns=BEGINNING)
    asked = segment.model_dump(mode="json", by_alias=True, exclude_none=True)["where"]
    with suppress(ValueError):  # one that has no short form
        out.file.write(f"# {print_filter(where, fields)}\n")
    said = {"segment": args.name, "where": asked, "columns": list(BEGINNING)}
    out.file.write(yaml.safe_dump(said, sort_keys=False, allow_unicode=True))
    for warning in warnings:
        err.print(f"warning: {warning}", markup=False, soft_wrap=True)
    return OK

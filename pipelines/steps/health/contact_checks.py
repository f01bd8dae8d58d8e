"""The checks that guard publication: what has to hold of contacts, looked at where something has changed."""

from datetime import datetime

from pipelines.project import OpenProject
from pipelines.store.contacts.unchecked import is_full_check_due, keep_held
from pipelines.store.reads import health
from pipelines.store.warehouse.connection import Connection


def check_contacts(project: OpenProject, connection: Connection, now: datetime) -> dict[str, health.Finding]:
    """What was found of contacts, by name of the check.

    Provenance is read again of contacts that were derived since all checks last held, and of everybody once a week;
    what breaks a rule is found again by every run until it is mended.
    """
    everybody = is_full_check_due(connection, now)
    findings = {
        "one_contact_per_record": health.one_contact_each(connection),
        "provenance_complete": health.provenance_complete(connection, unchecked=not everybody),
        "exclusive_kept": health.exclusive_kept(connection, project.settings.exclusive_attributes()),
        "cannot_links_kept": health.cannot_links_kept(connection),
    }
    if not any(each.broken for each in findings.values()):
        keep_held(connection, now, of_everybody=everybody)
    return findings

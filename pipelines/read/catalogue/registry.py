"""The formats onecontact reads, by name: its own, and those of installed packages that announce one.

A package announces a format under the entry point group `onecontact.formats`: the name of the entry point is that of
the format, what it loads is a `Format` or a module that has one in `FORMAT`. See docs/adding-a-format.md.
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from pipelines.read.core.batch import Format
from schemas.source import Source

OWN = (  # modules of pipelines.read; a new one is one line here
    "chatwoot.contacts",
    "chatwoot.conversations",
    "contact_lists.contacts_csv",
    "contact_lists.contacts_xlsx",
    "mail.eml",
    "contact_lists.facebook_leads",
    "helpdesk.freshdesk_tickets",
    "helpdesk.front_conversations",
    "contact_lists.google_contacts",
    "contact_lists.hubspot_contacts",
    "meta.instagram_download",
    "helpdesk.intercom_conversations",
    "mail.maildir",
    "mail.mbox",
    "meta.messenger_download",
    "meta.messenger_graph",
    "meta.messenger_webhooks",
    "contact_lists.outlook_contacts",
    "contact_lists.salesforce_contacts",
    "chats.slack_export",
    "chats.sms_backup",
    "chats.telegram",
    "vcard.vcard",
    "whatsapp_chat.chat",
    "whatsapp_cloud.webhooks",
    "helpdesk.zendesk_tickets",
)
GROUP = "onecontact.formats"
HERE = "onecontact"


class Unusable(NamedTuple):
    """A format that a package announces and that cannot be used. `why` holds no word of the package but its name."""

    name: str
    package: str
    why: str


class PluggedIn(NamedTuple):
    """What installed packages add: formats and the package of each, by name of the format, and what failed."""

    formats: dict[str, Format]
    packages: dict[str, str]
    unusable: list[Unusable]


def plugged_in(own: Mapping[str, Format]) -> PluggedIn:
    """Formats that installed packages announce. A name belongs to onecontact first, then to the first package by name.

    A package that fails is told of in `unusable` and stops no other.
    """
    added = PluggedIn({}, {}, [])
    for package, entry in sorted((package_of(entry), entry) for entry in entry_points(group=GROUP)):
        if entry.name in own or entry.name in added.formats:
            owner = added.packages.get(entry.name, HERE)
            added.unusable.append(Unusable(entry.name, package, f"the name is taken by a format of {owner}"))
            continue
        form = loaded(entry)
        if isinstance(form, Format):
            added.formats[entry.name] = form
            added.packages[entry.name] = package
        else:
            added.unusable.append(Unusable(entry.name, package, form))
    return added


def package_of(entry: EntryPoint) -> str:
    """Name of the distribution that announces an entry point."""
    return entry.dist.name if entry.dist else entry.module


def loaded(entry: EntryPoint) -> Format | str:
    """The format behind an entry point, or why there is none: the text of an exception is not repeated."""
    try:
        found = entry.load()
        form = getattr(found, "FORMAT", found)
    except (Exception, SystemExit) as failure:  # noqa: BLE001 -- code of others: whatever it raises costs its format only
        return f"loading it failed with {type(failure).__name__}"
    if not isinstance(form, Format) or not (isinstance(form.options, type) and issubclass(form.options, Source)):
        return "what it loads is no `pipelines.read.core.batch.Format` whose options are a `schemas.source.Source`"
    if form.name != entry.name:
        return "its entry point and its Format have two names; they must have one"
    return form


def unusable() -> dict[str, str]:
    """Formats that no source can use, by name, and why: for whoever names one in onecontact.yaml."""
    return {each.name: f"the plug-in `{each.package}` does not work: {each.why}" for each in UNUSABLE}


FORMATS: dict[str, Format] = {
    form.name: form for form in (import_module(f"pipelines.read.{name}").FORMAT for name in OWN)
}
ADDED = plugged_in(FORMATS)
PACKAGES: dict[str, str] = ADDED.packages  # of the formats that are not onecontact's own
UNUSABLE: list[Unusable] = ADDED.unusable
FORMATS.update(ADDED.formats)

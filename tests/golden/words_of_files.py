"""The words by which files are understood. `python -m tests.golden.words_of_files` writes them anew."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from pipelines.read.chatwoot import activity, contact_identifiers, contacts, messages
from pipelines.read.contact_lists import (
    facebook_leads,
    google_contacts,
    hubspot_contacts,
    outlook_words,
    salesforce_contacts,
)
from pipelines.read.containers import html_text
from pipelines.read.csv import code_pages
from pipelines.read.mail import body, headers, labels
from pipelines.read.meta import messenger_event, messenger_thread
from pipelines.read.tables import contact_table, header_words, role_guess, spreadsheet_cells, system_headers
from pipelines.read.vcard import cards, row
from pipelines.read.whatsapp_chat import clock, half_days, media_and_notices
from pipelines.read.whatsapp_cloud import content, entries

FILE = Path(__file__).with_suffix(".json")
MODULES = (
    *(activity, contact_identifiers, contacts, messages, facebook_leads, google_contacts, hubspot_contacts),
    *(outlook_words, salesforce_contacts, html_text, code_pages, body, headers, labels, messenger_event),
    *(messenger_thread, contact_table, header_words, role_guess, spreadsheet_cells, system_headers, cards, row),
    *(clock, half_days, media_and_notices, content, entries),
)
Words = dict[str, dict[str, Any]]


def known_words(modules: tuple[ModuleType, ...] = MODULES) -> Words:
    """Constants of these modules whose keys or elements are texts, by module; a collection as a list, sorted."""
    return {
        module.__name__.removeprefix("pipelines.read."): {
            name: words
            for name, value in vars(module).items()
            if name.removeprefix("_").isupper() and (words := plain(value))
        }
        for module in modules
    }


def plain(value: Any) -> dict[str, Any] | list[str] | None:
    """A mapping or a collection of texts as JSON has it; None for anything else."""
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str(key): shown(each) for key, each in value.items()}
    if isinstance(value, tuple | list | set | frozenset) and all(isinstance(each, str) for each in value):
        return sorted(map(str, value))
    return None


def shown(value: Any) -> Any:
    """What a word means, where that is a text or texts; else nothing."""
    return (
        plain(value)
        if isinstance(value, Mapping | tuple | list | set | frozenset)
        else value
        if isinstance(value, str)
        else ""
    )


def golden() -> Words:
    """The words in the file."""
    found: Words = json.loads(FILE.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(known_words(), indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")

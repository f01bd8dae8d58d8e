"""What a file calls things is known for good: nobody's list may be read otherwise because a word was lost."""

from typing import Any

import pytest

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
from tests.golden.words_of_files import MODULES, golden, known_words

EVERY = (
    *(activity, contact_identifiers, contacts, messages, facebook_leads, google_contacts, hubspot_contacts),
    *(outlook_words, salesforce_contacts, html_text, code_pages, body, headers, labels, messenger_event),
    *(messenger_thread, contact_table, header_words, role_guess, spreadsheet_cells, system_headers, cards, row),
    *(clock, half_days, media_and_notices, content, entries),
)
NOW = known_words()


def lost(before: Any, now: Any) -> list[str]:
    """Words that are no longer known, or mean something else."""
    if isinstance(before, dict) and isinstance(now, dict):
        return [word for word, meaning in before.items() if word not in now or lost(meaning, now[word])]
    if isinstance(before, list) and isinstance(now, list):
        return sorted({*before} - {*now})
    return [] if before == now else [str(before)]


@pytest.mark.parametrize("module", sorted(NOW))
def test_every_word_that_was_known_means_what_it_meant(module: str) -> None:
    found = {name: lost(words, NOW[module].get(name)) for name, words in golden()[module].items()}
    assert {name: words for name, words in found.items() if words} == {}, (
        "a file with these is read otherwise now; where that is meant, write them with "
        "`python -m tests.golden.words_of_files`"
    )


def test_every_module_of_words_is_looked_at() -> None:
    assert MODULES == EVERY
    assert golden().keys() == NOW.keys()


def test_a_word_that_is_lost_is_noticed() -> None:
    assert lost({"a": "x", "b": ["1", "2"]}, {"a": "x", "b": ["2"]}) == ["b"]
    assert lost({"a": "x"}, {"a": "y"}) == lost({"a": "x"}, {}) == ["a"]
    assert lost(["a", "b"], ["b", "c"]) == ["a"]
    assert lost(["a"], None) == ["['a']"]
    assert lost({"a": "x"}, {"a": "x", "b": "y"}) == []

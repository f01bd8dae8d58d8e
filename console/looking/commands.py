"""The command line for whoever looks at contacts."""

import argparse
from pathlib import Path

from console.terminal.options import Adder, add_contact_argument, add_warehouse_options, integer_between


def add_commands(add: Adder) -> None:
    """Add the commands that show contacts and say why they are as they are."""
    list_ = add("list", "List contacts: quick search and filters", "list_contacts")
    list_.add_argument("query", nargs="?", metavar="QUERY", help="part of a name, number, address, tag or attribute")
    list_.add_argument("--status", choices=["active", "inactive", "blocked"])
    list_.add_argument("--channel", metavar="CHANNEL", help="has talked to us on this channel, such as whatsapp")
    list_.add_argument("--source", metavar="SOURCE", help="channel of first contact, or a source")
    list_.add_argument("--tag", metavar="TAG")
    list_.add_argument(
        "--days",
        type=integer_between(1, 36_500),
        metavar="N",
        help="last interaction at most N days before the last run",
    )
    list_.add_argument("--attribute", action="append", default=[], metavar="NAME=VALUE")
    list_.add_argument(
        "--limit", type=integer_between(0, 2**31), default=50, metavar="N", help="at most so many (default: 50; 0: all)"
    )
    list_.add_argument(
        "--where", metavar="FILTER", help="such as 'tier:gold last_contact>-30d -tags:internal' (docs/filters.md)"
    )
    list_.add_argument("--columns", metavar="NAMES", help="columns to show, with commas between them")
    list_.add_argument("--sort", metavar="NAMES", help="columns to sort by; with - before a name the greatest first")
    list_.add_argument(
        "--page", type=integer_between(1, 2**31), default=1, metavar="N", help="page of --limit contacts"
    )
    list_.add_argument("--format", choices=["table", "json", "csv"], default="table", help="default: table")
    list_.add_argument(
        "--blocked-conversations",
        action="store_true",
        help="list suppressed conversations instead of contacts (all, or those of a QUERY)",
    )

    search = add(
        "search", "Find contacts by anything known of them, the best first; forgives a typing mistake", "search"
    )
    search.add_argument(
        "words", nargs="+", metavar="WORD", help="every word has to hit something: a name, a number, ..."
    )
    search.add_argument(
        "--limit", type=integer_between(0, 2**31), default=20, metavar="N", help="at most so many (default: 20; 0: all)"
    )

    show = add("show", "Show a contact: every value with its origin, and the latest events", "show")
    show.add_argument(
        "--why",
        metavar="FIELD",
        help="where this value comes from: record, file, line and rule, and every value that lost. "
        "A FIELD is name, phone, email, tags or an attribute; also status, notes, or id: what became of the contact id",
    )
    add_quoted(show)
    add_timeline(add)

    explain = add(
        "explain",
        "Explain why two contacts or records are or are not one person, or what links the records of one contact",
        "explain",
    )
    said = "a contact (as for `show`), a former id, or source:record id"
    explain.add_argument("one", metavar="CONTACT", help=said)
    explain.add_argument(
        "other", metavar="CONTACT", nargs="?", help="the same; without it: what links the records of the first"
    )

    add_contact_argument(show)
    add_warehouse_options(list_, search, show, explain)


def add_quoted(command: argparse.ArgumentParser) -> None:
    """Add the option that shows mails whole."""
    command.add_argument(
        "--quoted",
        action="store_true",
        help="show earlier mails that a mail quotes, and signatures, instead of folding them",
    )


def add_timeline(add: Adder) -> None:
    """Add `timeline` with its filters."""
    timeline = add("timeline", "Show the full history of a contact, all channels in one order", "timeline")
    timeline.add_argument("--channel", action="append", default=[], metavar="CHANNEL", help="only this; repeatable")
    timeline.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="KIND",
        help="only message, note, event (in a conversation), assignment, status, label, block or decision; repeatable",
    )
    timeline.add_argument("--since", metavar="DATE", help="from this day or ISO 8601 time on")
    timeline.add_argument("--until", metavar="DATE", help="up to and including this day, or up to this time")
    timeline.add_argument(
        "--limit", type=integer_between(0, 2**31), default=0, metavar="N", help="the last N of them (default: 0: all)"
    )
    timeline.add_argument(
        "--blocked-conversations",
        action="store_true",
        help="instead of the history, what is set aside because it came after a block",
    )
    timeline.add_argument(
        "--vcon", type=Path, metavar="FILE", help="write its messages as a vCon to a new, unencrypted file"
    )
    add_quoted(timeline)
    add_contact_argument(timeline)
    add_warehouse_options(timeline)

"""`onecontact search`: contacts by whatever somebody knows of them."""

import argparse

from console.terminal.exit_codes import OK
from console.terminal.fitted import print_fitted
from console.terminal.open_project import session
from console.terminal.screen import as_json, clock, plural, say
from pipelines.steps.finding.search import Answer, search

TITLES = {"contact_id": "id", "last_interaction_at": "last interaction"}
IMPORTANCE = ("id", "name", "why", "phone", "email", "last interaction")


def command(args: argparse.Namespace) -> int:
    """The contacts that every word hits, the best first, each with what was hit."""
    with session(args, ingests=False) as (_, connection):
        answer = search(connection, " ".join(args.words), args.limit)
    if args.json:
        as_json({"number": answer.number, "instead": dict(answer.instead), "contacts": answer.contacts.to_dicts()})
        return OK
    if not answer.number:
        say(f"No matching contacts.{hint(answer)}")
        return OK
    if answer.instead:
        say(f"Nobody is found by {listed(answer, 0)}; these are by {listed(answer, 1)}:")
    shown = answer.contacts.select("contact_id", "name", "phone", "email", "last_interaction_at", "why")
    rows = [[row["contact_id"][:8], *[*row.values()][1:]] for row in shown.to_dicts()]
    title = f"{plural(answer.number, 'contact')}, the best first, times in {clock.zone.key}"
    print_fitted(title, [TITLES.get(name, name) for name in shown.columns], rows, IMPORTANCE)
    if shown.height < answer.number:
        say(f"The first {shown.height:,}; `--limit 0` shows all.")
    return OK


def listed(answer: Answer, place: int) -> str:
    """The words that were looked for in vain, or those that were looked for instead."""
    return ", ".join(f'"{pair[place]}"' for pair in answer.instead)


def hint(answer: Answer) -> str:
    """What may have been meant, where nobody has all of the words."""
    return f" Did you mean {listed(answer, 1)}?" if answer.instead else ""

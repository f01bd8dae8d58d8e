"""`onecontact review`: pairs of contacts that may be one person, for a person to decide.

While somebody thinks, the warehouse is closed: runs and colleagues go on.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import polars as pl

from console.deciding.before_after import beside, known
from console.deciding.commands import REVIEWED
from console.deciding.decision_command import attributions, tell_undoing
from console.looking.explain import draw_compared
from console.terminal.exit_codes import OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, out, plural, printable, say, table
from pipelines.decide.merge import defer, dismiss, merge
from pipelines.errors import ConfigurationError, DecisionRefused
from pipelines.steps.dry_run import current_state
from pipelines.steps.explain import explain
from pipelines.store.decisions import decisions
from pipelines.store.reads import contact_details
from pipelines.store.warehouse.connection import Connection

MERGE, NO_MATCH, LATER, QUIT = "m", "n", "l", "q"
QUESTION = "One person? [m] merge  [n] not a match  [l] later  [q] quit: "
WHO_WINS = "Whose values win where both have one? [a] A  [b] B (default: A): "
WHY = f"Why? It is kept with every decision of this session (default: {REVIEWED}): "


class Pair(NamedTuple):
    """Two contacts that may be one person."""

    one: str
    other: str


def command(args: argparse.Namespace) -> int:
    """Ask about one pair after the other until none is left, or whoever answers has had enough."""
    if args.json:
        with session(args) as (_, connection):
            queue = contact_details.review_queue(connection)
        as_json((queue.head(args.limit) if args.limit else queue).to_dicts())
        return OK
    if not at_terminal():
        raise ConfigurationError(
            "review needs an interactive terminal: `review --json` lists the pairs, and a file in "
            "landing/decisions/ answers them"
        )
    answered = 0
    with suppress(EOFError):  # nobody answers any more
        for _ in review_pairs(args):
            answered += 1
    say(f"{plural(answered, 'pair')} answered.")
    return OK


def at_terminal() -> bool:
    """Whether somebody is there who can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def review_pairs(args: argparse.Namespace) -> Iterator[Pair]:
    """Ask and decide; the pairs that were answered."""
    passed = set[Pair]()  # those are not asked about again in this session
    while not args.limit or len(passed) < args.limit:
        with session(args) as (project, connection):
            queue = contact_details.review_queue(connection)
            waiting = [row for row in queue.to_dicts() if Pair(row["contact_lo"], row["contact_hi"]) not in passed]
            if not waiting:
                say("That was the last one." if passed else "No pair waits for an answer.")
                return
            pair = Pair(waiting[0]["contact_lo"], waiting[0]["contact_hi"])
            records = [decisions.members(connection, each) for each in pair]
            say(f"{plural(len(waiting), 'pair')} waiting{', put off before' * waiting[0]['is_deferred']}", style="bold")
            draw(connection, pair)
            explained = explain(project, connection, *records)
        say(f"  {printable(explained.why)}.")
        draw_compared(explained)
        answer = answer_to(QUESTION, (MERGE, NO_MATCH, LATER, QUIT))
        if answer == QUIT:
            return
        primary = pair.other if answer == MERGE and answer_to(WHO_WINS, ("a", "b"), "a") == "b" else pair.one
        if args.reason is None:
            args.reason = asked_for(WHY) or REVIEWED
        passed.add(pair)
        if apply_answer(args, pair, answer, primary):
            yield pair


def draw(connection: Connection, pair: Pair) -> None:
    """Both contacts with all that is known of them, side by side."""
    states = current_state(connection, pl.Series(pair))
    one, other = (known(states[each], rules=False) for each in pair)
    out.print(table("", ["", "A", "B"], [["id", *pair], *beside(one, other)]))


def apply_answer(args: argparse.Namespace, pair: Pair, answer: str, primary: str) -> bool:
    """Decide as somebody answered; whether that could be done."""
    try:
        with session(args, writes_as="onecontact review") as (project, connection):
            attribution = next(attributions(args))
            if answer == MERGE:
                decision = merge(project, connection, pair, attribution, primary=primary)
            else:
                decision = {NO_MATCH: dismiss, LATER: defer}[answer](project, connection, *pair, attribution)
    except DecisionRefused as refused:
        say(f"  Nothing is decided: {refused}.")
        return False
    tell_undoing(decision, args.project)
    say()
    return True


def answer_to(question: str, answers: tuple[str, ...], usual: str | None = None) -> str:
    """One of these answers, asked for until it is one."""
    while True:
        given = asked_for(question).lower() or usual
        if given in answers:
            return given


def asked_for(question: str) -> str:
    """What somebody types."""
    return input(question).strip()

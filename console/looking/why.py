"""Where a value of a contact comes from, for `onecontact show CONTACT --why FIELD`."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.looking.standing import standing
from console.looking.why_status import STATUS, draw_status, status_facts
from console.terminal.exit_codes import OK, WRONG, CommandError
from console.terminal.screen import as_json, cell, local, out, plural, printable, say, table
from pipelines.derive.consent_history import consent_history
from pipelines.project import OpenProject
from pipelines.query.suppression import consents
from pipelines.store.contacts import id_history
from pipelines.store.decisions import decision_log
from pipelines.store.reads import contact_details
from pipelines.store.reads.notes import notes
from pipelines.store.warehouse.connection import Connection
from schemas.configuration import nearest
from schemas.vocabulary import DecisionKind

ID, NOTES, REUSED = "id", "notes", "reused"
ANSWERS = {"true": "yes", "false": "no", None: "(cleared)"}
FIELDS = ("name", "phone", "email", "tags")
SPEAKS = {  # decisions about a field; of any other edits and pins
    "tags": {DecisionKind.TAG, DecisionKind.UNTAG},
    STATUS: {DecisionKind.BLOCK, DecisionKind.UNBLOCK},
}


def print_provenance(project: OpenProject, connection: Connection, contact_id: str, args: str, *, json: bool) -> int:
    """Say where a field of a contact comes from, or what became of its id; the exit code."""
    if args == ID:
        moves = moves_with_records(connection, contact_id)
        if json:
            as_json(moves)
            return OK
        if not moves:
            say("The contact id comes from its first record and has never changed.")
        draw_moves(moves)
        draw_shared_ids(id_history.shared_record_ids(connection, contact_id).to_dicts())
        return OK
    if args == NOTES:
        written = notes(connection, contact_id).to_dicts()
        if json:
            as_json({"field": NOTES, "notes": written})
        else:
            draw_notes(written)
        return OK
    if args == STATUS:
        facts = {"field": STATUS, **status_facts(project, connection, contact_id)}
        blocked = decisions_about(connection, contact_id, STATUS)
        if json:
            as_json(facts | {"decisions": blocked})
        else:
            draw_status(facts)
            draw_decisions(blocked)
        return OK
    fields, identifiers = (
        contact_details.fields(connection, contact_id),
        contact_details.identifiers(connection, contact_id),
    )
    field = field_meant(args, [*FIELDS, *(f"attr.{name}" for name in project.settings.attributes),
                                *fields["field"], *identifiers["type"]])  # fmt: skip
    found: dict[str, Any] = {
        "field": field,
        "values": contact_details.origin_of(connection, contact_id, field).to_dicts(),
        "lost": contact_details.losing_values(connection, contact_id, field).to_dicts(),
        "known_by": [row for row in identifiers.to_dicts() if row["type"] == field],
        "decisions": decisions_about(connection, contact_id, field),
    }
    asked = field.removeprefix("attr.")
    if asked in consents(project.settings.attributes):
        found["answers"] = consent_history(project, connection, contact_id, asked).drop("record_key").to_dicts()
    if json:
        as_json(found)
    else:
        draw(**found)
    return OK


def decisions_about(connection: Connection, contact_id: str, field: str) -> list[dict[str, Any]]:
    """Decisions about a field of a contact, the newest first."""
    kinds = SPEAKS.get(field, {DecisionKind.EDIT, DecisionKind.PIN})
    found = decision_log.list_decisions(connection, contact_id).to_dicts()
    return [row for row in found if row["kind"] in kinds and row["field"] in {field, None}]


def field_meant(args: str, known: Sequence[str]) -> str:
    """The field somebody means by its name; of an attribute `attr.` may be left out.

    Raises:
        Ended: There is none of that name.
    """
    for field in (args, f"attr.{args}"):
        if field in known:
            return field
    raise CommandError(
        f"--why: no field of that name{nearest(args, [*dict.fromkeys(known), ID, NOTES, STATUS])}", WRONG
    )


def draw(
    field: str,
    values: Sequence[Mapping[str, Any]],
    lost: Sequence[Mapping[str, Any]],
    known_by: Sequence[Mapping[str, Any]],
    decisions: Sequence[Mapping[str, Any]],
    answers: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Where a field comes from, for a person: what won, what lost, and what people said about it."""
    if not values:
        say(f"{field} has no value.", style="bold")
    for row in values:
        say(f"{field} is {printable(local(row['value']))}", style="bold")
        say(f"  from    {printable(record(row))}, {printable(place(row))}")
        say(f"  because {rule(row['rule'], row['candidates'])}")
        if row["decision_id"]:
            say(f"  undo    onecontact revoke {row['decision_id']}")
    if answers:
        draw_answers(answers)
    if lost:
        rows = [[local(row["value"]), record(row), place(row)] for row in lost]
        out.print(table("Values that lost, best first", ["value", "record", "from"], rows))
    if known_by:
        rows = [[row["value"], row["is_primary"], row["validity"], place(row)] for row in known_by]
        out.print(table(f"All values of {field}", ["value", "primary", "validity", "from"], rows))
    draw_decisions(decisions)


def draw_decisions(decisions: Sequence[Mapping[str, Any]]) -> None:
    """What people decided about a field, if they did, for a person."""
    if decisions:
        said = [
            [row["decision_id"][:8], row["decided_at"], row["actor"], row["kind"], row["value"], row["reason"],
             standing(row)]
            for row in decisions
        ]  # fmt: skip
        out.print(table("Decisions about it", ["id", "when", "who", "kind", "value", "why", "stands"], said))


def draw_notes(written: Sequence[Mapping[str, Any]]) -> None:
    """Every note there has ever been, for a person, and whether it still holds."""
    if not written:
        say("notes has no value.", style="bold")
        return
    rows = [
        [row["happened_at"], row["text"], "yes" if row["is_current"] else "no longer stated",
         "" if row["actor"] else record(row), place(row)]
        for row in written
    ]  # fmt: skip
    out.print(table(plural(len(written), "note"), ["since", "note", "current", "record", "from"], rows))


def draw_answers(answers: Sequence[Mapping[str, Any]]) -> None:
    """Every answer to a question of consent there has ever been, for a person, and whether it counts now."""
    rows = [
        [row["stated_at"], row["last_stated_at"], ANSWERS.get(row["value"], row["value"]), counts(row), record(row),
         place(row)]
        for row in answers
    ]  # fmt: skip
    title = f"{plural(len(answers), 'answer')} ever stated, the oldest first; one no that counts is enough"
    out.print(table(title, ["since", "last stated", "answer", "counts", "record", "from"], rows))


def counts(answer: Mapping[str, Any]) -> str:
    """Whether an answer counts at present."""
    if answer["revoked_at"]:
        return "revoked"
    return "yes" if answer["is_current"] else "replaced"


def record(row: Mapping[str, Any]) -> str:
    """The record that states a value."""
    return f"{row['source']}:{row['record_id'] or '?'}"


def place(row: Mapping[str, Any]) -> str:
    """Where a value was read, or who decided it and when."""
    number = f"line {row['line_number']}" if row["line_number"] else f"no. {row['row_number']}"
    read = f"{row['file_name']}, {number}" if row["file_name"] else ""
    by = f"decided by {row['actor']} on {cell(row['decided_at'])}" if row["decided_at"] else ""
    return " in ".join(filter(None, (by, read)))


def rule(name: str, candidates: int) -> str:
    """The rule that chose a value, and from how many."""
    words = name.replace("_", " ")
    return words if candidates <= 1 else f"{words}, of {candidates}"


def moves_with_records(connection: Connection, contact_id: str) -> list[dict[str, Any]]:
    """What became of an id (`id_history.id_moves`), with the `records` that were given to another person in each."""
    shared = id_history.shared_record_ids(connection, contact_id).to_dicts()
    return [
        move | {"records": passed_on(move, shared) if move["kind"] == REUSED else []}
        for move in id_history.id_moves(connection, contact_id).to_dicts()
    ]


def passed_on(move: Mapping[str, Any], shared: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Record ids that went from one contact to another: record, since.

    What a source has taken back meanwhile says no more since when: then it is all that both have had.
    """
    both = [each for each in shared if each["other"] == move["is_now"]]
    this_way = [each for each in both if each["is_origin"] == move["is_origin"]]
    return [{"record": each["record"], "since": each["since"] if this_way else None} for each in this_way or both]


def draw_moves(moves: Sequence[Mapping[str, Any]]) -> None:
    """What became of an id, line by line."""
    for move in moves:
        now = f", now in {move['is_now']}" if move["is_now"] not in {None, move["other"]} else ""
        because = f", undo: onecontact revoke {move['decision_id']}" if move["decision_id"] else ""
        say(f"  {cell(move['changed_at'])}  {printable(describe_move(move))}{now}{because}")


def draw_shared_ids(shared: Sequence[Mapping[str, Any]]) -> None:
    """Whose the record ids are that several people have had, and since when, line by line."""
    for each in shared:
        had, has = ("this contact", each["other"]) if each["is_origin"] else (each["other"], "this contact")
        say(f"  {printable(each['record'])} means {has} since {cell(each['since'])}, by its source; before, {had}")


def describe_move(move: Mapping[str, Any]) -> str:
    """What happened to an id at one time."""
    other, records = move["other"] or "nobody", " and ".join(each["record"] for each in move.get("records", []))
    passed = ("was given {records}, a record id that {other} had had", "{other} was given its record id {records}")
    unnamed = ("was given a record id that {other} had had", "{other} was given one of its record ids")
    return {
        "merged": ("took in {other}", "was merged into {other}"),
        "split": ("was split off from {other}", "{other} was split off from it"),
        "restored": ("became a contact again, out of {other}", "{other} became a contact again, out of it"),
        REUSED: passed if records else unnamed,
        "withdrawn": ("took the place of {other}", "was withdrawn; {other} took its place"),
    }[move["kind"]][move["is_origin"]].format(other=other, records=records)

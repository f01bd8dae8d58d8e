"""The command line for whoever decides something about contacts."""

from console.terminal.options import (
    Adder,
    add_contact_argument,
    add_decision_options,
    add_warehouse_options,
    integer_between,
)

REVIEWED = "review"  # the reason of an answer in a review, unless another is given
NOTED = "note"  # a note says itself what it is for
TAKEN_BACK = "taken back"


def add_commands(add: Adder) -> None:
    """Add the commands that decide, list decisions and take them back."""
    create = add("add", "Add a contact", "add")
    create.add_argument("--name", metavar="NAME")
    create.add_argument("--phone", action="append", default=[], metavar="NUMBER", help="repeatable")
    create.add_argument("--email", action="append", default=[], metavar="ADDRESS", help="repeatable")
    create.add_argument("--attribute", action="append", default=[], metavar="NAME=VALUE", help="repeatable")
    create.add_argument("--tag", action="append", default=[], metavar="TAG", help="repeatable")
    create.add_argument("--note", metavar="TEXT")

    edit = add("edit", "Set, remove or pin field values of a contact", "edit")
    add_contact_argument(edit)
    edit.add_argument(
        "values",
        nargs="*",
        metavar="FIELD=VALUE",
        help="name, phone, email or an attribute, and its new value",
    )
    edit.add_argument("--clear", action="append", default=[], metavar="FIELD", help="clear this field; repeatable")
    edit.add_argument(
        "--pin",
        action="append",
        default=[],
        metavar="FIELD[=VALUE]",
        help="keep this value whatever sources say, until the pin is revoked; without VALUE the current one",
    )

    tag = add("tag", "Add or remove tags", "annotate")
    tag.set_defaults(kind="tag")
    add_contact_argument(tag)
    tag.add_argument("tags", nargs="*", metavar="TAG")
    tag.add_argument("--remove", action="append", default=[], metavar="TAG", help="remove this tag; repeatable")

    note = add("note", "Add a note to the timeline of a contact", "annotate")
    note.set_defaults(kind="note")
    add_contact_argument(note)
    note.add_argument("text", metavar="TEXT")

    add_identity(add)
    add_blocks(add)
    add_history(add)
    add_decision_options(create, edit, tag)
    add_decision_options(note, reason=NOTED)
    add_warehouse_options(create, edit, tag, note)


def add_identity(add: Adder) -> None:
    """Add the commands that say who is one person and who is not."""
    merge = add("merge", "Merge contacts that are the same person; can be undone", "merge")
    merge.add_argument("contact", metavar="PRIMARY", help="the contact whose values win where both have one")
    merge.add_argument("others", nargs="+", metavar="OTHER", help="a contact that is the same person")

    unmerge = add("unmerge", "Split a contact that mixes several people", "unmerge")
    add_contact_argument(unmerge)
    which = unmerge.add_mutually_exclusive_group()
    which.add_argument(
        "--record",
        action="append",
        default=[],
        metavar="SOURCE:ID",
        help="split off this record, as `show` names it; repeated, they stay together",
    )
    which.add_argument("--all", action="store_true", help="split every record from every other")

    review = add("review", "Decide pairs in the review queue, most likely first", "review")
    review.add_argument(
        "--limit",
        type=integer_between(0, 2**31),
        default=0,
        metavar="N",
        help="at most so many pairs (default: 0: all)",
    )

    add_decision_options(merge, unmerge)
    add_decision_options(review, reason=REVIEWED, tried=False)
    review.set_defaults(reason=None)  # whoever gives none is asked for one
    add_warehouse_options(merge, unmerge, review)


def add_blocks(add: Adder) -> None:
    """Add `block` and `unblock`."""
    block = add("block", "Block a contact: new conversations are suppressed", "block")
    block.add_argument("--until", metavar="DATE", help="the block ends after this day, or at this ISO 8601 time")
    unblock = add("unblock", "Unblock a contact: suppressed conversations come back", "block")
    for each, kind in ((block, "block"), (unblock, "unblock")):
        each.set_defaults(kind=kind)
    add_contact_argument(block, unblock)
    add_decision_options(block, unblock)
    add_warehouse_options(block, unblock)


def add_history(add: Adder) -> None:
    """Add the commands that say what was decided and take it back."""
    decisions = add("decisions", "List decisions and whether they are in force", "decisions")
    decisions.add_argument(
        "contact", nargs="?", metavar="CONTACT", help="only decisions about this contact (default: all, newest first)"
    )
    decisions.add_argument(
        "--limit", type=integer_between(0, 2**31), default=50, metavar="N", help="at most so many (default: 50; 0: all)"
    )
    revoke = add("revoke", "Undo a decision; restores the state without it", "revoke")
    revoke.add_argument(
        "decision",
        metavar="DECISION",
        help="its id or the beginning of it, as `decisions` lists it; or `last`: the last one you took",
    )
    add_decision_options(revoke, reason=TAKEN_BACK)
    add_warehouse_options(decisions, revoke)

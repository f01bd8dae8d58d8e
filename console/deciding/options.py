"""The command line for whoever decides something about contacts."""

from console.terminal.options import Adder, about_a_contact, deciding, in_the_warehouse, whole

REVIEWED = "review"  # the reason of an answer in a review, unless another is given
NOTED = "note"  # a note says itself what it is for
TAKEN_BACK = "taken back"


def add_commands(add: Adder) -> None:
    """Add the commands that decide, list decisions and take them back."""
    create = add("add", "Add a contact", "add")
    create.add_argument("--name", metavar="NAME")
    create.add_argument("--phone", action="append", default=[], metavar="NUMBER", help="may be repeated")
    create.add_argument("--email", action="append", default=[], metavar="ADDRESS", help="may be repeated")
    create.add_argument("--attribute", action="append", default=[], metavar="NAME=VALUE", help="may be repeated")
    create.add_argument("--tag", action="append", default=[], metavar="TAG", help="may be repeated")
    create.add_argument("--note", metavar="TEXT")

    edit = add("edit", "Correct values of a contact, take them away, or pin them against all that comes", "edit")
    about_a_contact(edit)
    edit.add_argument(
        "values",
        nargs="*",
        metavar="FIELD=VALUE",
        help="name, phone, email or an attribute, and its value from now on",
    )
    edit.add_argument("--clear", action="append", default=[], metavar="FIELD", help="it has no value; may be repeated")
    edit.add_argument(
        "--pin",
        action="append",
        default=[],
        metavar="FIELD[=VALUE]",
        help="nothing that arrives replaces it, until the pin is revoked; without a value the one it has",
    )

    tag = add("tag", "Tag a contact, or take tags away", "annotate")
    tag.set_defaults(kind="tag")
    about_a_contact(tag)
    tag.add_argument("tags", nargs="*", metavar="TAG")
    tag.add_argument("--remove", action="append", default=[], metavar="TAG", help="take it away; may be repeated")

    note = add("note", "Write a note about a contact into its timeline", "annotate")
    note.set_defaults(kind="note")
    about_a_contact(note)
    note.add_argument("text", metavar="TEXT")

    add_identity(add)
    add_blocks(add)
    add_history(add)
    deciding(create, edit, tag)
    deciding(note, reason=NOTED)
    in_the_warehouse(create, edit, tag, note)


def add_identity(add: Adder) -> None:
    """Add the commands that say who is one person and who is not."""
    merge = add("merge", "Say that contacts are one person: they become one, and can be parted again", "merge")
    merge.add_argument("contact", metavar="PRIMARY", help="the contact whose values win where both have one")
    merge.add_argument("others", nargs="+", metavar="OTHER", help="a contact that is the same person")

    unmerge = add("unmerge", "Part a contact that is not one person: take back a merge, or take records out", "unmerge")
    about_a_contact(unmerge)
    which = unmerge.add_mutually_exclusive_group()
    which.add_argument(
        "--record",
        action="append",
        default=[],
        metavar="SOURCE:ID",
        help="take this record out, as `show` names it; repeated, they stay together",
    )
    which.add_argument("--all", action="store_true", help="take every record apart from every other")

    review = add("review", "Walk through pairs that may be one person, likeliest first, and decide", "review")
    review.add_argument(
        "--limit", type=whole(0, 2**31), default=0, metavar="N", help="at most so many pairs (default: 0: all)"
    )

    deciding(merge, unmerge)
    deciding(review, reason=REVIEWED, tried=False)
    review.set_defaults(reason=None)  # whoever gives none is asked for one
    in_the_warehouse(merge, unmerge, review)


def add_blocks(add: Adder) -> None:
    """Add `block` and `unblock`."""
    block = add("block", "Block a contact: conversations that begin from now on are set aside", "block")
    block.add_argument("--until", metavar="DATE", help="the block ends with this day, or at this ISO 8601 time")
    unblock = add("unblock", "Lift the blocks of a contact: what was set aside comes back", "block")
    for each, kind in ((block, "block"), (unblock, "unblock")):
        each.set_defaults(kind=kind)
    about_a_contact(block, unblock)
    deciding(block, unblock)
    in_the_warehouse(block, unblock)


def add_history(add: Adder) -> None:
    """Add the commands that say what was decided and take it back."""
    decisions = add("decisions", "List what was decided, by whom, when and why, and what of it stands", "decisions")
    decisions.add_argument(
        "contact", nargs="?", metavar="CONTACT", help="only what is about this contact (default: all, newest first)"
    )
    decisions.add_argument(
        "--limit", type=whole(0, 2**31), default=50, metavar="N", help="at most so many (default: 50; 0: all)"
    )
    revoke = add("revoke", "Undo a decision: everything is as if it had not been taken", "revoke")
    revoke.add_argument(
        "decision",
        metavar="DECISION",
        help="its id or the beginning of it, as `decisions` lists it; or `last`: the last one you took",
    )
    deciding(revoke, reason=TAKEN_BACK)
    in_the_warehouse(decisions, revoke)

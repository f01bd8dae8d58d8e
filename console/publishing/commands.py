"""The command line for segments and exports."""

import argparse
from pathlib import Path

from console.terminal.options import Adder, add_project_option, add_warehouse_options, integer_between


def add_commands(add: Adder) -> None:
    """Add the commands about what is published."""
    add_segment(add)
    exports = add("exports", "List publications, and who was given whom; remove one, or make it again", "exports")
    exports.add_argument(
        "action",
        nargs="?",
        choices=["list", "remove", "remake"],
        default="list",
        help="remove NAME: delete the files of a segment that is gone; remake EXPORT_ID --out FILE: write a past "
        "publication again, of those who were in it",
    )
    exports.add_argument("name", nargs="?", metavar="NAME|EXPORT_ID", help="segment, or id of a publication")
    exports.add_argument("--of", metavar="CONTACT", help="publications that held this contact, and their recipients")
    exports.add_argument("--all", action="store_true", help="every publication, not only the last one of each segment")
    exports.add_argument("--out", type=Path, metavar="FILE", help="file to write; must not exist yet")
    add_warehouse_options(exports)


def add_segment(add: Adder) -> None:
    """Add `segment` with its actions."""
    segment = add("segment", "Check, list, preview and compare segments, or begin one", "segment", project=False)
    actions = segment.add_subparsers(required=True, metavar="ACTION", dest="action")

    def action(name: str, says: str, *, of_one: bool = True) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=says, description=says)
        if of_one:
            added.add_argument("name", metavar="NAME", help="name of the segment")
        add_project_option(added)
        return added

    check = action("check", "Find everything that is wrong with segments, and which expectations fail", of_one=False)
    check.add_argument("names", nargs="*", metavar="NAME", help="segments (default: all)")
    listed = action("list", "List segments with their last publication", of_one=False)
    preview = action("preview", "Count the contacts of a segment, and show some with masked values")
    preview.add_argument(
        "--rows", type=integer_between(0, 1000), default=5, metavar="N", help="contacts to show (default: 5)"
    )
    diff = action("diff", "Show who would enter and leave since the last publication, and why")
    diff.add_argument(
        "--since", metavar="DATE|RUN", help="compare with the publication of that time or run, not the last one"
    )
    diff.add_argument(
        "--limit", type=integer_between(0, 2**31), default=50, metavar="N", help="at most so many (default: 50; 0: all)"
    )
    sql = action("sql", "Print the query that finds the contacts of a segment, over the published views")
    add_warehouse_options(check, listed, preview, diff, sql)
    chatwoot = action("import-chatwoot", "Print a filter that was saved in Chatwoot as a segment", of_one=False)
    chatwoot.add_argument("file", type=Path, metavar="FILE", help="the filter as JSON: a payload, or a saved one")
    chatwoot.add_argument("--name", default="from_chatwoot", help="name of the segment (default: from_chatwoot)")
    new = action("new", "Write a segment to begin with")
    new.add_argument("--like", choices=["audience", "crm_upsert"], required=True, help="what it is to be like")

"""The command line for roles."""

from pathlib import Path

from console.terminal.options import Adder, add_project_option, add_warehouse_options


def add_commands(add: Adder) -> None:
    """Add `roles` with its actions."""
    roles = add("roles", "List roles, hand over their keys, write their snapshots", "roles")
    add_warehouse_options(roles)
    actions = roles.add_subparsers(metavar="ACTION", dest="action")
    show = actions.add_parser("show", help="Show what a role may do, and how it sees each column")
    grant = actions.add_parser("grant", help="Hand over the key of a role, encrypted for one person")
    grant.add_argument("--to", required=True, metavar="PUBLIC_KEY", help="age public key (age1...), or one of SSH")
    grant.add_argument("--out", required=True, type=Path, metavar="FILE", help="file to write; must not exist yet")
    rotate = actions.add_parser("rotate", help="Give a role a new key; old ones do not open its next snapshots")
    snapshot = actions.add_parser(
        "snapshot", help="Write the snapshots of granted roles now, where they are not current"
    )
    for each in (show, grant, rotate):
        each.add_argument("role", metavar="ROLE", help="such as analyst")
    for each in (show, grant, rotate, snapshot):
        add_project_option(each)
        add_warehouse_options(each)

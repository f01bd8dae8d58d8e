"""`onecontact roles`: who may do and see what, keys for people, and snapshots."""

import argparse
from typing import Any

from console.terminal.exit_codes import OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, out, plural, say, table
from pipelines.project import OpenProject, open_project
from pipelines.publish import role_keys
from pipelines.publish.role_snapshots import snapshot_file
from pipelines.steps.roles import keys, snapshots
from schemas.published.treatments import treatments_of
from schemas.published.views import VIEWS


def command(args: argparse.Namespace) -> int:
    """Do what is asked of roles; list them where nothing is."""
    if args.action in (None, "show"):
        project = open_project(args.project, ingests=False)
        return list_roles(project, args) if args.action is None else show(project, args)
    with session(args, writes_as=f"onecontact roles {args.action}", ingests=False) as (project, connection):
        if args.action == "grant":
            written = [keys.grant(project, connection, args.role, args.to, args.out)]
        elif args.action == "rotate":
            written = [keys.rotate(project, connection, args.role)]
        else:
            written = snapshots.write_granted(project, connection)
    if args.json:
        as_json([each._asdict() for each in written])
        return OK
    for each in written:
        path = snapshot_file(project.snapshots, each.role)
        done = "written" if each.changed else "is current"
        say(f"{each.role}: {path} {done}, with {plural(each.contacts, 'contact')}")
    say(advice(args, project))
    return OK


def advice(args: argparse.Namespace, project: OpenProject) -> str:
    """What to do next."""
    if args.action == "grant":
        return (
            f"Send {args.out} and the snapshot. Their reader: age -d -i KEY {args.out.name} > {args.role}.key; "
            f"chmod 600 {args.role}.key; onecontact --snapshot {args.role}.duckdb --key {args.role}.key list"
        )
    if args.action == "rotate":
        return f"Grant it anew to those who keep it: onecontact roles grant {args.role} --to PUBLIC_KEY --out FILE"
    granted = [name for name in project.settings.every_role() if role_keys.is_granted(project.role_keys, name)]
    return "" if granted else "No role has been granted yet: onecontact roles grant ROLE --to PUBLIC_KEY --out FILE"


def list_roles(project: OpenProject, args: argparse.Namespace) -> int:
    """Every role, and whether somebody was granted it."""
    rows: list[dict[str, Any]] = []
    for name, role in project.settings.every_role().items():
        path = snapshot_file(project.snapshots, name)
        rows.append(
            {
                "role": name,
                "description": role.description,
                "actions": sorted(role.actions),
                "sees": "some contacts" if role.rows or role.channels else "all contacts",
                "granted": role_keys.is_granted(project.role_keys, name),
                "snapshot": str(path.relative_to(project.folder)) if path.exists() else None,
            }
        )
    if args.json:
        as_json(rows)
    else:
        out.print(table(plural(len(rows), "role"), [*rows[0]], [[*each.values()] for each in rows]))
        say("`onecontact roles show ROLE` says how a role sees each column.")
    return OK


def show(project: OpenProject, args: argparse.Namespace) -> int:
    """What a role may do, and how it sees each column."""
    role = snapshots.role_of(project, args.role)
    seen = treatments_of(role, project.settings.attributes)
    if args.json:
        as_json({"role": args.role, "actions": sorted(role.actions), "columns": seen.columns} | {
            "attributes": seen.attributes,
        })  # fmt: skip
        return OK
    say(f"{args.role}: {role.description}", style="bold")
    say(f"  may: {', '.join(sorted(role.actions))}")
    for view in VIEWS:
        groups: dict[str, list[str]] = {}
        for column in VIEWS[view].columns:
            groups.setdefault(str(seen.columns[f"{view}.{column.name}"]), []).append(column.name)
        rows = [[how, ", ".join(groups[how])] for how in ("clear", "masked", "keyed", "absent") if how in groups]
        out.print(table(view, ["", "columns"], rows))
    if seen.attributes:
        out.print(
            table("attributes by name", ["", "attribute"], [[str(how), name] for name, how in seen.attributes.items()])
        )
    return OK

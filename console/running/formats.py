"""`onecontact formats`, and the pages in docs/formats: what can be read, how to get it, and what to say of it.

All of it is made of what a format declares in `FORMAT`. `python -m console.running.formats FOLDER` writes the pages of
onecontact's own formats; `make docs` calls it.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from rich.markdown import Markdown

from console.terminal.exit_codes import OK, WRONG, print_error
from console.terminal.screen import as_json, out, say, table
from pipelines.read.catalogue.registry import FORMATS, HERE, PACKAGES, UNUSABLE
from pipelines.read.core.batch import Format
from schemas.configuration import nearest
from schemas.source import Source

INDEX = """\
# Formats that can be read

Made by `make docs` of what each format declares; `onecontact formats NAME` shows the same page, and that of a format
an installed package adds. `onecontact sources suggest PATH` looks at files and says which of these they are. To add
one: [adding a format](../adding-a-format.md).

| format | what it is | holds |
|---|---|---|
"""
TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
BOUNDS = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}


class Option(NamedTuple):
    """One option of a format, in words."""

    name: str
    meaning: str
    default: str
    allowed: str


def command(args: argparse.Namespace) -> int:
    """All formats as a table, or the page of one."""
    if args.name is None:
        return every(as_program=args.json)
    form = FORMATS.get(args.name)
    if form is None:
        return print_error(f"no format `{args.name}`{nearest(args.name, sorted(FORMATS))}", WRONG)
    if args.json:
        as_json(declared(form) | {"options": [each._asdict() for each in options(form)], "guide": guide(form)})
    else:
        out.print(Markdown(page(form)))
    return OK


def every(*, as_program: bool) -> int:
    """Every format with the package it comes from, and those that packages announce in vain."""
    known = [declared(FORMATS[name]) for name in sorted(FORMATS)]
    if as_program:
        as_json({"formats": known, "unusable": [each._asdict() for each in UNUSABLE]})
        return OK
    out.print(
        table("Formats that can be read", ["name", "what it is", "holds", "package"], [[*x.values()] for x in known])
    )
    for each in UNUSABLE:
        say(f"not used: {each.name} of the package {each.package}: {each.why}")
    say("`onecontact formats NAME` describes how to get such files and how to configure their source.")
    return OK


def declared(form: Format) -> dict[str, str]:
    """What a format says of itself in a line."""
    return {
        "name": form.name,
        "describes": form.describes,
        "holds": form.holds,
        "package": PACKAGES.get(form.name, HERE),
    }


def page(form: Format) -> str:
    """The page of a format, as Markdown."""
    own = options(form)
    rows = "".join(f"| {' | '.join([f'`{each.name}`', *map(cell, each[1:])])} |\n" for each in own)
    listed = f"| option | meaning | default | allowed |\n|---|---|---|---|\n{rows}\n" if own else "None of its own. "
    common = ", ".join(f"`{name}`" for name in Source.model_fields if name != "format")
    return (
        f"# {form.name}\n\n{form.describes}. It holds {form.holds}.\n\n{guide(form)}\n\n"
        f"## Options\n\n{listed}Options of every source: {common}"
        f" ([configuration](../configuration.md#sources)).\n\n"
        f"## Example\n\n```yaml\n{example(form)}```\n"
    )


def guide(form: Format) -> str:
    """What a format says of itself, with what is made of what its reader knows."""
    return f"{form.guide.strip()}\n\n{form.appendix().strip()}".strip()


def options(form: Format) -> list[Option]:
    """The options a format has beyond those of every source."""
    schema = form.options.model_json_schema()
    return [
        Option(
            name,
            field.description or "",
            "required" if field.is_required() else default(field.get_default(call_default_factory=True)),
            allowed(schema["properties"][field.alias or name], schema.get("$defs", {})),
        )
        for name, field in form.options.model_fields.items()
        if name not in Source.model_fields
    ]


def default(value: Any) -> str:
    """A default as it would be written."""
    said = value.model_dump(mode="json", exclude_none=True) if isinstance(value, BaseModel) else value
    return "none" if said in (None, "", [], {}, ()) else f"`{inline(said)}`"


def inline(value: Any) -> str:
    """A value as YAML on one line."""
    plain = to_jsonable_python(value)
    for style in (None, '"'):  # quoted where a line break in it would otherwise be one on the screen
        written: str = yaml.safe_dump(
            plain, default_flow_style=True, default_style=style, allow_unicode=True, width=sys.maxsize, sort_keys=False
        )
        written = written.removesuffix("\n").removesuffix("\n...")
        if "\n" not in written:
            break
    return written


def allowed(schema: Mapping[str, Any], models: Mapping[str, Any]) -> str:
    """What a value may be, from its JSON schema."""
    if "$ref" in schema:
        return allowed(models[schema["$ref"].rpartition("/")[2]], models)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            forms = [allowed(each, models) for each in schema[several] if each.get("type") != "null"]
            return " or ".join(dict.fromkeys(forms))
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{inline(value)}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {allowed(schema.get('items', {}), models)}"
    if "properties" in schema:
        return "mapping of " + ", ".join(f"`{name}`" for name in schema["properties"])
    if schema.get("type") == "object":
        return f"mapping of names to {allowed(inner(schema), models)}"
    bounds = [f"{word} {schema[key]}" for key, word in BOUNDS.items() if key in schema]
    return " ".join([TYPES.get(schema.get("type", ""), "any value"), *bounds])


def inner(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the values of a mapping may be."""
    values = schema.get("additionalProperties", True)
    return values if isinstance(values, dict) else {}


def cell(words: str) -> str:
    """Words as a cell of a Markdown table."""
    return words.replace("|", "\\|").replace("\n", " ")


def example(form: Format) -> str:
    """An entry of `sources:`, with the options that are worth setting: those that declare an example."""
    worth = {name: field.examples[0] for name, field in form.options.model_fields.items() if field.examples}
    entry = {"format": form.name, "path": f"landing/{form.name}/*"} | worth
    lines = [f"    {name}: {inline(value)}\n" for name, value in entry.items()]
    return f"sources:\n  {form.name}:\n{''.join(lines)}"


def pages() -> dict[str, str]:
    """The pages of onecontact's own formats and their index, by file name."""
    own = [FORMATS[name] for name in sorted(FORMATS) if name not in PACKAGES]
    index = "".join(f"| [{form.name}]({form.name}.md) | {cell(form.describes)} | {form.holds} |\n" for form in own)
    return {"README.md": INDEX + index} | {f"{form.name}.md": page(form) for form in own}


def write_pages(folder: Path) -> None:
    """Write the pages into a folder, and remove those of formats that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    written = pages()
    for stale in set(folder.glob("*.md")) - {folder / name for name in written}:
        stale.unlink()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))

"""The page of an access package, for reading and printing: self-contained, without a script; and its README."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape

import polars as pl

from schemas.vocabulary import MessageKind

STYLE = (
    "body{font:11pt/1.4 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;"
    "width:100%}td,th{border:1px solid #999;padding:.2em .4em;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere;white-space:pre-wrap}@media print{tr{break-inside:avoid}}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
TABLES: Mapping[str, Sequence[str]] = {
    "values": ("field", "value", "is_used", "source", "file_name", "seen_at"),
    "identifiers": ("type", "value", "raw", "source", "file_name"),
    "messages": ("happened_at", "channel", "direction", "actor", "text"),
    "decisions": ("decided_at", "kind", "actor", "field", "value", "reason"),
    "notes": ("happened_at", "actor", "text", "source"),
    "consents": ("question", "value", "stated_at", "is_current"),
    "publications": ("published_at", "segment", "purpose", "recipients", "columns"),
    "refused_rows": ("received_at", "source", "file_name", "row_number", "reasons", "raw"),
}
SHOWN = ("contact_id", "name", "first_name", "last_name", "email", "phone", "tags", "status")


def page(
    contact: Mapping[str, object], parts: Mapping[str, pl.DataFrame], why: Sequence[str], said: Mapping[str, str],
    language: str,
) -> bytes:  # fmt: skip
    """The page. `why`: sentences on why the records are one person; `said`: strings of the language."""
    shown = [(said[name], cell(contact[name], said)) for name in SHOWN if contact.get(name)]
    tables = {**parts, "notes": parts["timeline"].filter(pl.col("kind") == MessageKind.NOTE.value)}
    body = [
        f"<h1>{escape(said['title'])}</h1><p>{escape(said['masked'])}</p>",
        heading(said["who"]),
        table((), shown, said),
        heading(said["why"]),
        *(f"<p>{escape(each)}</p>" for each in ([said["why_text"], *why] if why else [said["single"]])),
    ]
    for name, columns in TABLES.items():
        rows = tables[name].select(columns).iter_rows()
        body += [heading(said[name]), table([said[each] for each in columns], rows, said)]
    for name in ("retention", "rights"):
        body += [heading(said[name]), f"<p>{escape(said[f'{name}_text'])}</p>"]
    head = (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{escape(said['title'])}</title><style>{STYLE}</style></head>"
    )
    return "\n".join((head, "<body>", *body, "</body></html>\n")).encode()


def heading(text: str) -> str:
    """A heading of a section."""
    return f"<h2>{escape(text)}</h2>"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], said: Mapping[str, str]) -> str:
    """Rows as a table, or that there are none."""
    lines = ["".join(f"<td>{escape(cell(each, said))}</td>" for each in row) for row in rows]
    if not lines:
        return f"<p>{escape(said['none'])}</p>"
    top = "".join(f"<th>{escape(each)}</th>" for each in headings)
    return "<table>" + "".join(f"<tr>{line}</tr>\n" for line in ([top] if top else []) + lines) + "</table>"


def cell(value: object, said: Mapping[str, str]) -> str:
    """A value in words: yes and no, times to the minute in UTC, lists with commas, fields as people call them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return said["true" if value else "false"]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, list | pl.Series):
        return ", ".join(cell(each, said) for each in value)
    text = str(value)
    return said[text] if text in NAMED else text


NAMED = frozenset(
    {"name", "first_name", "last_name", "email", "phone", "inbound", "outbound", "true", "false", "staff"}
)


def readme(said: Mapping[str, str], counts: Mapping[str, int]) -> bytes:
    """What is in the package, in plain words."""
    lines = [said["title"], "", said["open"], said["masked"], "", said["why_text"], "", said["rights_text"], "",
             said["retention_text"], "", *(f"{name}.csv: {rows}" for name, rows in counts.items())]  # fmt: skip
    return ("\n".join(lines) + "\n").encode()

"""The tables of an access package, with what is of other people masked."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.publish.access.mask import FEWEST, Mask, digits
from schemas.vocabulary import MessageKind

MASKED: Mapping[str, Sequence[str]] = {  # columns of texts, beside those that are treated one by one below
    "records": ("file_name", "notes", "attributes", "tags"),
    "identifiers": ("file_name",),
    "values": ("file_name", "value"),
    "timeline": ("file_name", "before", "after", "attachments"),
    "decisions": ("value", "reason", "revoked_reason"),
    "refused_rows": ("file_name",),
    "publications": (),
}
MESSAGES = frozenset(map(str, MessageKind)) - {MessageKind.NOTE.value}


def masked_parts(parts: Mapping[str, pl.DataFrame], mask: Mask, own_ids: set[str]) -> dict[str, pl.DataFrame]:
    """The parts as they are handed out. `own_ids`: ids of the contact, now and before."""
    made = {name: over(frame, MASKED.get(name, ()), mask.text) for name, frame in parts.items()}
    made["records"] = over(made["records"], ("raw",), mask.raw)
    made["refused_rows"] = over(made["refused_rows"], ("raw",), mask.refused)
    made["decisions"] = made["decisions"].with_columns(actor=pl.lit(mask.as_staff))
    made["timeline"] = timeline(made["timeline"], mask)
    made["messages"] = made["timeline"].filter(pl.col("kind").is_in(list(MESSAGES)))
    made["id_history"] = over(
        made["id_history"], ("old_id", "new_id"), lambda each: each if each in own_ids else each and mask.as_other
    )
    return made


def over(frame: pl.DataFrame, columns: Sequence[str], masked: Callable[[str | None], str | None]) -> pl.DataFrame:
    """A frame with texts and lists of texts of these columns masked."""

    def one(cell: Any) -> Any:
        return [masked(each) for each in cell] if isinstance(cell, list) else masked(cell)

    return frame.with_columns(
        pl.Series(name, [one(cell) for cell in frame[name].to_list()], dtype=frame[name].dtype) for name in columns
    )


def timeline(frame: pl.DataFrame, mask: Mask) -> pl.DataFrame:
    """Entries: words that the person wrote stay, if they quote nobody; who acted for the company is staff."""
    rows = frame.to_dicts()
    for row in rows:
        is_inbound = row["direction"] == "inbound"
        if not is_inbound or row["is_quoting"]:
            row["text"] = mask.text(row["text"])
        if row["actor"] and not mask.is_own(row["actor"]):
            row["actor"] = mask.as_other if is_inbound else mask.as_staff
    return pl.DataFrame(rows, schema=frame.schema).drop("is_quoting")


def with_purpose(publications: pl.DataFrame) -> pl.DataFrame:
    """Publications with purpose and recipients in place of the definition, whose filter may name people."""
    said = [json.loads(each) if each else {} for each in publications["definition"]]
    return publications.drop("definition").with_columns(
        purpose=pl.Series([each.get("purpose") for each in said], dtype=pl.String),
        recipients=pl.Series([each.get("recipients") or [] for each in said], dtype=pl.List(pl.String)),
    )


def searched(known: pl.DataFrame) -> tuple[list[str], list[str]]:
    """What refused rows are looked for by: last digits of numbers, and addresses in small letters."""
    values = {*known["value"], *known["raw"]} - {None}
    numbers = {digits(each)[-FEWEST:] for each in values if "@" not in each and len(digits(each)) > FEWEST}
    return sorted(numbers), sorted({each.lower() for each in values if "@" in each})

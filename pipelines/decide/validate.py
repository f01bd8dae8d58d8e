"""What somebody types is checked and normalised as a row of a contact list is, by the same code."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import polars as pl

from pipelines.decide.batch import DecisionBatch, ParsedText, Texts
from pipelines.errors import DecisionRefused
from pipelines.ingest.records import Origin, Records, records
from pipelines.project import OpenProject
from pipelines.read.core.batch import Batch
from pipelines.read.tables.contact_table import LISTS, Layout, batch_of
from pipelines.read.tables.table import Rows
from schemas.error_codes import ErrorCode
from schemas.project import MANUAL
from schemas.received import MAX_TEXT
from schemas.source import Source
from schemas.vocabulary import Action, IdentifierType

POINTS = (IdentifierType.PHONE.value, IdentifierType.EMAIL.value)
ONE_EACH = dict.fromkeys(LISTS, "$^")  # a cell holds one value, whatever signs are in it
ADVICE = ", or a `"  # what follows it is how to change a source; nobody types into one


def validate(project: OpenProject, field: str, text: str, at: datetime, batch: DecisionBatch | None = None) -> str:
    """One value as it is kept: of `name`, `phone`, `email` or `attr.<name>`.

    Raises:
        DecisionRefused: It is not such a value, or there is no such field.
    """
    require_attributes(origin_of(project, at), [field])
    if not text.strip():
        raise DecisionRefused(f"{field} needs a value that says something; to empty it, clear it")
    kept = values(project, field, text, at, batch)
    if not kept:
        raise DecisionRefused(f"{field} needs a value that says something; what stands there says nothing")
    return kept[0]


def values(project: OpenProject, field: str, text: str, at: datetime, batch: DecisionBatch | None = None) -> list[str]:
    """What a text says as it is kept: a field of `validate`, `notes`, or `tags`, of which there may be several.

    A text that its batch has not parsed before is parsed here.

    Raises:
        DecisionRefused: It is not such a value.
    """
    parsed = batch.texts.get((field, text)) if batch else None
    parsed = parsed or _parse(project, field, [text], at)[text]
    if parsed.wrong:
        raise DecisionRefused(parsed.wrong)
    return parsed.values


def parse_texts(project: OpenProject, typed: Iterable[tuple[str, str]], at: datetime) -> Texts:
    """Parse many texts (field, text) together, which takes hardly longer than one."""
    texts: dict[str, list[str]] = {}
    for field, text in dict.fromkeys(typed):
        texts.setdefault(field, []).append(text)
    return {
        (field, text): parsed for field in texts for text, parsed in _parse(project, field, texts[field], at).items()
    }


def _parse(project: OpenProject, field: str, texts: list[str], at: datetime) -> dict[str, ParsedText]:
    """What each of some different texts says, or what is wrong with it."""
    short = [text for text in texts if len(text) <= MAX_TEXT]
    numbered = pl.DataFrame({"c0": short}, schema={"c0": pl.String}).with_row_index("row", 1)
    rows = numbered.select(pl.col("row").cast(pl.UInt32), pl.lit(None, pl.UInt32).alias("line"), "c0")
    batch = batch_of([field], Rows(rows), Layout([field], LISTS if field == "tags" else ONE_EACH))
    read = records(batch, origin_of(project, at), refuse=False)
    if field in POINTS:
        told = read.identifiers.select("row", value="normalised")
    elif field in ("name", "notes"):
        told = read.kept.select("row", value=field)
    elif field == "tags":
        told = read.kept.select("row", value="tags").explode("value")
    else:
        told = read.kept.select("row", value=pl.col("attributes").list.eval(pl.element().struct.field("value")))
        told = told.explode("value")
    said: dict[int, list[str]] = {}
    for row, value in told.drop_nulls().iter_rows():
        said.setdefault(row, []).append(value)
    wrong = {row: "; ".join(words) for row, words in dropped_values(read).items()}
    over = ParsedText([], f"{field} can have at most {MAX_TEXT:,} characters")
    found = {text: ParsedText(said.get(row, []), wrong.get(row, "")) for row, text in enumerate(short, 1)}
    return dict.fromkeys(texts, over) | found


def one_row(stated: Mapping[str, str], lists: Mapping[str, str] = LISTS) -> Batch:
    """Fields (of a contact list, custom attributes as `attr.<name>`) with what is typed, as a batch of one row."""
    over = [field for field, text in stated.items() if len(text) > MAX_TEXT]
    if over:
        raise DecisionRefused(f"{over[0]} can have at most {MAX_TEXT:,} characters")
    cells = {f"c{place}": [text] for place, text in enumerate(stated.values())}
    row = pl.DataFrame({"row": [1], "line": [None], **cells}, schema_overrides={"row": pl.UInt32, "line": pl.UInt32})
    return batch_of(list(stated), Rows(row), Layout(list(stated), lists))


def origin_of(project: OpenProject, at: datetime) -> Origin:
    """Where typed values come from: a source of no priority and no language of its own."""
    settings = project.settings
    typed = Source(format=MANUAL, path=MANUAL, region=settings.default_region, timezone=settings.timezone)
    return Origin(MANUAL, typed, at, settings.attributes, project.ids())


def require_attributes(origin: Origin, fields: Iterable[str]) -> None:
    """Raise DecisionRefused for a custom attribute (`attr.<name>`) that is not defined."""
    names = [field.removeprefix("attr.") for field in fields if field.startswith("attr.")]
    unknown = [name for name in names if name not in origin.attributes]
    if unknown:
        known = ", ".join(origin.attributes) or "none"
        raise DecisionRefused(f"there is no field or attribute `{unknown[0]}`; attributes of this project: {known}")


def require_valid(read: Records) -> None:
    """Raise DecisionRefused for all that a list would have lost or given back, each with what would be right."""
    told = [each for words in dropped_values(read).values() for each in words]
    if told:
        raise DecisionRefused("; ".join(told))
    if read.kept.is_empty():
        raise DecisionRefused("a contact needs a name, a phone number or an e-mail address that works")


def dropped_values(read: Records) -> dict[int, list[str]]:
    """What a list would have lost or given back, in words, by the number of the row."""
    dropped = read.problems.filter(pl.col("action").is_in([Action.FIELD_DROPPED.value, Action.ROW_REJECTED.value]))
    told: dict[int, list[str]] = {}
    for row, field, code, expected in (
        dropped.select("row", "field", "code", "expected").unique(maintain_order=True).iter_rows()
    ):
        if code != ErrorCode.NO_IDENTIFIER:
            told.setdefault(row, []).append(f"{field}: {code}, expected {expected.partition(ADVICE)[0]}")
    return told

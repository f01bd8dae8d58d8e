"""What to say of a file in onecontact.yaml: the options its reader needs, told from a look at its first rows."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import polars as pl

from pipelines.errors import DeliveryError, DeliveryRefused
from pipelines.read.catalogue.detect import LEGACY, encoding_of, is_binary, is_utf8
from pipelines.read.contact_lists.open_table import open_table
from pipelines.read.core.batch import Batch, Format, Sample
from pipelines.read.csv.code_pages import likely_encodings
from pipelines.read.tables.attribute_guess import guessed_attribute, has_decimal_commas, reads_as
from pipelines.read.tables.column_guess import key_among, meanings
from pipelines.read.tables.header_words import fold
from schemas.attribute import Attribute
from schemas.error_codes import ErrorCode
from schemas.vocabulary import AttributeType

LOOKED_AT = 1_000  # rows
NAME = re.compile(r"[a-z][a-z0-9_]*")
WITH_COMMAS = "de_DE"  # one of the many locales that write 1.234,50
Needed = Mapping[str, Any]  # options without which a file cannot be read
NOTHING_SAID: Needed = MappingProxyType({})
OWN_ID = "contact_id"  # of an export of ours
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class Proposal(NamedTuple):
    """What a source of such files would say.

    `options` are those its reader needs. `perhaps` are columns that no header alias knows, and what they may mean: for
    somebody to confirm. `attributes` are definitions for columns that nothing else reads. `problem`: why the file
    cannot be read even so, in words that hold no value of it. `locale` is one that writes numbers as some column does.
    """

    options: dict[str, Any]
    perhaps: dict[str, str]
    attributes: dict[str, Attribute]
    problem: str | None = None
    locale: str | None = None


def propose(
    form: Format, path: Path, seen: Sample, attributes: Mapping[str, Attribute], needed: Needed | None = None
) -> Proposal:
    """Look at the first rows of a contact list; `attributes` are those the project has already.

    `needed` is what its source has to say for it to be read, where that is known. Of conversations nothing is
    proposed: whom they belong to is not in their columns.
    """
    if form.holds != "contacts":
        return Proposal({}, {}, {})
    needed = needed_options(form, path, seen) if needed is None else needed
    options, batch = readable(form, path, seen, attributes, needed)
    if not isinstance(batch, Batch):
        return Proposal(options, {}, {}, str(batch))
    takes = form.options.model_fields
    names = dict(batch.attributes.select("field", "attribute").unique(maintain_order=True).iter_rows())
    unread = {header: cells for header, cells in columns_read(batch).items() if names[header] not in attributes}
    key = key_among(unread, batch) if "key" in takes else None
    if key:
        options["key"] = key
        del unread[key]
    elif "key" in takes and batch.meanings.get(OWN_ID) == "record_id":
        options["key"] = OWN_ID
    perhaps = meanings(unread, attributes) if "columns" in takes else {}
    spelling = spellings({header: names[header] for header in unread if header not in perhaps}, attributes)
    renamed = {header: name for header, name in spelling.items() if name != names[header]}
    if renamed and "columns" in takes:
        options["columns"] = options.get("columns", {}) | renamed
    wanted = {header: name for header, name in spelling.items() if "columns" in takes or header not in renamed}
    with_commas = {header for header in wanted if written_with_commas(unread[header])}
    guessed = {
        name: guessed_attribute(fold(header), unread[header], WITH_COMMAS if header in with_commas else None)
        for header, name in wanted.items()
    }
    return Proposal(options, perhaps, guessed, locale=WITH_COMMAS if with_commas else None)


def first_people(form: Format, path: Path, seen: Sample, needed: Needed) -> Batch:
    """The first rows of a list, with the ids its source would know them by; none where it cannot be read."""
    options, batch = readable(form, path, seen, {}, needed)
    if isinstance(batch, Batch) and "key" in form.options.model_fields:
        key = key_among(columns_read(batch), batch)
        batch = first_rows(form, path, options | {"key": key}) if key else batch
    return batch if isinstance(batch, Batch) else Batch()


def written_with_commas(cells: pl.Series) -> bool:
    """Whether a column holds numbers that are written with a decimal comma."""
    return has_decimal_commas(cells) and reads_as(AttributeType.NUMBER, cells.unique(), WITH_COMMAS)


def readable(
    form: Format, path: Path, seen: Sample, attributes: Mapping[str, Attribute], needed: Needed
) -> tuple[dict[str, Any], Batch | DeliveryError]:
    """The options a file needs to be read, and its first rows, or why it cannot be read even so."""
    takes, options = form.options.model_fields, {**needed}
    batch = first_rows(form, path, options)
    if refused(batch, ErrorCode.HEADER_MISSING) and "columns" in takes:
        options["columns"] = meanings(columns_of(path, seen), attributes)  # nothing else says who a row is about
        options |= needed_options(form, path, seen, options)
        batch = first_rows(form, path, options)
    return options, batch


def needed_options(form: Format, path: Path, seen: Sample, options: Needed = NOTHING_SAID) -> dict[str, Any]:
    """What a source has to say for a file to be read, beside other options: its encoding, or nothing."""
    encoding = needed_encoding(form, path, seen, options)
    return {"encoding": encoding} if encoding else {}


def needed_encoding(form: Format, path: Path, seen: Sample, options: Needed = NOTHING_SAID) -> str | None:
    """The encoding a source has to name for a file to be read to its end; None where its reader finds out by itself."""
    is_text = not is_binary(seen.start) or encoding_of(seen.start)
    if "encoding" not in form.options.model_fields or not is_text or is_utf8(path):
        return None
    likely = next(iter(likely_encodings(path)), LEGACY)
    code = refusal(form, path, options)
    if code == ErrorCode.HEADER_MISSING:  # its words may be those of this encoding
        named = first_rows(form, path, {**options, "encoding": likely})
        return None if refused(named, ErrorCode.HEADER_MISSING) else likely
    return likely if code == ErrorCode.FILE_ENCODING else None


def refusal(form: Format, path: Path, options: Mapping[str, Any]) -> ErrorCode | None:
    """Why a reader refuses a file, wherever in it that shows."""
    try:
        for _ in form.read(path, form.options.model_validate({"format": form.name, "path": "*", **options})):
            pass
    except DeliveryError as problem:
        return problem.code
    except Exception:  # noqa: BLE001 -- `first_rows` tells of it
        return None
    return None


def first_rows(form: Format, path: Path, options: Mapping[str, Any]) -> Batch | DeliveryError:
    """The first batch of a file as its format reads it with these options, or why it cannot be."""
    try:
        source = form.options.model_validate({"format": form.name, "path": "*", **options})
        return next(iter(form.read(path, source, rows=LOOKED_AT)), Batch())
    except DeliveryError as problem:
        return problem
    except Exception as failure:  # noqa: BLE001 -- told without its text, which may hold a value of the file
        return DeliveryRefused(ErrorCode.READER_FAILED, f"the reader {form.name} failed with {type(failure).__name__}")


def refused(batch: Batch | DeliveryError, code: ErrorCode) -> bool:
    """Whether a file was refused for this reason."""
    return isinstance(batch, DeliveryError) and batch.code == code


def columns_read(batch: Batch) -> dict[str, pl.Series]:
    """The values of each column that a batch holds as an attribute, by header."""
    parts = batch.attributes.partition_by("field", as_dict=True, maintain_order=True)
    return {str(header): cells["raw"] for (header,), cells in parts.items()}


def columns_of(path: Path, seen: Sample) -> dict[str, pl.Series]:
    """The first values of each column of a table, by header."""
    try:
        with open_table(path, encoding_of(seen.start), rows=LOOKED_AT) as table:
            rows = next(table.rows, None)
    except (DeliveryError, OSError):
        return {}
    if rows is None:
        return {}
    return {
        header: rows.cells[f"c{place}"].str.strip_chars().replace("", None).drop_nulls()
        for place, header in enumerate(table.header)
    }


def spellings(names: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """For headers and the attributes they stand for, the names these can have: of two that would be one, the first."""
    found: dict[str, str] = {}
    for header, name in names.items():
        written = spelt(name)
        if written and written not in taken and written not in found.values():
            found[header] = written
    return found


def spelt(name: str) -> str:
    """A name in the letters that an attribute's may have; empty where it has none of them."""
    letters = re.sub(r"[^a-z0-9]+", "_", name.translate(UMLAUTS)).strip("_")
    return name if NAME.fullmatch(name) else f"column_{letters}" if letters[:1].isdigit() else letters

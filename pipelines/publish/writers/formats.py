"""The format of a segment: what writes it, what it can hold, and how its file is read."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO

from pipelines.publish.writers import csv, jsonl, parquet, vcard, xlsx
from pipelines.publish.writers.columns import CHANGE, Column, columns_of
from pipelines.publish.writers.writer import Write
from schemas.attribute import Attribute
from schemas.fields import field_kinds
from schemas.segment import Segment
from schemas.settings.publication import Content, Format

ENCRYPTED = " The file is encrypted with age: `age -d -i KEY` decrypts it."


def file_columns(segment: Segment, attributes: Mapping[str, Attribute]) -> list[Column]:
    """The columns of the file of a segment; of a file of changes, the kind of change first."""
    names, headings = segment.columns, segment.headings
    if segment.content is Content.CHANGES:
        names, headings = (CHANGE, *names), (CHANGE, *headings)
    return columns_of(names, headings, field_kinds(attributes))


def open_format(
    file: BinaryIO, segment: Segment, columns: Sequence[Column], attributes: Mapping[str, Attribute]
) -> AbstractContextManager[Write]:
    """A function that writes contacts to a file in the format of a segment."""
    match segment.format:
        case Format.XLSX:
            return xlsx.open_xlsx(file, columns)
        case Format.PARQUET:
            return parquet.open_parquet(file, columns)
        case Format.JSONL:
            return jsonl.open_jsonl(file, columns)
        case Format.VCARD:
            return vcard.open_vcard(file, segment.columns, attributes)
        case _:
            return csv.open_csv(file, columns, segment)


def reading(segment: Segment) -> str:
    """How the file of a segment is read, in words."""
    of_format = {
        Format.XLSX: xlsx.READING,
        Format.PARQUET: parquet.READING,
        Format.JSONL: jsonl.READING,
        Format.VCARD: vcard.READING,
    }
    said = of_format.get(segment.format) or csv.reading(segment)
    return said + ENCRYPTED if segment.encrypt_to else said


def misplaced(segment: Segment, attributes: Mapping[str, Attribute]) -> list[str]:
    """What is wrong with the columns of a segment for its format, each with its place."""
    if segment.format is not Format.VCARD:
        return []
    places = vcard.places_of(attributes)
    return [
        f"columns[{position}]: {name} has no place in a vCard: leave it out, or use another format"
        for position, name in enumerate(segment.columns)
        if name not in places
    ]

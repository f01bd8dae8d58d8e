"""What a column that no reader knows may mean, told from its header and its first values."""

import re
from collections.abc import Callable, Mapping

import polars as pl
from rapidfuzz import fuzz, process

from pipelines.read.core.batch import Batch
from pipelines.read.tables.contact_table import FIELDS
from pipelines.read.tables.header_words import MEANINGS, fold
from schemas.attribute import Attribute

ALIKE = 85  # similarity of two headers, of 100, from which one may mean what the other does
MOSTLY = 0.8  # share of a column's values that look like what the column is then taken for
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
PHONE = r"^(?:(?:[+(]|00?[1-9])[\d ()/.\-]+|\d{3}[-. ]\d{3}[-. ]\d{4})$"
LOOKS: Mapping[str, Callable[[pl.Series], pl.Series]] = {
    "email": lambda cells: cells.str.contains(EMAIL),
    "phone": lambda cells: cells.str.contains(PHONE) & cells.str.count_matches(r"\d").is_between(9, 16),
}
KEY = re.compile(
    r"(?:(?:customer|client|contact|user|member|person|record|lead|subscriber|kunden?|kontakt|mitglieds?|cliente)"
    r"[ .#]*(?:id|no|nr|num|number|nummer|uuid|guid|key)\.?|uuid|guid)"
)


def meanings(columns: Mapping[str, pl.Series], attributes: Mapping[str, Attribute]) -> dict[str, str]:
    """What columns may mean, by header."""
    found = {header: meaning(header, cells, attributes) for header, cells in columns.items()}
    return {header: field for header, field in found.items() if field}


def meaning(header: str, cells: pl.Series, attributes: Mapping[str, Attribute]) -> str | None:
    """What a column may mean: its values look like addresses or numbers, or its header nearly is a known one."""
    if cells.is_empty():
        return None
    for field, looks in LOOKS.items():
        if cells.filter(looks(cells)).len() >= MOSTLY * cells.len():
            return field
    fields = {alias: field for alias, field in MEANINGS.items() if field in FIELDS}
    known = fields | {fold(name): name for name in attributes}
    found = process.extractOne(fold(header), known.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return known[found[0]] if found and known[found[0]] not in LOOKS else None


def key_among(columns: Mapping[str, pl.Series], batch: Batch) -> str | None:
    """The column that is the source's own id of a record, where the file has none that is known as such."""
    if batch.contacts["record_id"].null_count() < batch.contacts.height:
        return None
    return next(
        (
            header
            for header, cells in columns.items()
            if KEY.fullmatch(fold(header)) and cells.n_unique() == cells.len() == batch.contacts.height
        ),
        None,
    )

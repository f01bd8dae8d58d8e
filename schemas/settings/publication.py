"""How a segment is published: its format, when, to whom, and what has to hold before it is."""

import re
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from schemas.settings.strict import Strict


class Format(StrEnum):
    """What a published file is."""

    CSV = "csv"  # for programs: values as they are
    EXCEL_CSV = "excel_csv"  # for spreadsheets: nothing in it runs or is shown as something else
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"
    VCARD = "vcard"


STEM, AGE = "contacts", ".age"  # of the names of files
ENDINGS = MappingProxyType({Format.EXCEL_CSV: "csv", Format.VCARD: "vcf"})  # where it is not the name of the format


class Content(StrEnum):
    """What a publication holds."""

    FULL = "full"  # everybody who is in the segment
    CHANGES = "changes"  # who entered it, left it, or has other values since the last publication


EVERY_RUN, ON_CHANGE = "every run", "when contacts change"
FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # of a cron expression: minute, hour, day, month, weekday
STEP = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?")
AGE_KEY = re.compile(r"age1[ac-hj-np-z02-9]{58,}")


def schedule(text: str) -> str:
    """When a segment is published, or a ValueError."""
    if text in (EVERY_RUN, ON_CHANGE):
        return text
    fields = text.split()
    if len(fields) != len(FIELDS) or not all(map(_is_field, fields, FIELDS)):
        raise ValueError(f"must be `{EVERY_RUN}`, `{ON_CHANGE}` or a cron expression such as `0 6 * * 1`")
    return text


def _is_field(text: str, limits: tuple[int, int]) -> bool:
    parts = [STEP.fullmatch(each) for each in text.split(",")]
    least, most = limits
    return all(
        part and all(least <= int(each) <= most for each in part.group(1, 2) if each)
        and int(part[1] or 0) <= int(part[2] or most)
        for part in parts
    )  # fmt: skip


def age_key(text: str) -> str:
    """The public key of somebody who is to read a file, or a ValueError."""
    if not AGE_KEY.fullmatch(text):
        raise ValueError("must be a public key of age, age1… (`age-keygen` makes one); secret keys do not belong here")
    return text


Schedule = Annotated[str, AfterValidator(schedule)]
AgeKey = Annotated[str, AfterValidator(age_key)]


class Expectations(Strict):
    """What has to hold, else what was published last stays."""

    min_rows: int | None = Field(default=None, ge=0, description="Least number of rows")
    max_rows: int | None = Field(default=None, ge=0, description="Greatest number of rows")
    max_change_pct: float | None = Field(
        default=None, ge=0, description="Per cent by which the number of rows may move since the last publication"
    )
    unique: tuple[str, ...] = Field(default=(), description="Columns in which no value stands twice")

    @model_validator(mode="after")
    def can_be_met(self) -> Self:
        """Nothing has more rows than it may have."""
        if self.min_rows is not None and self.max_rows is not None and self.min_rows > self.max_rows:
            raise ValueError("min_rows is greater than max_rows")
        return self


class Period(Strict):
    """How long something is kept."""

    days: int = Field(ge=1, le=36_500)

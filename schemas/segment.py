"""segments/*.yaml: one published dataset each."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from schemas.filter import Filled, Where
from schemas.settings.locale import LocaleName
from schemas.settings.publication import (
    AGE,
    ENDINGS,
    EVERY_RUN,
    STEM,
    AgeKey,
    Content,
    Expectations,
    Format,
    Period,
    Schedule,
)
from schemas.settings.strict import Strict

ID_CHANGES = "id_changes"  # the dataset that every project publishes


class Dialect(StrEnum):
    """For whom a CSV is written."""

    PLAIN = "plain"  # for programs: values as they are
    EXCEL = "excel"  # for spreadsheets: nothing in it runs or is shown as something else


class Segment(Strict):
    """A published dataset: whom it holds, which columns, in which order, in which format and for whom."""

    segment: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$", description="Name of the dataset")
    description: str = Field(default="", description="What it is")
    owner: str = Field(default="", description="Who answers for it")
    purpose: str = Field(default="", description="Why people's data is given away, as the record of processing has it")
    recipients: tuple[str, ...] = Field(default=(), description="Who is given the file")
    schedule: Schedule = Field(default=EVERY_RUN, description="When it is published")
    as_of: Literal["run"] | datetime | date = Field(default="run", description="The moment relative dates count from")
    where: Where = Field(description="Who is in it")
    include_blocked: bool = Field(default=False, description="Whether blocked contacts that fit are in it, too")
    include_suppressed: bool = Field(
        default=False, description="Whether contacts that fit are in it although their address is suppressed"
    )
    one_per: str | None = Field(default=None, description="Column in which each value stands once: the first row stays")
    columns: Annotated[tuple[str, ...], Filled] = Field(description="Columns of the file, in order")
    titles: dict[str, str] = Field(default_factory=dict, description="Headings of columns that have another one")
    order_by: Annotated[tuple[str, ...], Filled] = Field(
        default=("contact_id",), description="Columns rows are sorted by; with a minus before it, downwards"
    )
    format: Format = Field(default=Format.CSV, description="What kind of file it is")
    separator: Literal[",", ";", "\t", "|"] | None = Field(default=None, description="What parts cells of an excel_csv")
    locale: LocaleName | None = Field(default=None, description="How numbers of an excel_csv are written")
    content: Content = Field(default=Content.FULL, description="Everybody, or what has changed since the last time")
    expect: Expectations = Field(default=Expectations(), description="What has to hold for it to be published")
    encrypt_to: tuple[AgeKey, ...] = Field(default=(), description="Public keys of age: who can read the file")
    keep_members: Period | None = Field(
        default=None, description="How long it is kept who was in a publication; of the last one it always is"
    )

    @model_validator(mode="before")
    @classmethod
    def as_written(cls, said: Any) -> Any:
        """Columns with a title become names and `titles`; `dialect: excel` is `format: excel_csv`."""
        return with_format(with_titles(said)) if isinstance(said, dict) else said

    @property
    def dialect(self) -> Dialect:
        """How text of its CSV is protected."""
        return Dialect.EXCEL if self.format is Format.EXCEL_CSV else Dialect.PLAIN

    @property
    def sorted_by(self) -> tuple[str, ...]:
        """Names of the columns it is sorted by."""
        return tuple(name.removeprefix("-") for name in self.order_by)

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands above each of its columns."""
        return tuple(self.titles.get(name, name) for name in self.columns)

    @property
    def file_name(self) -> str:
        """Name of its file."""
        return f"{STEM}.{ENDINGS.get(self.format, self.format)}{AGE if self.encrypt_to else ''}"

    @field_validator("segment")
    @classmethod
    def not_taken(cls, name: str) -> str:
        """Two datasets of one name would write the same folder."""
        if name == ID_CHANGES:
            raise ValueError("is what every project publishes of its ids: give the segment another name")
        return name

    @field_validator("columns")
    @classmethod
    def each_once(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        """A file with two columns of one name cannot be read by name."""
        if len(set(columns)) < len(columns):
            raise ValueError("names a column twice")
        return columns

    @model_validator(mode="after")
    def names_its_columns(self) -> Self:
        """Titles, expectations and `one_per` are of columns of the file, and no two have the same heading."""
        for key, names in (
            ("titles", self.titles),
            ("expect.unique", self.expect.unique),
            ("one_per", (self.one_per,) if self.one_per else ()),
        ):
            if foreign := set(names) - set(self.columns):
                raise ValueError(f"{key}: {', '.join(sorted(foreign))} is no column of the file")
        if len(set(self.headings)) < len(self.headings):
            raise ValueError("titles: two columns have the same heading")
        return self

    @model_validator(mode="after")
    def options_fit_the_format(self) -> Self:
        """What means nothing for a format would be ignored in silence."""
        if self.format is not Format.EXCEL_CSV and (self.separator or self.locale):
            raise ValueError("separator and locale are for `format: excel_csv`; other formats need neither")
        if self.format is Format.VCARD and self.titles:
            raise ValueError("titles: a vCard has no headings")
        if self.format is Format.VCARD and self.content is Content.CHANGES:
            raise ValueError("content: a vCard cannot say who left; use another format")
        return self


def with_titles(said: dict[str, Any]) -> dict[str, Any]:
    """A segment as written, with the names of its columns, and their titles beside them."""
    columns = said.get("columns")
    if not isinstance(columns, list | tuple) or not any(isinstance(each, dict) for each in columns):
        return said
    titles, names = {}, []
    for each in columns:
        if not isinstance(each, dict):
            names.append(each)
        elif set(each) != {"column", "title"} or not all(isinstance(text, str) and text for text in each.values()):
            raise ValueError("columns: each is a name, or {column: name, title: heading}")
        else:
            names.append(each["column"])
            titles[each["column"]] = each["title"]
    return said | {"columns": names, "titles": {**(said.get("titles") or {}), **titles}}


def with_format(said: dict[str, Any]) -> dict[str, Any]:
    """A segment as written, with the format that its dialect is."""
    if "dialect" not in said:
        return said
    if said["dialect"] not in tuple(Dialect):
        raise ValueError(f"dialect: is {' or '.join(Dialect)}; `format:` says it better")
    meant = Format.EXCEL_CSV if said["dialect"] == Dialect.EXCEL else Format.CSV
    if said.get("format", meant) != meant:
        raise ValueError("dialect: contradicts the format; leave it out")
    return {key: value for key, value in said.items() if key != "dialect"} | {"format": meant}

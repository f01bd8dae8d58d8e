"""segments/*.yaml: one published dataset each."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, field_validator

from schemas.filter import Filled, Where
from schemas.settings.strict import Strict

ID_CHANGES = "id_changes"  # the dataset that every project publishes


class Dialect(StrEnum):
    """For whom a file is written."""

    PLAIN = "plain"  # for programs: values as they are
    EXCEL = "excel"  # for spreadsheets: nothing in it runs or is shown as something else


class Segment(Strict):
    """A published dataset: whom it holds, which columns, in which order."""

    segment: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$", description="Name of the dataset")
    description: str = Field(default="", description="What it is for")
    as_of: Literal["run"] = Field(default="run", description="The moment relative dates count from")
    where: Where = Field(description="Who is in it")
    include_blocked: bool = Field(default=False, description="Whether blocked contacts that fit are in it, too")
    include_suppressed: bool = Field(
        default=False, description="Whether contacts that fit are in it although their address is suppressed"
    )
    columns: Annotated[tuple[str, ...], Filled] = Field(description="Columns of the file, in order")
    order_by: Annotated[tuple[str, ...], Filled] = Field(
        default=("contact_id",), description="Columns rows are sorted by"
    )

    dialect: Dialect = Field(default=Dialect.PLAIN, description="For whom the file is written")

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

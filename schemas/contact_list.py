"""What onecontact.yaml says of a source of contact lists: which rows count, which columns, and how many may be bad."""

import io
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from schemas.settings.strict import Strict
from schemas.source import Source


class Mode(StrEnum):
    """Which rows of a list count, by what is known when it is read."""

    UPSERT = "upsert"  # all of them
    ADD_ONLY = "add_only"  # those of records that were not known
    UPDATE_ONLY = "update_only"  # those of records, or of people, that were known


class Update(StrEnum):
    """What the values of a column may do."""

    OVERWRITE = "overwrite"  # the newest counts
    FILL_BLANK = "fill_blank"  # they count where there is no other value
    IGNORE = "ignore"  # they are not read


class OnReject(Strict):
    """How many rows of a file may be refused before nothing of it is taken in; without a limit any number."""

    abort_if_pct: float | None = Field(default=None, ge=0, le=100, description="More than this percentage of the rows")
    abort_if_count: int | None = Field(default=None, ge=0, description="More rows than this")

    @model_validator(mode="before")
    @classmethod
    def in_a_word(cls, said: Any) -> Any:
        """`continue` sets no limit, `all_or_nothing` one of no row."""
        if isinstance(said, str):
            if said not in ("continue", "all_or_nothing"):
                raise ValueError("must be continue, all_or_nothing, {abort_if_pct: 5} or {abort_if_count: 10}")
            return {} if said == "continue" else {"abort_if_count": 0}
        return said

    @model_validator(mode="after")
    def one_limit(self) -> Self:
        """Of two limits it would not be clear whether one or both have to be passed."""
        if self.abort_if_pct is not None and self.abort_if_count is not None:
            raise ValueError("must have one of abort_if_pct and abort_if_count")
        return self

    @property
    def limit(self) -> str | None:
        """The limit in words, if there is one."""
        if self.abort_if_pct is not None:
            return f"at most {self.abort_if_pct:g} % of the rows may be refused"
        if self.abort_if_count is not None:
            return f"at most {self.abort_if_count} may be refused" if self.abort_if_count else "none may be refused"
        return None

    def stops(self, rejected: int, rows: int) -> bool:
        """Whether nothing of a file with so many refused rows, of so many read, is taken in."""
        if self.abort_if_pct is not None:
            return rejected * 100 > self.abort_if_pct * rows
        return self.abort_if_count is not None and rejected > self.abort_if_count


def known_encoding(name: str) -> str:
    """The name of an encoding of text, or a ValueError."""
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=name)
    except LookupError:
        raise ValueError("must be an encoding such as windows-1252") from None
    return name


Encoding = Annotated[str, AfterValidator(known_encoding)]


class ContactList(Source):
    """Options of every list of contacts."""

    mode: Mode = Field(default=Mode.UPSERT, description="Which rows count: upsert, add_only or update_only")
    on_reject: OnReject = Field(
        default=OnReject(),
        description="When nothing of a file is taken in: continue (never), all_or_nothing (one row is refused), "
        "{abort_if_pct: x} or {abort_if_count: n} (more are)",
    )


class ContactTable(ContactList):
    """Options of a list that is a table: its columns have headers."""

    key: str | None = Field(default=None, description="Header of the source's own record id")
    columns: dict[str, str] = Field(default_factory=dict, description="What columns mean, by header")
    update: dict[str, Update] = Field(
        default_factory=dict, description="What columns may do, by header: overwrite (default), fill_blank or ignore"
    )
    header_row: int | None = Field(default=None, ge=1, description="Line of the header, if it is not found by itself")
    encoding: Encoding | None = Field(default=None, description="Code page of files that are neither marked nor UTF-8")

    @model_serializer(mode="wrap")
    def without_what_is_not_set(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The options, without a header row where none is named: files read before there was one are read as before."""
        options: dict[str, Any] = written(self)
        return {name: value for name, value in options.items() if name != "header_row" or value is not None}

    def told(self) -> dict[str, str]:
        """What columns mean, by header: `columns`, and those that `update` leaves out."""
        return self.columns | {header: "ignore" for header, update in self.update.items() if update is Update.IGNORE}

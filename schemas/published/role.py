"""Roles in onecontact.yaml: who may do what, which contacts they see, and how much of each column."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from schemas.filter import Where
from schemas.published.contract import UUID
from schemas.published.views import VIEWS
from schemas.settings.strict import Strict
from schemas.vocabulary import Channel, Pii

ATTRIBUTE = "attr."
ROLE_NAME = r"^[a-z][a-z0-9_]*$"  # it becomes part of file names


class Treatment(StrEnum):
    """How a role sees a column, from everything to nothing."""

    CLEAR = "clear"
    MASKED = "masked"  # a part of it, such as +49 *** **34
    KEYED = "keyed"  # a pseudonym: equal values stay equal, and nothing leads back
    ABSENT = "absent"  # not in the file

    @property
    def rank(self) -> int:
        """How little is seen, from 0."""
        return list(Treatment).index(self)


class Action(StrEnum):
    """What somebody may do."""

    RUN = "run"  # run and schedule the pipeline
    CONFIGURE = "configure"  # sources, attributes, matching, survivorship, retention
    READ = "read"  # list, show and timeline, in what the role sees
    EXPORT = "export"  # publish segments with personal data
    IMPORT = "import"  # deliver files
    SEGMENTS = "segments"  # define segments
    DECIDE = "decide"  # merge, unmerge, edit, add
    ANNOTATE = "annotate"  # tags and notes
    BLOCK = "block"  # block and unblock
    REVIEW = "review"  # answer the review queue
    PROPOSE = "propose"  # ask for a decision, which somebody else takes
    SUBJECT_REQUESTS = "subject_requests"  # take in and approve requests for access and deletion
    AUDIT = "audit"  # read and verify what was done
    GRANT = "grant"  # hand over the keys of roles


class Role(Strict):
    """What one role may do and see."""

    description: str = Field(default="", description="Who it is for")
    actions: frozenset[Action] = Field(default=frozenset({Action.READ}), description="What it may do")
    rows: Where | None = Field(default=None, description="Which contacts it sees, as the filter of a segment")
    channels: tuple[Channel, ...] = Field(
        default=(), description="Channels whose conversations it sees, and contacts who were talked to there; none: all"
    )
    columns: Mapping[str, Treatment] = Field(
        default_factory=dict,
        description="How it sees a class of columns (direct, quasi, keyed, none), a view, a column (contacts.phone) or "
        "an attribute (attr.tier); what is narrower wins",
    )

    @field_validator("columns")
    @classmethod
    def columns_are_known(cls, columns: Mapping[str, Treatment]) -> Mapping[str, Treatment]:
        """A misspelt name would leave in clear what somebody meant to hide."""
        known = known_names()
        for name in columns:
            if name not in known and not name.startswith(ATTRIBUTE):
                raise ValueError(f"no class, view, column or attribute `{name}`")
        return columns

    @model_validator(mode="after")
    def ids_have_no_mask(self) -> Self:
        """A part of an id is of no use."""
        ids = {f"{view.name}.{each.name}" for view in VIEWS.values() for each in view.columns if each.type == UUID}
        for name, treatment in self.columns.items():
            if treatment is Treatment.MASKED and (name in ids or name == Pii.KEYED):
                raise ValueError(f"{name} cannot be masked: an id is clear, keyed or absent")
        return self


def known_names() -> set[str]:
    """What `columns` of a role can name, attributes apart."""
    columns = {f"{view.name}.{column.name}" for view in VIEWS.values() for column in view.columns}
    return {*Pii, *VIEWS, *columns}

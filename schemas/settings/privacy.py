"""The `privacy` section of onecontact.yaml: how requests of people about their data are handled."""

from enum import StrEnum

from pydantic import Field

from schemas.settings.strict import Strict


class Returning(StrEnum):
    """What becomes of somebody who was erased and writes again."""

    HOLD = "hold_for_review"
    NEW = "allow_as_new"


class Privacy(Strict):
    """Who decides about requests, by when they are answered, and what becomes of people who return."""

    second_person: bool = Field(
        default=True, description="Whether another login has to approve a request than the one that took it in"
    )
    answer_days: int = Field(default=30, ge=1, le=90, description="Days from the receipt of a request to its due date")
    recall_days: int = Field(
        default=14, ge=1, description="Days in which recipients confirm that they removed an erased person"
    )
    returning: Returning = Field(
        default=Returning.HOLD,
        description="What becomes of an erased person who writes again: held for review, or taken in under another id",
    )

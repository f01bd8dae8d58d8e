"""The `privacy` section of onecontact.yaml: how requests of people about their data are handled."""

from pydantic import Field

from schemas.settings.strict import Strict


class Privacy(Strict):
    """Who decides about requests and by when they are answered."""

    second_person: bool = Field(
        default=True, description="Whether another login has to approve a request than the one that took it in"
    )
    answer_days: int = Field(default=30, ge=1, le=90, description="Days from the receipt of a request to its due date")
    recall_days: int = Field(
        default=14, ge=1, description="Days in which recipients confirm that they removed an erased person"
    )

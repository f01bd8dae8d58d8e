"""onecontact.yaml: what a project is. Loading it is `schemas.configuration`."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from schemas.attribute import Attribute
from schemas.published.default_roles import DEFAULT_ROLES
from schemas.published.role import ATTRIBUTE, ROLE_NAME, Role
from schemas.settings.keys import KeySources
from schemas.settings.locale import LocaleName, locale_of
from schemas.settings.privacy import Privacy
from schemas.settings.strict import Strict
from schemas.source import Region, Source, Zone
from schemas.vocabulary import Channel

CONVERSATION_GAP = 30  # days
DECISIONS = "decisions"  # the source of change requests, which every project has
MANUAL = "manual"  # the source of contacts that somebody added by hand
RESERVED = (DECISIONS, MANUAL)  # names of sources that are onecontact's own


def not_reserved(name: str) -> str:
    """A name a project may give a source, or a ValueError."""
    if name in RESERVED:
        raise ValueError("is a source that every project has already: give this one another name")
    return name


SOURCE_NAME = r"^[a-z0-9][a-z0-9_-]*$"  # it becomes part of file names
SourceName = Annotated[str, Field(pattern=SOURCE_NAME), AfterValidator(not_reserved)]
AttributeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Matching(Strict):
    """Probabilities that part the three zones: merge, review, nothing."""

    auto: float = Field(default=0.80, gt=0.5, lt=1, description="From here on pairs merge")
    review: float = Field(default=0.30, gt=0, lt=1, description="From here on pairs are shown to a person")

    @field_validator("review")
    @classmethod
    def below_auto(cls, review: float, info: object) -> float:
        """A review zone above the merge zone would be empty."""
        auto = getattr(info, "data", {}).get("auto", 1)
        if review > auto:
            raise ValueError("must not be above `auto`")
        return review


class Status(Strict):
    """When a contact counts as active."""

    active_days: int = Field(default=90, ge=1, description="Days an inbound message keeps a contact active")


class Health(Strict):
    """How far a run may move things before somebody has to look."""

    max_change: float = Field(
        default=0.5,
        gt=0,
        description="Share by which the number of contacts may move in one run, else none is published",
    )


class Project(Strict):
    """Everything a project says about itself."""

    project: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Name of the project")
    default_region: Region = Field(description="Country of phone numbers written without a country code")
    timezone: Zone = Field(default="UTC", description="Zone of times written without one")
    locale: LocaleName | None = Field(
        default=None, description="Language and country by whose rules text is sorted; default: that of default_region"
    )
    sources: dict[SourceName, Source] = Field(description="Where deliveries come from")
    attributes: dict[AttributeName, Attribute] = Field(
        default_factory=dict, description="Custom attributes of contacts"
    )
    conversation_gap: dict[Channel, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="Days of silence that end a conversation in a chat, by channel; default: 30"
    )
    matching: Matching = Matching()
    status: Status = Status()
    health: Health = Health()
    keys: KeySources = KeySources()
    privacy: Privacy = Privacy()
    roles: dict[Annotated[str, Field(pattern=ROLE_NAME)], Role] = Field(
        default_factory=dict, description="Who may do and see what, beside or instead of the roles every project has"
    )

    @field_validator("conversation_gap")
    @classmethod
    def chats_have_gaps(cls, gaps: dict[Channel, int]) -> dict[Channel, int]:
        """Mails say which conversation they belong to."""
        if Channel.EMAIL in gaps:
            raise ValueError("is for chats; mails have threads")
        return gaps

    def conversation_gaps(self) -> dict[str, int]:
        """Days of silence that end a conversation in a chat, for every channel."""
        return {str(channel): self.conversation_gap.get(channel, CONVERSATION_GAP) for channel in Channel}

    @model_validator(mode="after")
    def roles_name_attributes_there_are(self) -> Self:
        """A misspelt attribute would be seen as its class says."""
        for name, role in self.roles.items():
            for column in role.columns:
                if column.startswith(ATTRIBUTE) and column.removeprefix(ATTRIBUTE) not in self.attributes:
                    raise ValueError(f"roles.{name}.columns: no attribute `{column.removeprefix(ATTRIBUTE)}`")
        return self

    def every_role(self) -> Mapping[str, Role]:
        """The roles there are, by name: those that every project has, and its own."""
        return {**DEFAULT_ROLES, **self.roles}

    def sorting_locale(self) -> str:
        """The locale by whose rules text is sorted."""
        return self.locale or locale_of(self.default_region)

    def exclusive_attributes(self) -> list[str]:
        """Names of the attributes of which one person has one value only, sorted."""
        return sorted(name for name, attribute in self.attributes.items() if attribute.exclusive)

    def match_roles(self) -> dict[str, str]:
        """The field of the match model that an attribute speaks for, by its name, sorted."""
        return {name: str(own.role) for name, own in sorted(self.attributes.items()) if own.role is not None}

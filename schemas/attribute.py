"""What onecontact.yaml says of a custom attribute."""

import unicodedata
from types import MappingProxyType
from typing import Self

import polars as pl
from pydantic import Field, model_validator

from schemas.settings.strict import Strict
from schemas.vocabulary import AttributeMerge, AttributeType, MatchRole

MERGES = MappingProxyType(
    {
        AttributeType.TEXT: (AttributeMerge.UNION,),
        AttributeType.NUMBER: (AttributeMerge.MAX, AttributeMerge.MIN, AttributeMerge.SUM),
        AttributeType.DATE: (AttributeMerge.MAX, AttributeMerge.MIN),
        AttributeType.DROPDOWN: (AttributeMerge.UNION,),
        AttributeType.BOOLEAN: (AttributeMerge.ANY_TRUE, AttributeMerge.ALL_TRUE, AttributeMerge.MOST_RESTRICTIVE),
    }
)
ANY_TYPE = (AttributeMerge.MOST_RECENT, AttributeMerge.SOURCE_PRIORITY)


def whole(pattern: str) -> str:
    """A regular expression that matches a text as a whole."""
    return rf"\A(?:{pattern})\z"


class Attribute(Strict):
    """One custom attribute: its type, and how the values of several records become one."""

    type: AttributeType = Field(description="What its values are")
    values: tuple[str, ...] = Field(default=(), description="What a dropdown offers, as it is to be spelt")
    role: MatchRole | None = Field(default=None, description="What it tells matching about a person")
    exclusive: bool = Field(default=False, description="Records with two different values are never one contact")
    merge: AttributeMerge = Field(default=AttributeMerge.MOST_RECENT, description="Which value a contact gets")
    required: bool = Field(default=False, description="Rows of a contact list that leave its column blank come back")
    pattern: str | None = Field(default=None, description="Regular expression (RE2) that a whole text has to match")

    @property
    def is_list(self) -> bool:
        """Whether a contact, and each record, may have several values of it at once."""
        return self.merge is AttributeMerge.UNION

    @model_validator(mode="after")
    def pattern_can_be_matched(self) -> Self:
        """A pattern no text can be held against would only be noticed in the middle of a run."""
        if self.pattern is None:
            return self
        if self.type is not AttributeType.TEXT:
            raise ValueError(f"pattern is for a text; this is a {self.type}")
        try:
            pl.Series([""]).str.contains(self.pattern)
            pl.Series([""]).str.contains(whole(self.pattern))
        except pl.exceptions.ComputeError:
            raise ValueError("pattern is no regular expression (RE2: without look-around or back-references)") from None
        return self

    @model_validator(mode="after")
    def values_make_a_list(self) -> Self:
        """A dropdown without values takes nothing, and two that differ in case alone cannot be told apart."""
        if self.type is not AttributeType.DROPDOWN:
            if self.values:
                raise ValueError(f"values are for a dropdown; this is a {self.type}")
            return self
        folded = [" ".join(unicodedata.normalize("NFKC", value).casefold().split()) for value in self.values]
        if not folded or "" in folded:
            raise ValueError("a dropdown needs values, none of them blank")
        if len(set(folded)) < len(folded):
            raise ValueError("two values of a dropdown may not be the same but for case or spaces")
        return self

    @model_validator(mode="after")
    def merge_fits_type(self) -> Self:
        """A sum of dates or the largest of two texts means nothing."""
        allowed = (*ANY_TYPE, *MERGES[self.type])
        if self.merge not in allowed:
            raise ValueError(f"merge of a {self.type} is one of {', '.join(allowed)}")
        return self

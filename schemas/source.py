"""What onecontact.yaml says of any source. A format adds its own options in a subclass beside its reader."""

from difflib import get_close_matches
from functools import cache
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from phonenumbers import SUPPORTED_REGIONS
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from schemas.settings.locale import LocaleName
from schemas.settings.place import check_place
from schemas.settings.strict import Strict
from schemas.vocabulary import AfterImport


@cache
def known_zones() -> set[str]:
    """Names of all IANA time zones: they are many small files."""
    return available_timezones()


def known_zone(name: str) -> str:
    """The name of an IANA time zone, or a ValueError."""
    zones = known_zones()
    if name not in zones:
        cities = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(zones)}
        known = cities | {zone.casefold(): zone for zone in zones}
        near = get_close_matches(name.casefold(), known, n=1, cutoff=0.8)
        meant = f"; did you mean `{known[near[0]]}`?" if near else ""
        raise ValueError(f"must be a time zone such as Europe/Berlin or UTC{meant}")
    return name


def known_region(code: str) -> str:
    """A region that has phone numbers, as two capital letters, or a ValueError."""
    if code not in SUPPORTED_REGIONS:
        raise ValueError("must be a two-letter country code such as DE or US")
    return code


Zone = Annotated[str, AfterValidator(known_zone)]
Region = Annotated[str, AfterValidator(known_region)]


class Source(Strict):
    """One place deliveries come from. `region` and `timezone` default to the project's.

    What is excluded says nothing of how a file is read, so changing it makes no delivery outdated.
    """

    format: str = Field(description="Which reader understands the files")
    path: str = Field(exclude=True, description="Glob of the files, relative to the project folder, or a URL with one")
    insecure: bool = Field(
        default=False,
        exclude=True,
        description="Allow a transport that others can read, or a server nobody vouches for",
    )
    after_import: AfterImport = Field(
        default=AfterImport.KEEP, exclude=True, description="What becomes of a file once it is taken in"
    )
    priority: int = Field(default=100, ge=0, exclude=True, description="Lower numbers win where sources disagree")
    region: Region | None = Field(default=None, description="Country of phone numbers written without a country code")
    timezone: Zone | None = Field(default=None, description="Zone of times written without one")
    locale: LocaleName | None = Field(default=None, description="How dates and numbers are written, such as de_DE")

    @model_validator(mode="after")
    def files_can_be_fetched(self) -> Self:
        """A path outside the project would let one project read another's deliveries."""
        check_place(self.path, insecure=self.insecure, after_import=self.after_import)
        return self

    def zone(self) -> ZoneInfo:
        """Zone of wall-clock times in this source; the project has filled in its own by the time a reader asks."""
        return ZoneInfo(self.timezone or "UTC")


class AnySource(Source):
    """A source for those who read nothing from it: what its format adds is not looked at."""

    model_config = ConfigDict(extra="ignore")

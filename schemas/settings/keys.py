"""Where the two secrets of a project come from: the `keys` section of onecontact.yaml."""

import shlex
from typing import Self

from pydantic import Field, model_validator

from schemas.settings.strict import Strict


class KeySource(Strict):
    """Where one secret is read from: exactly one of a file, an environment variable or what a command prints."""

    file: str | None = Field(default=None, min_length=1, description="File, relative to the project folder or absolute")
    env: str | None = Field(default=None, pattern=r"^[A-Za-z_]\w*$", description="Name of an environment variable")
    command: str | None = Field(default=None, description="Command that prints the secret; run without a shell")

    @model_validator(mode="after")
    def exactly_one_place(self) -> Self:
        """Two places could hold two different secrets."""
        if sum(place is not None for place in (self.file, self.env, self.command)) != 1:
            raise ValueError("must have exactly one of file, env, command")
        return self

    @model_validator(mode="after")
    def command_can_be_run(self) -> Self:
        """An open quote would only be noticed when the warehouse is needed."""
        if self.command is None:
            return self
        try:
            words = shlex.split(self.command)
        except ValueError:
            raise ValueError("command has a quote that is not closed") from None
        if not words:
            raise ValueError("command must not be empty")
        return self


class KeySources(Strict):
    """The two secrets, each 64 hex digits of 32 random bytes.

    They are two because they live differently: every erasure rewrites the warehouse under a new `warehouse` key, while
    the `identity` key makes ids (keyed hashes of natural keys) and has to stay, or every id would change.
    """

    warehouse: KeySource = Field(
        default=KeySource(file=".onecontact/keys/warehouse.key"), description="Encrypts the warehouse"
    )
    identity: KeySource = Field(
        default=KeySource(file=".onecontact/keys/identity.key"), description="Makes ids out of natural keys"
    )

    @model_validator(mode="after")
    def two_secrets(self) -> Self:
        """One secret for both would change every id at the first erasure."""
        if self.warehouse == self.identity:
            raise ValueError("warehouse and identity must come from two different places")
        return self

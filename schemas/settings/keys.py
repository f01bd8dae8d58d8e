"""Where the secrets of a project come from: the `keys` section of onecontact.yaml."""

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
    """The secrets, each 64 hex digits of 32 random bytes.

    `seal` signs the audit trail. Whoever has the other keys but not this one cannot rewrite it unnoticed, so it may
    come from elsewhere. The other two are two because they live differently: every erasure rewrites the warehouse under
    a new `warehouse` key, while the `identity` key makes ids (keyed hashes of natural keys) and has to stay, or every
    id would change.
    """

    warehouse: KeySource = Field(
        default=KeySource(file=".onecontact/keys/warehouse.key"), description="Encrypts the warehouse"
    )
    identity: KeySource = Field(
        default=KeySource(file=".onecontact/keys/identity.key"), description="Makes ids out of natural keys"
    )

    seal: KeySource = Field(
        default=KeySource(file=".onecontact/keys/seal.key"), description="Signs the audit trail (Ed25519)"
    )

    @model_validator(mode="after")
    def secrets_differ(self) -> Self:
        """One secret for all would change every id at the first erasure."""
        if self.warehouse == self.identity:
            raise ValueError("warehouse and identity must come from two different places")
        if self.seal in (self.warehouse, self.identity):
            raise ValueError("seal must come from another place than warehouse and identity")
        return self

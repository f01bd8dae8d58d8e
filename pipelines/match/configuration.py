"""What decides in matching, as one value that travels with the functions of the kernel."""

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from pipelines.match.blocking.keys import RULES
from pipelines.match.model.model import Model
from pipelines.match.priors import levels_of
from schemas.project import Matching


@dataclass(frozen=True)
class Configuration:
    """The model and the zones. Wherever a function of the kernel runs, it is told this and nothing else."""

    model: Model
    matching: Matching

    @cached_property
    def version(self) -> str:
        """The version of what is made with it: equal when the same code makes the same of the same records."""
        numbers = {**self.model._asdict(), "m": dict(self.model.m), "shares": sorted(self.model.shares), "names": None}
        plain = (RULES, dict(levels_of(self.model.kind)), self.matching.model_dump(), numbers)
        total = sha256(json.dumps(plain, sort_keys=True).encode())
        for _, table in sorted({**self.model.shares, "": self.model.names}.items()):
            total.update(table.hash_rows().sort().to_numpy().tobytes())
        return total.hexdigest()[:16]

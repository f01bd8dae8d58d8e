"""What decides in matching, as one value that travels with the functions of the kernel."""

from typing import NamedTuple

from pipelines.match.model.model import Model
from schemas.project import Matching


class Configuration(NamedTuple):
    """The model and the zones. Wherever a function of the kernel runs, it is told this and nothing else."""

    model: Model
    matching: Matching

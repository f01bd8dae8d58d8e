"""What fitting found in a list, what it did not believe, and where the list is unlike most."""

from pipelines.match.model.model import Model
from pipelines.match.priors import FEWEST, levels_of

RARE = 0.01  # other records a record has, below which a list has hardly any duplicates
OFTEN = 5.0  # times as often as in most lists that strangers agree, from which on it is worth saying
AT_LEAST = 0.01  # u from which on that matters
BOUND_REACHED = 0.999  # share of its bound from which on an m has reached it
CROWDED = 1.0  # records of others of its household that a record has


def findings(model: Model) -> list[str]:
    """Sentences, the most important first; none of a value of a person."""
    if not model.method:
        return [f"Nothing was fitted: that takes {FEWEST:,} records. The shipped weights merge nobody by name alone"]
    return [*_duplicates(model), *_not_believed(model), *_chance(model)]


def _duplicates(model: Model) -> list[str]:
    if model.duplicates < RARE:
        said = f"Hardly anybody is there twice: a record has {model.duplicates:.4f} others of its person"
        return [f"{said}. What merges all the same deserves a look"]
    if model.household >= CROWDED:
        said = f"People of one household abound: a record has {model.household:.1f} others of its home"
        return [f"{said}. Family name, line and address say little"]
    return []


def _not_believed(model: Model) -> list[str]:
    """Levels whose m the list would have moved further than any list can."""
    return [
        f"{_words(field)}: more than {level.most:.0%} of one person would agree as `{_words(name)}`; that much "
        "was believed, and no more"
        for field, levels in levels_of(model.kind).items()
        for name, level in list(levels.items())[1:]
        if model.m[field][name] > level.m and model.m[field][name] > BOUND_REACHED * level.most
    ]


def _chance(model: Model) -> list[str]:
    """Levels that strangers of this list show much more often than those of most lists."""
    return [
        f"{_words(field)}: strangers agree as `{_words(name)}` {factor:.0f} times as often as in most lists"
        for field, levels in model.chance.items()
        for name, factor in levels.items()
        if factor >= OFTEN and factor * levels_of(model.kind)[field][name].base >= AT_LEAST
    ]


def _words(name: str) -> str:
    return name.replace("_", " ")

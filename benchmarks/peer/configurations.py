"""Two ways to set Splink up: as its documentation does, and with what else its users do for a better result.

Both follow from the roles a list has. What is tuned: more blocking rules, the comparisons it has for names and dates of
birth, term frequencies wherever values differ in frequency, and a prior from more of what is certain.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl

from benchmarks.peer.columns import role_of

Rule = tuple[str, ...]
SMALL = 50_000  # records, up to which one can afford to compare all that share one of `broad`
YEAR = "substr(date_of_birth, 1, 4)"
BOTH_NAMES = "given_and_family_name"


class Configuration(NamedTuple):
    """Rules name roles; one that names a role the list lacks is left out."""

    rules: tuple[Rule, ...]
    broad: tuple[Rule, ...]  # for small lists
    nameless: tuple[Rule, ...]  # for lists of organisations
    trained: tuple[Rule, ...]  # blocks in which m is learnt
    sessions: int  # of training, at the most
    pairs: float  # of random records, from which u is estimated
    certain: tuple[Rule, ...]  # what makes two records one for certain, for the prior
    tuned: bool


CERTAIN: tuple[Rule, ...] = (
    *(("email",), ("phone",), ("exact_id",), ("given_name", "family_name", "date_of_birth"), ("company", "street")),
)
DATED: tuple[Rule, ...] = (("given_name", "date_of_birth"), ("family_name", "date_of_birth"))  # if it is a whole date
NAMELESS: tuple[Rule, ...] = (("company",), ("street",))
DOCS = Configuration(
    rules=(
        *(("email",), ("phone",), ("exact_id",), ("channel_id",), ("company", "postcode"), ("company", "city")),
        *(("given_name", "family_name"), ("full_name",), ("family_name", "date_of_birth")),
        *(("given_name", "date_of_birth"), ("family_name", "city"), ("family_name", "postcode")),
        *(("given_name", "postcode"), ("given_name", "street")),
    ),
    broad=(("date_of_birth",), ("given_name", "city"), ("family_name", "region"), ("postcode",)),
    nameless=NAMELESS,
    trained=(
        *(("given_name", "family_name"), ("full_name",), ("email",), ("date_of_birth",), ("phone",), ("company",)),
    ),
    sessions=3,
    pairs=1e6,
    certain=CERTAIN,
    tuned=False,
)
TUNED = DOCS._replace(
    rules=(
        *DOCS.rules,
        *(("family_name", "street"), ("date_of_birth", "postcode"), ("date_of_birth", "city")),
        *(("date_of_birth", "region"), ("street", "postcode"), ("family_name", YEAR), ("given_name", "company")),
        *((YEAR, "postcode", "category"), (YEAR, "region", "category"), ("postcode", "region", "category")),
        *(("text", "region", "category"), ("text", "postcode")),
    ),
    broad=(("date_of_birth",), ("given_name", "city"), ("family_name", "region"), ("street",)),
    pairs=2e6,
    certain=(
        *CERTAIN,
        *(("given_name", "family_name", "postcode"), ("given_name", "family_name", "street")),
        *(("full_name", "postcode"), ("full_name", "city")),
    ),
    tuned=True,
)
CONFIGURATIONS: Mapping[str, Configuration] = {"docs": DOCS, "tuned": TUNED}


def usable(rules: tuple[Rule, ...], columns: list[str]) -> list[Rule]:
    """The rules whose columns the list has."""
    return [rule for rule in rules if all(_column(part) in columns for part in rule)]


def blocking_rules(configuration: Configuration, frame: pl.DataFrame) -> list[Rule]:
    """What records of this list must share to be compared."""
    named = {"given_name", "family_name", "full_name"} & set(frame.columns)
    extra = (() if named else configuration.nameless) + (configuration.broad if frame.height <= SMALL else ())
    return usable(configuration.rules + extra, frame.columns)


def training_rules(configuration: Configuration, frame: pl.DataFrame) -> list[Rule]:
    """The blocks in which m is learnt; tuned, people are not learnt from those they work with."""
    rules = usable(configuration.trained, frame.columns)
    named = {"given_name", "family_name", "full_name"} & set(frame.columns)
    if configuration.tuned and named:
        rules = [rule for rule in rules if rule != ("company",)]
    return rules[: configuration.sessions]


def certain_rules(configuration: Configuration, frame: pl.DataFrame) -> list[Rule]:
    """What makes two records one for certain, as far as two records of this list have it in common."""
    dated = DATED if configuration.tuned and has_dates(frame) else ()
    found = [(rule, frame.select(rule).drop_nulls()) for rule in usable(configuration.certain + dated, frame.columns)]
    return [rule for rule, values in found if values.is_duplicated().any()]


def _column(part: str) -> str:
    return "date_of_birth" if part == YEAR else part


def comparisons(configuration: Configuration, frame: pl.DataFrame) -> list[Any]:
    """How each column is compared."""
    ways = _tuned_ways(frame) if configuration.tuned else _ways_of_docs()
    found = [ways[role_of(column)](column) for column in frame.columns if role_of(column) in ways]
    if BOTH_NAMES in frame.columns:
        found.append(_names_together())
    return found


def _frequent(comparison: Any) -> Any:
    return comparison.configure(term_frequency_adjustments=True)


def _ways_of_docs() -> dict[str, Callable[[str], Any]]:
    import splink.comparison_library as compare

    return {
        "given_name": lambda name: _frequent(compare.JaroWinklerAtThresholds(name, [0.92, 0.8])),
        "middle_name": lambda name: compare.JaroWinklerAtThresholds(name, [0.9]),
        "family_name": lambda name: _frequent(compare.JaroWinklerAtThresholds(name, [0.92, 0.8])),
        "full_name": lambda name: _frequent(compare.JaroWinklerAtThresholds(name, [0.95, 0.88, 0.8])),
        "email": compare.EmailComparison,
        "phone": lambda name: compare.LevenshteinAtThresholds(name, [1, 2]),
        "channel_id": compare.ExactMatch,
        "exact_id": lambda name: compare.LevenshteinAtThresholds(name, [1, 2]),
        "date_of_birth": lambda name: compare.LevenshteinAtThresholds(name, [1, 2]),
        "postcode": lambda name: _frequent(compare.LevenshteinAtThresholds(name, [1, 2])),
        "city": lambda name: _frequent(compare.JaroWinklerAtThresholds(name, [0.9])),
        "street": lambda name: _frequent(compare.JaroWinklerAtThresholds(name, [0.9, 0.8])),
        "region": lambda name: _frequent(compare.ExactMatch(name)),
        "country": compare.ExactMatch,
        "company": lambda name: _frequent(compare.JaroWinklerAtThresholds(name, [0.95, 0.88, 0.8])),
        "category": compare.ExactMatch,
    }


def _tuned_ways(frame: pl.DataFrame) -> dict[str, Callable[[str], Any]]:
    import splink.comparison_library as compare

    ways = _ways_of_docs() | {
        "given_name": lambda name: _frequent(compare.NameComparison(name)),
        "middle_name": compare.NameComparison,
        "family_name": lambda name: _frequent(compare.NameComparison(name)),
        "full_name": lambda name: _frequent(compare.NameComparison(name)),
        "phone": lambda name: compare.DamerauLevenshteinAtThresholds(name, [1, 2]),
        "exact_id": lambda name: compare.DamerauLevenshteinAtThresholds(name, [1, 2]),
        "date_of_birth": lambda name: compare.DamerauLevenshteinAtThresholds(name, [1, 2]),
        "city": lambda name: _frequent(compare.JaroWinklerAtThresholds(name, [0.92, 0.8])),
        "street": lambda name: _frequent(compare.JaroWinklerAtThresholds(name, [0.95, 0.88, 0.75])),
        "country": lambda name: _frequent(compare.ExactMatch(name)),
        "category": lambda name: _frequent(compare.ExactMatch(name)),
        "text": lambda name: _frequent(compare.JaroWinklerAtThresholds(name, [0.9])),
    }
    if has_dates(frame):
        ways["date_of_birth"] = lambda name: compare.DateOfBirthComparison(
            name, input_is_string=True, datetime_format="%Y-%m-%d"
        )
    if BOTH_NAMES in frame.columns:
        ways = {role: way for role, way in ways.items() if role not in ("given_name", "family_name")}
    return ways


def _names_together() -> Any:
    import splink.comparison_library as compare

    return _frequent(
        compare.ForenameSurnameComparison("given_name", "family_name", forename_surname_concat_col_name=BOTH_NAMES)
    )


def has_dates(frame: pl.DataFrame) -> bool:
    """Whether most dates of birth are whole dates, and not years."""
    if "date_of_birth" not in frame.columns:
        return False
    dates = frame["date_of_birth"].drop_nulls()
    return 2 * dates.str.contains(r"^\d{4}-\d{2}-\d{2}$").sum() > dates.len()


def with_both_names(frame: pl.DataFrame) -> pl.DataFrame:
    """With given and family name in one column, whose frequency counts where both agree.

    Only in lists with dates of birth: without them the comparison of both names turned out worse than one of each.
    """
    if not {"given_name", "family_name"} <= set(frame.columns) or not has_dates(frame):
        return frame
    return frame.with_columns(pl.concat_str("given_name", "family_name", separator=" ").alias(BOTH_NAMES))

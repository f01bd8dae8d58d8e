"""From levels of agreement to match weight and probability (Fellegi and Sunter, with the additions of `priors`)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match import priors
from pipelines.match.comparison.compare import Compared, Comparison
from pipelines.match.comparison.records import Field, Records
from pipelines.match.model import name_frequency
from pipelines.match.model.model import ONCE, Model
from pipelines.match.priors import Level
from schemas.match_fields import fields_of_role, role_of

Bits = NDArray[np.float64]
# Fields that identify, and how many other people stand behind a value that only one is known to have.
IDENTIFYING = {"phone": 0.02, "email": 0.005, "channel_id": 0.001} | dict.fromkeys(fields_of_role("exact_id"), 0.005)
RELATIONS = ("household", "one_line", "colleagues")
KNOWN = 4  # records from which on a word is known to be a name ...
KNOWN_SHARE = 8e-4  # ... and the share of records: the longer a list, the more often the same slip is in it
UNCOUNTED = 0.9  # bits at most for a full name of which nobody has counted the bearers, and for a number nearly equal
LEAST = 1e-6  # share of a level that a relation does not show


class Frequencies(NamedTuple):
    """How frequent the values of some records are: share per value of each field, and records per full name.

    Of an identifier, `shares` counts other people behind it, and `by_given` every given name as one: which of a family
    with one phone somebody is, a record without a given name does not say.
    """

    shares: Mapping[str, Bits]
    by_given: Mapping[str, Bits]
    name_records: NDArray[np.int64]  # of each record's own full name, 0 without one
    known_names: NDArray[
        np.bool_
    ]  # of each word of names: whether it is borne by KNOWN records, or nothing was counted
    counted: bool  # whether the values of a list were


class Weighed(NamedTuple):
    """Match weight of pairs in bits, and what it is made of; `relation` is what a household or firm explains."""

    weight: Bits
    prior: float
    fields: dict[str, Bits]
    relation: Bits
    relations: dict[str, Bits]  # log2 of how much likelier than strangers other people of a relation are

    @property
    def probability(self) -> Bits:
        """Probability that a pair is one person."""
        return np.asarray(1 / (1 + np.exp2(-self.weight)))


class Unrelated(NamedTuple):
    """What pairs of other people show by chance, and those of a relation for a reason, as bits (log2 of shares)."""

    strangers: dict[str, Bits]  # by field
    related: dict[str, Bits]  # by relation, fields summed up


def unrelated(comparison: Comparison, frequencies: Frequencies, model: Model) -> Unrelated:
    """How likely other people are to show what pairs show. Of a fit only m and rates change, so this is done once."""
    related = {relation: np.zeros(len(comparison.swapped)) for relation in RELATIONS}
    strangers: dict[str, Bits] = {}
    for name, compared in comparison.fields.items():
        shared = shares_of_values(compared, frequencies.shares[name])
        if name in frequencies.by_given:
            shared = np.where(_has_given(comparison), shared, shares_of_values(compared, frequencies.by_given[name]))
        strangers[name], by_relation = _by_chance(name, compared, shared, model)
        for relation, likelihood in by_relation.items():
            related[relation] += likelihood
    related["colleagues"] += _switchboard(comparison, model)
    return Unrelated(strangers, related)


def _switchboard(comparison: Comparison, model: Model) -> Bits:
    """How much likelier colleagues have one number, where both records state one firm."""
    usual = priors.levels_of(model.kind)["phone"]["exact"].colleague or priors.SWITCHBOARD
    same = comparison.at("phone", "exact") & comparison.at("company", "exact")
    return np.where(same, np.log2(max(priors.SWITCHBOARD, usual) / usual), 0.0)


def weigh(
    comparison: Comparison,
    frequencies: Frequencies,
    model: Model,
    lo: NDArray[np.uint32],
    hi: NDArray[np.uint32],
    others: Unrelated | None = None,
) -> Weighed:
    """Weigh compared pairs; `lo` and `hi` are their records. `others`: what `unrelated` says of them, if known."""
    by_chance, related = unrelated(comparison, frequencies, model) if others is None else others
    fields = {name: _m(name, compared, model) - by_chance[name] for name, compared in comparison.fields.items()}
    if "phone" in fields and not frequencies.counted:
        slip = comparison.at("phone", "typo")
        fields["phone"] = np.where(slip, np.minimum(fields["phone"], UNCOUNTED), fields["phone"])
    strangers = sum(by_chance.values(), np.zeros(len(lo)))
    known = np.zeros(len(lo))
    if "given_name" in fields:
        fields["given_name"] = fields["given_name"] + _order(comparison)
        known = _same_name(comparison, frequencies, model, lo, hi, fields)
        strangers = strangers - known
        fields["name_bearers"] = known
    prior = np.log2(model.duplicates / model.records)
    rates = {"household": model.household, "one_line": model.one_line, "colleagues": model.colleagues}
    relations = {name: bits + np.log2(rates[name] / model.records) - strangers for name, bits in related.items()}
    relations["colleagues"] = relations["colleagues"] - known
    relation = -np.log2(1 + sum(np.exp2(bits) for bits in relations.values()))
    weight = prior + sum(fields.values(), np.zeros(len(lo))) + relation
    return Weighed(weight, float(prior), fields, relation, relations)


def _order(comparison: Comparison) -> Bits:
    """What it weighs that given and family name stand as they should, or in each other's place."""
    both = (comparison.fields["given_name"].level > 0) & (comparison.fields["family_name"].level > 0)
    straight = np.where(both, np.log2((1 - priors.SWAPPED) / 0.75), 0.0)
    return np.where(comparison.swapped, np.log2(priors.SWAPPED / 0.25), straight)


def _has_given(comparison: Comparison) -> NDArray[np.bool_]:
    if "given_name" not in comparison.fields:
        return np.zeros(len(comparison.swapped), bool)
    return np.asarray(comparison.fields["given_name"].level > 0)


def shares_of_values(compared: Compared, shares: Bits) -> Bits:
    """Shares of the more and of the less frequent of both values, as two rows."""
    one, other = shares[compared.lo], shares[compared.hi]
    return np.stack([np.maximum(one, other), np.minimum(one, other)])


def _m(name: str, compared: Compared, model: Model) -> Bits:
    """log2 of m; 0 where a side has no value."""
    return np.log2([1.0, *(model.m[name][level] for level in priors.levels_of(model.kind)[name])])[compared.level]


def _by_chance(name: str, compared: Compared, shared: Bits, model: Model) -> tuple[Bits, dict[str, Bits]]:
    """log2 of u among strangers, and of the share of each relation; 0 where a side has no value."""
    of_kind = priors.levels_of(model.kind)[name]
    levels, told = list(of_kind.values()), compared.level
    common, rare, base = shipped_u(levels)
    factors = np.array([1.0, *(model.chance.get(name, {}).get(level, 1.0) for level in of_kind)])
    u = (common * factors)[told] * shared[0] + (rare * factors)[told] * shared[1] + (base * factors)[told]
    strangers = np.log2(u.clip(1e-12, priors.MOST))
    strangers[told == 0] = 0.0
    at_home = [max(level.household, LEAST) for level in levels]
    on_one_line = [
        home if level.one_line is None else level.one_line for level, home in zip(levels, at_home, strict=True)
    ]
    at_work = np.log2([1.0, *(level.colleague or LEAST for level in levels)])[told]
    as_strangers = np.array([False, *(level.colleague is None for level in levels)])[told]
    return strangers, {
        "household": np.log2([1.0, *at_home])[told],
        "one_line": np.log2([1.0, *on_one_line])[told],
        "colleagues": np.where(as_strangers, strangers, at_work),
    }


def shipped_u(levels: Sequence[Level]) -> Bits:
    """What u of each level is made of, from level 0 on: times the more, times the less frequent value, and base."""
    return np.array([[0.0, *(getattr(level, part) for level in levels)] for part in ("common", "rare", "base")])


def _same_name(
    comparison: Comparison,
    frequencies: Frequencies,
    model: Model,
    lo: NDArray[np.uint32],
    hi: NDArray[np.uint32],
    fields: dict[str, Bits],
) -> Bits:
    """What equal full names weigh more or less than given and family name do apart, as bits; 0 for other pairs."""
    given, family = (comparison.fields[part] for part in ("given_name", "family_name"))
    same = np.flatnonzero((given.level == 1) & (family.level == 1))
    table = np.log2(name_frequency.odds_by_name(model.duplicates))
    share = frequencies.shares["given_name"][given.lo[same]] * frequencies.shares["family_name"][family.lo[same]]
    rarity = np.log2(share * model.records / (1 + model.duplicates)).round().clip(*name_frequency.RARITY).astype(int)
    records = np.maximum(frequencies.name_records[lo[same]], frequencies.name_records[hi[same]])
    odds = table[rarity - name_frequency.RARITY[0], records.clip(2, name_frequency.MOST) - 2]
    known = np.zeros(len(lo))
    apart = np.log2(model.duplicates / model.records) + fields["given_name"][same] + fields["family_name"][same]
    known[same] = odds - apart
    return known if frequencies.counted else np.minimum(known, UNCOUNTED)


def frequencies(records: Records, model: Model, crowds: pl.DataFrame) -> Frequencies:
    """Look up how frequent the values of `records` are in the list the model was fitted on.

    `crowds`: field, value, people, givens, as `shared_identifiers.count_shared_identifiers` counts them.
    """
    shares = {name: _shares(name, field, model) for name, field in records.fields.items() if name not in IDENTIFYING}
    by_given = {}
    for name in IDENTIFYING.keys() & records.fields.keys():
        shares[name], by_given[name] = _identifying(name, records.fields[name], crowds, model)
    counted = "given_name" in model.shares
    words = shares.get("given_name", np.zeros(0))
    known = words >= max(KNOWN_SHARE, KNOWN / model.records) if counted else np.ones(len(words), bool)
    return Frequencies(shares, by_given, _name_records(records, model), known, counted)


def _identifying(name: str, field: Field, crowds: pl.DataFrame, model: Model) -> tuple[Bits, Bits]:
    """How frequent identifiers are: by the people known to share them, and by given names alone."""
    values = field.values.alias("value").to_frame()
    known = values.join(crowds.filter(pl.col("field") == name), on="value", how="left", maintain_order="left")
    people, givens = (
        np.maximum(known[counted].fill_null(1).to_numpy() - 1.0, IDENTIFYING[name]) / model.records
        for counted in ("people", "givens")
    )
    return people, givens


def _shares(name: str, field: Field, model: Model) -> Bits:
    known = model.shares.get(name)
    if known is None:  # nothing has been counted yet
        return np.full(field.values.len(), priors.TYPICAL[role_of(name)])
    unseen = ONCE / model.records
    found = field.values.alias("value").to_frame().join(known, on="value", how="left", maintain_order="left")
    return found["share"].fill_null(unseen).to_numpy()


def _name_records(records: Records, model: Model) -> NDArray[np.int64]:
    if "given_name" not in records.fields or "family_name" not in records.fields:
        return np.zeros(records.count, np.int64)
    names = full_names(records)
    found = names.join(model.names, left_on="name", right_on="value", how="left", maintain_order="left")
    return found["records"].fill_null(1).cast(pl.Int64).to_numpy()


def full_names(records: Records) -> pl.DataFrame:
    """The full name of each record, whichever way round: record, name (null without both parts)."""
    given, family = (records.fields[part] for part in ("given_name", "family_name"))
    low, high = np.minimum(given.first, family.first), np.maximum(given.first, family.first)
    values = given.values
    frame = pl.DataFrame({"low": low, "high": high}).with_row_index("record")
    words = values.alias("word").to_frame().with_row_index("code").with_columns(pl.col("code").cast(pl.Int32))
    named = frame.filter(pl.col("low") >= 0)
    distinct = named.select("low", "high").unique()
    distinct = (
        distinct.join(words.rename({"word": "one"}), left_on="low", right_on="code")
        .join(words.rename({"word": "other"}), left_on="high", right_on="code")
        .with_columns(name=pl.format("{} {}", "one", "other"))
    )
    return frame.join(distinct, on=["low", "high"], how="left", maintain_order="left").select("record", "name")

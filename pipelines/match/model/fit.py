"""Fitting the match model to a list: how frequent its values are, and m by expectation maximisation within bounds.

u of equal values is counted, that of other levels measured in pairs at random (`chance`). m starts from the shipped
priors, which are worth WEIGHT true pairs and more in a longer list, moves away from them as far as the candidate pairs
allow, and never beyond what any list can show (`priors.Level.most`). A field is only learnt from pairs that were found
without it (Winkler, 2000: what a block has in common cannot be learnt inside it).
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.compare import compare
from pipelines.match.comparison.records import NAMES, Records, encode
from pipelines.match.comparison.subset import PairSubset, subset_for_pairs
from pipelines.match.engines.engine import Engine, Frame
from pipelines.match.engines.polars import IN_MEMORY, lazy
from pipelines.match.model.chance import chance_agreement, random_pairs
from pipelines.match.model.contradictions import names_cannot_be_compared, names_contradict
from pipelines.match.model.model import BEARERS, FEWEST_PEOPLE, SHARES, Model, unfitted
from pipelines.match.model.sample import CONTENT_HASHES, content_hashes, sampled_pairs
from pipelines.match.model.term_frequency import FULL_NAME, count_terms, count_terms_on
from pipelines.match.model.weigh import IDENTIFYING, Frequencies, frequencies, unrelated, weigh
from pipelines.match.priors import COLLEAGUES, DUPLICATES, FEWEST, HOUSEHOLD, ONE_LINE, Level, levels_of

ROUNDS = 8
WEIGHT = 50.0  # true pairs that a prior of m is worth, in a list of any size
PER_RECORD = 0.02  # true pairs that it is worth beside, for each record of the list
LIST = 5.0  # records that the prior of `duplicates` is worth
METHOD = 3  # of fitting; raise it with every change of what a list teaches


class Sample(NamedTuple):
    """Pairs of a list that are looked at, with their records and how frequent the values of these are in the list."""

    records: Records
    frequencies: Frequencies
    lo: NDArray[np.uint32]
    hi: NDArray[np.uint32]


def fit(
    names: pl.DataFrame,
    facts: pl.DataFrame,
    keys: pl.DataFrame,
    crowds: pl.DataFrame,
    people: pl.DataFrame,
    records: Records | None = None,
) -> Model:
    """The model of a list in memory. `keys` as `rules.in_blocks` gives them, `crowds` as `count_shared_identifiers`.

    `names` and `facts` as `records.encode` takes them; `records` is what it makes of them, if that is known. `people`:
    record, person, as far as that is known (`people.people_on`).
    """
    known = records or encode(names.height, names, facts)
    terms = count_terms(known, people.sort("record")["person"].to_numpy())
    model = model_from_counts(terms, known.count)._replace(method=METHOD)
    counted = frequencies(known, model, crowds)

    def sample(pairs: pl.DataFrame) -> Sample:
        return Sample(known, counted, pairs["lo"].to_numpy(), pairs["hi"].to_numpy())

    return fit_samples(IN_MEMORY, model, lazy(content_hashes(names, facts)), lazy(keys), sample)


def fit_on(engine: Engine, names: Frame, facts: Frame, keys: Frame, crowds: Frame, people: Frame) -> Model:
    """`fit` of frames, of which only samples are brought together."""
    terms = count_terms_on(engine, names, facts, people)
    model = model_from_counts(terms, engine.rows(names))._replace(method=METHOD)
    content = engine.checkpoint(engine.map_groups([names, facts], "record", content_hashes, CONTENT_HASHES))

    def sample(pairs: pl.DataFrame) -> Sample:
        own, own_crowds = pairs_with_crowds(engine, pairs, names, facts, crowds)
        return Sample(own.records, frequencies(own.records, model, own_crowds), own.lo, own.hi)

    return fit_samples(engine, model, content, keys, sample)


def fit_samples(
    engine: Engine, model: Model, content: Frame, keys: Frame, sample: Callable[[pl.DataFrame], Sample]
) -> Model:
    """The model with what pairs drawn at random and a sample of candidate pairs show.

    `content`: the `content_hashes` of every record. `sample` brings pairs (lo, hi) together with their records.
    """
    drawn = random_pairs(engine.collect(content))
    if not drawn.is_empty():
        model = with_chance(model, sample(drawn))
    fields = sorted(levels_of(model.kind).keys() & {*IDENTIFYING, *model.shares})
    pairs, every = sampled_pairs(engine, content, keys, fields)
    return model if pairs.is_empty() else fit_parameters(model, pairs, every, sample(pairs))


def with_chance(model: Model, drawn: Sample) -> Model:
    """The model with what pairs drawn at random show of strangers."""
    known, lo, hi = drawn.frequencies, drawn.lo, drawn.hi
    comparison = compare(drawn.records, lo, hi)
    probability = weigh(comparison, known, model, lo, hi).probability
    return model._replace(chance=chance_agreement(comparison, known, model, 1 - probability))


def pairs_with_crowds(
    engine: Engine, pairs: pl.DataFrame, names: Frame, facts: Frame, crowds: Frame
) -> tuple[PairSubset, pl.DataFrame]:
    """Pairs (lo, hi) with their records, and the crowds of what these state."""
    ends = pl.concat([pairs["lo"], pairs["hi"]]).unique().alias("record").to_frame()
    sample = engine.frame([ends], pl.Schema(ends.schema))
    own_names, own_facts = (engine.checkpoint(frame.join(sample, on="record", how="semi")) for frame in (names, facts))
    own_crowds = engine.collect(crowds.join(own_facts, on=["field", "value"], how="semi"))
    return subset_for_pairs(pairs, engine.collect(own_names), engine.collect(own_facts)), own_crowds


def model_of(engine: Engine, names: Frame, facts: Frame, keys: Frame, crowds: Frame, people: Frame) -> Model:
    """The model a list is matched by: fitted to it, or the shipped one if it has less than FEWEST records."""
    return unfitted() if engine.rows(names) < FEWEST else fit_on(engine, names, facts, keys, crowds, people)


def fit_parameters(model: Model, pairs: pl.DataFrame, every: int, own: Sample) -> Model:
    """The model with what a sample of candidate pairs shows, of which there are `every` times as many.

    `pairs`: `without <field>` of the pairs of the sample. Nothing is learnt of true pairs from such as no evidence may
    merge.
    """
    lo, hi, known = own.lo, own.hi, own.frequencies
    comparison = compare(own.records, lo, hi)
    others = unrelated(comparison, known, model)
    two_people = names_contradict(own.records, known, comparison, np.arange(len(lo)), np.ones(len(lo)))
    two_people |= names_cannot_be_compared(comparison)
    for _ in range(ROUNDS):
        weighed = weigh(comparison, known, model, lo, hi, others)
        probability = np.where(two_people, 0.0, weighed.probability)
        m = {
            field: _learnt(
                levels_of(model.kind)[field],
                compared.level,
                probability,
                pairs[f"without {field}"].to_numpy(),
                WEIGHT + PER_RECORD * model.records / every,
            )
            for field, compared in comparison.fields.items()
        }
        other = (1 - probability) * np.exp2(weighed.relation)
        met = {name: 2 * every * float((other * np.exp2(bits)).sum()) for name, bits in weighed.relations.items()}
        model = model._replace(
            m={**model.m, **m},
            duplicates=_rate(2 * every * float(probability.sum()), DUPLICATES, model.records),
            household=max(HOUSEHOLD, _rate(met["household"], HOUSEHOLD, model.records)),
            one_line=max(ONE_LINE, _rate(met["one_line"], ONE_LINE, model.records)),
            colleagues=max(COLLEAGUES, _rate(met["colleagues"], COLLEAGUES, model.records)),
        )
    return model


def _rate(found: float, prior: float, records: int) -> float:
    """Other records that a record has, held by the prior."""
    return (found + prior * LIST) / (records + LIST)


def _learnt(
    prior: Mapping[str, Level],
    level: NDArray[np.uint8],
    probability: NDArray[np.float64],
    usable: NDArray[np.bool_],
    weight: float,
) -> dict[str, float]:
    """The m of each level: what true pairs show, held by a prior worth `weight` of them, and by what is plausible.

    What a level has above its bound is not believed: equal values have it.
    """
    shown = np.bincount(level[usable], probability[usable], minlength=len(prior) + 1)[1:]
    held = weight * np.array([each.m for each in prior.values()])
    m = (shown + held) / (shown.sum() + held.sum())
    m[1:] = np.minimum(m[1:], [each.most for each in list(prior.values())[1:]])
    m[0] = 1 - m[1:].sum()
    return dict(zip(prior, map(float, m), strict=True))


def model_from_counts(values: pl.DataFrame, records: int) -> Model:
    """The model with the frequencies of a list of so many records, and m as shipped. `values`: `term_frequency.TERMS`.

    A value that fewer than FEWEST_PEOPLE have is not kept: it counts as one that the list has not got.
    """
    shares = dict.fromkeys(NAMES, pl.DataFrame(schema=SHARES))
    shares |= {str(field): _shares(own) for (field,), own in values.group_by("field") if field != FULL_NAME}
    words = pl.concat([shares["given_name"], shares["family_name"]])  # a swapped name is no rare one
    shares["given_name"] = shares["family_name"] = words.group_by("value").agg(pl.col("share").max()).sort("value")
    if not values["field"].is_in(NAMES).any():
        return unfitted(records, "organisations")._replace(shares=shares)
    borne = values.filter(pl.col("field") == FULL_NAME, pl.col("people") >= FEWEST_PEOPLE).sort("value")
    return unfitted(records)._replace(shares=shares, names=borne.select("value", "records").cast(BEARERS))


def _shares(values: pl.DataFrame) -> pl.DataFrame:
    shares = values.with_columns(share=pl.col("records") / pl.col("records").sum())
    return shares.filter(pl.col("people") >= FEWEST_PEOPLE).select("value", "share").sort("value").cast(SHARES)

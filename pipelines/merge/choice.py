"""Choosing one of several values, and what is kept of the choice: the rule that decided and the values that lost.

A candidate is a value that a member record states, or that somebody decided for it. Every choice is a total order over
candidates in which arrival plays no part, so the same records and decisions give the same contact however they came.
Contacts, records and deliveries are told apart by their keys, or by numbers that sort as these do.
"""

from collections.abc import Sequence

import polars as pl

KEY = ["contact_id", "field"]
PLACE = ["record_key", "delivery_id", "row_number", "line_number"]
STATED: dict[str, pl.DataType | type[pl.DataType]] = {
    "contact_id": pl.String,
    "record_key": pl.String,
    "field": pl.String,  # name | tags | attr.<name> | a type of identifier
    "value": pl.String,
    "first_name": pl.String,  # names only
    "last_name": pl.String,
    "display_name": pl.Boolean,  # names only: what a person goes by in a chat
    "form": pl.String,  # names only: folded tokens in order
    "flat": pl.Boolean,  # names only: written all in capitals or all small, and recased since
    "scope": pl.String,  # identifiers only
    "validity": pl.String,
    "position": pl.UInt32,
    "priority": pl.Int64,
    "only_fills": pl.Boolean,  # counts where no other candidate does
    "silenced": pl.Boolean,  # somebody knows better, or it was said where a block sets everything aside
    "observed_at": pl.Datetime("us", "UTC"),
    "delivery_id": pl.String,
    "row_number": pl.UInt32,
    "line_number": pl.UInt32,
}
CANDIDATES: dict[str, pl.DataType | type[pl.DataType]] = STATED | {
    "decided": pl.String,  # edited | pinned | tagged, where somebody decided it; `delivery_id` is the decision then
    "primary": pl.Int64,  # lowest where somebody merged contacts and said whose values count
    "stated_after_edit": pl.Int64,  # 0 stated for the first time since the field was edited, 1 the edit, 2 older
}
# One word that is no name as people write theirs (anna.berg, maria_92), or digits enough for a number.
HANDLE = r"^\S*(?:\p{L}[._]\p{L}|\d)\S*$|(?:\d\D?){6}"
CHOSEN = [*PLACE, "rule", "candidates", "lost"]
MOST_LOST = 20  # values that are kept of those that lost, the best of them first

# Criteria are columns to sort by, best first; the first on which the winner and its best rival differ is the rule.
Criteria = Sequence[str]


def choose(candidates: pl.DataFrame, criteria: Criteria, also: Sequence[str] = ()) -> pl.DataFrame:
    """The best candidate of each contact and field, the rule that decided, and how many values there were of which.

    Result: contact_id, field, value, CHOSEN and what the best candidate has in the columns `also`; `lost` is null where
    nothing did.
    """
    apart = ["silenced", *differing(candidates, criteria)]
    turned = pl.any_horizontal(pl.col(key) != pl.col(key).shift() for key in KEY).fill_null(value=True)
    ordered = candidates.sort(*KEY, *apart).with_columns(is_best=turned)
    winners = ordered.filter("is_best", ~pl.col("silenced"))
    rivals = (
        ordered.filter(~pl.col("is_best"))
        .join(winners.select(*KEY, best="value"), on=KEY, maintain_order="left")
        .filter(pl.col("value") != pl.col("best"))
        .unique([*KEY, "value"], keep="first", maintain_order=True)
        .group_by(KEY, maintain_order=True)
        .agg(
            pl.len().cast(pl.UInt32).alias("others"),
            pl.struct("value", *PLACE).head(MOST_LOST).alias("lost"),
            *(pl.col(each).filter(~pl.col("silenced")).first().alias(f"rival_{each}") for each in apart[1:]),
        )
    )
    decisive = (pl.when(pl.col(each) != pl.col(f"rival_{each}")).then(pl.lit(each)) for each in apart[1:])
    return winners.join(rivals, on=KEY, how="left", maintain_order="left").select(
        *KEY,
        "value",
        *PLACE,
        rule=pl.coalesce("decided", *decisive, pl.lit("only_value")),
        candidates=pl.col("others").fill_null(0) + 1,
        lost="lost",
        **{column: column for column in also},
    )


def differing(candidates: pl.DataFrame, criteria: Criteria) -> list[str]:
    """The criteria by which any two candidates differ: sorting by the others would only cost."""
    return [each for each in criteria if candidates[each].min() != candidates[each].max()]


def keep_all(candidates: pl.DataFrame, rule: str, order: Criteria, per: str = "value") -> pl.DataFrame:
    """All of them survive: the best statement of each distinct value, or of each record. Columns as `choose`.

    Those that only fill blanks do where there are no others but what somebody added by hand.
    """
    speaking = candidates.filter(~pl.col("silenced"))
    blank = (pl.col("only_fills") | pl.col("decided").is_not_null()).all().over(KEY)
    counting = speaking.filter(~pl.col("only_fills") | blank)
    kept = counting.sort(order).unique([*KEY, per], keep="first", maintain_order=True)
    return kept.select(
        *KEY,
        "value",
        *PLACE,
        rule=pl.coalesce("decided", pl.lit(rule)),
        candidates=pl.len().over(KEY).cast(pl.UInt32),
        lost=nothing_lost(candidates),
    )


def nothing_lost(candidates: pl.DataFrame) -> pl.Expr:
    """`lost` of values that nothing was chosen over; keys are of the type that they have in these candidates."""
    place = {column: candidates.schema[column] for column in PLACE}
    return pl.lit(None, pl.List(pl.Struct({"value": pl.String, **place}))).alias("lost")

"""What people decided about values takes its place among what records state.

Values are ordered by when a record stated them for the first time; an edit is stated when it is made. So it overrules
what was stated until then, however often that is repeated, and gives way to what is stated for the first time later.
"""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from pipelines.merge.choice import CANDIDATES, HANDLE
from pipelines.normalise.identifiers import identifiers
from pipelines.normalise.name import names
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, DecisionKind, IdentifierType, Validity

DECIDED = {
    DecisionKind.EDIT.value: "edited",
    DecisionKind.PIN.value: "pinned",
    DecisionKind.TAG.value: "tagged",
}
UNDECIDED = {
    "decided": pl.lit(None, pl.String),
    "primary": pl.lit(0, pl.Int64),
    "stated_after_edit": pl.lit(0, pl.Int64),
}
POINTS = [IdentifierType.PHONE.value, IdentifierType.EMAIL.value]
FIRST = -1  # the priority of people; sources begin at 0
SIDE_BY_SIDE = (AttributeMerge.UNION, AttributeMerge.SUM)
RESTRICTED = (AttributeMerge.MOST_RESTRICTIVE,)


class Decisions(NamedTuple):
    """Standing decisions about the values of some contacts. `turn` (String) is their order in time.

    `values`: contact_id, record_key (whose value it is), decision_id, kind, field, value (null clears), decided_at,
    turn; of edits, pins, tags and untags. `overruled`: contact_id, decision_id, record_key, the members an edit or
    pin speaks over. `since`: record_key, field, value, stated_since, of what these decisions may speak of.
    `primaries`: contact_id, decision_id, turn, record_key, the records whose values count in a merge of contacts.
    """

    values: pl.DataFrame
    overruled: pl.DataFrame
    since: pl.DataFrame
    primaries: pl.DataFrame


NO_DECISIONS = Decisions(*[pl.DataFrame()] * 4)


def with_decisions(stated: pl.DataFrame, decisions: Decisions, attributes: Mapping[str, Attribute]) -> pl.DataFrame:
    """Candidates (CANDIDATES) out of what records state (STATED) and what people decided about it.

    What is cleared, and tags that were removed, are candidates no longer. What is silenced stays one that loses: a
    phone number or an address the contact is known by, if not the primary one.
    """
    if decisions.values.is_empty() and decisions.primaries.is_empty():
        return stated.with_columns(**UNDECIDED)
    own = decided_values(decisions.values)
    known = pl.concat(
        [
            stated.join(decisions.since, on=["record_key", "field", "value"], how="left").with_columns(
                turn=pl.lit(None, pl.String), **UNDECIDED
            ),
            own.with_columns(stated_since=pl.lit(None, pl.Datetime("us", "UTC"))),
        ],
        how="diagonal",
    ).with_columns(about=pl.col("field").replace(IdentifierType.WA_ID.value, IdentifierType.PHONE.value))
    remaining = newest_first(without_removed(overruled_by_decisions(known, decisions), decisions.values), attributes)
    return with_primary(ordered_by_edit(remaining), decisions.primaries).select(list(CANDIDATES))


def decided_values(values: pl.DataFrame) -> pl.DataFrame:
    """What was decided, as candidates of the records it was decided for (with `turn`), which come from the decision."""
    stated = values.filter(pl.col("kind").is_in(list(DECIDED)), pl.col("value").is_not_null()).with_row_index("row")
    named = names(
        stated.filter(pl.col("field") == "name").select(
            "row", name="value", first_name=pl.lit(None, pl.String), last_name=pl.lit(None, pl.String)
        )
    ).select("row", "first_name", "last_name", form=pl.col("name_tokens").list.join(" "))
    points = stated.filter(pl.col("field").is_in(POINTS)).select(
        "row", type="field", scope=pl.lit(""), raw="value", field="field"
    )
    judged = identifiers(points, "", None).select("row", "scope", "validity")
    columns = {
        "display_name": pl.lit(value=False),
        "flat": pl.lit(None, pl.Boolean),  # a name that somebody decided is a proper one, however it is written
        "position": pl.lit(0, pl.UInt32),
        "priority": pl.lit(FIRST, pl.Int64),
        "only_fills": pl.lit(value=False),
        "observed_at": pl.col("decided_at"),
        "delivery_id": pl.col("decision_id"),
        "row_number": pl.lit(1, pl.UInt32),
        "line_number": pl.lit(None, pl.UInt32),
        "silenced": pl.lit(value=False),
        **UNDECIDED,
        "decided": pl.col("kind").replace_strict(DECIDED, return_dtype=pl.String),
    }
    known = stated.join(named, on="row", how="left").join(judged, on="row", how="left").with_columns(**columns)
    return known.select(*CANDIDATES, "turn")


def overruled_by_decisions(candidates: pl.DataFrame, decisions: Decisions) -> pl.DataFrame:
    """Silence what records had stated of a field when it was edited, and leave out what was cleared then.

    Against a pin only another pin helps.
    """
    overruled = decisions.overruled.join(
        decisions.values.select("contact_id", "decision_id", "value", "decided_at", "turn", about="field"),
        on=["contact_id", "decision_id"],
    )
    clears = pl.col("value").is_null()
    newest = overruled.group_by("contact_id", "record_key", "about").agg(
        edited_at=pl.col("decided_at").max(),
        edited_turn=pl.col("turn").max(),
        cleared_at=pl.col("decided_at").filter(clears).max(),
        cleared_turn=pl.col("turn").filter(clears).max(),
    )
    known = candidates.join(newest, on=["contact_id", "record_key", "about"], how="left")
    loose = pl.col("decided").ne_missing(DECIDED[DecisionKind.PIN.value])
    return known.with_columns(pl.col("silenced") | (loose & stated_before("edited"))).filter(
        ~(loose & stated_before("cleared"))
    )


def without_removed(candidates: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Leave out tags that were removed after they had been stated, by whichever member."""
    untags = values.filter(pl.col("kind") == DecisionKind.UNTAG.value)
    newest = untags.group_by("contact_id", "value", about="field").agg(
        removed_at=pl.col("decided_at").max(), removed_turn=pl.col("turn").max()
    )
    return candidates.join(newest, on=["contact_id", "value", "about"], how="left").filter(~stated_before("removed"))


def stated_before(decision: str) -> pl.Expr:
    """Whether a value had been stated or decided by the time of a decision."""
    stated, decided = pl.col("stated_since") <= pl.col(f"{decision}_at"), pl.col("turn") < pl.col(f"{decision}_turn")
    return pl.when(pl.col("turn").is_null()).then(stated).otherwise(decided).fill_null(value=False)


def newest_first(candidates: pl.DataFrame, attributes: Mapping[str, Attribute]) -> pl.DataFrame:
    """Let the newest pin of a field silence all else, and the newest edit the older ones, of contacts now one as well.

    Edits of what survives side by side do so as well; and of a consent, what somebody decided about one contact does
    not silence what another had stated before they were one.
    """
    side_by_side, restricted = (
        [f"attr.{name}" for name, each in attributes.items() if each.merge in merges]
        for merges in (SIDE_BY_SIDE, RESTRICTED)
    )
    field = pl.col("about")
    newest = {
        decided: pl.col("turn").filter(pl.col("decided") == decided).max().over("contact_id", "about")
        for decided in ("edited", "pinned")
    }
    unpinned = newest["pinned"].is_not_null() & pl.col("turn").ne_missing(newest["pinned"])
    outdated = (pl.col("decided") == "edited").fill_null(value=False) & (pl.col("turn") != newest["edited"])
    return candidates.with_columns(
        silenced=pl.col("silenced")
        | (unpinned & ~field.is_in(restricted))
        | (outdated & ~field.is_in([*side_by_side, *restricted, "tags"]))
    )


def ordered_by_edit(candidates: pl.DataFrame) -> pl.DataFrame:
    """Set `stated_after_edit` where a field has an edit: 0 what was first stated later, 1 the edit, 2 the rest.

    What stands in place of a name (HANDLE), a display name, and a number that cannot be one are not newer than an edit.
    """
    is_edit = (pl.col("decided") == DECIDED[DecisionKind.EDIT.value]).fill_null(value=False) & ~pl.col("silenced")
    edited_at = pl.when(is_edit).then("observed_at").max().over("contact_id", "about")
    is_name = (pl.col("field") == "name") & ~pl.col("value").str.contains(HANDLE) & ~pl.col("display_name")
    is_value = is_name | ((pl.col("field") != "name") & pl.col("validity").ne_missing(Validity.INVALID.value))
    is_newer = (pl.col("stated_since") > edited_at).fill_null(value=False) & is_value
    return candidates.with_columns(
        stated_after_edit=pl.when(edited_at.is_null() | is_newer)
        .then(0)
        .when(is_edit)
        .then(1)
        .otherwise(2)
        .cast(pl.Int64)
    )


def with_primary(candidates: pl.DataFrame, primaries: pl.DataFrame) -> pl.DataFrame:
    """Rank candidates by the merges of their contact, the newest first: lowest are those of its primary contact.

    What was decided after a merge was decided for the whole of it.
    """
    if primaries.is_empty():
        return candidates
    merges = primaries.select("contact_id", "decision_id", merged="turn").unique()
    speakers = candidates.select("contact_id", "record_key", "turn").unique()
    counts = primaries.select("decision_id", "record_key", counts=pl.lit(value=True))
    ranks = (
        speakers.join(merges, on="contact_id")
        .join(counts, on=["decision_id", "record_key"], how="left")
        .with_columns(
            counts=pl.col("counts").fill_null(value=False) | (pl.col("turn") > pl.col("merged")).fill_null(value=False)
        )
        .sort("merged", descending=True)
        .group_by("contact_id", "record_key", "turn", maintain_order=True)
        .agg(standing=pl.when("counts").then(pl.lit("0")).otherwise(pl.lit("1")).str.join())
        .with_columns(primary=pl.col("standing").rank("dense").over("contact_id").cast(pl.Int64))
    )
    ranked = candidates.drop("primary").join(
        ranks.drop("standing"), on=["contact_id", "record_key", "turn"], how="left", nulls_equal=True
    )
    return ranked.with_columns(pl.col("primary").fill_null(0))

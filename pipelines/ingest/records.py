"""Contact rows as written become records: identifiers, names and attributes in the form they are kept in."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, reduce
from typing import NamedTuple

import polars as pl

from pipelines import contracts
from pipelines.errors import ContractBroken
from pipelines.ids import Keyed
from pipelines.ingest.record_rules import IDENTIFIER_RULES, RECORD_RULES
from pipelines.normalise.attribute import missing, values, without_program_blanks
from pipelines.normalise.country import stated_regions
from pipelines.normalise.date import timestamps
from pipelines.normalise.identifiers import identifiers, unreachable, valid_identifiers
from pipelines.normalise.locale import convention
from pipelines.normalise.name import names
from pipelines.normalise.problems import PROBLEMS, damaged_texts, masked_names, problems
from pipelines.normalise.record_id import record_ids
from pipelines.normalise.text import clean, without_no_tags
from pipelines.read.core.batch import Batch
from schemas import received
from schemas.attribute import Attribute
from schemas.error_codes import ErrorCode
from schemas.source import Source
from schemas.vocabulary import Action, Channel, Outcome, Severity

REJECTED = pl.Schema({"row": pl.UInt32, "line": pl.UInt32, "outcome": pl.String, "raw": pl.String})
ROW_RULES = {
    ErrorCode.NO_IDENTIFIER: "a phone, e-mail or channel id that works; or, with these blank, a record id and a name",
    ErrorCode.LIMIT_EXCEEDED: f"at most {received.MAX_TEXT} characters in a cell",
}


class Origin(NamedTuple):
    """What rows need to know of where they come from.

    `declared_at` is as of when they speak that state no time themselves; without one they are left without.
    """

    source: str
    options: Source
    declared_at: datetime | None
    attributes: Mapping[str, Attribute]
    ids: Keyed


class Records(NamedTuple):
    """What a batch of contact rows became.

    `kept` has one row per record in the columns the store takes, `identifiers` theirs (as `identifiers.working` gives
    them), `problems` what was wrong (PROBLEMS), `rejected` the rows given back (REJECTED), `unread` headers that mean
    nothing in this project (field), with a row that fills each (row). Whose the rows given back are, as far as they
    say: `turned_away` (row, record_key, name) and their identifiers, `known_by`.
    """

    kept: pl.DataFrame
    identifiers: pl.DataFrame
    problems: pl.DataFrame
    rejected: pl.DataFrame
    unread: pl.DataFrame
    turned_away: pl.DataFrame
    known_by: pl.DataFrame


def records(batch: Batch, origin: Origin, *, refuse: bool) -> Records:
    """Normalise the contact rows of a batch.

    With `refuse`, rows that nobody could be reached or known by are given back. The people of conversations are no rows
    that were read: they stay, if without a name that is none by its length.
    """
    if batch.contacts.is_empty() and batch.identifiers.is_empty() and batch.attributes.is_empty():
        return no_records()
    return normalised(batch, origin, refuse=refuse)


@cache
def no_records() -> Records:
    """What becomes of a batch without contact rows: most batches of conversations have met everybody before."""
    nowhere = Origin("none", Source(format="none", path="none/*"), None, {}, lambda *_: pl.lit("", pl.String))
    return Records(*(frame.clear() for frame in normalised(Batch(), nowhere, refuse=True)))


def normalised(batch: Batch, origin: Origin, *, refuse: bool) -> Records:
    """What `records` makes of a batch that has contact rows."""
    lines = batch.contacts.select("row", "line")
    too_long = oversized(batch)
    contacts, stated, attributes = (
        frame.join(too_long, on="row", how="anti") for frame in (batch.contacts, batch.identifiers, batch.attributes)
    )
    if not refuse:
        nameless = pl.when(~pl.col("row").is_in(too_long["row"].implode())).then("name").alias("name")
        contacts, too_long = batch.contacts.with_columns(nameless), too_long.clear()
    contacts, cut_ids = record_ids(contacts)
    known = pl.col("attribute").is_in(list(origin.attributes))
    unread = attributes.filter(~known).select("row", "field").sort("field", "row")
    locale = origin.options.locale
    said = without_program_blanks(attributes.filter(known), origin.attributes)
    read = values(said, origin.attributes, locale)
    points = identifiers(stated, origin.source, origin.options.region, stated_regions(attributes))
    moments = timestamps(
        contacts.select("row", raw="observed_at", field=pl.lit("observed_at")).drop_nulls("raw"),
        origin.options.zone(),
        convention(locale) if locale else None,
    )
    named = names(contacts)
    unknown = unreachable(named, points) if refuse else named.select("row").clear()
    lacking = missing(named.select("row"), read.kept, origin.attributes, attribute_headers(batch) if refuse else {})
    lost = pl.concat([unknown, lacking.select("row")]).unique()
    spoilt = [damaged_texts(contacts, said), masked_names(contacts)]
    found = [read.problems, lacking, cut_ids, *spoilt, problems(moments), problems(points)]
    rejected_rows = pl.concat([lost, too_long])
    told = pl.concat(
        [
            *(escalate_to_errors(each, rejected_rows) for each in found),
            whole_row(unknown, ErrorCode.NO_IDENTIFIER),
            whole_row(too_long, ErrorCode.LIMIT_EXCEEDED),
        ]
    )
    kept_points = valid_identifiers(points.join(lost, on="row", how="anti"))
    content = contents(contacts, stated, attributes.filter(known))
    kept = (
        named.join(lost, on="row", how="anti")
        .join(moments.select("row", "at"), on="row", how="left")
        .join(content, on="row")
        .join(attribute_entries(read.kept), on="row", how="left")
        .join(natural_keys(named, kept_points, exclusive(read.kept, origin.attributes)), on="row", how="left")
        .join(as_json(batch.original), on="row", how="left")
    )
    record_key = origin.ids("record", pl.lit(origin.source), pl.coalesce("record_id", "natural")).alias("record_key")
    away = valid_identifiers(points.join(rejected_rows, on="row", how="semi"))
    keyed_away = (
        named.join(rejected_rows, on="row", how="semi")
        .join(natural_keys(named, away, exclusive(read.kept, origin.attributes)), on="row", how="left")
        .select("row", record_key, "name")
    )
    made = Records(
        kept.select(
            "row",
            "line",
            record_key,
            pl.lit(None, pl.String).alias("id_key"),
            origin.ids("content", pl.col("content")).alias("version"),
            pl.lit(origin.source).alias("source"),
            "record_id",
            _known_channel().alias("channel"),
            "name",
            "first_name",
            "last_name",
            "name_tokens",
            without_no_tags(pl.col("tags")).list.unique(maintain_order=True),
            clean(pl.col("notes")).alias("notes"),
            pl.col("attributes").fill_null([]),
            "cleared",
            "raw",
            pl.coalesce("at", pl.lit(origin.declared_at).cast(pl.Datetime("us", "UTC"))).alias("observed_at"),
        ),
        kept_points,
        told.drop("line").join(lines, on="row", how="left").select(PROBLEMS.names()).sort("row", "field", "code"),
        rejected_rows.join(lines, on="row")
        .join(as_json(batch.original.join(rejected_rows, on="row", how="semi")), on="row")
        .select("row", "line", outcome=pl.lit(Outcome.REJECTED.value), raw="raw")
        .cast(REJECTED),
        unread,
        keyed_away,
        away,
    )
    contracts.require_rules("records", RECORD_RULES, made.kept)
    contracts.require_rules("identifiers", IDENTIFIER_RULES, made.identifiers)
    return made


def attribute_headers(batch: Batch) -> dict[str, str]:
    """Attributes the file has a column for, with the header of one."""
    custom = {meaning: header for header, meaning in batch.meanings.items() if meaning.startswith("attr.")}
    return {meaning.removeprefix("attr."): header for meaning, header in custom.items()}


def oversized(batch: Batch) -> pl.DataFrame:
    """Numbers of the rows that break their contract by the length of a cell. Any other breach is a reader's bug."""
    rows = [received.empty(received.ContactRow).select("row")]
    for contract, frame in (
        (received.ContactRow, batch.contacts),
        (received.IdentifierRow, batch.identifiers),
        (received.AttributeRow, batch.attributes),
    ):
        checked = contracts.check(contract, frame)
        other = checked.broken.filter(pl.col("rule") != ErrorCode.LIMIT_EXCEEDED.value)
        if not other.is_empty():
            rules = ", ".join(
                sorted(f"{column}: {rule}" for column, rule in other.select("column", "rule").iter_rows())
            )
            raise ContractBroken(f"{contract.__name__} breaks {rules}. Please report it")
        rows.append(checked.refused.select("row"))
    return pl.concat(rows).unique()


def escalate_to_errors(found: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """Problems of rows that were given back are errors, whatever they were by themselves."""
    if found.is_empty() or rejected.is_empty():
        return found
    given_back = pl.col("row").is_in(rejected["row"].implode())
    return found.with_columns(
        severity=pl.when(given_back).then(pl.lit(Severity.ERROR.value)).otherwise("severity"),
        action=pl.when(given_back).then(pl.lit(Action.ROW_REJECTED.value)).otherwise("action"),
    )


def whole_row(rows: pl.DataFrame, code: ErrorCode) -> pl.DataFrame:
    """A problem that is not one field's."""
    return rows.select(
        row="row",
        line=pl.lit(None),
        field=pl.lit(""),
        code=pl.lit(code.value),
        severity=pl.lit(Severity.ERROR.value),
        action=pl.lit(Action.ROW_REJECTED.value),
        expected=pl.lit(ROW_RULES[code]),
        suggestion=pl.lit(None),
    ).cast(PROBLEMS)


def exclusive(kept: pl.DataFrame, attributes: Mapping[str, Attribute]) -> pl.DataFrame:
    """The kept values that only one person can have: row, attribute, value."""
    return kept.filter(pl.col("attribute").is_in([name for name, each in attributes.items() if each.exclusive]))


def natural_keys(named: pl.DataFrame, points: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """What rows without a record id are known by in their source: their identifiers, exclusive attributes and name."""
    named = named.filter(pl.col("record_id").is_null())
    known_by = (
        pl.concat(
            [
                points.select("row", what="type", value="normalised"),
                own.select("row", what=pl.format("attr.{}", "attribute"), value="value"),
            ]
        )
        .join(named, on="row", how="semi")
        .sort("row", "what", "value")
        .group_by("row", maintain_order=True)
        .agg(points=pl.format("{}:{}", "what", "value").str.join("|"))
    )
    return named.join(known_by, on="row", how="left").select(
        "row", natural=pl.format("{}|{}", pl.col("points").fill_null(""), pl.col("name_tokens").list.join(" "))
    )


def contents(contacts: pl.DataFrame, stated: pl.DataFrame, attributes: pl.DataFrame) -> pl.DataFrame:
    """All that a row says, as one text: two rows say the same when these are equal."""
    said = contacts.select(
        "row", own=pl.struct(pl.exclude("row", "line", "record_id", "observed_at")).struct.json_encode()
    )
    points = stated.group_by("row", maintain_order=True).agg(points=pl.struct("type", "scope", "raw"))
    custom = attributes.sort("attribute").group_by("row", maintain_order=True).agg(custom=pl.struct("attribute", "raw"))
    frames = [said, points, custom]
    joined = reduce(lambda left, right: left.join(right, on="row", how="left"), frames)
    return joined.select("row", content=pl.struct("own", "points", "custom").struct.json_encode())


def attribute_entries(kept: pl.DataFrame) -> pl.DataFrame:
    """Attributes of each row as a list of key and value."""
    return kept.sort("attribute").group_by("row").agg(attributes=pl.struct(key="attribute", value="value"))


def as_json(original: pl.DataFrame) -> pl.DataFrame:
    """Rows as delivered, each as one JSON object of its columns: row, raw."""
    columns = [name for name in original.columns if name != "row"]
    if not columns:
        return original.select("row", raw=pl.lit(None, pl.String))
    cells = pl.struct(pl.col(name).alias(name.removeprefix("c.")) for name in columns)
    return original.select("row", raw=cells.struct.json_encode())


def _known_channel() -> pl.Expr:
    folded = pl.col("channel").str.to_lowercase().str.replace_all(r"[\s_-]", "")
    return pl.when(folded.is_in([str(channel) for channel in Channel])).then(folded)

"""Rows of a list whose columns have roles → names and facts as they are compared, as a run has them."""

from collections.abc import Mapping

import polars as pl

from pipelines.match.comparison.identifier_fields import FIELDS
from pipelines.match.comparison.names.generation import generation_facts
from pipelines.match.comparison.names.parts import compared_names
from pipelines.match.comparison.prepare import folded_facts, named_by_mailbox
from pipelines.match.comparison.records import POINTS, TEXTS
from pipelines.normalise.identifiers import identifiers, valid_identifiers
from pipelines.normalise.name import kept_names
from pipelines.normalise.number import whole_numbers
from pipelines.normalise.text import match_form
from schemas.match_fields import fields_by_column
from schemas.vocabulary import IdentifierType

AS_WRITTEN = (IdentifierType.PHONE, IdentifierType.EMAIL)  # what nobody reads where no region is known
JOINED = ("street",)  # fields that several columns make up: the number of a house and its street
NAMED_BY = ("full_name", "given_name", "family_name")
IDENTIFIERS = tuple(str(kind) for kind in FIELDS)
STATED = pl.Schema({"record": pl.UInt32, "field": pl.String, "value": pl.String})


def by_role(rows: pl.LazyFrame, roles: Mapping[str, str]) -> pl.LazyFrame:
    """Rows of a list by role: `record`, and for each role a List(String) of what its columns say, in their order.

    `rows`: record (UInt32), and the columns of `roles` (column → role) as text.
    """
    columns: dict[str, list[str]] = {}
    for column, field in fields_by_column(roles).items():
        columns.setdefault(field, []).append(column)
    return rows.select(
        pl.col("record").cast(pl.UInt32),
        **{role: pl.concat_list(pl.col(own).cast(pl.String)).list.drop_nulls() for role, own in columns.items()},
    )


def prepare_list(
    columns: pl.DataFrame, roles: Mapping[str, str], region: str | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Names and facts of a frame's rows, which are records 0, 1, 2 …: `list_names` and `list_facts`."""
    rows = columns.select(*roles).rename({column: f"column {nth}" for nth, column in enumerate(roles)})
    named = {f"column {nth}": role for nth, role in enumerate(roles.values())}
    listed = by_role(rows.lazy().with_row_index("record"), named).collect()
    facts = list_facts(listed, region=region)
    return list_names(listed, facts), facts


def list_names(listed: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Names of records (`prepare.NAMED`). `listed` as `by_role` gives them, `facts` as `list_facts` does."""

    def first(role: str) -> pl.Expr:
        return pl.col(role).list.first() if role in listed.columns else pl.lit(None, pl.String)

    written = listed.select(
        "record", name=first("full_name"), first_name=first("given_name"), last_name=first("family_name"),
        middle=match_form(first("middle_name")),
    )  # fmt: skip
    return named_by_mailbox(compared_names(written.with_columns(kept_names(written))), facts)


def list_facts(listed: pl.DataFrame, *, region: str | None) -> pl.DataFrame:
    """Facts of records (`prepare.FACTS`), each once, sorted. `listed` as `by_role` gives them.

    With a region (two capital letters), numbers and addresses are read as a project of that region reads them: what
    cannot be one says nothing. Without one they are compared as they are written, numbers by their digits.
    """
    asis = [*POINTS, *TEXTS] if region is None else [role for role in (*POINTS, *TEXTS) if role not in AS_WRITTEN]
    stated = [_stated(listed, role) for role in asis if role in listed.columns]
    kinds = [kind for kind in IDENTIFIERS if kind in listed.columns and kind not in asis]
    named = [pl.col(role).list.first().alias(role) for role in NAMED_BY if role in listed.columns]
    generations = generation_facts(listed.select("record", *named)) if named else pl.DataFrame(schema=STATED)
    return folded_facts(
        pl.concat([pl.DataFrame(schema=STATED), *stated, *_read(listed, kinds, region), generations.cast(STATED)])
    )


def _stated(listed: pl.DataFrame, role: str) -> pl.DataFrame:
    values = listed.select("record", value=role)
    if role in JOINED:
        values = values.with_columns(pl.col("value").list.join(" "))
    else:
        values = values.explode("value", empty_as_null=False)
        values = values.with_columns(whole_numbers(values["value"]))
    return values.drop_nulls().select("record", field=pl.lit(role), value="value")


def _read(listed: pl.DataFrame, kinds: list[str], region: str | None) -> list[pl.DataFrame]:
    """What identifiers are found by, as the store has it: a WhatsApp number is a number, and an account as well."""
    if not kinds:
        return []
    written = [
        listed.select(row="record", type=pl.lit(kind), scope=pl.lit(""), raw=kind, field=pl.lit(kind)).explode(
            "raw", empty_as_null=False
        )
        for kind in kinds
    ]
    read = valid_identifiers(identifiers(pl.concat(written).sort("row", maintain_order=True), "", region))
    keys = read.select("type", record="row", value="match_keys").explode("value", empty_as_null=False)
    fields = {str(kind): field for kind, field in FIELDS.items()}
    accounts = keys.filter(pl.col("type") == IdentifierType.WA_ID.value)
    return [
        keys.select("record", field=pl.col("type").replace_strict(fields, return_dtype=pl.String), value="value"),
        accounts.select("record", field=pl.lit("channel_id"), value=pl.format("{}:{}", "type", "value")),
    ]

"""The history of a consent: every answer that was ever given for a contact, and which of them count at present."""

import polars as pl

from pipelines.derive.candidate_values import load_candidate_values
from pipelines.merge.survivorship import fits
from pipelines.project import OpenProject
from pipelines.store.reads.answers import stated_answers
from pipelines.store.warehouse.connection import Connection

GIVEN = ["record_key", "value", "edit_id"]


def consent_history(project: OpenProject, connection: Connection, contact_id: str, name: str) -> pl.DataFrame:
    """Answers to an attribute, the oldest first: columns of `store.reads.answers.stated_answers`, and `is_current`.

    Those count of which the most restrictive one is the contact's: of each record the last, where nothing overrules it.
    """
    field, attribute = f"attr.{name}", project.settings.attributes[name]
    candidates = load_candidate_values(project, connection, pl.Series([contact_id]))
    asked = candidates.filter(pl.col("field") == field, ~pl.col("silenced"), fits(attribute))
    counting = asked.filter(pl.col("only_fills") == pl.col("only_fills").min()).select(
        "record_key", "value", edit_id=pl.when(pl.col("decided").is_not_null()).then("delivery_id")
    )
    answers = stated_answers(connection, contact_id, field)
    current = answers.with_row_index("nth").filter("is_latest").join(counting, on=GIVEN, how="semi", nulls_equal=True)
    return answers.with_columns(is_current=pl.int_range(pl.len()).is_in(current["nth"].implode()))

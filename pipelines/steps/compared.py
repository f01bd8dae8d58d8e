"""Records of the warehouse as the match kernel takes them."""

from typing import NamedTuple

import polars as pl

from pipelines.match.prepare import FACTS, compared_names, folded, named_by_mailbox, told_countries
from pipelines.store import matching as store
from pipelines.store.connection import Connection
from schemas.project import Project


class Compared(NamedTuple):
    """Records as they are compared, numbered in the order of their keys."""

    keys: pl.Series
    names: pl.DataFrame  # record, given_name, middle_name, family_name
    facts: pl.DataFrame  # record, field, value
    exclusive: pl.DataFrame  # record, exclusive (List of "attribute=value")


def compared(settings: Project, connection: Connection, records: pl.Series) -> Compared:
    """Names and facts of records as they stand now."""
    roles = settings.match_roles()
    stated = store.stated_names(connection, records, settings.exclusive_attributes()).with_row_index("record")
    said = store.stated_facts(connection, records, roles)
    numbered = said.join(stated.select("record", "record_key"), on="record_key").select("record", "field", "value")
    facts = folded_facts(numbered)
    names = named_by_mailbox(compared_names(stated), facts)
    return Compared(stated["record_key"], names, facts, stated.select("record", "exclusive"))


def folded_facts(stated: pl.DataFrame) -> pl.DataFrame:
    """Facts (record, field, value) as they are compared; a number with its country code tells the country as well."""
    folds = [folded(str(field), own.select("record", "value")) for (field,), own in stated.group_by("field")]
    facts = pl.concat([pl.DataFrame(schema=FACTS), *folds])
    named = facts.filter(pl.col("field") == "country")["record"].implode()
    numbers = stated.filter(pl.col("field") == "phone", ~pl.col("record").is_in(named))
    return pl.concat([facts, told_countries(numbers)]).unique().sort(FACTS.names())


def keyed(frame: pl.DataFrame, own: Compared) -> pl.DataFrame:
    """A frame with `record_key` instead of `record`."""
    return frame.with_columns(record_key=own.keys.gather(frame["record"])).drop("record")

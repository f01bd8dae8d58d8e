"""Who publishes, with what, and out of which deliveries."""

import json
import os
from collections.abc import Sequence
from importlib.metadata import version

import polars as pl

from pipelines.audit.login import ACTOR_VARIABLE, stated_login
from pipelines.project import OpenProject, digest
from pipelines.store.reads import exports as store
from pipelines.store.warehouse.connection import Connection

MOST_LISTED = 100  # deliveries of a source that are named one by one


def attributed(project: OpenProject, publication: store.Publication) -> store.Publication:
    """A publication with who makes it, for whom, and with what."""
    return publication._replace(
        login=stated_login(),
        on_behalf_of=os.environ.get(ACTOR_VARIABLE) or None,
        settings_digest=digest(project.settings),
        code_version=version("onecontact"),
    )


def deliveries_in_words(connection: Connection, export_id: str, columns: Sequence[str]) -> str:
    """The deliveries that the values of the members of a publication come from, by source, as JSON.

    Of each source their number, the first and the last declared time, and their ids unless they are very many.
    """
    found = store.contributing(connection, export_id, columns)
    by_source = found.group_by("source", maintain_order=True).agg(
        pl.len().alias("deliveries"),
        pl.col("declared_at").min().alias("first"),
        pl.col("declared_at").max().alias("last"),
        pl.col("delivery_id"),
    )
    return json.dumps(
        [
            {
                "source": each["source"],
                "deliveries": each["deliveries"],
                "first_declared_at": each["first"].isoformat(),
                "last_declared_at": each["last"].isoformat(),
                "delivery_ids": each["delivery_id"] if each["deliveries"] <= MOST_LISTED else None,
            }
            for each in by_source.to_dicts()
        ]
    )

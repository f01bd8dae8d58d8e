"""What stands against joining two contacts that a pair of records would join."""

import numpy as np
import polars as pl

from pipelines.derive.comparison_data import ComparisonData, load_comparison_data
from pipelines.derive.pair_explanation import RecordRef, conflicts_between
from pipelines.match.clusters.cluster import LIMITS, limited
from pipelines.match.comparison.compare import INDEX, compare_names
from pipelines.match.comparison.records import encode
from pipelines.project import OpenProject
from pipelines.store.decisions import decisions, links
from pipelines.store.matching import evidence as store
from pipelines.store.matching import match_tables
from pipelines.store.warehouse.connection import Connection

MOST = 5  # reasons that are told


def veto_reasons(project: OpenProject, connection: Connection, veto: str, one: str, other: str) -> list[str]:
    """What a veto rests on, a line for each pair of records or field; `one` and `other` are ids of contacts.

    Clustering judges contacts while they grow. What is told here is of the contacts as they have become.
    """
    sides = [decisions.members(connection, contact) for contact in (one, other)]
    own = load_comparison_data(project.settings, connection, pl.concat(sides).sort())
    numbers = pl.DataFrame({"record_key": own.keys}).with_row_index("record")
    lo, hi = (numbers.filter(pl.col("record_key").is_in(side.implode()))["record"] for side in sides)
    pairs = lo.alias("lo").to_frame().join(hi.alias("hi").to_frame(), how="cross")
    called = [str(RecordRef(**each)) for each in store.describe_records(connection, own.keys).to_dicts()]
    if veto == "veto:decision":
        return cannot_links_between(connection, own.keys)[:MOST]
    if veto in ("veto:names", "veto:rivals"):
        return contradicting(own, pairs, called)[:MOST]
    if veto == "veto:exclusive":
        return conflicting(own, pairs, called)[:MOST]
    if veto == "veto:cardinality":
        return too_many(connection, own.keys)
    return few_sure(connection, sides[0], sides[1], project.settings.matching.auto)


def contradicting(own: ComparisonData, pairs: pl.DataFrame, called: list[str]) -> list[str]:
    """Pairs of records (lo, hi) whose given names contradict each other."""
    facts = own.facts.clear()
    known = encode(own.keys.len(), own.names, facts)
    lo, hi = pairs["lo"].to_numpy(), pairs["hi"].to_numpy()
    names, _ = compare_names(known, lo, hi)
    if not names:
        return []
    given, words = names["given_name"], known.fields["given_name"].values
    rows = np.flatnonzero(given.level == INDEX["given_name"]["different"])
    return [
        f"{called[lo[row]]} and {called[hi[row]]}: given names {words[int(given.lo[row])]} and "
        f"{words[int(given.hi[row])]}"
        for row in rows
    ]


def conflicting(own: ComparisonData, pairs: pl.DataFrame, called: list[str]) -> list[str]:
    """Pairs of records (lo, hi) that hold different values of an exclusive attribute."""
    return [
        f"{called[lo]} and {called[hi]}: {each.attribute} {each.one} and {each.other}"
        for lo, hi in pairs.iter_rows()
        for each in conflicts_between(own.exclusive, lo, hi)
    ]


def cannot_links_between(connection: Connection, records: pl.Series) -> list[str]:
    """Decisions that keep some records apart from others of them."""
    return [
        f"`onecontact revoke {decision}` takes back the decision"
        for decision in links.cannot_links(connection, records)
    ]


def too_many(connection: Connection, records: pl.Series) -> list[str]:
    """Fields of which both contacts together would have more values than one person has."""
    counted = limited(match_tables.compared_identifiers_of(connection, records))
    values = counted.group_by("field").agg(pl.col("value").n_unique()).sort("field")
    return [
        f"together they have {number} {field} values, and {LIMITS[field]} are the most"
        for field, number in values.iter_rows()
        if number > LIMITS[field]
    ]


def few_sure(connection: Connection, one: pl.Series, other: pl.Series, auto: float) -> list[str]:
    """How many pairs of records of two contacts are as likely as it takes to merge."""
    edges = store.edges_among(connection, pl.concat([one, other]))
    across = edges.filter(pl.col("record_lo").is_in(one.implode()) != pl.col("record_hi").is_in(one.implode()))
    sure = across.filter(pl.col("probability") >= auto).height
    return [f"of {one.len() * other.len()} pairs of their records, {sure} reach `auto` ({auto:g})"]

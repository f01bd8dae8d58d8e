"""How sure the merges are of sources that have delivered for the first time. Numbers only."""

from typing import NamedTuple

from pipelines.store.warehouse.connection import Connection, query

AGREED = {"phone": ("exact", "variant"), "email": ("exact",), "channel_id": ("exact",), "exact_id": ("exact",)}


class Confidence(NamedTuple):
    """Contacts that hold a record of such a source and another one, and how they hang together."""

    contacts: int
    one_identifier: int  # have a record that one identifier alone ties to the rest
    no_identifier: int  # have a record that names, dates, places or a similar number alone tie to the rest
    wrong: float  # are expected to be wrong, by the probability of each record's strongest tie


NOTHING_NEW = Confidence(0, 0, 0, 0.0)


def confidence_of_new_sources(connection: Connection, run_id: str) -> Confidence:
    """How sure the merges are of the sources of which this run has taken in the first delivery."""
    fresh = query(
        connection,
        """SELECT source FROM delivery WHERE state = 'accepted' GROUP BY source
           HAVING min(received_at) = min(CASE WHEN run_id = $1 THEN received_at END)""",
        [run_id],
    )["source"]
    return NOTHING_NEW if fresh.is_empty() else confidence_of(connection, fresh.to_list())


def confidence_of(connection: Connection, sources: list[str]) -> Confidence:
    """How sure the merges are that records of these sources are a part of."""
    agreed = " + ".join(
        "(" + " OR ".join(f"""contains(evidence, '"{field}":{{"level":"{level}"')""" for level in levels) + ")::INTEGER"
        for field, levels in AGREED.items()
    )
    found = query(
        connection,
        f"""
        WITH member AS (
            SELECT m.record_key, m.contact_id, r.source
            FROM membership m JOIN record r USING (record_key) WHERE m.run_to IS NULL
        ),
        own AS (
            SELECT DISTINCT s.contact_id FROM member s
            WHERE list_contains($1::VARCHAR[], s.source)
              AND s.contact_id IN (SELECT contact_id FROM member GROUP BY contact_id HAVING count(*) > 1)
        ),
        tie AS (
            SELECT record_lo, record_hi, probability, {agreed} AS identifiers FROM match_edge WHERE zone = 'merge'
        ),
        strongest AS (
            SELECT a.contact_id, a.record_key, max(probability) AS probability,
                   arg_max(identifiers, struct_pack(p := probability, i := identifiers)) AS identifiers
            FROM (SELECT record_lo AS record_key, record_hi AS other, probability, identifiers FROM tie
                  UNION ALL SELECT record_hi, record_lo, probability, identifiers FROM tie) t
            JOIN member a USING (record_key) JOIN member b ON b.record_key = t.other AND a.contact_id = b.contact_id
            GROUP BY a.contact_id, a.record_key
        ),
        judged AS (
            SELECT contact_id, bool_or(identifiers = 1) AS one_identifier, bool_or(identifiers = 0) AS no_identifier,
                   least(1, sum(1 - probability) * (count(*) - 1) / count(*)) AS wrong
            FROM strongest GROUP BY contact_id
        )
        SELECT count(*), count(*) FILTER (one_identifier), count(*) FILTER (no_identifier), coalesce(sum(wrong), 0.0)
        FROM own LEFT JOIN judged USING (contact_id)""",
        [sources],
    )
    return Confidence(*found.row(0))

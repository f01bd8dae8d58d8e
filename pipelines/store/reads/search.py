"""Finding contacts: by whatever somebody knows of them."""

import polars as pl

from pipelines.store.contacts import id_history
from pipelines.store.warehouse.connection import Connection, query

FEWEST_DIGITS = 4  # of a phone number somebody looks for; fewer stand in every number


def find(connection: Connection, text: str) -> pl.Series:
    """Ids of the contacts a quick search finds, sorted.

    Looked at are the name (its words in any order), every identifier there is or was (phone numbers by their digits),
    tags and custom attributes, without regard to case, accents and spelt-out umlauts. An id is found by its beginning,
    one that is no longer current by where its anchor went.
    """
    digits = digits_of(text)
    return query(
        connection,
        f"""
        WITH asked AS (
            SELECT lower(trim(?)) AS plain, {folded("replace(?, ',', ' ')")} AS words, ? AS digits
        ),
        hit AS (
            SELECT contact_id FROM contact, asked
            WHERE len(list_filter(string_split(words, ' '), w -> NOT contains(
                      {folded("concat_ws(' ', name, first_name, last_name)")}, w))) = 0
               OR contains({folded("array_to_string(map_values(attributes), chr(31))")}, words)
               OR list_contains(list_transform(tags, t -> {folded("t")}), words)
            UNION
            SELECT m.contact_id FROM identifier i JOIN membership m USING (record_key), asked
            WHERE m.run_to IS NULL
              AND (contains(lower(i.normalised), plain)
                   OR (length(digits) >= ? AND i.type IN ('phone', 'wa_id') AND contains(i.normalised, digits)))
            UNION
            SELECT contact_id FROM contact_identifier, asked
            WHERE contains(lower(value), plain)
               OR (length(digits) >= ? AND type = 'phone' AND contains(value, digits))
            UNION
            SELECT m.contact_id FROM record r JOIN membership m USING (record_key), asked
            WHERE m.run_to IS NULL AND starts_with(r.anchor_id::VARCHAR, plain)
        )
        SELECT DISTINCT contact_id FROM hit JOIN contact USING (contact_id), asked
        WHERE plain <> '' ORDER BY contact_id""",
        [text, text, digits, FEWEST_DIGITS, FEWEST_DIGITS],
    )["contact_id"]


def digits_of(text: str) -> str:
    """The digits of a phone number however it is written, without what stands before a country or area code."""
    return "".join(character for character in text if character.isdigit()).lstrip("0")


def folded(sql: str) -> str:
    """An SQL expression for a text as it is looked for: small, without accents, umlauts as they are spelt without."""
    bare = f"lower(strip_accents(trim(coalesce({sql}, ''))))"
    return f"replace(replace(replace({bare}, 'ae', 'a'), 'oe', 'o'), 'ue', 'u')"


def exactly(connection: Connection, text: str) -> pl.Series:
    """Ids of the contacts known by precisely this: a whole id, identifier or name."""
    return query(
        connection,
        """
        WITH asked AS (SELECT lower(trim(?)) AS words)
        SELECT contact_id FROM contact, asked WHERE contact_id::VARCHAR = words OR lower(name) = words
        UNION
        SELECT m.contact_id FROM identifier i JOIN membership m USING (record_key), asked
        WHERE m.run_to IS NULL AND lower(i.normalised) = words
        UNION
        SELECT contact_id FROM contact_identifier, asked WHERE lower(value) = words
        ORDER BY contact_id""",
        [text],
    )["contact_id"]


def meant(connection: Connection, text: str) -> pl.Series:
    """Ids of the contacts somebody means by a text: one where it is clear, else all that fit.

    Clear is an id of former times, then what one contact is known by precisely; else it is a quick search.
    """
    former = id_history.went_to(connection, text)
    if former:
        return pl.Series("contact_id", [former], pl.String)
    known = exactly(connection, text)
    return known if known.len() else find(connection, text)

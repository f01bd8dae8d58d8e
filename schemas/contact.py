"""What a contact is: the contract of the golden record. What its fields can be asked is in `schemas.fields`."""

from typing import Annotated

import pandera.polars as pa
import polars as pl

from schemas.received import Frame, Instant, Strings, column
from schemas.vocabulary import STATUS_OF, Channel, Pii, Status

Entries = Annotated[pl.List, pl.Struct({"key": pl.String, "value": pl.String})]

UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
E164 = r"^\+[0-9]{5,17}$"  # and ids of WhatsApp, which are no dialable numbers at times
ADDRESS = r"^[^@\s]+@[^@\s]+$"
ORIGIN = f"^(?:{'|'.join(Channel)}|import:[a-z0-9_-]+)$"


class Contact(Frame):
    """The golden record: one row per person."""

    contact_id: pl.String = column(
        "Id of the contact, stable as long as its first record is in it", Pii.KEYED, unique=True, str_matches=UUID
    )
    name: pl.String = column("Full name", Pii.DIRECT, nullable=True)
    first_name: pl.String = column("Given name", Pii.DIRECT, nullable=True)
    last_name: pl.String = column("Family name", Pii.DIRECT, nullable=True)
    phone: pl.String = column("Primary phone, E.164", Pii.DIRECT, nullable=True, str_matches=E164)
    email: pl.String = column("Primary e-mail address", Pii.DIRECT, nullable=True, str_matches=ADDRESS)
    source: pl.String = column("Channel of the first interaction, or import:<source>", Pii.NONE, str_matches=ORIGIN)
    first_seen_at: Instant = column("First interaction, or first time a record was seen", Pii.QUASI, nullable=True)
    last_interaction_at: Instant = column("Last message in either direction", Pii.QUASI, nullable=True)
    last_inbound_at: Instant = column("Last message from the contact", Pii.QUASI, nullable=True)
    last_outbound_at: Instant = column("Last message to the contact", Pii.QUASI, nullable=True)
    status: pl.String = column("Blocked, active or inactive", Pii.NONE, isin=list(Status))
    status_reason: pl.String = column("Why it has that status", Pii.NONE, isin=list(STATUS_OF))
    status_since: Instant = column("Since when it has that status", Pii.QUASI, nullable=True)
    status_as_of: Instant = column("The moment the status was computed for", Pii.NONE)
    tags: Strings = column("Tags of all its records", Pii.QUASI)
    attributes: Entries = column("Custom attributes as key and value", Pii.QUASI)
    channels: Strings = column("Channels it was talked to on", Pii.QUASI)
    records: pl.UInt32 = column("How many source records it is made of", Pii.NONE, ge=1)

    @pa.dataframe_check
    @classmethod
    def status_has_its_reason(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Each status has reasons of its own: nobody is blocked and active at once."""
        expected = pl.col("status_reason").replace_strict(STATUS_OF, default=None, return_dtype=pl.String)
        return data.lazyframe.select((pl.col("status") == expected).fill_null(value=False))

    @pa.dataframe_check
    @classmethod
    def interactions_are_in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """The last interaction is the later of the last one in and the last one out, and none comes after `as_of`."""
        last = pl.max_horizontal("last_inbound_at", "last_outbound_at")
        return data.lazyframe.select(
            pl.col("last_interaction_at").eq_missing(last)
            & (pl.col("last_interaction_at") <= pl.col("status_as_of")).fill_null(value=True)
        )

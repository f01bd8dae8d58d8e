"""Published views of what came in and what went out."""

from schemas.published.contract import CONTACT_ID, COUNT, PERSON, SOURCE, TEXT, TEXTS, TIME, UUID, Column, Mask, View
from schemas.vocabulary import Pii

DELIVERIES = View(
    "deliveries",
    "A file that arrived",
    (
        Column("delivery_id", UUID, "The delivery", Pii.NONE),
        SOURCE,
        Column("format", TEXT, "Format it was read as", Pii.NONE),
        Column("file_name", TEXT, "Name of the file; it may hold a person's name", Pii.DIRECT, PERSON, Mask.WORDS),
        Column("file_digest", TEXT, "Keyed digest of the file: the same bytes have the same", Pii.KEYED),
        Column("size_bytes", COUNT, "Size of the file", Pii.NONE),
        Column("declared_at", TIME, "When its content was true, by its name or its modification time", Pii.NONE),
        Column("received_at", TIME, "When it was read", Pii.NONE),
        Column("state", TEXT, "accepted, held or refused", Pii.NONE),
        Column("code", TEXT, "Why it is held or refused", Pii.NONE),
        Column("rows_read", COUNT, "Rows read; the outcomes below add up to it", Pii.NONE),
        *(
            Column(name, COUNT, f"Rows with the outcome {name}", Pii.NONE)
            for name in (
                *("created", "updated", "unchanged", "duplicate_in_file"),
                *("rejected", "quarantined", "suppressed", "skipped"),
            )
        ),
        Column("run_id", TEXT, "The run that read it", Pii.NONE),
    ),
)

EXPORTS = View(
    "exports",
    "A publication of a segment",
    (
        Column("export_id", UUID, "The publication", Pii.NONE),
        Column("segment", TEXT, "The segment", Pii.NONE),
        Column("file_name", TEXT, "Name of the file", Pii.NONE),
        Column("file_sha256", TEXT, "SHA-256 of the file", Pii.NONE),
        Column("columns", TEXTS, "Columns of the file, in order", Pii.NONE),
        Column("rows", COUNT, "Contacts in it", Pii.NONE),
        Column("as_of", TIME, "The time its relative dates count from", Pii.NONE),
        Column("published_at", TIME, "When it was published", Pii.NONE),
        Column("checked_at", TIME, "When a run last found that it still holds", Pii.NONE),
        Column("suppressed", COUNT, "Contacts left out because their address is suppressed", Pii.NONE),
        Column("run_id", TEXT, "The run that published it", Pii.NONE),
    ),
)

EXPORT_MEMBERS = View(
    "export_members",
    "A contact in a publication of a segment, under the id that it has now",
    (
        Column("export_id", UUID, "The publication", Pii.NONE),
        Column("segment", TEXT, "The segment", Pii.NONE),
        Column("published_at", TIME, "When it was published", Pii.NONE),
        CONTACT_ID,
    ),
)

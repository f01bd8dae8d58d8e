"""`python -m benchmarks.pipeline.script DELIVERIES OUT`: what people write who have such files and an afternoon.

Lists by `polars.read_csv`; each number through phonenumbers and each address through email-validator, row by row;
duplicates by Splink as its documentation sets it up; one row a contact; messages by `json`, `re` and `mailbox`; all
that in a plain DuckDB file. No rejected rows, no audit, no provenance, no encryption, nothing incremental.
"""

import json
import mailbox
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import phonenumbers
import polars as pl
from email_validator import EmailNotValidError, validate_email

from benchmarks.chats import LINE
from benchmarks.peer.columns import cleaned
from benchmarks.peer.configurations import CONFIGURATIONS
from benchmarks.peer.link import link
from benchmarks.pipeline.deliveries import LISTS

AT_ONCE = 100_000  # messages inserted together
ROLES = {
    "first_name": "given_name", "last_name": "family_name", "e164": "phone", "mail": "email", "city": "city",
    "company": "company",
}  # fmt: skip
Message = tuple[str, str | None, str | None, str | None, str | None]  # id, who, when, text, state


def main(landing: Path, out: Path) -> None:
    """Read, clean, link, store."""
    with duckdb.connect(str(out / "script.duckdb")) as connection:
        people = pl.concat(
            [
                pl.read_csv(file, infer_schema=False).with_columns(source=pl.lit(name))
                for name in LISTS
                for file in sorted((landing / name).glob("*.csv"))
            ]
        )
        people = people.with_columns(
            e164=pl.Series([number(text) for text in people["phone"]], dtype=pl.String),
            mail=pl.Series([address(text) for text in people["email"]], dtype=pl.String),
        )
        connection.register("people", people.to_arrow())
        connection.execute("CREATE TABLE record AS FROM people")
        clusters, _ = link(cleaned(people.select("record_id", *ROLES), ROLES), CONFIGURATIONS["docs"])
        clusters.write_parquet(out / "clusters.parquet")
        connection.register("clusters", clusters.to_arrow())
        connection.execute("""
            CREATE TABLE contact AS
            SELECT contact_id, any_value(full_name) AS name, any_value(e164) AS phone, any_value(mail) AS email,
                   list(record_id) AS records
            FROM record JOIN clusters USING (record_id) GROUP BY contact_id""")
        connection.execute(f"COPY contact TO '{out / 'contacts.csv'}'")
        store(connection, messages(landing))


def number(text: str | None) -> str | None:
    """E.164, where it is a number."""
    try:
        parsed = phonenumbers.parse(text or "", "US")
    except phonenumbers.NumberParseException:
        return None
    is_valid = phonenumbers.is_valid_number(parsed)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if is_valid else None


def address(text: str | None) -> str | None:
    """The address as it is compared, where it is one."""
    try:
        return validate_email(text or "", check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return None


def messages(landing: Path) -> Iterator[Message]:
    """Everything that was said."""
    readers = {"cloud/*.jsonl": logged, "chats/*.zip": chatted, "mails/*.mbox": mailed, "helpdesk/*.json": asked}
    for pattern, read in readers.items():
        for file in sorted(landing.glob(pattern)):
            yield from read(file)


def logged(file: Path) -> Iterator[Message]:
    """A log of webhooks."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield from said_in(json.loads(line))


def chatted(file: Path) -> Iterator[Message]:
    """A zipped chat."""
    with zipfile.ZipFile(file) as export:
        for nth, line in enumerate(export.read(export.namelist()[0]).decode().splitlines()):
            if found := LINE.match(line):
                yield f"{file.name}:{nth}", found[8], " ".join(found.groups("")[:6]), found[9], None


def mailed(file: Path) -> Iterator[Message]:
    """A mailbox."""
    for mail in mailbox.mbox(file):
        parts = (part for part in mail.walk() if part.get_content_type() == "text/plain")
        text = next((part.get_payload(decode=True) for part in parts), b"")
        body = text.decode("utf-8", "replace") if isinstance(text, bytes) else None
        yield str(mail["message-id"]), str(mail["from"]), str(mail["date"]), body, None


def asked(file: Path) -> Iterator[Message]:
    """Pages of a helpdesk."""
    for conversation in json.loads(file.read_bytes())["data"]["payload"]:
        for each in conversation["messages"]:
            who = (each["sender"] or {}).get("name")
            yield str(each["id"]), who, str(each["created_at"]), each["content"], each["status"]


def said_in(webhook: Any) -> Iterator[Message]:
    """The messages and states of one webhook."""
    for entry in webhook["entry"]:
        for change in entry["changes"]:
            value = change["value"]
            for each in value.get("messages", ()):
                yield each["id"], each["from"], each["timestamp"], each.get("text", {}).get("body"), None
            for each in value.get("statuses", ()):
                yield each["id"], each["recipient_id"], each["timestamp"], None, each["status"]


def store(connection: duckdb.DuckDBPyConnection, told: Iterator[Message]) -> None:
    """Insert messages, many at once."""
    connection.execute("CREATE TABLE message (id VARCHAR, who VARCHAR, sent VARCHAR, body VARCHAR, state VARCHAR)")
    rows: list[Message] = []
    for each in told:
        rows.append(each)
        if len(rows) == AT_ONCE:
            insert(connection, rows)
    insert(connection, rows)


def insert(connection: duckdb.DuckDBPyConnection, rows: list[Message]) -> None:
    """Insert these, and forget them."""
    columns = dict.fromkeys(("id", "who", "sent", "body", "state"), pl.String)
    connection.register("more", pl.DataFrame(rows, schema=columns, orient="row").to_arrow())
    connection.execute("INSERT INTO message FROM more")
    connection.unregister("more")
    rows.clear()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

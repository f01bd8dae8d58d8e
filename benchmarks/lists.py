"""A contact list of a million rows: read, checked and normalised, beside the floor and the script people write.

The floor is `polars.read_csv` alone, which understands nothing. The script reads with it, too, then asks `phonenumbers`
and `email_validator` of each row. onecontact does what a delivery goes through before it is stored: every cell with its
place, every identifier normalised, names parted, attributes checked, keyed ids, refused rows with their reasons. Each
runs in a process of its own; seconds on the wall, peak memory of the process.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from benchmarks.people import typed_list

ROWS = 1_000_000
REGION = "DE"


class Measured(NamedTuple):
    """Seconds on the wall, and peak memory of the process in MiB."""

    seconds: float
    memory: float


def run() -> None:
    """Time all three on one file, and onecontact on a tenth of it, too."""
    with tempfile.TemporaryDirectory() as folder:
        path, tenth = Path(folder) / "list.csv", Path(folder) / "tenth.csv"
        typed_list(ROWS).write_csv(path)
        typed_list(ROWS // 10).write_csv(tenth)
        print(f"{ROWS:,} rows, {path.stat().st_size / 1e6:.0f} MB; the script takes minutes", file=sys.stderr)
        small = best("onecontact", tenth)
        found = {name: best(name, path) for name in ("floor", "onecontact")} | {"script": measured("script", path)}
    print(f"{'':12}{'seconds':>10}{'rows/s':>12}{'MiB':>8}{'x floor':>10}{'x script':>10}")
    for name, (seconds, memory) in found.items():
        beside = [seconds / found["floor"].seconds, found["script"].seconds / seconds]
        print(f"{name:12}{seconds:10.2f}{ROWS / seconds:12,.0f}{memory:8.0f}{beside[0]:10.1f}{beside[1]:10.1f}")
    print(f"onecontact on a tenth of the rows: {small.seconds:.2f} s, {small.memory:.0f} MiB")


def best(name: str, path: Path) -> Measured:
    """The quicker of two attempts: the other may have waited for the disk, or for another program."""
    return min(measured(name, path), measured(name, path))


def measured(name: str, path: Path) -> Measured:
    """What a contestant takes in a process of its own; its imports are not counted in the seconds."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.lists", name, str(path)], capture_output=True, check=True)
    return Measured(*json.loads(done.stdout))


def floor(path: Path) -> Callable[[], int]:
    """Every cell as text, and nothing known of any."""
    return lambda: pl.read_csv(path, infer_schema=False).height


def script(path: Path) -> Callable[[], int]:
    """What people write."""
    import phonenumbers
    from email_validator import EmailNotValidError, validate_email

    def number(text: str) -> str | None:
        try:
            parsed = phonenumbers.parse(text, REGION)
        except phonenumbers.NumberParseException:
            return None
        valid = phonenumbers.is_valid_number(parsed)
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if valid else None

    def address(text: str) -> str | None:
        try:
            return validate_email(text, check_deliverability=False, test_environment=True).normalized
        except EmailNotValidError:
            return None

    def work() -> int:
        rows = pl.read_csv(path, infer_schema=False)
        numbers = [number(text) if text else None for text in rows["phone"]]
        addresses = [address(text) if text else None for text in rows["email"]]
        return len(numbers) + len(addresses)

    return work


def onecontact(path: Path) -> Callable[[], int]:
    """Batches of source records, as they go to the warehouse."""
    from pipelines.ids import keyed
    from pipelines.ingest.records import Origin, records
    from pipelines.read.contact_lists.contacts_csv import FORMAT, ContactsCsv
    from schemas.attribute import Attribute
    from schemas.vocabulary import AttributeType

    attributes = {
        "city": Attribute(type=AttributeType.TEXT),
        "tier": Attribute(type=AttributeType.DROPDOWN, values=("gold", "silver", "bronze")),
    }
    source = ContactsCsv(path="*", key="id", region=REGION, timezone="UTC")
    origin = Origin("list", source, datetime(2026, 1, 1, tzinfo=UTC), attributes, keyed("5a" * 32))
    return lambda: sum(records(batch, origin, refuse=True).kept.height for batch in FORMAT.read(path, source))


if __name__ == "__main__":
    work = {"floor": floor, "script": script, "onecontact": onecontact}[sys.argv[1]](Path(sys.argv[2]))
    began = time.perf_counter()
    work()
    print(json.dumps([time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))

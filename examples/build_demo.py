"""Make the deliveries of examples/demo, and the truth about them: `python -m examples.build_demo`.

The same bytes come out every time, on every machine. Needs nothing but Python.
"""

import csv
import io
from pathlib import Path

from examples.nordlicht.contact_lists import chatwoot_export, first_crm_export, second_crm_export
from examples.nordlicht.mailbox import takeout
from examples.nordlicht.messenger import download
from examples.nordlicht.people import Person, people, records_of
from examples.nordlicht.whatsapp import chat_exports

DEMO = Path(__file__).parent / "demo"


def files() -> dict[str, bytes]:
    """Everything that is made, by path within the demo project."""
    everybody = people()
    return {
        "landing/crm/crm-export-2026-11-16.csv": first_crm_export(everybody),
        "landing/crm/crm-export-2026-11-18.csv": second_crm_export(everybody),
        "landing/chatwoot/contacts-2026-11-17.csv": chatwoot_export(everybody),
        **{f"landing/whatsapp/{name}": content for name, content in chat_exports().items()},
        "landing/mail/takeout-2026-11-17.mbox": takeout(),
        "landing/facebook/facebook-nordlicht-2026-11-15.zip": download(),
        "truth.csv": truth(everybody),
    }


def truth(everybody: list[Person]) -> bytes:
    """Which source record is which person; no row of it is read by a run."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["source", "record_id", "person", "note"])
    for person in everybody:
        writer.writerows([*record, person.key, person.note] for record in records_of(person))
    return text.getvalue().encode()


def main() -> None:
    """Write them, and say how much."""
    made = files()
    for path, content in made.items():
        target = DEMO / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    print(f"{len(made)} files, {sum(map(len, made.values())):,} bytes, in {DEMO}")


if __name__ == "__main__":
    main()

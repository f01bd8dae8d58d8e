"""The template of change requests: an example of every decision, and what each column takes."""

import csv
import io
from collections.abc import Mapping

from pipelines.publish.template import EXAMPLE_CELL, Column, attribute_column, field_column
from pipelines.publish.template import REACHED as ONE_OF
from pipelines.read.tables.contact_table import IGNORE
from pipelines.read.tables.refusals import EXAMPLE
from schemas.attribute import Attribute
from schemas.project import Project

REACHED = "to create: one of name, phone, email"
NOTES = (
    "A cell that its decision does not take has to stay empty. Columns can be left out, and stand in any order. A row "
    f"with something in `{EXAMPLE}` is never taken in."
)
WHO = "jane.doe@example.com"
WHY = {"reason": "asked on the phone", "by": "Ina Kern"}
EXAMPLES: tuple[Mapping[str, str], ...] = (
    {"decision": "edit", "contact": WHO, "field": "name", "value": "Jane Doe-Miller"},
    {"decision": "clear", "contact": WHO, "field": "phone"},
    {"decision": "pin", "contact": WHO, "field": "email", "value": WHO},
    {"decision": "tag", "contact": WHO, "value": "vip"},
    {"decision": "untag", "contact": WHO, "value": "newsletter"},
    {"decision": "note", "contact": WHO, "value": "Prefers to be called in the morning"},
    {"decision": "merge", "contact": WHO, "others": "shop:1001; jd@example.com"},
    {"decision": "unmerge", "contact": WHO, "records": "shop:1001"},
    {"decision": "dismiss", "contact": WHO, "others": "john.doe@example.com"},
    {"decision": "block", "contact": WHO, "until": "2026-12-31"},
    {"decision": "unblock", "contact": WHO},
    {"decision": "revoke", "value": "id of a decision"},
)
COLUMNS = (
    Column(
        "decision", "", "what is to be done", ", ".join(["create", *(row["decision"] for row in EXAMPLES)]), "yes", ""
    ),
    Column("contact", "", "whom it is about", "id, e-mail, phone or source:record id", "all but create and revoke", ""),
    Column(
        "others", "", "further contacts of a merge, the other one of a dismiss", "as contact; several by ;", "no", ""
    ),
    Column("records", "", "what an unmerge takes out", "source:record id, several by ;, or all", "no", ""),
    Column("field", "", "of an edit, clear or pin", "name, phone, email or an attribute", "no", ""),
    Column("value", "", "of an edit, pin, tag, untag, note or revoke", "what it is to be", "no", ""),
    Column("reason", "", "why, for whoever asks later", "text", "all but note", ""),
    Column("by", "", "who decides", "a name", "yes", ""),
    Column("until", "", "when a block ends", "2026-12-31, which is included, or 2026-12-31T09:30", "no", ""),
)
CREATES = {"name": "name", "phone": "phone", "email": "email", "tags": "tags", "note": "notes"}


def request_template(project: Project) -> tuple[list[Column], str]:
    """The columns with what each takes, and the template itself as CSV: a header and an example of every decision."""
    columns = [Column(EXAMPLE, IGNORE, "marks a row that only shows how to fill the others", "nothing", "no", "")]
    columns += [each._replace(example=shown(each.header)) for each in COLUMNS]
    stated = [
        field_column(header, field, project.default_region, "; ", has_key=False) for header, field in CREATES.items()
    ]
    stated += [own(name, attribute) for name, attribute in project.attributes.items()]
    columns += [
        each._replace(holds=f"create: {each.holds}", required=REACHED if each.required == ONE_OF else each.required)
        for each in stated
    ]
    create = {"decision": "create"} | {each.header: each.example for each in stated}
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [each.header for each in columns], restval="")
    writer.writeheader()
    writer.writerows({EXAMPLE: EXAMPLE_CELL, **WHY, **row} for row in (create, *EXAMPLES))
    return columns, text.getvalue()


def own(name: str, attribute: Attribute) -> Column:
    """The column of a custom attribute, under the name that always means it."""
    return attribute_column(f"attr.{name}", f"attr.{name}", attribute, None)


def shown(header: str) -> str:
    """An example of what a column takes."""
    return next((row[header] for row in ({**WHY, **each} for each in EXAMPLES) if header in row), "")

"""docs/filters.md: the filter language, made of the table of its operators and of the fields that there are.

`python -m console.looking.filters FILE` writes the page; `make docs` calls it.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import TypeAdapter

from pipelines.query.operators import RULES
from pipelines.query.short_form.printed import print_filter
from pipelines.steps.segments.words import in_words
from schemas.attribute import Attribute
from schemas.fields import FIELD_KINDS, RELATION_FIELDS, Kind, field_kinds
from schemas.filter import Operator, Where
from schemas.vocabulary import AttributeMerge, AttributeType

FILTERS: TypeAdapter[Where] = TypeAdapter(Where)
ATTRIBUTES = {  # of the examples
    "tier": Attribute(type=AttributeType.DROPDOWN, values=("gold", "silver", "bronze")),
    "seats": Attribute(type=AttributeType.NUMBER),
    "signup_date": Attribute(type=AttributeType.DATE),
    "newsletter": Attribute(type=AttributeType.BOOLEAN),
    "topics": Attribute(type=AttributeType.TEXT, merge=AttributeMerge.UNION),
}
FIELDS = field_kinds(ATTRIBUTES)
EXAMPLES: Mapping[Operator, dict[str, Any]] = MappingProxyType(
    {
        Operator.EQ: {"field": "attr.tier", "value": "gold"},
        Operator.NE: {"field": "attr.tier", "value": "gold"},
        Operator.IN: {"field": "status", "value": ["active", "inactive"]},
        Operator.NOT_IN: {"field": "source", "value": ["import:crm", "email"]},
        Operator.CONTAINS: {"field": "name", "value": "hoff"},
        Operator.NOT_CONTAINS: {"field": "email", "value": "@acme.example"},
        Operator.STARTS_WITH: {"field": "phone", "value": "+49"},
        Operator.ENDS_WITH: {"field": "email", "value": ".example"},
        Operator.MATCHES: {"field": "name", "value": r"^\p{L}+ [a-m]"},
        Operator.GT: {"field": "attr.seats", "value": 10},
        Operator.GTE: {"field": "records", "value": 2},
        Operator.LT: {"field": "attr.seats", "value": 2.5},
        Operator.LTE: {"field": "attr.seats", "value": 100},
        Operator.BETWEEN: {"field": "attr.seats", "value": [5, 10]},
        Operator.ON: {"field": "last_inbound_at", "value": "2026-03-31"},
        Operator.BEFORE: {"field": "attr.signup_date", "value": "2026-01-01"},
        Operator.AFTER: {"field": "first_seen_at", "value": "2026-01-01"},
        Operator.WITHIN_LAST: {"field": "last_interaction_at", "value": {"days": 30}},
        Operator.NOT_WITHIN_LAST: {"field": "last_interaction_at", "value": {"months": 6}},
        Operator.IS_SET: {"field": "email"},
        Operator.IS_NOT_SET: {"field": "phone"},
        Operator.HAS_ANY: {"field": "tags", "value": ["vip", "press"]},
        Operator.HAS_ALL: {"field": "tags", "value": ["vip", "press"]},
        Operator.HAS_NONE: {"field": "channels", "value": ["whatsapp"]},
        Operator.IS_TRUE: {"field": "attr.newsletter"},
        Operator.IS_FALSE: {"field": "attr.newsletter"},
    }
)
FORMS = (
    {"all": [{"field": "status", "op": "eq", "value": "active"}, {"field": "tags", "op": "has_any", "value": ["vip"]}]},
    {"any": [{"field": "email", "op": "is_set"}, {"field": "phone", "op": "is_set"}]},
    {"not": {"field": "tags", "op": "has_any", "value": ["internal"]}},
    {"exists": "conversations", "where": {"field": "status", "op": "eq", "value": "open"}},
    {
        "exists": "messages",
        "where": {
            "all": [
                {"field": "channel", "op": "eq", "value": "whatsapp"},
                {"field": "sent_at", "op": "within_last", "value": {"days": 30}},
            ]
        },
    },
    {"none": "notes"},
    {"count": "messages", "where": {"field": "direction", "op": "eq", "value": "inbound"}, "op": "gte", "value": 3},
    {"exists": "exports", "where": {"field": "segment", "op": "eq", "value": "vip"}},
    {"in_segment": "vip"},
    {"search": "acme gmbh"},
)
INTRODUCTION = """\
# Filters

Made by `make docs` of the table of operators. A filter says which contacts are meant, in a segment (as YAML) and on the
command line (in its short form):

```sh
onecontact list --where 'status:active tier:gold (source:whatsapp OR source:email) -tags:internal "acme gmbh"'
onecontact list --where 'messages(channel:whatsapp sent_at>-30d) conversation:open' --columns name,phone --sort name
```

- Terms side by side all have to hold. `OR` stands between terms in brackets; `AND` and `OR` side by side are an error.
- `-` before a term: it does not hold. Words without a field are searched for, as by `onecontact search`.
- A value with spaces or brackets stands between quotes.
- `channel`, `tag` and `last_contact` are short for `channels`, `tags` and `last_interaction_at`; an attribute needs no
  `attr.`; `conversation:open` is a conversation of that status.
- A mistake is an error with a caret under it and the nearest thing there is: never an empty list.

**What holds where.** A missing value fails every question but the negative ones (`ne`, `not_in`, `not_contains`,
`not_within_last`, `has_none`, `is_not_set`), which it passes. Text is compared without regard to case, width and
ligatures; accents count. Phone numbers may be written in any notation. Days are those of the project's time zone: a
day compared with a time is all of that day. `within_last` ends with the moment that is asked about (`as_of`), and both
ends belong to it. `matches` takes letters, `.`, `[...]`, `\\p{L}`, groups, `|`, `^`, `$` and repetitions; `\\w`, `\\b`
and `\\d` mean different things in different engines and are refused. A value that a dropdown does not offer is an
error, and on the command line so is a tag, a source, a label, an inbox or an assignee that nobody has.
"""
RELATED = """

`exists`, `none` and `count` (`eq`, `ne`, `gt`, `gte`, `lt`, `lte`) ask about conversations, messages, notes,
identifiers and exports. What is asked in one of them is asked of one and the same: a message *on WhatsApp* that
*is from the last 30 days*. What a block suppresses does not count. `in_segment` asks what the filter of another segment
asks, blocked contacts left out unless that one includes them; segments that ask for each other are an error.
"""


def page() -> str:
    """The page as Markdown."""
    return INTRODUCTION + operators() + forms() + fields()


def operators() -> str:
    """A row for each operator, with an example."""
    rows = [
        "\n## Operators\n",
        "| operator | of | in a segment | short form | in words |",
        "|---|---|---|---|---|",
    ]
    for rule in RULES:
        said = {"field": EXAMPLES[rule.op]["field"], "op": rule.op.value, **EXAMPLES[rule.op]}
        kinds = "every kind" if rule.kinds == frozenset(Kind) else ", ".join(sorted(rule.kinds))
        rows.append(f"| `{rule.op}` | {kinds} | {row_of(said)} |")
    return "\n".join(rows) + "\n"


def forms() -> str:
    """A row for each form beside a question."""
    heading = "\n## Combining, and what a contact has several of\n"
    rows = [heading, "| in a segment | short form | in words |", "|---|---|---|"]
    return "\n".join([*rows, *(f"| {row_of(said)} |" for said in FORMS)]) + RELATED


def fields() -> str:
    """The fields of contacts and of what they have several of."""
    rows = ["\n## Fields\n", "| of | field | kind | values |", "|---|---|---|---|"]
    every = [("contacts", FIELD_KINDS), *((str(relation), kinds) for relation, kinds in RELATION_FIELDS.items())]
    for whose, kinds in every:
        rows += [f"| {whose} | `{name}` | {kind.kind} | {', '.join(kind.values)} |" for name, kind in kinds.items()]
    rows.append(
        "| contacts | `attr.<name>` | that of the attribute; with `merge: union` a list | those of a dropdown |"
    )
    return "\n".join(rows) + "\n"


def row_of(said: dict[str, Any]) -> str:
    """A filter as YAML, in its short form, and in words."""
    where = FILTERS.validate_python(said)
    written = yaml.safe_dump(said, default_flow_style=True, sort_keys=False, width=1000).strip()
    cells = (f"`{written}`", f"`{print_filter(where, FIELDS)}`", in_words(where))
    return " | ".join(each.replace("|", "\\|") for each in cells)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")

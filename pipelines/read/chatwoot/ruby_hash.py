"""Hashes as Ruby shows them, which is how Chatwoot writes custom attributes into a cell: `{"plan"=>"gold"}`."""

import json
import re

LONGEST = 65_536  # characters
TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")|=>|\bnil\b', re.DOTALL)
ESCAPE = re.compile(r'\\(?:(["\\/bfnrtu])|(.))', re.DOTALL)


def entries(text: str) -> dict[str, str] | None:
    """The entries of a hash, or of a JSON object, whose values are texts, numbers or booleans; null ones left out.

    A list of such values is their texts parted by `;`. Entries that hold other hashes are left out. None if the text is
    neither a hash nor an object.
    """
    if len(text) > LONGEST:
        return None
    try:
        found = json.loads(TOKEN.sub(as_json, text), parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    told = {name: as_text(value) for name, value in found.items()}
    return {name: value for name, value in told.items() if value}


def as_json(token: re.Match[str]) -> str:
    """A token of Ruby as one of JSON; signs that Ruby escapes and JSON does not stand for themselves."""
    if token[1]:
        return ESCAPE.sub(lambda sign: sign[0] if sign[1] else sign[2], token[1])
    return ":" if token[0] == "=>" else "null"


def as_text(value: object) -> str | None:
    """A value as the text of an attribute, if it has one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, list):
        return "; ".join(filter(None, map(as_text, value))) or None
    return None

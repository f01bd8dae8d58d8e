"""What is left of a value that a role does not see in clear: SQL expressions."""

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from schemas.published.contract import UUID, Column, Mask
from schemas.published.role import Treatment

HIDDEN = "***"
# A country's calling code at the beginning of a number in E.164, after ITU's list of assigned codes: one digit, two, or
# three.
CALLING_CODE = r"^\+?(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3})"
BLOCK = 64  # bytes of a block of SHA-256

MASKS: Mapping[Mask, Callable[[str], str]] = MappingProxyType(
    {
        Mask.PHONE: lambda x: f"'+' || regexp_extract({x}, '{CALLING_CODE}', 1) || ' {HIDDEN} **' || right({x}, 2)",
        Mask.EMAIL: lambda x: rf"left({x}, 1) || '{HIDDEN}@' || regexp_extract({x}, '@([^@]*)$', 1)",
        Mask.NAME: lambda x: rf"regexp_replace({x}, '(\p{{L}}?)\S+', '\1{HIDDEN}', 'g')",
        Mask.WORDS: lambda x: f"CASE WHEN {x} IS NOT NULL THEN '{HIDDEN}' END",
        Mask.MONTH: lambda x: f"date_trunc('month', {x})",
        Mask.FILES: lambda x: (
            f"list_transform({x}, lambda file: {{'name': NULL::VARCHAR, 'type': file.type, 'sha256': NULL::VARCHAR}})"
        ),
    }
)


def as_seen(column: Column, treatment: Treatment, value: str) -> str:
    """SQL for a value of a column as a role sees it. `treatment` is one that the column has a form of."""
    if treatment is Treatment.CLEAR:
        return value
    if treatment is Treatment.ABSENT:
        return f"NULL::{column.type}"
    if treatment is Treatment.KEYED:
        return each(column, value, lambda x: pseudonym(f"{x}::VARCHAR") + ("::UUID" if column.type == UUID else ""))
    mask = column.mask
    return f"NULL::{column.type}" if mask is None else each(column, value, MASKS[mask])


def each(column: Column, value: str, form: Callable[[str], str]) -> str:
    """A form of a value, or of each value of a list of texts."""
    if column.type != "VARCHAR[]":
        return form(value)
    return f"list_transform({value}, lambda one: {form('one')})"


def pseudonym(text: str) -> str:
    """SQL for HMAC-SHA256 of a text under the parameters `pads` gives, its first 128 bits in hex."""
    return f"left(sha256($outer || unhex(sha256($inner || encode({text})))), 32)"


def pads(secret: bytes) -> dict[str, bytes]:
    """The inner and the outer padded key of an HMAC (RFC 2104); `secret` is at most a block long."""
    block = hashlib.sha256(secret).digest().ljust(BLOCK, b"\0")
    return {"inner": bytes(byte ^ 0x36 for byte in block), "outer": bytes(byte ^ 0x5C for byte in block)}

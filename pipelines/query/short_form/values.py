"""Values in the short form of filters, and a cursor that reads a text from left to right."""

import re
from datetime import date, datetime
from typing import Any

from pipelines.errors import FilterFault
from pipelines.query.short_form.printed import DATED, NUMERIC, UNITS
from pipelines.query.short_form.printed import SIGN as OF_BARE
from schemas.filter import Span

BARE = re.compile(rf"(?![/*])\+?(?:(?!\.\.){OF_BARE})+")
SPAN = re.compile(r"-(\d{1,5})([dwmy])(?![\w.])")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def with_caret(text: str, says: str, start: int, end: int) -> str:
    """What is wrong, above the text with a caret under the place."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    first = max(0, start - 50)
    marked = "^" * max(1, min(end, len(text)) - start)
    return f"{says}\n  {shown[first : first + 76]}\n  {' ' * (start - first)}{marked}"


class Cursor:
    """A place in a text, and what is read from there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fault(self, says: str, start: int, end: int | None = None) -> FilterFault:
        """What is wrong at a place."""
        return FilterFault("filter", with_caret(self.text, says, start, start + 1 if end is None else end))

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What stands here, if it is that; it is read."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def peek(self) -> str:
        """The next sign that is no space."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def in_brackets(self, begins: int) -> Any:
        """Values between brackets: one, or several with commas between them."""
        first = self.value()
        values = self.list_of(first, ",") if self.text[self.at : self.at + 1] == "," else first
        if not self.follows(")"):
            raise self.fault("this bracket is not closed", begins, self.at)
        return values

    def list_of(self, first: Any, separator: str) -> tuple[Any, ...]:
        """Values with a sign between them; behind a single one it stands as well."""
        values = [first]
        while self.follows(separator):
            if self.at >= len(self.text) or self.text[self.at].isspace() or self.text[self.at] == ")":
                break
            values.append(self.value())
        return tuple(values)

    def follows(self, sign: str) -> bool:
        """Whether this stands here; it is read."""
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def span(self, found: re.Match[str]) -> Span:
        """A length of time."""
        units = {sign: unit for unit, sign in UNITS.items()}
        try:
            return Span.model_validate({units[found[2]]: int(found[1])})
        except ValueError:
            raise self.fault("that is no length of time that can be looked back", found.start(), found.end()) from None

    def value(self) -> Any:
        """A value: quoted, or a number, a date, true or false, or a word."""
        begins = self.at
        if quoted := self.match(QUOTED):
            return unescaped(quoted[1])
        if self.text[begins : begins + 1] == '"':
            raise self.fault("this quote is not closed", begins)
        for pattern, read in ((DATED, dated), (NUMERIC, numeric)):
            found = re.compile(rf"(?:{pattern.pattern})(?=[\s,)+*]|\.\.|$)").match(self.text, begins)
            if found:
                self.at = found.end()
                try:
                    return read(found[0])
                except ValueError:
                    raise self.fault("there is no such day or time", begins, found.end()) from None
        bare = BARE.match(self.text, begins)
        if bare is None:
            raise self.fault("a value is missing here; one with spaces or signs in it stands between quotes", begins)
        self.at = bare.end()
        return {"true": True, "false": False}.get(bare[0], bare[0])


def as_written(value: Any, text: str) -> str:
    """A value where a text is asked for: a number or a word that stands for something is the text it was read from."""
    return value if isinstance(value, str) else text


def unescaped(text: str) -> str:
    """A text without the backslashes that it has between quotes."""
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)


def dated(text: str) -> date | datetime:
    """A day or a time."""
    return date.fromisoformat(text) if len(text) == len("2026-03-31") else datetime.fromisoformat(text)


def numeric(text: str) -> int | float:
    """A number."""
    return int(text) if text.lstrip("-").isdigit() else float(text)

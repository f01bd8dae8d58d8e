"""What is of other people in a text, taken out of it: names, numbers, addresses. What is the person's own stays."""

import json
import re
from collections.abc import Collection, Iterable
from typing import Any

FEWEST = 7  # digits of a phone number
ADDRESS = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER = re.compile(r"(?<!\w)\+?\(?\d(?:[ \t\u00a0\u202f()./-]{0,3}\d){6,}(?!\w)")
DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}")


def digits(text: str) -> str:
    """The digits of a number, without the zeros it begins with and without a zero in brackets."""
    return re.sub(r"\D", "", text.replace("(0)", "")).lstrip("0")


class Mask:
    """A mask for texts about one person, made of what that person is known by and of the names of others."""

    def __init__(
        self, own: Collection[str], own_names: Collection[str], staff: Iterable[str], others: Iterable[str],
        as_staff: str, as_other: str,
    ) -> None:  # fmt: skip
        self.own = {each.casefold().strip() for each in own}
        self.own_numbers = {number for each in own if len(number := digits(each)) >= FEWEST and "@" not in each}
        self.own_names = {each.casefold().strip() for each in own_names if each} | {
            word.casefold() for name in own_names for word in name.split()
        }
        self.as_staff, self.as_other = as_staff, as_other
        self.staff, self.others = self._names(staff), self._names(others)

    def _names(self, names: Iterable[str]) -> re.Pattern[str] | None:
        wanted = {name.strip() for name in names if len(name.strip()) > 1}
        kept = sorted((each for each in wanted if not self.is_own(each)), key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, kept))})(?!\w)", re.IGNORECASE) if kept else None

    def is_own(self, text: str) -> bool:
        """Whether a name, number or address is the person's."""
        folded = text.casefold().strip()
        return folded in self.own or folded in self.own_names or self.is_own_number(text)

    def is_own_number(self, text: str) -> bool:
        """Whether a number is the person's, with its country code or without."""
        number = digits(text)
        return len(number) >= FEWEST and any(
            number == each or (len(number) > FEWEST and each.endswith(number)) for each in self.own_numbers
        )

    def finds_own(self, text: str) -> bool:
        """Whether a number or an address of the person stands in a text as a whole."""
        addresses = any(found.casefold() in self.own for found in ADDRESS.findall(text))
        return addresses or any(self.is_own_number(found) for found in NUMBER.findall(text))

    def text(self, text: str | None) -> str | None:
        """A text without what is of others."""
        if not text:
            return text
        masked = ADDRESS.sub(lambda found: found[0] if found[0].casefold() in self.own else self.as_other, text)
        masked = NUMBER.sub(self._number, masked)
        if self.others:
            masked = self.others.sub(self.as_other, masked)
        return self.staff.sub(self.as_staff, masked) if self.staff else masked

    def _number(self, found: re.Match[str]) -> str:
        written = found[0]
        is_date = len(re.sub(r"\D", "", DATE.sub("", written))) < FEWEST
        return written if is_date or written in self.own or self.is_own_number(written) else self.as_other

    def raw(self, raw: str | None) -> str | None:
        """A row as delivered: JSON cell by cell, anything else as a text."""
        if not raw:
            return raw
        try:
            return json.dumps(self._cells(json.loads(raw)), ensure_ascii=False)
        except ValueError:
            return self.text(raw)

    def refused(self, raw: str | None) -> str | None:
        """A refused row: of one that may be another person's, who only names this one, nothing but what is own.

        It may be another's if it holds a number or address of others and no name of the person.
        """
        masked = self.raw(raw)
        if not raw or not masked or self.as_other not in masked or self._names_own(raw):
            return masked
        try:
            row = json.loads(raw)
        except ValueError:
            return self.as_other
        cells = row.items() if isinstance(row, dict) else ()
        return json.dumps(
            {self.text(key): each if self.is_own(str(each)) else self.as_other for key, each in cells if each},
            ensure_ascii=False,
        )

    def _names_own(self, raw: str) -> bool:
        words = set(re.findall(r"\w+", raw.casefold()))
        return any(set(re.findall(r"\w+", each)) <= words for each in self.own_names if len(each) > 2)

    def _cells(self, cell: Any) -> Any:
        if isinstance(cell, dict):
            return {self.text(key): self._cells(each) for key, each in cell.items()}
        if isinstance(cell, list):
            return [self._cells(each) for each in cell]
        if isinstance(cell, str):
            return self.text(cell)
        if isinstance(cell, int) and not isinstance(cell, bool):
            masked = self.text(str(cell))
            return cell if masked == str(cell) else masked
        return cell

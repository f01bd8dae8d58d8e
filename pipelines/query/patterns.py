"""Regular expressions that two engines read alike: what RE2 and Rust's regex crate have in common, and nothing else."""

import re

MOST_REPEATS = 1_000  # RE2 refuses more, of repetitions within repetitions the product
LONGEST = 1_000
CATEGORIES = frozenset(
    {"C", "Cc", "Cf", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd"}
    | {"Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zs"}
)  # fmt: skip
INSTEAD = {"w": r"[\p{L}\p{N}_]", "d": r"\p{Nd}", "s": "a space", "b": r"(?:^|[^\p{L}\p{N}])"}
INSTEAD |= {"W": r"[^\p{L}\p{N}_]", "D": r"\P{Nd}", "S": "[^ ]", "B": r"[\p{L}\p{N}]"}
REPEAT = re.compile(r"\{(\d{1,4})(?:,(\d{1,4})?)?\}")
PROPERTY = re.compile(r"[pP]\{(\w+)\}")
SIGNS = set(r"\.+*?()|[]{}^$-/&~#\"'@:;,<>=!% ")


def pattern_fault(pattern: str) -> str | None:
    r"""Why a pattern would not mean the same everywhere, or nothing at all; None if it does.

    Texts are folded before they are compared: small letters, no line breaks. Letters, `.`, `[...]`, `\p{L}`, groups,
    `|`, `^`, `$`, `*`, `+`, `?` and `{2,5}` are read alike; `\w`, `\b`, `\d` are not.
    """
    if len(pattern) > LONGEST:
        return f"is longer than {LONGEST} characters"
    return _Reader(pattern).fault()


class _Reader:
    """A pattern, read from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0
        self.repeats = 1
        self.can_repeat = False  # whether something stands before this place that can be repeated

    def fault(self) -> str | None:
        """What is wrong with it."""
        while self.at < len(self.pattern):
            if found := self.step():
                return found
        return "( is not closed" if self.depth else None

    def step(self) -> str | None:
        """Read one thing; what is wrong with it."""
        sign = self.pattern[self.at]
        if sign == "\\":
            return self.escape()
        if sign == "[":
            return self.brackets()
        if sign in "*+?{":
            return self.repetition(sign)
        self.at += 1
        if sign == "(":
            return self.group()
        if sign == ")":
            self.depth -= 1
            self.can_repeat = True
            return ") closes nothing" if self.depth < 0 else None
        if sign in "]}":
            return f"\\ has to stand before {sign}"
        self.can_repeat = sign not in "^|$"
        return None

    def escape(self) -> str | None:
        """Read a backslash and what it stands before."""
        following = self.pattern[self.at + 1 : self.at + 2]
        if not following:
            return "ends with \\"
        if following in INSTEAD:
            return f"\\{following} does not mean the same everywhere; write {INSTEAD[following]}"
        if following in "pP":
            named = PROPERTY.match(self.pattern, self.at + 1)
            if named is None or named[1] not in CATEGORIES:
                return r"\p names a category of characters, such as \p{L} or \p{Nd}"
            self.at = named.end()
        elif following in SIGNS:
            self.at += 2
        else:
            return f"\\{following} is not known here"
        self.can_repeat = True
        return None

    def brackets(self) -> str | None:
        """Read a class of characters."""
        self.at += 1
        if self.pattern[self.at : self.at + 1] == "^":
            self.at += 1
        begins = self.at
        while self.at < len(self.pattern) and self.pattern[self.at] != "]":
            sign, following = self.pattern[self.at], self.pattern[self.at + 1 : self.at + 2]
            if sign == "[" or (sign in "&~" and following == sign):
                return f"\\ has to stand before {sign} within [...]"
            if sign == "-" and self.at > begins and following != "]" and (found := self.range_fault()):
                return found
            if sign != "\\":
                self.at += 1
            elif found := self.escape():
                return found
        if self.at >= len(self.pattern):
            return "[ is not closed"
        if self.at == begins:
            return "[] holds nothing"
        self.at += 1
        self.can_repeat = True
        return None

    def range_fault(self) -> str | None:
        """What is wrong with a range within a class of characters."""
        first, last = self.pattern[self.at - 1], self.pattern[self.at + 1 : self.at + 2]
        if not (first.isalnum() and last.isalnum()) or first > last:
            return "a range within [...] is like a-z; to mean the sign, \\ has to stand before -"
        after = self.pattern[self.at + 2 : self.at + 3]
        return "a range within [...] ends before -" if after == "-" else None

    def repetition(self, sign: str) -> str | None:
        """Read how often the thing before is repeated."""
        if not self.can_repeat:
            return f"nothing stands before {sign} that could be repeated"
        least, most = 1, 1
        if sign == "{":
            found = REPEAT.match(self.pattern, self.at)
            if found is None:
                return "{ is followed by numbers, as in {2} or {2,5}; \\ has to stand before the sign"
            least, most = int(found[1]), int(found[2] or found[1])
            self.at = found.end()
        else:
            self.at += 1
        self.repeats *= max(most, 1)
        if least > most or self.repeats > MOST_REPEATS:
            return f"repeats more than {MOST_REPEATS} times" if least <= most else "{5,2} is never so"
        if self.pattern[self.at : self.at + 1] == "?":
            self.at += 1
        self.can_repeat = False
        return None

    def group(self) -> str | None:
        """Read how a group begins."""
        if self.pattern[self.at : self.at + 2] == "?:":
            self.at += 2
        elif self.pattern[self.at : self.at + 1] == "?":
            return "of groups that begin with (? only (?:...) is known here"
        self.depth += 1
        self.can_repeat = False
        return None

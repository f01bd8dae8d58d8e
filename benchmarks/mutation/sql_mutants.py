"""Faults in SQL texts: one clause, condition, comparison or order at a time."""

import re
from collections.abc import Iterator
from itertools import pairwise

IS_SQL = re.compile(r"\b(?:SELECT|FROM|WHERE|JOIN|INSERT INTO|UPDATE|DELETE|MERGE INTO|ORDER BY|USING)\b")
SWAPS = (
    ("comparison", r" <= ", " < "),
    ("comparison", r" < ", " <= "),
    ("comparison", r" >= ", " > "),
    ("comparison", r" > ", " >= "),
    ("comparison", r" = ", " <> "),
    ("comparison", r" <> ", " = "),
    ("comparison", r"\bIS NULL\b", "IS NOT NULL"),
    ("comparison", r"\bIS NOT NULL\b", "IS NULL"),
    ("comparison", r"\bIS DISTINCT FROM\b", "IS NOT DISTINCT FROM"),
    ("comparison", r"\bIS NOT DISTINCT FROM\b", "IS DISTINCT FROM"),
    ("negation dropped", r"\bNOT (?=EXISTS|IN\b|\()", ""),
    ("and / or", r"\bAND\b", "OR"),
    ("and / or", r"\bOR\b(?! (?:REPLACE|IGNORE))", "AND"),
    ("join kind", r"\bLEFT JOIN\b", "JOIN"),
    ("join kind", r"(?<!LEFT )(?<!ANTI )(?<!SEMI )(?<!CROSS )(?<!FULL )(?<!ASOF )\bJOIN\b", "LEFT JOIN"),
    ("join kind", r"\bANTI JOIN\b", "SEMI JOIN"),
    ("join kind", r"\bSEMI JOIN\b", "ANTI JOIN"),
    ("distinct dropped", r"\bDISTINCT (?!ON|FROM)", ""),
    ("union", r"\bUNION ALL\b", "UNION"),
    ("union", r"\bUNION\b(?! (?:ALL|BY))", "UNION ALL"),
    ("direction", r" DESC\b", ""),
    ("extreme", r"\b(arg_)?min\(", r"\1max("),
    ("extreme", r"\b(arg_)?max\(", r"\1min("),
    ("extreme", r"\bleast\(", "greatest("),
    ("extreme", r"\bgreatest\(", "least("),
    ("extreme", r"\bbool_or\(", "bool_and("),
    ("extreme", r"\bbool_and\(", "bool_or("),
    ("constant", r"\btrue\b", "false"),
    ("constant", r"\bfalse\b", "true"),
    ("constant", r"(?<![\w.'{$])0(?![\w.'}])", "1"),
    ("constant", r"(?<![\w.'{$])1(?![\w.'}])", "2"),
)
CONDITIONS = re.compile(r"\b(WHERE|HAVING|QUALIFY|ON)\b(?! CONFLICT)")
ORDER = re.compile(r"\s*\bORDER BY\b")
CONDITION_ENDS = re.compile(
    r"\b(?:GROUP BY|ORDER BY|HAVING|QUALIFY|LIMIT|WINDOW|UNION|EXCEPT|INTERSECT|RETURNING|WHERE|"
    r"(?:LEFT |ANTI |SEMI |CROSS |FULL |ASOF )?JOIN|SELECT|WHEN|THEN|ON|INSERT|FROM)\b|[;,]"
)
ORDER_ENDS = re.compile(r"\b(?:LIMIT|ROWS|RANGE|UNION|SELECT|FILTER)\b|;")
Edit = tuple[int, int, str, str]


def sql_edits(text: str) -> Iterator[Edit]:
    """Changes of a literal with SQL in it, as start, stop, replacement and operator; nothing where there is no SQL."""
    if not IS_SQL.search(text):
        return
    for operator, pattern, replacement in SWAPS:
        for found in re.finditer(pattern, text):
            yield found.start(), found.end(), found.expand(replacement), operator
    for found in CONDITIONS.finditer(text):
        yield from dropped_conditions(text, found)
    for found in ORDER.finditer(text):
        stop = clause_end(text, found.end(), ORDER_ENDS)
        yield found.start(), stop, " " if text[stop - 1 : stop].isspace() else "", "order dropped"


def dropped_conditions(text: str, keyword: re.Match[str]) -> Iterator[Edit]:
    """Each of the conditions that AND joins left out; where there is only one, it holds always."""
    stop = clause_end(text, keyword.end(), CONDITION_ENDS)
    cuts = [keyword.end(), *conjunctions(text, keyword.end(), stop), stop]
    if len(cuts) == 2:
        padding = " " if text[stop - 1 : stop].isspace() else ""
        yield keyword.end(), stop, f" true{padding}", "condition dropped"
        return
    for nth, (begin, end) in enumerate(pairwise(cuts)):
        if nth:
            yield begin, end, " " if text[end - 1 : end].isspace() else "", "condition dropped"
        else:
            yield begin, end + len("AND"), "", "condition dropped"


def conjunctions(text: str, start: int, stop: int) -> list[int]:
    """Where AND stands between start and stop, outside of parentheses; that of a BETWEEN joins no conditions."""
    found, depth, between = [], 0, False
    for token in re.finditer(r"[()]|\bBETWEEN\b|\bAND\b", text[start:stop]):
        word = token[0]
        depth += (word == "(") - (word == ")")
        if depth == 0 and word == "BETWEEN":
            between = True
        elif depth == 0 and word == "AND":
            if not between:
                found.append(start + token.start())
            between = False
    return found


def clause_end(text: str, start: int, ends: re.Pattern[str]) -> int:
    """Where a clause that begins at `start` ends: at another one, a closing parenthesis or the end of the literal."""
    depth, position = 0, start
    while position < len(text):
        character = text[position]
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        if depth < 0 or character == '"' or (depth == 0 and ends.match(text, position)):
            return position
        position += 1
    return position

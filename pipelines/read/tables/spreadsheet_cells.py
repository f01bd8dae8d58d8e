"""Cells as an export protects them from spreadsheets, and as a contact list with such cells is read.

A cell that a spreadsheet would run, cut or take for something else has an apostrophe before it, as people type it
there. What is protected here is read back as it was, whatever the text. Lists are `normalise.text.joined`.
"""

import re
from collections.abc import Sequence

import polars as pl

# What a spreadsheet takes for a formula, also behind spaces and in the wide forms of East Asia; and what it takes for a
# number and gives back as another: more digits than it shows, zeros in front, an exponent.
FORMULA = r"\s*[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r\n]"
CUT = r"[0-9]{12,}$|0[0-9]+$|[0-9]+[Ee][0-9]+$"
DIGITS = r"'+[0-9]+$"  # a number that somebody, or a shop's export, marked as text
NEGATIVE = r"^'*-[0-9]{1,11}(?:\.[0-9]{1,11})?$"  # is shown as the number it is, and runs nothing
RISKY = rf"(?:{FORMULA}|{CUT}|\\N$)"
RUNS, SHOWN_AS_IT_IS = re.compile(rf"'*(?:{FORMULA})"), re.compile(NEGATIVE)

QUOTED = r'^="(.*)"$'  # how a text is kept from being taken for a number
ERRORS = (  # of formulas, as Excel writes them in some languages
    *("N/A", "REF!", "NAME\\?", "VALUE!", "DIV/0!", "NUM!", "NULL!", "SPILL!", "CALC!", "FIELD!", "BLOCKED!", "NV"),
    *("BEZUG!", "WERT!", "ZAHL!", "NOM\\?", "NOMBRE!", "VALEUR!", "¿NOMBRE\\?", "¡(?:VALOR|REF|NUM|NULO|DIV/0)!"),
    *("VALOR!", "NOME\\?", "RIF!", "VALORE!", "Н/Д", "ИМЯ\\?", "ЗНАЧ!", "ССЫЛКА!", "ЧИСЛО!"),
)
ERROR = rf"^#(?:{'|'.join(ERRORS)})$"

CLEARS = "\\N"  # a cell that says "this is now empty", where a blank one says nothing
CLEAR = "\ufdd0"  # what `clean_cells` makes of it: no character, as those of `normalise.text.PARTS`


def protected(cell: pl.Expr) -> pl.Expr:
    """Cells that a spreadsheet can open: an apostrophe before those it would run, cut or take for something else."""
    return _with_apostrophe(cell, rf"^(?:'*{RISKY}|{DIGITS})")


def guarded(cell: str) -> str:
    """One cell with an apostrophe before it if a spreadsheet would run it; what is only cut is left as it was typed."""
    return f"'{cell}" if RUNS.match(cell) and not SHOWN_AS_IT_IS.match(cell) else cell


def unmistakable(cell: pl.Expr) -> pl.Expr:
    """Cells for programs: an apostrophe before those only that would not be read back as they are."""
    return _with_apostrophe(cell, rf"^(?:'+{RISKY}|{DIGITS}|\\N$)")


def bare(cell: pl.Expr) -> pl.Expr:
    """Cells without the apostrophe that protects them; any other apostrophe stays."""
    plain = ~cell.str.contains(rf"^(?:'+{RISKY}|{DIGITS})") | cell.str.contains(NEGATIVE)
    return pl.when(plain).then(cell).otherwise(cell.str.slice(1))


def clean_cells(cells: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """What cells of a contact list say: trimmed and bare, CLEAR for one that clears, null where it is blank.

    The error of a formula, such as #N/A, is blank as well.
    """
    trimmed = pl.col(columns).str.strip_chars().replace("", None).replace(CLEARS, CLEAR)
    told = cells.with_columns(trimmed)
    begins = told.select(pl.col(columns).str.contains("^[#=]").any())
    odd = [name for name in begins.columns if begins[name].item()]
    if odd:
        no_error = pl.when(~pl.col(odd).str.contains(ERROR)).then(pl.col(odd))
        told = told.with_columns(no_error.str.replace(QUOTED, "${1}").str.strip_chars().replace("", None))
    marked = told.select(pl.col(columns).str.starts_with("'").any())
    return told.with_columns(bare(pl.col(name)).str.strip_chars() for name in marked.columns if marked[name].item())


def _with_apostrophe(cell: pl.Expr, risky: str) -> pl.Expr:
    plain = ~cell.str.contains(risky) | cell.str.contains(NEGATIVE)
    return pl.when(plain).then(cell).otherwise("'" + cell)

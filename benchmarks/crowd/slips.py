"""What goes wrong when a value is written down, each as an expression on a column of text."""

import polars as pl

from benchmarks.crowd.dice import Dice
from benchmarks.crowd.truth import without_accents
from benchmarks.crowd.words import LANDS, NICKNAMES

UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}


def sometimes(dice: Dice, share: float, changed: pl.Expr, column: str) -> pl.Expr:
    """`changed` for about this share of the rows, `column` for the others."""
    return pl.when(dice.some(share)).then(changed).otherwise(pl.col(column)).alias(column)


def mistyped(dice: Dice, column: str) -> pl.Expr:
    """One slip after the first letter: a letter lost, doubled, hit wrong, or changed with the next one."""
    text, slip = pl.col(column), dice.number(0, 4)
    inner = (text.str.len_chars().cast(pl.Int64) - 2).clip(0)
    place = 1 + (pl.lit(dice.share()) * inner).cast(pl.Int64)
    before, letter, after = text.str.slice(0, place), text.str.slice(place, 1), text.str.slice(place + 1)
    wrong = pl.lit(dice.word([*"eastironuldmcphg"]))
    changed = (
        pl.when(slip == 0)
        .then(before + after)
        .when(slip == 1)
        .then(before + letter + letter + after)
        .when(slip == 2)
        .then(before + wrong + after)
        .otherwise(before + after.str.slice(0, 1) + letter + after.str.slice(1))
    )
    return pl.when(inner > 0).then(changed).otherwise(text)


def plain(dice: Dice, column: str) -> pl.Expr:
    """Without accents; umlauts sometimes as two letters."""
    text = pl.col(column)
    return without_accents(pl.when(dice.some(0.4)).then(text.str.replace_many(UMLAUTS)).otherwise(text))


def nickname(dice: Dice, column: str) -> pl.Expr:
    """One of the short forms of a name that has some."""
    text, which = pl.col(column), dice.number(0, 3)
    short = [text.replace({name: forms[place % len(forms)] for name, forms in NICKNAMES.items()}) for place in range(3)]
    return pl.when(which == 0).then(short[0]).when(which == 1).then(short[1]).otherwise(short[2])


def written(number: pl.Expr, land: pl.Series, style: pl.Series) -> pl.Expr:
    """A national number as people write it: styles 0 to 3 with the country code, 4 to 7 without."""
    code, trunk = (
        pl.lit(pl.Series([getattr(each, part) for each in LANDS]).gather(land)) for part in ("calling", "trunk")
    )
    one, two, three = number.str.slice(0, 3), number.str.slice(3, 3), number.str.slice(6)
    abroad = pl.when(code == "1").then(code + "-").otherwise("00" + code + " ")
    forms = [
        "+" + code + number,
        "+" + code + " " + one + " " + two + three,
        abroad + one + "-" + two + "-" + three,
        "+"
        + code
        + pl.when(trunk == "0").then(" (0)" + one + " " + two).otherwise(" (" + one + ") " + two)
        + " "
        + three,
        pl.when(trunk == "0").then(trunk + one + "/").otherwise("(" + one + ") ") + two + "-" + three,
        trunk + one + " " + two + " " + three,
        trunk + one + "." + two + "." + three,
    ]
    return pl.coalesce(*(pl.when(style == place).then(form) for place, form in enumerate(forms)), trunk + number)

"""Numbering plans that changed while people and channels did not: old spellings of numbers that are in use."""

import polars as pl

# Old spellings and those of today, in E.164.
BRAZIL = (r"^\+55([1-9]{2})([6-9][0-9]{7})$", "+55${1}9${2}")  # mobiles got a ninth digit; landlines begin 2 to 5
MEXICO = (r"^\+521([2-9][0-9]{9})$", "+52${1}")  # the 1 of mobiles was given up in 2019
ITALY = (r"^\+39([124-9][0-9]{4,9})$", "+390${1}")  # a landline keeps its 0; without it 3… is somebody's mobile
BENIN = (r"^\+229([2-9][0-9]{7})$", "+22901${1}")  # since 2024
IVORY_COAST = (  # two digits more since 2021, by the company that a number was of
    (r"^\+225([014-9][0-3][0-9]{6})$", "+22501${1}"),
    (r"^\+225([014-9][4-6][0-9]{6})$", "+22505${1}"),
    (r"^\+225([014-9][7-9][0-9]{6})$", "+22507${1}"),
    (r"^\+225([23][0-9]8[0-9]{5})$", "+22521${1}"),
    (r"^\+225([23][0-9]0[0-9]{5})$", "+22525${1}"),
    (r"^\+225([23][0-9][1-79][0-9]{5})$", "+22527${1}"),
)
CHANGED = (BRAZIL, MEXICO, ITALY, BENIN, *IVORY_COAST)

# A subscriber's two spellings in E.164: each pattern's numbers become its partner's, and back.
VARIANTS = (
    BRAZIL,
    (r"^\+55([1-9]{2})9([6-9][0-9]{7})$", "+55${1}${2}"),
    MEXICO,
    (r"^\+52([2-9][0-9]{9})$", "+521${1}"),
    (r"^\+549([1-3][0-9]{9})$", "+54${1}"),  # Argentina: the 9 of mobiles is dialled from abroad only
    (r"^\+54([1-3][0-9]{9})$", "+549${1}"),
    ITALY,
    (r"^\+390([124-9][0-9]{4,9})$", "+39${1}"),
    BENIN,
    (r"^\+22901([2-9][0-9]{7})$", "+229${1}"),
    *IVORY_COAST,
    (r"^\+22501([014-9][0-3][0-9]{6})$", "+225${1}"),
    (r"^\+22505([014-9][4-6][0-9]{6})$", "+225${1}"),
    (r"^\+22507([014-9][7-9][0-9]{6})$", "+225${1}"),
    (r"^\+22521([23][0-9]8[0-9]{5})$", "+225${1}"),
    (r"^\+22525([23][0-9]0[0-9]{5})$", "+225${1}"),
    (r"^\+22527([23][0-9][1-79][0-9]{5})$", "+225${1}"),
)
VARIED = r"^\+(?:39|5[245]|22[59])"

# Numbers that nobody has any more under this spelling, beside those above; also without the 0 that a spreadsheet took.
GIVEN_UP = (
    (r"^\+52(?:04[45]1?|01|1)([2-9][0-9]{9})$", "+52${1}"),  # Mexico: dialled before a mobile, or another town
    (r"^\+225([157][0-9]{8}|2[157][0-9]{8})$", "+2250${1}"),
    (r"^\+229(1[2-9][0-9]{7})$", "+2290${1}"),
    (r"^\+241([256])([0-9]{6})$", "+2416${1}${2}"),  # Gabon, 2019
    (r"^\+241([47])([0-9]{6})$", "+2417${1}${2}"),
    (r"^\+2411([0-9]{6})$", "+24111${1}"),
    (r"^\+237([5-9][0-9]{7})$", "+2376${1}"),  # Cameroon, 2014
    (r"^\+237([23][0-9]{7})$", "+2372${1}"),
    (r"^\+57([1-8])([2-8][0-9]{6})$", "+5760${1}${2}"),  # Colombia, 2021
    (r"^\+562([2-9][0-9]{6})$", "+5622${1}"),  # Chile, 2012
    (r"^\+8416([2-9][0-9]{7})$", "+843${1}"),  # Vietnam, 2018: mobiles lost a digit
    (r"^\+84120([0-9]{7})$", "+8470${1}"),
    (r"^\+84121([0-9]{7})$", "+8479${1}"),
    (r"^\+84122([0-9]{7})$", "+8477${1}"),
    (r"^\+8412([68])([0-9]{7})$", "+847${1}${2}"),
    (r"^\+8412([345])([0-9]{7})$", "+848${1}${2}"),
    (r"^\+84127([0-9]{7})$", "+8481${1}"),
    (r"^\+84129([0-9]{7})$", "+8482${1}"),
    (r"^\+8418([68])([0-9]{7})$", "+845${1}${2}"),
    (r"^\+84199([0-9]{7})$", "+8459${1}"),
)
RENUMBERED = (*CHANGED, *GIVEN_UP)
COUNTRIES = r"^\+(?:39|5[2567]|84|22[59]|237|241)"  # whose numbers these are


def match_keys(number: pl.Expr) -> pl.Expr:
    """Spellings in E.164 under which the subscriber of a number may be found, the number itself first.

    Variants are for finding candidates: that two numbers share one says less than that they are equal.
    """
    return pl.concat_list(number, _rewritten(number, VARIANTS)).list.drop_nulls()


def number_of_today(number: pl.Expr) -> pl.Expr:
    """The spelling of today of a number with its country code, plus first, that no plan knows; null for any other."""
    return _rewritten(number, RENUMBERED)


def _rewritten(number: pl.Expr, rules: tuple[tuple[str, str], ...]) -> pl.Expr:
    return pl.coalesce(
        pl.when(number.str.contains(pattern)).then(number.str.replace(pattern, partner)) for pattern, partner in rules
    )

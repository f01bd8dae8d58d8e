"""The true people, one row each: what they are called, where they live, how they can be reached."""

import polars as pl

from benchmarks.crowd.dice import Dice
from benchmarks.crowd.words import LANDS, WORDS

KINDS = {"person": 0.885, "spouse": 0.09, "junior": 0.0125, "namesake": 0.0125}
STAFF = 25  # people for each company


def people(count: int, seed: int) -> pl.DataFrame:
    """Invented people. Each but a plain `person` takes after one, in the column `of` (a row number).

    A spouse shares family name, city and landline; a junior is the child of the same name in the same house; a namesake
    is a stranger of the same name in the same city. Phone numbers are national ones without the trunk prefix.
    """
    dice = Dice(seed, count, "people")
    kind = dice.kind(list(KINDS.values()))
    kind[0] = 0
    persons, own = (kind == 0).arg_true(), pl.int_range(count, dtype=pl.UInt32, eager=True)
    of = own.zip_with(kind == 0, persons.gather((dice.share() * persons.len()).cast(pl.UInt32)))
    named, house = own.zip_with(kind < 2, of), of.zip_with(kind < 3, own)
    land = dice.kind([each.share for each in LANDS]).gather(of)
    found = pl.DataFrame(
        {
            "kind": pl.Series(list(KINDS)).gather(kind),
            "of": of,
            "land": land,
            "given": dice.word_of([each.given for each in LANDS], land, lean=1.5).gather(named),
            "family": family_names(dice, land).gather(of),
            "city": dice.word_of([each.cities for each in LANDS], land, lean=1.8).gather(of),
            "mobile": numbers(dice, land),
            "second_phone": numbers(dice, land),
            "landline": numbers(dice, land).gather(house),
            "staff": dice.number(0, 10) < 6,
            "firm": (dice.share() ** 2 * max(count // STAFF, 20)).cast(pl.UInt32),
        }
    )
    found = found.hstack(firms(Dice(seed, max(count // STAFF, 20), "firms"))[found["firm"]])
    return found.with_columns(
        email=addresses(
            found, dice, dice.kind((0.2, 0.2, 0.17, 0.1, 0.08, 0.17, 0.08)), dice.word(WORDS["mail_hosts"], 2.2)
        ),
        second_email=addresses(
            found, dice, dice.kind((0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1)), dice.word(WORDS["own_hosts"])
        ),
        work_email=addresses(found, dice, dice.kind((0.7, 0, 0, 0.1, 0.2)), found["domain"]),
        other_family=found["family"].gather(dice.order()),
    )


def family_names(dice: Dice, land: pl.Series) -> pl.Series:
    """Frequent names and, for the other half, names put together of parts."""
    frequent = dice.word_of([each.family for each in LANDS], land, lean=1.8)
    parts = [
        dice.word_of([getattr(each, part) for each in LANDS], land, lean)
        for part, lean in (("head", 1.2), ("middle", 1.5), ("tail", 1.2))
    ]
    return pl.select(pl.when(dice.some(0.5)).then(frequent).otherwise(pl.concat_str(parts))).to_series()


def numbers(dice: Dice, land: pl.Series) -> pl.Series:
    """National numbers of each one's country."""
    begin = dice.word_of([each.mobile for each in LANDS], land)
    digits = pl.Series([each.digits for each in LANDS]).gather(land)
    rest = dice.number(2, 10).cast(pl.String) + dice.number(10**8, 10**9).cast(pl.String)
    return pl.select((pl.lit(begin) + pl.lit(rest)).str.slice(0, pl.lit(digits))).to_series()


def firms(dice: Dice) -> pl.DataFrame:
    """Companies: company, domain, office_email, switchboard (a number of the first country)."""
    name = dice.word(WORDS["brands"]) + dice.word(["", *WORDS["brand_endings"]]) + " " + dice.word(WORDS["trades"])
    number = pl.int_range(dice.size, eager=True).cast(pl.String)
    domain = name.str.to_lowercase().str.replace(" ", "-") + number + ".example"
    home = pl.repeat(0, dice.size, dtype=pl.UInt32, eager=True)
    return pl.DataFrame(
        {
            "company": name,
            "domain": domain,
            "office_email": dice.word(WORDS["offices"], 1.5) + "@" + domain,
            "switchboard": numbers(dice, home),
        }
    )


def addresses(people: pl.DataFrame, dice: Dice, style: pl.Series, host: pl.Series) -> pl.Series:
    """An address for each, nobody else's: mostly made of the name, some of them of nothing but fancy."""
    given, family = (bare(pl.col(name)) for name in ("given", "family"))
    year, number = (pl.lit(dice.number(low, high).cast(pl.String)) for low, high in ((50, 100), (1, 1000)))
    fancy = pl.lit(dice.word(WORDS["handles"]) + dice.word(WORDS["things"])) + number
    local = (
        pl.when(style == 0)
        .then(given + "." + family)
        .when(style == 1)
        .then(given + family + year)
        .when(style == 2)
        .then(given.str.slice(0, 1) + family + number)
        .when(style == 3)
        .then(given + "_" + family)
        .when(style == 4)
        .then(family + "." + given)
        .when(style == 5)
        .then(given + year + number)
        .otherwise(fancy)
    )
    made = people.select(local=local, host=host)
    before = pl.int_range(pl.len()).over("local", "host")
    unique = pl.when(before > 0).then(pl.col("local") + pl.int_range(pl.len()).cast(pl.String)).otherwise("local")
    return made.select(unique + "@" + pl.col("host")).to_series()


def bare(name: pl.Expr) -> pl.Expr:
    """A name as it stands in an address: small letters a to z only."""
    return without_accents(name).str.to_lowercase().str.replace_all("[^a-z]", "")


def without_accents(text: pl.Expr) -> pl.Expr:
    """Letters without what stands above, below or through them."""
    through = {"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "ı": "i"}
    return text.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.replace_many(through)

"""The records that five sources keep of the true people, with what goes wrong in each.

crm        typed by staff: names, e-mail, office phone, city, company
webform    typed by the person: names, e-mail, some phones and cities
phonebook  short names and nicknames, a phone, seldom more
whatsapp   a display name and an international phone number
mailbox    a display name and an e-mail address
"""

from typing import NamedTuple

import polars as pl

from benchmarks.crowd.dice import Dice
from benchmarks.crowd.slips import mistyped, nickname, plain, sometimes, written
from benchmarks.crowd.words import LANDS, WORDS

RECORDS = 1.85  # mean records of one person; nobody has more than MOST
MOST = 12


class Source(NamedTuple):
    """A source's share of the records, and how often it gives each field."""

    share: float
    email: float
    phone: float
    city: float
    company: float
    country: float
    nickname: float
    typed: bool


SOURCES = {
    "crm": Source(0.31, 0.86, 0.8, 0.84, 0.85, 0.75, 0.14, typed=True),
    "webform": Source(0.22, 0.97, 0.6, 0.65, 0.33, 0.6, 0.14, typed=True),
    "phonebook": Source(0.18, 0.36, 0.98, 0.1, 0.12, 0.05, 0.4, typed=False),
    "whatsapp": Source(0.17, 0.0, 1.0, 0.0, 0.0, 0.0, 0.4, typed=False),
    "mailbox": Source(0.12, 1.0, 0.0, 0.0, 0.0, 0.0, 0.35, typed=False),
}
COLUMNS = [
    *("record_id", "source", "full_name", "first_name", "last_name"),
    *("email", "phone", "city", "company", "country"),
]


def records(people: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records of these people, COLUMNS, in no order; and the truth: record_id, cluster_id, kind.

    `record_id` counts from 0, everything else is text, and what is missing is null. Each record has a phone or an
    e-mail address.
    """
    each = Dice(seed, people.height, "times")
    times = (each.share().log() / pl.Series([1 - 1 / RECORDS]).log()[0]).cast(pl.UInt32).clip(0, MOST - 1) + 1
    person = pl.select(pl.int_range(people.height, dtype=pl.UInt32).repeat_by(times).explode()).to_series()
    dice = Dice(seed, person.len(), "records")
    person = person.gather(dice.order())
    rows = people[person].with_columns(
        person=person, source=pl.Series(list(SOURCES)).gather(dice.kind([each.share for each in SOURCES.values()]))
    )
    found = phones(emails(places(names(rows, dice), dice), people, dice), dice)
    for column in ("email", "phone", "city", "company", "country"):
        found = found.with_columns(pl.when(_often(dice, column)).then(column).alias(column))
    junk = [
        pl.when(_typed() & dice.some(0.004)).then(dice.word(WORDS[words])).otherwise(column).alias(column)
        for column, words in (("email", "no_address"), ("phone", "no_number"))
    ]
    found = found.with_columns(junk).with_columns(
        phone=pl.when(pl.col("email").is_null()).then(pl.coalesce("phone", "any_phone")).otherwise("phone"),
        record_id=pl.int_range(pl.len()),
    )
    return found.select(COLUMNS), found.select("record_id", cluster_id=pl.col("person").cast(pl.Int64), kind="kind")


def names(rows: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """first_name, last_name and full_name as the source has them."""
    rows = rows.rename({"given": "first_name", "family": "last_name"})
    rows = rows.with_columns(
        pl.when(_often(dice, "nickname")).then(nickname(dice, "first_name")).otherwise("first_name")
    )
    married, both = pl.col("other_family"), pl.col("last_name") + "-" + pl.col("other_family")
    rows = rows.with_columns(sometimes(dice, 0.012, married, "last_name"))
    rows = rows.with_columns(sometimes(dice, 0.006, both, "last_name"))
    rows = rows.with_columns(
        sometimes(dice, share, mistyped(dice, column), column)
        for column, share in (("first_name", 0.045), ("last_name", 0.065))
    )
    bare = dice.some(0.45)
    rows = rows.with_columns(
        pl.when(bare).then(plain(dice, column)).otherwise(column).alias(column)
        for column in ("first_name", "last_name")
    )
    first, last = pl.col("first_name"), pl.col("last_name")
    initial = first.str.slice(0, 1) + pl.lit(dice.word(["", "."]))
    rows = rows.with_columns(sometimes(dice, 0.04, initial, "first_name"))
    rows = rows.with_columns(
        sometimes(dice, 0.05, first + " " + pl.lit(dice.word([*"ABCDEFGHJKLMPRSTW"])), "first_name")
    )
    swapped, short = dice.some(0.03), ~_typed() & dice.some(0.18)
    rows = rows.with_columns(
        first_name=pl.when(swapped).then(last).otherwise(first),
        last_name=pl.when(short).then(None).when(swapped).then(first).otherwise(last),
    )
    case, form = dice.kind((0.88, 0.06, 0.06)), dice.kind((0.92, 0.035, 0.02, 0.025))
    rows = rows.with_columns(
        pl.when(case == 1).then(name.str.to_uppercase()).when(case == 2).then(name.str.to_lowercase()).otherwise(name)
        for name in (first, last)
    )
    return rows.with_columns(
        full_name=pl.when((form == 1) & last.is_not_null())
        .then(last + ", " + first)
        .when(form == 2)
        .then("Dr. " + pl.concat_str(first, last, separator=" ", ignore_nulls=True))
        .when((form == 3) & last.is_not_null())
        .then(last.str.to_uppercase() + " " + first)
        .otherwise(pl.concat_str(first, last, separator=" ", ignore_nulls=True))
    )


def places(rows: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """City, company and country; some have moved within their country."""
    moved = pl.lit(dice.word_of([each.cities for each in LANDS], rows["land"], lean=1.8))
    ending = pl.lit(dice.word(["", " ", ", "])) + pl.lit(dice.word(WORDS["legal_forms"]))
    rows = rows.with_columns(sometimes(dice, 0.08, moved, "city"))
    rows = rows.with_columns(sometimes(dice, 0.03, mistyped(dice, "city"), "city"))
    return rows.with_columns(
        sometimes(dice, 0.4, plain(dice, "city"), "city"),
        company=pl.when("staff").then(sometimes(dice, 0.6, pl.col("company") + ending, "company")),
        country=pl.Series([each.code for each in LANDS]).gather(rows["land"]),
    )


def emails(rows: pl.DataFrame, people: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """One address: the first, the second, that of the work, of the family, or the one everybody in the office uses."""
    which, source = dice.kind((0.82, 0.07, 0.11)), pl.col("source")
    work = pl.col("staff") & ((which == 2) | ((source == "crm") & dice.some(0.35)))
    shared = pl.col("staff") & _typed() & dice.some(0.04)
    family = (pl.col("kind") == "spouse") & dice.some(0.1)
    rows = rows.with_columns(
        email=pl.when(shared)
        .then("office_email")
        .when(family)
        .then(people["email"].gather(rows["of"]))
        .when(work)
        .then("work_email")
        .when(which == 1)
        .then("second_email")
        .otherwise("email")
    )
    rows = rows.with_columns(sometimes(dice, 0.012, mistyped(dice, "email"), "email"))
    email, twist = pl.col("email"), dice.kind((0.94, 0.03, 0.03))
    return rows.with_columns(
        email=pl.when(email.str.ends_with("@gmail.com") & (twist == 1))
        .then(email.str.replace("@", "+news@", literal=True))
        .when(email.str.ends_with("@gmail.com") & (twist == 2))
        .then(email.str.slice(0, 3) + "." + email.str.slice(3))
        .when(dice.some(0.06))
        .then(email.str.to_uppercase())
        .otherwise(email)
    )


def phones(rows: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """One number as people write it: mobile, another, the landline of the house, or the company's switchboard."""
    which, chat = dice.kind((0.85, 0.07, 0.08)), pl.col("source") == "whatsapp"
    desk = pl.col("staff") & (pl.col("source") == "crm") & dice.some(0.07)
    rows = rows.with_columns(
        phone=pl.when(desk)
        .then("switchboard")
        .when(which == 1)
        .then("second_phone")
        .when((which == 2) & ~chat)
        .then("landline")
        .otherwise("mobile"),
        land=pl.when(desk).then(0).otherwise("land"),
    )
    number, digit = pl.col("phone"), pl.lit(dice.number(0, 10).cast(pl.String))
    wrong = number.str.slice(0, 5) + digit + number.str.slice(6)
    rows = rows.with_columns(pl.when(~chat & dice.some(0.012)).then(wrong).otherwise("phone").alias("phone"))
    style = rows.select(pl.when(chat).then(dice.number(0, 2)).otherwise(dice.number(0, 8))).to_series()
    return rows.with_columns(phone=written(number, rows["land"], style)).with_columns(any_phone="phone")


def _often(dice: Dice, field: str) -> pl.Expr:
    """True as often as the source of each record gives the field."""
    return pl.lit(dice.share()) < pl.col("source").replace_strict(
        {name: getattr(source, field) for name, source in SOURCES.items()}, return_dtype=pl.Float64
    )


def _typed() -> pl.Expr:
    return pl.col("source").is_in([name for name, source in SOURCES.items() if source.typed])

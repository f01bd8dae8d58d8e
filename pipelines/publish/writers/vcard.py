"""Contacts as an address book in vCard 4.0 (RFC 6350)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import polars as pl

from pipelines.publish.writers.writer import Write
from schemas.attribute import Attribute
from schemas.vocabulary import MatchRole

READING = (
    "vCard 4.0 in UTF-8, a card for each contact: UID is the contact_id, CATEGORIES are the tags, and of several "
    "numbers or addresses the preferred one comes first."
)
FIELDS = ("contact_id", "name", "first_name", "last_name", "phone", "phones", "email", "emails", "tags")
ADDRESS = (MatchRole.STREET, MatchRole.CITY, MatchRole.REGION, MatchRole.POSTCODE, MatchRole.COUNTRY)  # as in ADR
ROLES = {MatchRole.COMPANY: "ORG", MatchRole.DATE_OF_BIRTH: "BDAY"}
LINE = 75  # octets, its end not counted
ENDS = "\r\n"


def places_of(attributes: Mapping[str, Attribute]) -> list[str]:
    """The columns of contacts that have a place in a card."""
    placed = {*ROLES, *ADDRESS}
    return [*FIELDS, *(f"attr.{name}" for name, each in attributes.items() if each.role in placed and not each.is_list)]


@contextmanager
def open_vcard(file: BinaryIO, columns: Sequence[str], attributes: Mapping[str, Attribute]) -> Iterator[Write]:
    """A function that writes contacts in these columns, all of which have a place."""
    yield lambda frame: file.write(as_cards(frame, columns, attributes))


def as_cards(frame: pl.DataFrame, columns: Sequence[str], attributes: Mapping[str, Attribute]) -> bytes:
    """Contacts as cards, one after the other."""
    lines = [*_who(columns), *_reached(columns), *_attributes(columns, attributes)]
    card = pl.concat_str(
        pl.lit(f"BEGIN:VCARD{ENDS}VERSION:4.0{ENDS}"),
        *(line.fill_null("") for line in lines),
        pl.lit(f"END:VCARD{ENDS}"),
    )
    return "".join(frame.select(card.alias("card"))["card"]).encode()


def _who(columns: Sequence[str]) -> Iterator[pl.Expr]:
    if "contact_id" in columns:
        yield _line("UID:urn:uuid:", pl.col("contact_id"))
    name = escaped(pl.col("name")) if "name" in columns else pl.lit(None, pl.String)
    parts = [escaped(pl.col(each)) for each in ("first_name", "last_name") if each in columns]
    shown = pl.coalesce(name, pl.concat_str(*parts, separator=" ", ignore_nulls=True) if parts else pl.lit(""))
    yield _line("FN:", shown.fill_null(""))
    if parts:
        family, given = (
            escaped(pl.col(each)).fill_null("") if each in columns else pl.lit("")
            for each in ("last_name", "first_name")
        )
        yield _line("N:", pl.concat_str(family, pl.lit(";"), given, pl.lit(";;;")))
    if "tags" in columns:
        tags = pl.col("tags").list.eval(escaped(pl.element())).list.join(",")
        yield pl.when(pl.col("tags").list.len() > 0).then(_line("CATEGORIES:", tags))


def _reached(columns: Sequence[str]) -> Iterator[pl.Expr]:
    for several, one, label in (("phones", "phone", "TEL"), ("emails", "email", "EMAIL")):
        if several in columns:
            values = pl.col(several)
            lines = values.list.eval(_line(f"{label}:", escaped(pl.element())))
            preferred = lines.list.first().str.replace(f"{label}:", f"{label};PREF=1:", literal=True)
            yield pl.concat_str(preferred, lines.list.slice(1).list.join(""))
        elif one in columns:
            yield _line(f"{label};PREF=1:", escaped(pl.col(one)))


def _attributes(columns: Sequence[str], attributes: Mapping[str, Attribute]) -> Iterator[pl.Expr]:
    shown = {
        role: f"attr.{name}"
        for name, each in attributes.items()
        if (role := each.role) is not None and f"attr.{name}" in columns
    }
    for role, label in ROLES.items():
        if role in shown:
            value = pl.col(shown[role])
            yield _line(f"{label}:", value.str.replace_all("-", "") if label == "BDAY" else escaped(value))
    parts = [escaped(pl.col(shown[role])) if role in shown else pl.lit(None, pl.String) for role in ADDRESS]
    if any(role in shown for role in ADDRESS):
        cells = pl.concat_str(*(each.fill_null("") for each in parts), separator=";")
        yield pl.when(pl.any_horizontal(each.is_not_null() for each in parts)).then(_line("ADR:;;", cells))


def escaped(text: pl.Expr) -> pl.Expr:
    """A text as the value of a property: signs that part values have a backslash before them."""
    return (
        text.str.replace_all(r"([\\,;])", r"\${1}")
        .str.replace_all("\r\n?|\n", r"\n")
        .str.replace_all(r"[\x00-\x1f]", " ")
    )


def _line(label: str, value: pl.Expr) -> pl.Expr:
    """A property as a line, null where it has no value; one that is too long goes on behind a blank.

    A line is parted between letters, so that no one is cut: of ASCII alone into 74, else into 18 of up to four octets.
    """
    line = pl.concat_str(pl.lit(label), value)
    is_ascii = line.str.len_bytes() == line.str.len_chars()
    folded = (
        pl.when(is_ascii)
        .then(line.str.replace_all(f"(.{{{LINE - 1}}})", f"${{1}}{ENDS} "))
        .otherwise(line.str.replace_all("(.{18})", f"${{1}}{ENDS} "))
        .str.strip_suffix(f"{ENDS} ")
    )
    return pl.when(line.str.len_bytes() > LINE).then(folded).otherwise(line) + ENDS

"""What was wrong with a field and what became of it. A suggestion may hold a value: problems stay in the warehouse."""

from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from pipelines.normalise.naming.no_names import MASKED, PARTS
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Action, Severity

PROBLEMS = pl.Schema(
    {
        "row": pl.UInt32,
        "line": pl.UInt32,
        "field": pl.String,
        "code": pl.String,
        "severity": pl.String,
        "action": pl.String,
        "expected": pl.String,
        "suggestion": pl.String,
    }
)


class Ruling(NamedTuple):
    """What a code means for the field it is found on, and what would have been right."""

    action: Action
    expected: str


RULINGS = MappingProxyType(
    {
        ErrorCode.PHONE_UNPARSEABLE: Ruling(Action.FIELD_DROPPED, "one phone number, such as +49 30 901820"),
        ErrorCode.PHONE_NO_REGION: Ruling(
            Action.FIELD_DROPPED, "a country code such as +49, or a `region` for the source in onecontact.yaml"
        ),
        ErrorCode.PHONE_POSSIBLE_NOT_VALID: Ruling(
            Action.KEPT_WITH_WARNING, "a number that its country has given out; this one only has the right length"
        ),
        ErrorCode.PHONE_SCIENTIFIC_NOTATION: Ruling(
            Action.FIELD_DROPPED, "all digits; a spreadsheet has cut them: export the column as text"
        ),
        ErrorCode.PHONE_EXTENSION_DROPPED: Ruling(
            Action.KEPT_WITH_WARNING, "a number without an extension, which the international form cannot hold"
        ),
        ErrorCode.PHONE_COUNTRY_ASSUMED: Ruling(
            Action.KEPT_WITH_WARNING, "a plus before the country code, or what is dialled before a number at home"
        ),
        ErrorCode.PHONE_FROM_SPREADSHEET: Ruling(
            Action.KEPT_WITH_WARNING, "a number as text; a spreadsheet or program took it for one with decimals"
        ),
        ErrorCode.PHONE_PLACEHOLDER: Ruling(
            Action.KEPT_WITH_WARNING, "a real number, or an empty cell; nobody is matched by this one"
        ),
        ErrorCode.IDENTIFIER_MASKED: Ruling(Action.FIELD_DROPPED, "the whole value; signs of this one are hidden"),
        ErrorCode.TEXT_DAMAGED: Ruling(
            Action.KEPT_WITH_WARNING, "the letters that stood where � is; they were lost before the file was made"
        ),
        ErrorCode.IDENTIFIER_BLOCKED_VALUE: Ruling(Action.FIELD_DROPPED, "a real value, or an empty cell"),
        ErrorCode.ID_SCIENTIFIC_NOTATION: Ruling(
            Action.FIELD_DROPPED, "all digits; a spreadsheet has cut them, and many records share what is left"
        ),
        ErrorCode.EMAIL_SYNTAX: Ruling(Action.FIELD_DROPPED, "one e-mail address, such as jane@example.com"),
        ErrorCode.EMAIL_PLACEHOLDER: Ruling(Action.FIELD_DROPPED, "a real e-mail address, or an empty cell"),
        ErrorCode.EMAIL_DOMAIN_MISSPELT: Ruling(
            Action.KEPT_WITH_WARNING, "a domain that does not look like a slip of the keyboard"
        ),
        ErrorCode.ATTR_TYPE: Ruling(Action.FIELD_DROPPED, "a number such as 1234.5"),
        ErrorCode.ATTR_PATTERN: Ruling(
            Action.FIELD_DROPPED, "a text of the form that the attribute's `pattern` asks for"
        ),
        ErrorCode.ATTR_REQUIRED: Ruling(Action.ROW_REJECTED, "a value that can be read: the attribute is required"),
        ErrorCode.NUMBER_AMBIGUOUS: Ruling(
            Action.FIELD_DROPPED, "a number such as 1234.5, or a `locale:` for the source in onecontact.yaml"
        ),
        ErrorCode.ATTR_NOT_IN_LIST: Ruling(Action.FIELD_DROPPED, "a value of the attribute's list"),
        ErrorCode.BOOL_UNKNOWN: Ruling(Action.FIELD_DROPPED, "true or false"),
        ErrorCode.DATE_AMBIGUOUS: Ruling(
            Action.FIELD_DROPPED, "a date such as 2025-04-03, or a `locale:` for the source in onecontact.yaml"
        ),
        ErrorCode.DATE_UNPARSEABLE: Ruling(Action.FIELD_DROPPED, "a date such as 2025-04-03"),
    }
)

LOST = "\N{REPLACEMENT CHARACTER}"  # stands where a letter was that nobody could read


def damaged_texts(contacts: pl.DataFrame, attributes: pl.DataFrame) -> pl.DataFrame:
    """Problems (PROBLEMS) of the texts of rows in which letters are lost.

    Args:
        contacts: As in `schemas.received.ContactRow`.
        attributes: As in `schemas.received.AttributeRow`.
    """
    code = pl.lit(ErrorCode.TEXT_DAMAGED.value)
    told = [
        contacts.filter(pl.col(field).str.contains(LOST, literal=True)).select("row", field=pl.lit(field), code=code)
        for field in ("name", "first_name", "last_name", "notes")
    ]
    custom = attributes.filter(pl.col("raw").str.contains(LOST, literal=True)).select("row", "field", code=code)
    return problems(pl.concat([*told, custom]))


def masked_names(contacts: pl.DataFrame) -> pl.DataFrame:
    """Problems (PROBLEMS) of the names of rows (as in `schemas.received.ContactRow`) that somebody has hidden."""
    code = pl.lit(ErrorCode.IDENTIFIER_MASKED.value)
    told = [
        contacts.filter(pl.col(field).str.contains(MASKED)).select("row", field=pl.lit(field), code=code)
        for field in PARTS
    ]
    return problems(pl.concat(told))


def problems(frame: pl.DataFrame) -> pl.DataFrame:
    """The problems of a frame's fields, as PROBLEMS: one for each row that has a code.

    Args:
        frame: `row` (UInt32), `field` (String), `code` (String, null where all is well). Optional columns are `line`
            (UInt32), `expected` (String: what would have been right, where the code's own words are too general) and
            `suggestion` (String: a repaired value to offer). Others are left out.

    Raises:
        polars.exceptions.InvalidOperationError: a code that RULINGS does not know.
    """
    frame = frame.filter(pl.col("code").is_not_null())
    if frame.is_empty():
        return PROBLEMS.to_frame()
    optional = ("line", "expected", "suggestion")
    known = frame.with_columns(pl.lit(None).alias(name) for name in optional if name not in frame.columns)
    actions = {code.value: ruling.action.value for code, ruling in RULINGS.items()}
    words = {code.value: ruling.expected for code, ruling in RULINGS.items()}
    rejected = pl.col("code").replace_strict(actions, return_dtype=pl.String) == Action.ROW_REJECTED.value
    return (
        known.with_columns(
            # a row that loses a field stays: that is never an error
            severity=pl.when(rejected).then(pl.lit(Severity.ERROR.value)).otherwise(pl.lit(Severity.WARNING.value)),
            action=pl.col("code").replace_strict(actions, return_dtype=pl.String),
            expected=pl.coalesce("expected", pl.col("code").replace_strict(words, return_dtype=pl.String)),
        )
        .select(PROBLEMS.names())
        .cast(PROBLEMS)
    )

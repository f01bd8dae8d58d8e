import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.errors import ContractBroken
from pipelines.publish.import_report import stage, summary
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome

CODES = pl.DataFrame({"code": ["ROW_BLANK"], "severity": ["info"], "action": ["row_skipped"], "problems": [1]})


def delivery(rows_read: int, **outcomes: int) -> dict[str, Any]:
    counts = {outcome.value: outcomes.get(outcome.value, 0) for outcome in Outcome}
    plain = (
        *("delivery_id", "retry_of", "run_id", "source", "file_digest", "config_digest", "state", "code"),
        "remediation",
    )
    return dict.fromkeys(plain) | counts | {"rows_read": rows_read, "declared_at": datetime(2026, 6, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (ErrorCode.FILE_EMPTY, "file"),
        (ErrorCode.HEADER_MISSING, "header"),
        (ErrorCode.ROW_TOO_FEW_FIELDS, "parse"),
        (ErrorCode.PHONE_UNPARSEABLE, "normalize"),
        (ErrorCode.ATTR_TYPE, "attribute"),
        (ErrorCode.NO_IDENTIFIER, "identity"),
        (ErrorCode.REJECT_LIMIT, "limit"),
    ],
)
def test_a_code_says_where_it_is_met(code: ErrorCode, expected: str) -> None:
    assert stage(code) == expected


def test_a_delivery_is_told_in_counts() -> None:
    assert b'"skipped": 1' in summary(delivery(3, created=2, skipped=1), CODES)


def test_outcomes_that_do_not_add_up_are_not_told() -> None:
    with pytest.raises(ContractBroken, match="do not add up"):
        summary(delivery(3, created=2), CODES)


def test_a_delivery_is_told_by_these_keys_which_programs_read() -> None:
    told = json.loads(summary(delivery(3, created=2, skipped=1), CODES))
    assert list(told) == [
        *("import_id", "retry_of_import_id", "run_id", "source_system", "file_digest", "config_hash", "declared_at"),
        *("state", "code", "way_out", "rows_read", "outcomes", "codes"),
    ]
    assert told["outcomes"] == dict.fromkeys(Outcome, 0) | {"created": 2, "skipped": 1}

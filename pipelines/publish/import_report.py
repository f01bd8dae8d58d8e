"""What was wrong with a contact list, for whoever has to know it: places, codes and counts, and no value of a row."""

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

import polars as pl

from pipelines.errors import ContractBroken
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome

STAGES = {  # by the beginning of a code: where on its way a row met the problem
    "FILE_": "file",
    "HEADER_": "header",
    "ROW_": "parse",
    "QUOTE_": "parse",
    "ATTR_": "attribute",
    "BOOL_": "attribute",
    "NUMBER_": "attribute",
    "NO_IDENTIFIER": "identity",
    "RETRY_": "identity",
    "LIMIT_": "limit",
    "REJECT_": "limit",
}
NORMALIZE = "normalize"
LEFT_OUT = ("suggestion",)  # it may hold a value; whoever corrects the rows finds it beside them


def write_problems(file: BinaryIO, batches: Iterable[pl.DataFrame]) -> None:
    """Write what was wrong as CSV, a line a problem; columns as in `pipelines.store.ingest.rejected_rows.problems`."""
    codes = {code.value: stage(code) for code in ErrorCode}
    has_header = True
    for batch in batches:
        rows = batch.drop(LEFT_OUT).with_columns(
            stage=pl.col("error_code").replace_strict(codes, default=NORMALIZE, return_dtype=pl.String)
        )
        rows.write_csv(file, include_header=has_header, line_terminator="\r\n")
        has_header = False


def stage(code: ErrorCode) -> str:
    """Where on its way a row, or a file, meets this problem."""
    return next((stage for beginning, stage in STAGES.items() if code.startswith(beginning)), NORMALIZE)


def summary(delivery: dict[str, Any], codes: pl.DataFrame) -> bytes:
    """A delivery in counts, as JSON; `delivery` is its row of the warehouse, `codes` its problems counted.

    Raises:
        ContractBroken: The outcomes do not add up to the rows read.
    """
    outcomes = {outcome.value: delivery[outcome] for outcome in Outcome}
    if sum(outcomes.values()) != delivery["rows_read"]:
        raise ContractBroken("the outcomes of a delivery do not add up to the rows read. Please report it")
    counts = {
        "import_id": delivery["delivery_id"],
        "retry_of_import_id": delivery["retry_of"],
        "run_id": delivery["run_id"],
        "source_system": delivery["source"],
        "file_digest": delivery["file_digest"],
        "config_hash": delivery["config_digest"],
        "declared_at": delivery["declared_at"].isoformat(),
        "state": delivery["state"],
        "code": delivery["code"],
        "way_out": delivery["remediation"],
        "rows_read": delivery["rows_read"],
        "outcomes": outcomes,
        "codes": codes.to_dicts(),
    }
    return (json.dumps(counts, ensure_ascii=False, indent=2) + "\n").encode()

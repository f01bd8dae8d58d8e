import re
from pathlib import Path

import pytest

from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome

ERRORS = Path(__file__).parents[2] / "docs" / "errors.md"


def explained() -> set[str]:
    """What stands in the first column of a table of docs/errors.md."""
    return set(re.findall(r"^\| `(\w+)` \|", ERRORS.read_text(encoding="utf-8"), flags=re.MULTILINE))


@pytest.mark.parametrize("word", [*ErrorCode, *Outcome])
def test_everything_that_can_be_said_of_a_row_is_explained(word: str) -> None:
    assert word in explained()


def test_nothing_is_explained_that_cannot_be_said() -> None:
    assert explained() <= {*ErrorCode, *Outcome}


def test_a_code_is_named_as_it_is_spelt() -> None:
    assert [code.name for code in ErrorCode] == [code.value for code in ErrorCode] != []

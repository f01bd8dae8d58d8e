"""The words that matching goes by are those of its version: one more or one less, and other records are one contact."""

from types import ModuleType

import pytest

from pipelines.match.blocking import reach
from pipelines.match.comparison import addresses, foreign_words, name_words, prepare, whole_names
from pipelines.match.comparison.names import gender, generation, parts, romanisation, scripts, word_lists
from pipelines.match.model import contradictions
from tests.golden.matching_rules import LISTS, golden, words

MODULES = (
    *(reach, addresses, foreign_words, name_words, prepare, whole_names),
    *(gender, generation, parts, romanisation, scripts, word_lists, contradictions),
)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_words_are_those_of_the_version(module: ModuleType) -> None:
    kept = golden("words")["results"]
    own = {name: kept[name] for name in kept if name.rpartition(".")[0] == module.__name__}
    assert words((module,)) == own, (
        "other words give other contacts: raise MATCHING in pipelines/derive/code_version.py, write the golden file "
        "anew with `python -m tests.golden.matching_rules`"
    )


def test_every_module_with_words_is_looked_at() -> None:
    assert MODULES == LISTS

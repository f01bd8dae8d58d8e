from collections.abc import Iterator

import pytest

from pipelines.derive import code_version
from pipelines.derive.code_version import rules_of_matching
from tests.golden.matching_rules import RESULTS, VERSIONS, golden


def rules_now() -> str:
    """The rules as they are now, and not as they were looked at before."""
    rules_of_matching.cache_clear()
    return rules_of_matching()


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    rules_of_matching.cache_clear()


@pytest.mark.parametrize("name", RESULTS)
def test_another_result_is_another_version(name: str) -> None:
    version, results = RESULTS[name]
    kept, now = golden(name), results()
    changed = [part for part in now if kept["results"].get(part) != now[part]]
    assert not changed, (
        f"{name} gives other {', '.join(changed)} than before. If that is meant, raise {VERSIONS[name]} in "
        "pipelines/derive/code_version.py, so that everything is matched anew, and write the golden file anew with "
        "`python -m tests.golden.matching_rules`"
    )
    assert kept["version"] == version, "write the golden file anew with `python -m tests.golden.matching_rules`"


@pytest.mark.parametrize("constant", ["NORMALISATION", "MATCHING"])
def test_another_version_matches_anew(constant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rules_now()
    monkeypatch.setattr(code_version, constant, 0)
    assert rules_now() != before


@pytest.mark.parametrize("other", ["aliases", "countries", "library"])
def test_what_libraries_bring_counts(other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rules_now()
    if other == "library":
        monkeypatch.setattr(code_version, "version", lambda library: f"{library} of tomorrow")
    else:
        name = {"aliases": "known_aliases", "countries": "countries"}[other]
        monkeypatch.setattr(code_version, name, dict)
    assert rules_now() != before

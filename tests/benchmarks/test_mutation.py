"""The measurement of what tests notice: which faults it makes, and what it says of a strong and of a weak test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.mutation.measure import equivalents
from benchmarks.mutation.neighbours import near
from benchmarks.mutation.python_mutants import python_mutants

CHECKOUT = Path(__file__).parents[2]
MODULE = """from toy.limits import YOUNG


def adult(age: int) -> bool:
    return age >= 18


def child(age: int) -> bool:
    return age < YOUNG


def nobody_asks() -> int:
    return sum([1])


def doubled(years: int) -> int:
    return years * 2


OLD = doubled(40)


def old(age: int) -> bool:
    return age >= OLD
"""
TESTS = """import pytest

from toy.ages import adult, child, old


def test_who_is_of_age() -> None:
    assert [adult(age) for age in (17, 18, 19)] == [False, True, True]


@pytest.mark.heavy
def test_a_child_is_young() -> None:
    assert child(3)
    assert not child(40)


def test_who_is_old() -> None:
    assert [old(age) for age in (79, 80)] == [False, True]
"""


def changed(source: str) -> set[str]:
    """The lines that faults make of a text of one line."""
    return {each.diff(source)[1] for each in python_mutants("x.py", source)}


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("a = b <= c", {"a = (b < c)", "a = (b > c)"}),
        ("a = b and c", {"a = (b or c)", "a = b", "a = c"}),
        ("a = x & ~y", {"a = (x | ~y)", "a = x", "a = (~y)", "a = x & y"}),
        ("a = 1 + b", {"a = 2 + b", "a = 0 + b", "a = (1 - b)"}),
        ("a = rows.filter(p, q)", {"a = rows", "a = rows.filter(q)", "a = rows.filter(p)"}),
        ("a = b.join(c, on='k', how='left')", {"a = b.join(c, on='k', how='inner')", "a = b.join(c, how='left')"}),
        ("a = min(b)", {"a = max(b)"}),
        ("a = [b for b in c if b.d]", {"a = [b for b in c if True]"}),
        ("KINDS = (ONE, TWO)", {"KINDS = (TWO,)", "KINDS = (ONE,)"}),
        ("a = b if not c else d", {"a = b if (not (not c)) else d", "a = b if c else d"}),
        ("rows.clear()", {"pass"}),
        ("a: int | None = b", set()),
        ("Key = tuple[str, int]", set()),
        ("__all__ = ['one', 'other']", set()),
        ("Resolve = Callable[[str, str], Key | None]", set()),
        ("a = zip(b, c[1], strict=True)", {"a = zip(b, c[2], strict=True)", "a = zip(b, c[0], strict=True)"}),
        ("a = PLACES[1]", {"a = PLACES[2]", "a = PLACES[0]"}),
    ],
)
def test_each_part_of_an_expression_is_changed_once(source: str, faults: set[str]) -> None:
    assert changed(source) == faults


@pytest.mark.parametrize(
    ("sql", "faults"),
    [
        ("FROM a JOIN b USING (k)", {"FROM a LEFT JOIN b USING (k)"}),
        ("FROM a ANTI JOIN b USING (k)", {"FROM a SEMI JOIN b USING (k)"}),
        ("FROM a WHERE x <= y", {"FROM a WHERE x < y", "FROM a WHERE true"}),
        (
            "FROM a WHERE x AND y BETWEEN p AND q",
            {
                "FROM a WHERE x OR y BETWEEN p AND q",
                "FROM a WHERE x AND y BETWEEN p OR q",
                "FROM a WHERE x",
                "FROM a WHERE y BETWEEN p AND q",
            },
        ),
        ("SELECT DISTINCT x FROM a", {"SELECT x FROM a"}),
        ("FROM a ORDER BY x DESC LIMIT 5", {"FROM a ORDER BY x LIMIT 5", "FROM a LIMIT 5"}),
        ("SELECT min(x) FROM a", {"SELECT max(x) FROM a"}),
        ("from the first to the last", set()),
    ],
)
def test_each_clause_of_sql_is_changed_once(sql: str, faults: set[str]) -> None:
    found = changed(f'query("{sql}")') - {"pass"}
    assert {" ".join(each.removeprefix('query("').removesuffix('")').split()) for each in found} == faults


def test_a_fault_stands_where_it_is_whatever_the_width_of_characters() -> None:
    source = 'def f(name: str) -> bool:\n    """Größe."""\n    return name == "Größe" and len(name) > 3\n'
    assert 'return name == "Größe" and (len(name) >= 3)' in changed(source)


def toy(folder: Path) -> Path:
    """A tree with two modules and their tests."""
    files = {"toy/ages.py": MODULE, "toy/limits.py": "YOUNG = 14\n", "tests/toy/test_ages.py": TESTS}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\nmarkers = heavy\n", encoding="utf-8")
    return folder


def measured(root: Path, *options: str) -> tuple[int, str]:
    """What the command prints of a tree, and its exit code."""
    command = [sys.executable, "-m", "benchmarks.mutation", "toy", "--root", str(root), "--jobs", "1", *options]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=CHECKOUT)
    return done.returncode, done.stdout


@pytest.mark.heavy
def test_a_strong_test_kills_what_a_weak_one_lets_live_and_the_tree_stays_as_it_was(tmp_path: Path) -> None:
    code, said = measured(toy(tmp_path), "--fail-under", "90")
    assert "toy/ages.py:5" not in said  # `adult` is asked on both sides of its boundary
    assert "toy/ages.py:9: comparison\n  - return age < YOUNG\n  + return (age <= YOUNG)" in said
    assert "toy/ages.py:13: return value (no test near it runs this line)\n  - return sum([1])" in said
    assert "toy/ages.py:17" not in said  # runs on import alone, and yet every test of `old` depends on it
    assert "toy/limits.py:1: constant\n  - YOUNG = 14\n  + YOUNG = 15" in said  # looked for, though no test runs it
    assert code == 1
    assert (tmp_path / "toy" / "ages.py").read_text(encoding="utf-8") == MODULE


@pytest.mark.heavy
def test_what_only_a_heavy_test_notices_is_asked_for_unless_the_light_ones_are(tmp_path: Path) -> None:
    fault = "toy/ages.py:9: return value"
    assert fault not in measured(toy(tmp_path))[1]
    assert f"{fault} (no test near it runs this line)" in measured(tmp_path, "--light")[1]


def test_a_fault_that_is_known_to_change_nothing_does_not_count(tmp_path: Path) -> None:
    known = tmp_path / "equivalent.toml"
    known.write_text('[[fault]]\nfile = "x.py"\nwas = "a < 1"\nnow = "a <= 1"\nwhy = "a is no whole number"\n')
    assert equivalents(known) == {("x.py", "a < 1", "a <= 1"): "a is no whole number"}


def test_what_no_file_mirrors_shows_in_the_tests_of_whatever_imports_it() -> None:
    imported: dict[str, set[str]] = {
        "a/own.py": set(),
        "a/shared.py": set(),
        "b/user.py": {"a/own.py", "a/shared.py"},
        "tests/a/test_own.py": {"a/own.py"},
        "tests/b/test_user.py": {"b/user.py"},
        "tests/test_all.py": {"a/shared.py"},
    }
    assert near("a/own.py", imported).files == ["tests/a/test_own.py"]
    shared = near("a/shared.py", imported)
    assert shared.files == ["tests/a/test_own.py", "tests/test_all.py", "tests/b/test_user.py"]
    assert shared.importing == {"tests/test_all.py"}

"""The tree in docs/architecture.md is the tree on disk, and no room is too large to be entered."""

import ast
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

import pytest

HOUSE = Path(__file__).parents[1]
PAGE = HOUSE / "docs" / "architecture.md"
FENCE = "```"
MOST_MODULES = 15
MOST_LINES = 300
PARTS = ("schemas", "pipelines", "assets", "console")
SQL = {  # folders of SQL, whose files are no modules
    "pipelines/store/migrations": "Tables, in numbered steps that never change",
    "pipelines/store/views": "Views as they are now, one file each",
    "pipelines/store/views/published": "The published views: what readers may read",
}
PACKAGES = [
    folder.parent
    for top in PARTS
    for folder in sorted((HOUSE / top).rglob("__init__.py"), key=lambda each: each.parent.parts)
]


def docstring(package: Path) -> str:
    says = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    return says.partition("\n")[0].rstrip(".")


def modules(package: Path) -> list[str]:
    return sorted(each.stem for each in package.glob("*.py") if each.stem != "__init__")


def tree() -> Iterator[str]:
    """A line for each folder with what it says of itself, and its modules or views below it."""
    says = {str(package.relative_to(HOUSE)): docstring(package) for package in PACKAGES} | SQL
    for name in sorted(says, key=lambda each: (PARTS.index(each.split("/")[0]), each.split("/"))):
        folder, indent = HOUSE / name, "  " * name.count("/")
        yield f"{indent}{folder.name}/".ljust(22) + says[name]
        views = sorted(each.stem for each in folder.glob("[!0-9]*.sql"))
        if names := [*modules(folder), *views]:
            yield from wrap(" · ".join(names), 98, initial_indent=indent + "    ", subsequent_indent=indent + "    ")


def test_the_tree_in_the_docs_is_the_tree_on_disk() -> None:
    blocks = PAGE.read_text().split(FENCE)
    shown = next(block for block in blocks if block.lstrip("\n").startswith("schemas/"))
    assert shown.strip("\n").splitlines() == list(tree()), "\n".join(["the block should be:", *tree()])


@pytest.mark.parametrize("package", PACKAGES, ids=lambda each: str(each.relative_to(HOUSE)))
def test_a_folder_holds_at_most_fifteen_modules(package: Path) -> None:
    assert len(modules(package)) <= MOST_MODULES


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    lengths = {
        str(each.relative_to(HOUSE)): len(each.read_text().splitlines())
        for package in PACKAGES
        for each in package.glob("*.py")
    }
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}


def test_every_folder_of_code_is_a_package_that_says_what_it_holds() -> None:
    folders = {each.parent for package in PACKAGES for each in package.glob("**/*.py")}
    assert folders == set(PACKAGES)
    assert [
        str(each) for each in PACKAGES if not ast.get_docstring(ast.parse((each / "__init__.py").read_text()))
    ] == []

"""The tests that are near a module: those that mirror it, and those of whatever imports it."""

import ast
from pathlib import Path
from typing import NamedTuple


class Near(NamedTuple):
    """Files of tests near a module, the nearest first, and those of them that import it."""

    files: list[str]
    importing: frozenset[str]


def tests_near(root: Path, modules: list[str]) -> dict[str, Near]:
    """For each module the files of tests that may notice a fault in it, the nearest first; paths relative to the root.

    Nearest is the file that mirrors it, then its folder, then tests that import the module; of a module that no file
    mirrors, then the mirrors of the modules that import it: what it does shows in what they do.
    """
    imported = {path: imports(root, path) for path in python_files(root)}
    return {module: near(module, imported) for module in modules}


def near(module: str, imported: dict[str, set[str]]) -> Near:
    """The files of tests near one module. `imported`: of every file of the tree, the files it imports."""
    folder = module.rpartition("/")[0]
    users = [path for path, used in imported.items() if module in used]
    tests = [path for path in imported if path.startswith("tests/") and path.rpartition("/")[2].startswith("test_")]
    close = (
        [path for path in tests if path == mirror(module)],
        [path for path in tests if path.rpartition("/")[0] == f"tests/{folder}"],
        [path for path in tests if path in users],
    )
    beyond = [] if close[0] else [path for path in tests if any(path == mirror(user) for user in users)]
    return Near(list(dict.fromkeys(path for paths in (*close, beyond) for path in paths)), frozenset(close[2]))


def mirror(module: str) -> str:
    """The file of tests that mirrors a module."""
    folder, name = module.rpartition("/")[::2]
    return f"tests/{folder}/test_{name}"


def python_files(root: Path) -> list[str]:
    """Python files of a tree."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*.py") if not hidden(path.relative_to(root)))


def hidden(path: Path) -> bool:
    """Whether a file lies in an environment or a cache."""
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def imports(root: Path, path: str) -> set[str]:
    """The files of the tree that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((root / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    files = (f"{name.replace('.', '/')}.py" for name in names)
    return {file for file in files if (root / file).is_file()}


def libraries(root: Path, paths: list[str]) -> set[str]:
    """Top-level names that files import from outside of the tree."""
    names: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse((root / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    return {name for name in names if not (root / name.partition(".")[0]).exists()}

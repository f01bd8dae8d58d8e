"""Every fault that is tried in a module: of its statements, of their expressions, and of the SQL in them."""

import ast
import warnings
from collections.abc import Iterator
from operator import itemgetter

from benchmarks.mutation.expression_mutants import Replacement, faults
from benchmarks.mutation.mutant import Mutant
from benchmarks.mutation.sql_mutants import sql_edits

Edit = tuple[int, int, str, str]  # start, stop, replacement and the kind of fault
TYPES = {"Callable", "Literal", "Mapping", "NDArray", "Sequence", "dict", "list", "set", "tuple"}  # no value is made of


def python_mutants(path: str, source: str) -> list[Mutant]:
    """Every fault of a module, in the order of the text."""
    tree = ast.parse(source)
    begins = line_offsets(source)
    found: dict[tuple[int, int, str], Mutant] = {}
    for statement, at_import in statements(tree):
        parts = list(expressions(statement))
        lines = (statement.lineno, max((each.end_lineno or each.lineno for each in parts), default=statement.lineno))
        for start, stop, text, operator in edits(statement, parts, source, begins):
            line = source.count("\n", 0, start) + 1
            fault = Mutant(path, start, stop, text, operator, line, lines, at_import)
            if source[start:stop] != text:
                found.setdefault((start, stop, text), fault)
    return sorted(found.values(), key=itemgetter(1, 2))


def edits(statement: ast.stmt, parts: list[ast.expr], source: str, begins: list[int]) -> Iterator[Edit]:
    """Changes of one statement, without the statements in it."""
    for node, text, operator in [*whole(statement), *(each for part in parts for each in faults(part))]:
        start, stop = span(node, source, begins)
        yield start, stop, text, operator
    for part in parts:
        for literal in literals(part):
            start, stop = span(literal, source, begins)
            for begin, end, text, operator in sql_edits(source[start:stop]):
                yield start + begin, start + end, text, f"SQL: {operator}"


def statements(tree: ast.Module) -> Iterator[tuple[ast.stmt, bool]]:
    """Every statement, and whether it takes effect when the module is imported."""
    waiting: list[tuple[ast.AST, bool]] = [(tree, True)]
    while waiting:
        node, at_import = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node, at_import
        inside = at_import and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        waiting.extend(
            (child, inside)
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
        )


def expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement that do something: no annotations, no docstring, no imports.

    Nor names of types, and of what a module hands on: those are for the type checker.
    """
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from (each for each in [*statement.args.defaults, *statement.args.kw_defaults] if each)
        case ast.ClassDef() | ast.Expr(value=ast.Constant()):
            return
        case ast.AnnAssign():
            if statement.value:
                yield statement.value
        case ast.Assign(value=ast.Subscript(value=ast.Name(id=name))) if name in TYPES:
            return
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return
        case ast.Try():
            yield from (each.type for each in statement.handlers if each.type)
        case ast.Match():
            yield statement.subject
            yield from (case.guard for case in statement.cases if case.guard)
        case ast.With():
            yield from (each.context_expr for each in statement.items)
        case _:
            yield from (each for each in ast.iter_child_nodes(statement) if isinstance(each, ast.expr))


def whole(statement: ast.stmt) -> Iterator[Replacement]:
    """Faults of a statement as a whole: left out, its condition turned, its value not returned."""
    match statement:
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Delete():
            yield statement, "pass", "statement dropped"
        case ast.Return(value=value) if value and not isinstance(value, ast.Constant):
            yield value, "None", "return value"
        case ast.If(test=test) if not isinstance(test, ast.Compare):
            yield test, f"not ({ast.unparse(test)})", "condition negated"


def literals(part: ast.expr) -> Iterator[ast.expr]:
    """Texts of an expression; of an f-string the whole, not its pieces."""
    waiting: list[ast.AST] = [part]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield node
        else:
            waiting.extend(ast.iter_child_nodes(node))


def line_offsets(source: str) -> list[int]:
    """Where each line begins, in characters."""
    begins = [0]
    for line in source.splitlines(keepends=True):
        begins.append(begins[-1] + len(line))
    return begins


def span(node: ast.AST, source: str, begins: list[int]) -> tuple[int, int]:
    """Where a node begins and ends, in characters; Python counts its columns in bytes."""
    first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
    before = [source[begins[line - 1] : begins[line]].encode() for line in (first, last)]
    columns = node.col_offset, node.end_col_offset  # type: ignore[attr-defined]
    start, stop = (len(text[:column].decode()) for text, column in zip(before, columns, strict=True))
    return begins[first - 1] + start, begins[last - 1] + stop


def compiles(source: str) -> bool:
    """Whether a text is Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `1 is not None`: a fault may well look odd
        try:
            ast.parse(source)
        except SyntaxError:
            return False
    return True

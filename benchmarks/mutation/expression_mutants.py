"""Faults of expressions: one comparison, condition, constant, argument or step of a chain at a time."""

import ast
from collections.abc import Callable, Iterator

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
TWINS = {
    "min": "max", "any": "all", "first": "last", "head": "tail", "min_horizontal": "max_horizontal",
    "any_horizontal": "all_horizontal", "startswith": "endswith", "starts_with": "ends_with", "floor": "ceil",
    "is_null": "is_not_null", "arg_min": "arg_max", "is_duplicated": "is_unique", "eq_missing": "ne_missing",
}  # fmt: skip
TWINS |= {twin: name for name, twin in TWINS.items()}
STEPS = {
    "filter", "drop_nulls", "unique", "sort", "fill_null", "reverse", "head", "tail", "limit", "over", "strip", "lower",
    "casefold", "upper", "strip_chars", "to_lowercase", "to_uppercase", "abs", "round", "zfill", "sorted", "explode",
    "cum_sum", "shift", "rank", "forward_fill", "replace", "removeprefix", "removesuffix", "split", "update",
    "astimezone",
}  # fmt: skip
JOINS = {"left": "inner", "inner": "left", "anti": "semi", "semi": "anti", "full": "left", "cross": "inner"}
VARIADIC = {
    "filter", "sort", "coalesce", "any_horizontal", "all_horizontal", "max_horizontal", "min_horizontal", "group_by",
    "over", "concat_str", "isinstance", "suppress", "startswith", "min", "max", "chain", "drop_nulls",
}  # fmt: skip
NAMED_COLUMNS = {
    "with_columns",
    "select",
    "agg",
    "rename",
    "struct",
}  # a keyword there is a column, and asked for later
PLAIN = (ast.Constant, ast.Name, ast.Attribute)  # elements that are worth leaving out one by one
Replacement = tuple[ast.AST, str, str]  # what is replaced, by what, and the kind of fault


def faults(part: ast.expr) -> Iterator[Replacement]:
    """Faults of an expression and of all that is in it."""
    for node in walk(part):
        for kind, made in BY_KIND:
            if isinstance(node, kind):
                yield from made(node)


def of_comparison(node: ast.Compare) -> Iterator[Replacement]:
    """The comparison turned, and its boundary moved; of a chain of them nothing."""
    for other in COMPARISONS[type(node.ops[0])] if len(node.ops) == 1 else ():
        yield node, enclosed(ast.Compare(node.left, [other()], node.comparators)), "comparison"


def of_conjunction(node: ast.BoolOp) -> Iterator[Replacement]:
    """`and` for `or`, and one of the conditions left out."""
    twin = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield node, enclosed(ast.BoolOp(twin, node.values)), "and / or"
    for left_out in node.values:
        kept = [each for each in node.values if each is not left_out]
        yield node, enclosed(kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)), "condition dropped"


def of_arithmetic(node: ast.BinOp) -> Iterator[Replacement]:
    """Another operator; of `&` and `|` one side left out."""
    if type(node.op) in ARITHMETIC:
        yield node, enclosed(ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)), "arithmetic"
    if isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield node, enclosed(node.left), "condition dropped"
        yield node, enclosed(node.right), "condition dropped"


def of_sign(node: ast.UnaryOp) -> Iterator[Replacement]:
    """`not`, `~` or `-` left out."""
    yield node, enclosed(node.operand), "negation dropped"


def of_choice(node: ast.IfExp) -> Iterator[Replacement]:
    """The condition turned, where it is no comparison, which is turned by itself."""
    if not isinstance(node.test, ast.Compare):
        yield node.test, f"(not ({ast.unparse(node.test)}))", "condition negated"


def of_comprehension(node: ast.comprehension) -> Iterator[Replacement]:
    """A condition left out."""
    for condition in node.ifs:
        yield condition, "True", "condition dropped"


def of_constant(node: ast.Constant) -> Iterator[Replacement]:
    """The other truth value, a number beside this one."""
    match node.value:
        case bool() as value:
            yield node, str(not value), "constant"
        case int() as value:
            yield node, str(value + 1), "constant"
            yield node, str(value - 1), "constant"
        case float() as value:
            yield node, repr(value * 1.1), "constant"


def of_literal(node: ast.List | ast.Tuple | ast.Set) -> Iterator[Replacement]:
    """One element left out."""
    if isinstance(getattr(node, "ctx", ast.Load()), ast.Load) and len(node.elts) > 1:
        for left_out in node.elts if all(isinstance(each, PLAIN) for each in node.elts) else ():
            kept = [each for each in node.elts if each is not left_out]
            shorter = ast.Set(kept) if isinstance(node, ast.Set) else type(node)(kept, ast.Load())
            yield node, ast.unparse(shorter), "element dropped"


def of_dictionary(node: ast.Dict) -> Iterator[Replacement]:
    """One entry left out."""
    for nth in range(len(node.keys)):
        keys, values = node.keys[:nth] + node.keys[nth + 1 :], node.values[:nth] + node.values[nth + 1 :]
        yield node, ast.unparse(ast.Dict(keys, values)), "element dropped"


def of_call(call: ast.Call) -> Iterator[Replacement]:
    """A step of a chain left out, the other extreme, a join of another kind, an argument fewer."""
    name = called(call)
    if isinstance(call.func, ast.Attribute) and name in STEPS:
        yield call, ast.unparse(call.func.value), "step dropped"
    if name in TWINS:
        twin = ast.Name(TWINS[name])
        function = ast.Attribute(call.func.value, twin.id) if isinstance(call.func, ast.Attribute) else twin
        yield call, ast.unparse(ast.Call(function, call.args, call.keywords)), "extreme"
    if name == "join" and {each.arg for each in call.keywords} & {"on", "left_on"}:
        yield from of_join(call)
    if name in VARIADIC and len(call.args) > 1:
        for argument in call.args:
            kept = [each for each in call.args if each is not argument]
            yield call, ast.unparse(ast.Call(call.func, kept, call.keywords)), "argument dropped"
    if isinstance(call.func, ast.Attribute) and name not in NAMED_COLUMNS:
        yield from of_keywords(call)


def of_join(call: ast.Call) -> Iterator[Replacement]:
    """Left for inner, semi for anti, and the other way round."""
    stated = [each.value for each in call.keywords if each.arg == "how"]
    if not stated:
        left = ast.keyword("how", ast.Constant("left"))
        yield call, ast.unparse(ast.Call(call.func, call.args, [*call.keywords, left])), "join kind"
    elif isinstance(stated[0], ast.Constant):
        yield stated[0], repr(JOINS.get(str(stated[0].value), "inner")), "join kind"


def of_keywords(call: ast.Call) -> Iterator[Replacement]:
    """One argument that has a name left out, or the other end kept."""
    for keyword in call.keywords:
        if keyword.arg == "keep" and isinstance(keyword.value, ast.Constant):
            yield keyword.value, "'last'" if keyword.value.value == "first" else "'first'", "extreme"
        elif keyword.arg and keyword.arg != "how":
            kept = [each for each in call.keywords if each is not keyword]
            yield call, ast.unparse(ast.Call(call.func, call.args, kept)), "argument dropped"


def called(call: ast.Call) -> str:
    """The name of what is called, without what it is called on."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def walk(part: ast.expr) -> Iterator[ast.AST]:
    """What an expression is made of, without what f-strings put in: before Python 3.12 nobody knows where that is.

    Neither is `strict` of a `zip` changed: it says that something cannot be.
    """
    waiting: list[ast.AST] = [part]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.JoinedStr):
            yield node
            if isinstance(node, ast.Call) and called(node) == "zip":
                waiting.extend(node.args)
            else:
                waiting.extend(ast.iter_child_nodes(node))


def enclosed(expression: ast.expr) -> str:
    """An expression that can take the place of another one in any expression."""
    text = ast.unparse(expression)
    return text if isinstance(expression, ast.Name | ast.Constant | ast.Call | ast.Attribute) else f"({text})"


BY_KIND: tuple[tuple[type[ast.AST], Callable[..., Iterator[Replacement]]], ...] = (
    (ast.Compare, of_comparison),
    (ast.BoolOp, of_conjunction),
    (ast.BinOp, of_arithmetic),
    (ast.UnaryOp, of_sign),
    (ast.IfExp, of_choice),
    (ast.comprehension, of_comprehension),
    (ast.Constant, of_constant),
    (ast.List, of_literal),
    (ast.Tuple, of_literal),
    (ast.Set, of_literal),
    (ast.Dict, of_dictionary),
    (ast.Call, of_call),
)

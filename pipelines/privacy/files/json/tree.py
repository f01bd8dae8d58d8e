"""JSON as it is written: where each value stands, so that some can be cut out and all else stays as it is."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

ROOT = -1
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|"', re.DOTALL)

Item = tuple[int, int]  # the number of an array, and the place in it


class BrokenJson(ValueError):
    """A text that is no JSON. It holds nothing of it."""


class Container(NamedTuple):
    """An object or array: what it lies in (ROOT: nothing), its key, and its place if that is an array, else -1.

    The key of what lies in an array is that of the array.
    """

    parent: int
    key: str
    is_array: bool
    place: int


class Leaf(NamedTuple):
    """A text, number or word: what it lies in, its key and place as of a Container, its value, and where it stands."""

    parent: int
    key: str
    place: int
    text: str
    start: int
    end: int


class Tree(NamedTuple):
    """All values of a text, and of each array where its items begin and end."""

    containers: list[Container]
    leaves: list[Leaf]
    items: dict[int, list[tuple[int, int]]]


def tree_of(text: str, is_near: Callable[[int], bool] = lambda _: True) -> Tree:
    """The values of a JSON document, or of several one after the other.

    Of a large one, leaves are held only where `is_near` says of their place that they matter.

    Raises:
        BrokenJson: where brackets and texts do not fit together.
    """
    tree = Tree([], [], {})
    inside: list[int] = []  # containers that are open, the innermost last
    key, is_key_next = "", False
    for found in _TOKEN.finditer(text):
        sign = found[0][0]
        if sign in "}]":
            _close(tree, inside, sign, found.end())
            is_key_next = False
        elif sign == ",":
            is_key_next = bool(inside) and not tree.containers[inside[-1]].is_array
        elif sign == ":":
            continue
        elif is_key_next:
            key, is_key_next = _text(found[0]), False
        elif sign in "{[":
            inside.append(_begin(tree, inside, key, sign, found.start()))
            is_key_next = sign == "{"
        else:
            above = inside[-1] if inside else ROOT
            place = _placed(tree, above, found.span())
            if is_near(found.start()):
                named = tree.containers[above].key if place >= 0 else key
                tree.leaves.append(Leaf(above, named, place, _text(found[0]), *found.span()))
    if inside:
        raise BrokenJson
    return tree


def without(text: str, tree: Tree, gone: Collection[Item], instead: Mapping[tuple[int, int], str]) -> str:
    """A text without some items of arrays, none of which lies in another; `instead` is what stands for some spans."""
    spans = [(start, end, said) for (start, end), said in instead.items()]
    for array, some in groupby(sorted(gone), key=lambda item: item[0]):
        spans += [(start, end, "") for start, end in _spans(tree.items[array], {place for _, place in some})]
    kept, at = [], 0
    for start, end, said in sorted(spans):
        kept += [text[at:start], said]
        at = end
    return "".join([*kept, text[at:]])


def _begin(tree: Tree, inside: list[int], key: str, sign: str, start: int) -> int:
    above = inside[-1] if inside else ROOT
    place = _placed(tree, above, (start, start))
    named = tree.containers[above].key if place >= 0 else key if inside else ""
    number = len(tree.containers)
    tree.containers.append(Container(above, named, sign == "[", place))
    if sign == "[":
        tree.items[number] = []
    return number


def _close(tree: Tree, inside: list[int], sign: str, end: int) -> None:
    if not inside or tree.containers[inside[-1]].is_array != (sign == "]"):
        raise BrokenJson
    closed = tree.containers[inside.pop()]
    if closed.place >= 0:
        begun, _ = tree.items[closed.parent][closed.place]
        tree.items[closed.parent][closed.place] = begun, end


def _placed(tree: Tree, above: int, span: tuple[int, int]) -> int:
    """The place of a value that is an item of an array, which is noted; -1 for any other."""
    if above == ROOT or not tree.containers[above].is_array:
        return -1
    tree.items[above].append(span)
    return len(tree.items[above]) - 1


def _spans(items: list[tuple[int, int]], gone: Iterable[int]) -> Iterable[tuple[int, int]]:
    """What to cut out of an array: items up to the next one, or from the end of the last that stays."""
    places = set(gone)
    last = max((place for place in range(len(items)) if place not in places), default=-1)
    yield from ((items[place][0], items[place + 1][0]) for place in places if place < last)
    if max(places) > last:
        yield (items[last][1] if last >= 0 else items[0][0]), items[max(places)][1]


def _text(token: str) -> str:
    if token[0] != '"':
        return token
    if len(token) < 2:
        raise BrokenJson
    if "\\" not in token:
        return token[1:-1]
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        raise BrokenJson from None

"""Which items of a JSON document are a person's, and which values only mention them."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from pipelines.privacy.files.decoding import series
from pipelines.privacy.files.json.key_words import (
    AUTHOR,
    COLLECTIONS,
    COMPANY,
    HOLDER,
    NAMES,
    OWNED,
    PAGING,
    PART_OF_MESSAGE,
    QUOTED,
    RECIPIENTS,
    ROLES,
    TALK,
    WRITTEN,
)
from pipelines.privacy.files.json.tree import ROOT, Item, Leaf, Tree
from pipelines.privacy.files.outcome import ERASED, Wanted
from pipelines.privacy.needles import Needles, find, find_names, find_record_ids, find_texts, find_whole_names
from pipelines.privacy.redact import redacted
from pipelines.read.meta.messenger_thread import mended

TELLING_ID = 6  # characters of an id that is enough by itself, in a place where ids of other things stand as well
SMALLER = OWNED | PART_OF_MESSAGE  # lists whose items are parts of what they lie in
SEVERAL = 2
NEAR = 2  # containers between a list and the root
WHOLE: Item = (ROOT, 0)  # the document

Span = tuple[int, int]


class Judged(NamedTuple):
    """`gone`: items that are the person's, none within another; the document itself as WHOLE.

    `instead`: what stands for values by which others name the person. `mentions`: how many values are left for review.
    """

    gone: set[Item]
    instead: dict[Span, str]
    mentions: int


class _Found(NamedTuple):
    """Of each leaf, whether it holds an identifier or is an author's id, a name, only a name, or a text of theirs."""

    proof: list[bool]
    named: list[bool]
    whole_name: list[bool]
    text: list[bool]


def judged(tree: Tree, wanted: Wanted) -> Judged:
    """Tell what is a person's.

    An item of an array is theirs if a value in it is an identifier of theirs, the text of a message is one of theirs,
    or its author has an id of theirs; the smallest such item goes. So does the whole of what is called by their name
    and has an item of theirs within it. Identifiers in what others wrote are mentions; where a message names them by
    a value of its own (whom it answers, one of several recipients), the value is replaced.
    """
    found = _found(tree, wanted)
    theirs, instead = _sorted_out(tree, found, wanted.needles)
    _add_unaddressed(tree, theirs)
    gone = {item for item in theirs if theirs.isdisjoint(_items_above(tree, item))}
    if WHOLE in gone:
        return Judged({WHOLE}, {}, 0)
    lost = _lost(tree, gone)
    left = {
        (leaf.start, leaf.end)
        for leaf in tree.leaves
        if not (leaf.parent != ROOT and lost[leaf.parent]) and (leaf.parent, leaf.place) not in gone
    }
    kept = {span: said for span, said in instead.items() if span in left}
    hits = zip(tree.leaves, found.proof, found.named, strict=True)
    hit = {(leaf.start, leaf.end) for leaf, is_proof, is_named in hits if is_proof or is_named}
    return Judged(gone, kept, len((hit & left) - kept.keys()))


def _sorted_out(tree: Tree, found: _Found, needles: Needles) -> tuple[set[Item], dict[Span, str]]:
    """Items that are the person's, some perhaps within others, and what stands for values that others have of them."""
    part, quoted = _within(tree, PART_OF_MESSAGE | HOLDER), _within(tree, QUOTED)
    named = zip(tree.leaves, found.whole_name, strict=True)
    called = {leaf.parent for leaf, is_name in named if is_name and leaf.key in NAMES}
    theirs: set[Item] = set()
    instead: dict[Span, str] = {}
    for leaf, proof, text in zip(tree.leaves, found.proof, found.text, strict=True):
        in_part, in_quote = (leaf.parent != ROOT and inside[leaf.parent] for inside in (part, quoted))
        span = leaf.start, leaf.end
        if text and in_quote:
            instead[span] = f'"{ERASED}"'
        elif text or (proof and not in_part and leaf.key not in WRITTEN and not _is_aside(leaf, needles)):
            item = _item_of(tree, leaf, called)
            if item == WHOLE and _is_collection(tree):
                instead |= _blank(tree, leaf, needles)
            else:
                theirs.add(item)
        elif proof and leaf.key not in WRITTEN:
            instead[span] = _replaced(leaf, needles)
    return theirs, instead


def _found(tree: Tree, wanted: Wanted) -> _Found:
    needles = wanted.needles
    texts = series(leaf.text if leaf.text.isascii() else mended(leaf.text) for leaf in tree.leaves)
    whole_name = find_whole_names(needles, texts)
    text = find_texts(needles, texts)
    ids = find_record_ids(needles, texts)
    proof = find(needles, texts).to_list()
    names = whole_name.to_list()
    named_in = {leaf.parent for leaf, name in zip(tree.leaves, names, strict=True) if name}
    company = {leaf.parent for leaf in tree.leaves if leaf.key in ROLES and leaf.text.lower() in COMPANY}
    for place in ids.arg_true():
        leaf = tree.leaves[place]
        if leaf.parent not in company and _is_author(tree, leaf, named_in):
            proof[place] = True
    if wanted.names_are_theirs or any(tree.leaves[place].parent in named_in for place in text.arg_true()):
        for place in whole_name.arg_true():
            proof[place] = proof[place] or tree.leaves[place].key in TALK
    return _Found(proof, find_names(needles, texts).to_list(), names, text.to_list())


def _is_author(tree: Tree, leaf: Leaf, named_in: set[int]) -> bool:
    """Whether an id of a record stands where the author of something, or somebody of that name, does."""
    if leaf.parent in named_in or leaf.key in AUTHOR:
        return True
    of_author = leaf.parent != ROOT and tree.containers[leaf.parent].key in AUTHOR
    return leaf.key == "id" and of_author and len(leaf.text) >= TELLING_ID


def _within(tree: Tree, keys: Collection[str]) -> list[bool]:
    """Of each container, whether it or what it lies in has one of these keys."""
    inside: list[bool] = []
    for container in tree.containers:
        inside.append(container.key in keys or (container.parent != ROOT and inside[container.parent]))
    return inside


def _is_aside(leaf: Leaf, needles: Needles) -> bool:
    """Whether a value says of something of others where it is to be read on, or that it went to several people."""
    if leaf.key in PAGING and leaf.text.startswith(("http", "/", "?")):
        return True
    if leaf.key not in RECIPIENTS or leaf.place >= 0:
        return False
    return "@" in redacted(needles, leaf.text)[0]


def _replaced(leaf: Leaf, needles: Needles) -> str:
    said, _ = redacted(needles, leaf.text)
    if said == leaf.text:  # an id of a record
        said = ERASED
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def _item_of(tree: Tree, leaf: Leaf, called: set[int]) -> Item:
    """The smallest item that a leaf lies in and that is no part of another's; or what is called as the person is."""
    found: Item | None = None
    is_cell = leaf.parent != ROOT and tree.containers[leaf.parent].place >= 0  # of a row that is a list
    if leaf.place >= 0 and not is_cell and leaf.key not in SMALLER:
        found = leaf.parent, leaf.place
    number = leaf.parent
    while number != ROOT:
        container = tree.containers[number]
        if number in called:
            found = None
        if found is None and container.place >= 0 and container.key not in SMALLER:
            found = container.parent, container.place
        number = container.parent
    return found or WHOLE


def _is_collection(tree: Tree) -> bool:
    """Whether a document lists several people or talks near its root."""
    near = (
        number for number, each in enumerate(tree.containers) if each.key in COLLECTIONS and _depth(tree, number) <= 2
    )
    return any(len(tree.items[number]) >= SEVERAL for number in near if number in tree.items)


def _depth(tree: Tree, number: int) -> int:
    depth = 0
    while (number := tree.containers[number].parent) != ROOT:
        depth += 1
    return depth


def _blank(tree: Tree, leaf: Leaf, needles: Needles) -> dict[Span, str]:
    """What stands for a value that is in no list, and for what was written beside it or above."""
    instead = {(leaf.start, leaf.end): _replaced(leaf, needles)}
    part = leaf.parent
    while part != ROOT and tree.containers[part].parent not in (ROOT, 0):
        part = tree.containers[part].parent
    if part in (ROOT, 0):
        return instead
    written = (each for each in tree.leaves if each.key in WRITTEN and _lies_in(tree, each.parent, part))
    return instead | {(each.start, each.end): f'"{ERASED}"' for each in written}


def _lies_in(tree: Tree, number: int, part: int) -> bool:
    while number not in (ROOT, part):
        number = tree.containers[number].parent
    return number == part


def _items_above(tree: Tree, item: Item) -> Iterator[Item]:
    """Items that an item lies in, and the document."""
    number = item[0]
    while number != ROOT:
        container = tree.containers[number]
        if container.place >= 0:
            yield container.parent, container.place
        number = container.parent
    if item != WHOLE:
        yield WHOLE


def _add_unaddressed(tree: Tree, gone: set[Item]) -> None:
    """Messages that went to the person alone: of those to nobody else, the item they are."""
    for array in {array for array, _ in gone if array != ROOT and tree.containers[array].key == "to"}:
        if all((array, place) in gone for place in range(len(tree.items[array]))):
            gone.add(next(_items_above(tree, (array, 0))))


def _lost(tree: Tree, gone: set[Item]) -> list[bool]:
    """Of each container, whether it lies in an item that is gone, or is one."""
    lost: list[bool] = []
    for parent, _, _, place in tree.containers:
        lost.append((parent != ROOT and lost[parent]) or (parent, place) in gone)
    return lost

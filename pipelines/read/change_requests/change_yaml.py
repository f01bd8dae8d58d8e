"""Change requests written as YAML, as the table they would be as CSV: one entry a row, one key a column."""

import re
from collections.abc import Iterator, Mapping

import yaml

from pipelines.errors import DeliveryRefused
from pipelines.read.core.batch import Delivered
from pipelines.read.tables.table import Row, Table, in_batches, named
from schemas.vocabulary import ErrorCode

ENTRIES, EVERYONE = "decisions", "by"  # keys at the top: the requests, and who takes those that do not say
LARGEST = 16 << 20  # bytes; YAML is read as a whole
NULL = "tag:yaml.org,2002:null"
SIGNS = re.compile(r"([\\;,])")  # that would part the texts of a cell


def yaml_table(path: Delivered, rows: int) -> Table:
    """The entries of a file as a table; values are texts as they are written, lists are parted by `; `.

    Raises DeliveryRefused for a file that is no YAML of this form; the text names the line and no word of it.
    """
    top = composed(path)
    everyone = ""
    if isinstance(top, yaml.MappingNode):
        keys = {key.value: value for key, value in top.value}
        strange = set(keys) - {ENTRIES, EVERYONE}
        if strange or ENTRIES not in keys or len(keys) < len(top.value):
            raise malformed(top, f"`{ENTRIES}:` with a list below it, and `{EVERYONE}:` at most beside it, each once")
        everyone, top = text_of(keys[EVERYONE]) if EVERYONE in keys else "", keys[ENTRIES]
    if not isinstance(top, yaml.SequenceNode) or not top.value:
        raise malformed(top, "a list of requests, each of which begins with `- `")
    entries = [(entry.start_mark.line + 1, cells_of(entry)) for entry in top.value]
    header = list(dict.fromkeys([*(key for _, cells in entries for key in cells), *([EVERYONE] if everyone else [])]))
    return Table(named(header), in_batches(header, in_rows(entries, header, everyone), rows))


def composed(path: Delivered) -> yaml.Node:
    """The nodes of a YAML file, which know their lines."""
    if path.stat().st_size > LARGEST:
        raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"it has more than {LARGEST >> 20} MB: split it, or use CSV")
    with path.open("rb") as file:
        content = file.read()
    try:
        top = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        refused = DeliveryRefused(ErrorCode.FILE_ENCODING, "it is not UTF-8: save it as that")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        refused = DeliveryRefused(ErrorCode.FILE_FORMAT, f"line {line} is no YAML: {error.problem}")
    except (yaml.YAMLError, RecursionError):
        refused = DeliveryRefused(ErrorCode.FILE_FORMAT, "it is no YAML: it has a control character, or no end")
    else:
        if top is None:
            raise DeliveryRefused(ErrorCode.FILE_EMPTY, "there is nothing in the file")
        return top
    raise refused from None


def cells_of(entry: yaml.Node) -> dict[str, str]:
    """One request: its values by key."""
    if not isinstance(entry, yaml.MappingNode):
        raise malformed(entry, "a request as `column: value`, one a line")
    cells: dict[str, str] = {}
    for key, value in entry.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in cells:
            raise malformed(key, "each column once in a request")
        cells[key.value] = text_of(value)
    return cells


def text_of(value: yaml.Node) -> str:
    """A value as it would stand in a cell."""
    if isinstance(value, yaml.ScalarNode):
        return "" if value.tag == NULL else value.value
    if isinstance(value, yaml.SequenceNode) and all(isinstance(each, yaml.ScalarNode) for each in value.value):
        return "; ".join(SIGNS.sub(r"\\\1", each.value) for each in value.value)
    raise malformed(value, "a value, or a list of values")


def in_rows(entries: list[tuple[int, dict[str, str]]], header: list[str], everyone: str) -> Iterator[Row]:
    """Requests as rows of the table."""
    for line, cells in entries:
        told: Mapping[str, str] = cells if cells.get(EVERYONE, "").strip() else cells | {EVERYONE: everyone}
        yield Row(line, [told.get(key, "") for key in header])


def malformed(node: yaml.Node, needed: str) -> DeliveryRefused:
    """The refusal of a file that is YAML, and not of the form that change requests have."""
    return DeliveryRefused(ErrorCode.FILE_FORMAT, f"line {node.start_mark.line + 1} needs {needed}")

"""Loading onecontact.yaml, and YAML at all: every error names the file, the line and the nearest valid name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.reader import ReaderError

from schemas.project import Project
from schemas.source import AnySource, Source

PROJECT_FILE = "onecontact.yaml"
HIDDEN = ".onecontact"  # folder of keys, warehouse and archive
SNAPSHOTS = "snapshots"  # folder of the files of roles

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]
QUOTED = r"'([^']*)'"  # a value, as Pydantic lists those that could be
NONE_UNUSABLE: Mapping[str, str] = MappingProxyType({})
WORDS = {"string_type": "must be text; a number, a date, yes, no, on and off are text only in quotes"}
PATTERNS = {  # of names, in words
    r"^[a-z0-9][a-z0-9_-]*$": "small letters, digits, - and _, beginning with a letter or digit",
    r"^[a-z0-9][a-z0-9_]*$": "small letters, digits and _, beginning with a letter or digit",
    r"^[a-z][a-z0-9_]*$": "small letters, digits and _, beginning with a letter",
    r"^[A-Za-z_]\w*$": "letters, digits and _, beginning with a letter or _",
}


class Fault(NamedTuple):
    """One thing that is wrong in a configuration file."""

    place: Place
    says: str


DEEPEST = 50  # lists and mappings in each other
GROWTH = 4 << 20  # characters of a file, and as many again for each alias in it


class Loader(yaml.SafeLoader):
    """YAML in which a date or number that does not exist is an error with its line, as any other is."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """What a node stands for."""
        try:
            return super().construct_object(node, deep=deep)
        except ValueError:
            raise yaml.MarkedYAMLError(problem="no such date or number", problem_mark=node.start_mark) from None


class ConfigurationInvalid(ValueError):
    """A configuration file that cannot be used; the text lists every fault with its line."""


def load_project(
    folder: Path, formats: Mapping[str, type[Source]] | None, unusable: Mapping[str, str] = NONE_UNUSABLE
) -> Project:
    """Read `onecontact.yaml` of a project folder; `formats` maps each known format to the options it takes.

    None instead is for who reads no file, and leaves these options unchecked. `unusable` maps formats that are
    announced but cannot be used to why that is. Sources get the project's region and time zone where they state none of
    their own.
    Raises ConfigurationInvalid with every fault found, or when there is no such file.
    """
    path = folder / PROJECT_FILE
    if not path.is_file():
        raise ConfigurationInvalid(f"{path}: no such file. Make a project with `onecontact init {folder}`.")
    data, document = parse(path)
    stated = data.get("sources")
    defaults = {"region": data.get("default_region"), "timezone": data.get("timezone", "UTC")}
    sources: dict[str, Source] = {}
    faults: list[Fault] = []
    for name, options in (stated if isinstance(stated, dict) else {}).items():
        read = source_of(options, formats, defaults, unusable)
        if isinstance(read, Source):
            sources[name] = read
        else:
            faults += [Fault(("sources", name, *fault.place), fault.says) for fault in read]
    checked = validated(Project, data | {"sources": sources} if isinstance(stated, dict) else data)
    if isinstance(checked, Project) and not faults:
        return checked
    if not isinstance(checked, Project):
        faults += checked
    raise ConfigurationInvalid("\n".join(located(path, document, faults)))


def require_small(text: str) -> None:
    """Raise MarkedYAMLError for a text that is long or deep, or grows by its aliases, before it is read as values.

    An alias stands for as much as its anchor names; one within what another anchor names would multiply.
    """
    inside: list[bool] = []  # lists and mappings that are open, and whether they or one around them have an anchor
    room = GROWTH - len(text)
    event: Any
    for event in yaml.parse(text[: GROWTH + 1], Loader=yaml.SafeLoader):
        problem = None
        if isinstance(event, yaml.CollectionStartEvent):
            inside.append(event.anchor is not None or (bool(inside) and inside[-1]))
        elif isinstance(event, yaml.CollectionEndEvent):
            inside.pop()
        elif isinstance(event, yaml.AliasEvent):
            room -= len(text)
            problem = "an alias within what an anchor names" if inside and inside[-1] else None
        if len(inside) > DEEPEST:
            problem = f"lists or mappings more than {DEEPEST} deep"
        elif room < 0:
            problem = "too long, or too many aliases"
        if problem:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


def parse(path: Path) -> tuple[dict[str, Any], yaml.Node | None]:
    """The mapping a YAML file holds, and its node tree, which knows the lines."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigurationInvalid(f"{path}: not UTF-8: save it as that") from None
    try:
        require_small(text)
        document = yaml.compose(text, Loader=Loader)
        data = Loader(text).get_single_data()
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigurationInvalid(f"{path}:{line}: not valid YAML: a control character") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationInvalid(f"{path}:{line}: not valid YAML: {error.problem}") from None
    if not isinstance(data, dict):
        raise ConfigurationInvalid(f"{path}:1: must be a mapping of keys to values")
    repeated = [f"{path}:{line}: {dotted(place)}: this key is given twice" for place, line in repeated_keys(document)]
    if repeated:
        raise ConfigurationInvalid("\n".join(repeated))
    return data, document


def source_of(
    options: Any, formats: Mapping[str, type[Source]] | None, defaults: Mapping[str, Any], unusable: Mapping[str, str]
) -> Source | list[Fault]:
    """The options of one source in the model of its format, with the project's defaults filled in.

    What is wrong with a default is not said here: it is no mistake of the source.
    """
    if not isinstance(options, dict) or "format" not in options:
        return [
            Fault((), f"needs a `format:`, one of {', '.join(sorted(formats))}" if formats else "needs a `format:`")
        ]
    name = str(options["format"])
    model = AnySource if formats is None else formats.get(name)
    if model is None and name in unusable:
        return [Fault(("format",), unusable[name])]
    if model is None:
        return [Fault(("format",), f"unknown format{nearest(name, sorted(formats or ()))}")]
    inherited = {key: value for key, value in defaults.items() if value is not None and key not in options}
    read = validated(model, inherited | options)
    return [each for each in read if not inherited.keys() & each.place[:1]] if isinstance(read, list) else read


def validated(model: type[Model], data: Any) -> Model | list[Fault]:
    """The data as a model, or what is wrong with it."""
    try:
        return model.model_validate(data)
    except ValidationError as errors:
        return [fault(model, error) for error in errors.errors(include_url=False)]


def fault(model: type[BaseModel], error: Any) -> Fault:
    """A Pydantic error as a place in the file and a sentence.

    Pydantic also names, in brackets, the form it tried and that a key was meant: neither stands in the file.
    """
    place: Place = tuple(step for step in error["loc"] if not str(step).startswith(("<", "[")))
    if error["type"] == "extra_forbidden":
        return Fault(place, f"unknown key{nearest(str(place[-1]), known_keys(model, place[:-1]))}")
    if error["type"] == "string_pattern_mismatch":
        form = error["ctx"]["pattern"]
        return Fault(place, f"must be {PATTERNS.get(form, f'a text that matches {form}')}")
    if error["type"] in ("enum", "literal_error") and isinstance(error["input"], str):
        return Fault(place, f"unknown value{nearest(error['input'], re.findall(QUOTED, error['ctx']['expected']))}")
    return Fault(place, WORDS.get(error["type"], error["msg"].removeprefix("Value error, ")))


def known_keys(model: type[BaseModel], place: Place) -> list[str]:
    """Keys that may stand at a place of a model, found by walking down its fields."""
    models = [model]
    for step in place:
        models = [inner for outer in models for inner in inner_models(outer, step)] or models
    return sorted({info.alias or name for each in models for name, info in each.model_fields.items()})


def inner_models(model: type[BaseModel], step: str | int) -> Iterator[type[BaseModel]]:
    """Models named in the annotation of a field."""
    info = model.model_fields.get(str(step))
    if info is not None:
        yield from mentioned(info.annotation)


def mentioned(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model an annotation mentions, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from mentioned(argument)


def nearest(word: str, known: Sequence[str]) -> str:
    """How to say which known name was probably meant."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(f'`{name}`' for name in known)}"


def located(path: Path, document: yaml.Node | None, faults: Sequence[Fault]) -> list[str]:
    """Faults as `file:line: place: what is wrong`, in the order of the file."""
    lines = sorted(((line_of(document, each.place), each) for each in faults), key=lambda found: found[0])
    return [f"{path}:{line}: {dotted(each.place)}: {each.says}" for line, each in lines]


def dotted(place: Place) -> str:
    """A place in a file as a reader would write it."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return steps.removeprefix(".") or "file"


def line_of(node: yaml.Node | None, place: Place) -> int:
    """Line of the deepest part of a place that the document has."""
    line = node.start_mark.line + 1 if node else 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            entry = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if entry is None:
                continue
            line, node = entry[0].start_mark.line + 1, entry[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def repeated_keys(node: yaml.Node | None, place: Place = ()) -> Iterator[tuple[Place, int]]:
    """Keys a mapping holds twice, which YAML would resolve in silence: each with the line of its repetition."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield (*place, key.value), key.start_mark.line + 1
            seen.add(key.value)
            yield from repeated_keys(value, (*place, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from repeated_keys(item, (*place, position))

"""The words invented people are made of, as `lands.yaml` and `words.yaml` list them."""

from pathlib import Path
from typing import Any, NamedTuple

import yaml

HERE = Path(__file__).parent


class Land(NamedTuple):
    """A country: its share of the people, how its phone numbers look, and the names and cities there."""

    code: str
    share: float
    calling: str
    trunk: str
    digits: int
    mobile: list[str]
    given: list[str]
    family: list[str]
    head: list[str]
    middle: list[str]
    tail: list[str]
    cities: list[str]


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",")]


def _land(code: str, says: dict[str, Any]) -> Land:
    lists = {name: _listed(says[name]) for name in ("mobile", "given", "family", "head", "middle", "tail", "cities")}
    return Land(code=code, **says | lists | {"middle": ["", *lists["middle"]]})


def _read(name: str) -> dict[str, Any]:
    document = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


LANDS = [_land(code, says) for code, says in _read("lands.yaml").items()]
_NICKNAMES: dict[str, str] = (_words := _read("words.yaml")).pop("nicknames")
NICKNAMES = {name: _listed(short) for name, short in _NICKNAMES.items()}
WORDS = {name: _listed(words) for name, words in _words.items()}

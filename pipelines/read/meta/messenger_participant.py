"""Who talks on Meta's platform: a page and a person it knows by an id of its own, as webhooks and Graph name them."""

from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.read.core.frames import Identifier, Person, Thread
from pipelines.read.core.lines import well_formed
from schemas.received import MAX_TEXT
from schemas.vocabulary import Channel, IdentifierType

ID_LENGTH = 255
LARGEST_ID = 10**20
REMEMBERED = 4_096
KINDS = {Channel.FACEBOOK: IdentifierType.PSID, Channel.INSTAGRAM: IdentifierType.IGSID}
NOBODY = {"facebook user", "instagram user", "instagramuser"}  # shown for those who deleted their account


class Party(NamedTuple):
    """The person of a thread, as its page knows them, with the natural key of both: there is one thread of the two."""

    key: str
    channel: Channel
    page: str
    person: str


@lru_cache(REMEMBERED)
def party(channel: Channel, page: str, person: str) -> Party:
    """The person with an id on a page, or for an account of Instagram."""
    return Party(f"{KINDS[channel].value}:{page}:{person}", channel, page, person)


@lru_cache(REMEMBERED)
def introduced(who: Party, name: str | None = None, username: str | None = None) -> tuple[Thread, Person]:
    """The thread, and the person, known by the id that the page has for them and by the username where it is told.

    The thread has no title: what one source tells of it, another does not.
    """
    known = [Identifier(KINDS[who.channel], who.person, "id", who.page)]
    if username:
        known.append(Identifier(IdentifierType.USERNAME, username, "username", who.channel.value))
    thread = Thread(who.key, who.channel, None, inbox=who.page)
    return thread, Person(who.key, who.channel, name, tuple(known))


def message_key(mid: str) -> str:
    """The natural key of a message, the same wherever Meta tells of it."""
    return f"mid:{mid}"


def an_id(value: Any) -> str | None:
    """An id as it is written in a string or as a number."""
    if type(value) is int and 0 < value < LARGEST_ID:
        return str(value)
    return words(value) if isinstance(value, str) and len(value) <= ID_LENGTH else None


def words(value: Any) -> str | None:
    """A text that says something and can be stored; None for anything else."""
    if not isinstance(value, str):
        return None
    return (value if value.isascii() else well_formed(value)).strip() or None


def shown_name(value: Any) -> str | None:
    """A name as the person chose it; None for what stands in its place."""
    name = words(value)
    return name if name and name.casefold() not in NOBODY and len(name) <= MAX_TEXT else None


def inside(value: Any, *path: str | int) -> Any:
    """What lies at a path of keys and positions in a value of JSON; None where it leads nowhere."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def items(value: Any) -> list[Any]:
    """The items of a list; none of anything else."""
    return value if isinstance(value, list) else []

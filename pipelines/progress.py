"""How long work says how far it is. Whoever started it listens; with nobody listening nothing is said."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int | None], None]  # what is being done, how much of it is done, how much there is

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear of the progress of everything done in the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def progress(doing: str, done: int, total: int | None = None) -> None:
    """Say how far something is. `doing` never holds a value of a person, not even a file name."""
    listener = _listener.get()
    if listener:
        listener(doing, done, total)

"""Long answers: a screen at a time on a terminal, straight on everywhere else."""

import os
from contextlib import AbstractContextManager
from typing import TextIO

from click import get_pager_file


def paged() -> AbstractContextManager[TextIO]:
    """A file to write text to: a pager where somebody is looking, standard output otherwise.

    The pager is $PAGER, else `less`, which is told to keep no history of what was searched for. Whoever leaves it has
    seen enough: the block ends early.
    """
    os.environ.setdefault("LESS", "-FRX")
    os.environ["LESSHISTFILE"] = "-"
    return get_pager_file()

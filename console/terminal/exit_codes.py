"""How a command ends: its exit codes, and ending before it has done anything."""

import sys

OK, FAILED, WRONG, NOT_FOUND, SEVERAL, WOULD_REFUSE, DENIED, BUSY, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 75, 130
STOPPED = "stopped; whatever was finished is kept, and the next run goes on from there"


class CommandError(Exception):
    """The command cannot go on: why, in words for whoever gave it, and the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def print_error(message: str, code: int) -> int:
    """Write to standard error; the exit code."""
    print(f"onecontact: {message}", file=sys.stderr)
    return code

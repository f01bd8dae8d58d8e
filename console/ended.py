"""How a command ends before it has done anything."""


class Ended(Exception):
    """The command cannot go on: why, in words for whoever gave it, and the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code

"""Who is logged in, as the operating system knows it: a variable of the environment cannot say otherwise."""

import os
import pwd
from functools import cache


@cache
def login() -> str:
    """The login name of this process, or its number where it has none, as in a container."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid:{os.getuid()}"

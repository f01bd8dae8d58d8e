"""Who is logged in, as the operating system knows it: a variable of the environment cannot say otherwise."""

import os
import pwd
from functools import cache


@cache
def login() -> str:
    """The login name of this process."""
    return login_of(os.getuid())


def login_of(user: int) -> str:
    """The login name of a user, or the number where there is none, as in a container."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"uid:{user}"

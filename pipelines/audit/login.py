"""Who acts: as the operating system knows it for the audit trail, and as people say it for what is shown to people."""

import getpass
import os
import pwd
from functools import cache

ACTOR_VARIABLE = "ONECONTACT_ACTOR"  # in whose name something is done


@cache
def login() -> str:
    """The login name of this process. A variable of the environment cannot say otherwise."""
    return login_of(os.getuid())


def login_of(user: int) -> str:
    """The login name of a user, or the number where there is none, as in a container."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"uid:{user}"


def stated_login() -> str:
    """Who is logged in as the environment says it; empty where nobody is, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # the second since Python 3.13
        return ""

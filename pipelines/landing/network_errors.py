"""What went wrong on the way to another machine, told without what the transports say: that may hold a secret."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.errors import OnecontactError, SourceUnreachable

# By name: the packages these come from are optional, and only some are installed.
_DENIED = {
    "PermissionError",
    "NoCredentialsError",
    "PartialCredentialsError",
    "AuthenticationException",
    "BadAuthenticationType",
    "PasswordRequiredException",
}
_UNTRUSTED = {"HostKeyUnknown", "ClientConnectorCertificateError", "SSLError", "ClientConnectorSSLError"}


@contextmanager
def as_source_unreachable(at: str) -> Iterator[None]:
    """Turn whatever a transport raises into SourceUnreachable, naming the place `at` (scheme and host)."""
    try:
        yield
    except (OnecontactError, ImportError):
        raise
    except Exception as error:  # noqa: BLE001 -- every transport has errors of its own
        raise SourceUnreachable(f"{at} {_why(error)}") from None


def _why(error: Exception) -> str:
    chain: list[BaseException] = [error]
    while cause := chain[-1].__cause__:
        chain.append(cause)
    names = {type(each).__name__ for each in chain}
    if names & _DENIED or any(getattr(each, "status", None) in (401, 403) for each in chain):
        return "denies access: check the credentials in the environment, and what they are allowed to"
    if names & _UNTRUSTED:
        return "is not the server it should be, or nobody vouches for it: check its host key or certificate"
    if "FileNotFoundError" in names:
        return "has no such bucket, folder or file: check `path:`"
    return f"cannot be reached or was lost on the way ({type(error).__name__})"

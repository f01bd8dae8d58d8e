import pytest

from schemas.settings.place import check_place, place
from schemas.vocabulary import AfterImport


def check(path: str, *, insecure: bool = False, after_import: str = "keep") -> None:
    check_place(path, insecure=insecure, after_import=AfterImport(after_import))


@pytest.mark.parametrize(
    "path",
    [
        "landing/crm/*.csv",
        "s3://bucket/crm/*.csv",
        "gs://bucket/crm/**/*.csv",
        "sftp://files.example/in/*.csv",
        "sftp://dropper@files.example:2222/in/*.csv",
        "https://files.example/crm.csv",
    ],
)
def test_encrypted_transports_are_taken_as_they_are(path: str) -> None:
    check(path)
    assert place(path).scheme == (path.partition("://")[0] if "://" in path else "")


@pytest.mark.parametrize(("path", "better"), [("http://files.example/a.csv", "https"), ("ftp://h.example/a", "sftp")])
def test_a_transport_that_others_can_read_has_to_be_asked_for(path: str, better: str) -> None:
    with pytest.raises(ValueError, match=rf"not encrypted: everybody on the way can read .* `{better}://`"):
        check(path)
    check(path, insecure=True)


@pytest.mark.parametrize("path", ["sftp://u:secret@h.example/a", "s3://key:secret@bucket/a", "https://u:secret@h/a"])
def test_a_password_is_refused_and_not_repeated(path: str) -> None:
    with pytest.raises(ValueError, match="put it into the environment") as refusal:
        check(path)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/etc/*.csv", "stay inside it"),
        ("../other/*.csv", "stay inside it"),
        ("file:///etc/*.csv", "without `file://`"),
        ("sftp://h.example/in/../../etc/*", "without `..`"),
        ("abfs://container/a", "`abfs://` is not known; known are `s3://`"),
        ("S4://bucket/a", "`s4://` is not known"),
        ("s3:/bucket/a", "a URL has two slashes: `s3://`"),
        ("", "path must name files"),
        ("s3://bucket", "must name files"),
        ("s3://bucket/", "must name files"),
        ("sftp:///in/a.csv", "must name files"),
        ("s3://somebody@bucket/a", "takes no user name"),
        ("https://h.example/a.csv?token=1", "often a secret"),
    ],
)
def test_a_place_that_cannot_be_is_refused(path: str, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace(".", r"\.")):
        check(path)


@pytest.mark.parametrize("path", ["landing/*.csv", "gs://bucket/a", "https://h.example/a"])
def test_insecure_is_refused_where_it_says_nothing(path: str) -> None:
    with pytest.raises(ValueError, match="leave it out"):
        check(path, insecure=True)


@pytest.mark.parametrize("after_import", ["delete", "archive"])
def test_nothing_can_be_removed_from_a_web_server(after_import: str) -> None:
    with pytest.raises(ValueError, match="leave it `keep`"):
        check("https://files.example/a.csv", after_import=after_import)
    check("s3://bucket/a.csv", after_import=after_import)


def test_a_url_is_taken_apart() -> None:
    found = place("SFTP://dropper@files.example:2222/in/[ab]*.csv")
    assert (found.scheme, found.at, found.files) == (
        "sftp",
        "sftp://dropper@files.example:2222",
        "/in/[ab]*.csv",
    )

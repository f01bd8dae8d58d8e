"""`onecontact request access`, as a function of its arguments."""

import argparse
import io
import zipfile
from pathlib import Path

import pyrage
import pytest

from console.privacy.access import command
from pipelines.errors import ConfigurationError
from pipelines.store.privacy import requests
from pipelines.store.privacy.requests import Kind, State
from tests.small_project import SmallProject, closed_starting_point, reopened

ME = pyrage.x25519.Identity.generate()


@closed_starting_point
def shop(project: SmallProject) -> None:
    """One contact of a list."""
    project.deliver("crm", "2026-02-01", "id,name,email\n1,Ann Lee,ann@example.com")
    project.run()


def asked(shop: Path, out: Path, to: list[str], passphrase_file: Path | None = None) -> argparse.Namespace:
    return argparse.Namespace(
        project=shop, wait=0, json=False, contact=None, email=["ann@example.com"], phone=[], verified="called",
        out=out, to=to, passphrase_file=passphrase_file, language="en",
    )  # fmt: skip


def test_it_writes_the_package_of_the_contact_that_is_meant(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(asked(shop, tmp_path / "ann.age", [str(ME.to_public())])) == 0
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt((tmp_path / "ann.age").read_bytes(), [ME]))) as archive:
        assert b"ann@example.com" in archive.read("contact.csv")
    assert "encrypted" in capsys.readouterr().out


def test_a_passphrase_that_others_can_read_is_refused(shop: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("correct horse")
    secret.chmod(0o644)
    with pytest.raises(ConfigurationError, match="others can read it"):
        command(asked(shop, tmp_path / "ann.age", [], secret))
    assert not (tmp_path / "ann.age").exists()


def test_the_request_is_kept_without_whom_it_was_about(shop: Path, tmp_path: Path) -> None:
    command(asked(shop, tmp_path / "ann.age", [str(ME.to_public())]))
    with reopened(shop) as made:
        [request] = requests.requests(made.connection)
        assert (request.kind, request.state, request.verified_how) == (Kind.ACCESS, State.COMPLETED, "called")
        assert requests.subject_of(made.connection, 1) == []


def test_who_asks_has_to_be_verified(shop: Path, tmp_path: Path) -> None:
    args = asked(shop, tmp_path / "ann.age", [str(ME.to_public())])
    args.verified = None
    with pytest.raises(ConfigurationError, match="--verified"):
        command(args)

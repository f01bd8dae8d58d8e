from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets.boundary import without_values
from pipelines.errors import StoreBusy, tracebacks_in

SECRET = "zacharias@example.org"


@without_values
def fails_in_polars() -> None:
    pl.Series([SECRET]).cast(pl.Int64)


@without_values
def fails_in_our_words() -> None:
    raise StoreBusy("the warehouse is in use by process 4242")


@without_values
def fails_on_purpose() -> None:
    raise dg.Failure(description="a check of ours")


def test_the_text_of_a_foreign_error_does_not_pass() -> None:
    with pytest.raises(dg.Failure) as raised:
        fails_in_polars()
    assert SECRET not in str(raised.value.description)
    assert "InvalidOperationError" in str(raised.value.description)
    assert raised.value.__context__ is None


def test_the_text_of_our_own_errors_passes() -> None:
    with pytest.raises(dg.Failure, match="in use by process 4242") as raised:
        fails_in_our_words()
    assert raised.value.allow_retries is False


@without_values
def stopped_in_a_query() -> None:
    raise RuntimeError("Query interrupted") from KeyboardInterrupt()


def test_an_interrupt_passes_as_what_it_is() -> None:
    with pytest.raises(KeyboardInterrupt):
        stopped_in_a_query()


def test_the_traceback_of_a_foreign_error_is_kept_if_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECONTACT_DEBUG", "1")
    tracebacks_in.set(tmp_path)
    with pytest.raises(dg.Failure, match="its traceback, which may hold values of people, is in"):
        fails_in_polars()
    [kept] = tmp_path.iterdir()
    assert "fails_in_polars" in kept.read_text()


def test_a_failure_stays_what_it_is() -> None:
    with pytest.raises(dg.Failure, match="a check of ours"):
        fails_on_purpose()


@pytest.mark.heavy
def test_what_a_failing_asset_held_is_not_in_the_storage_of_dagster(tmp_path: Path) -> None:
    @dg.asset
    @without_values
    def leaky() -> None:
        pl.DataFrame({"email": [SECRET]}).select(pl.col("email").cast(pl.Date))

    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        result = dg.materialize([leaky], instance=instance, raise_on_error=False)
        assert not result.success
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"InvalidOperationError" in held
    assert SECRET.encode() not in held

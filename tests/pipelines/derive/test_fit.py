from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.derive import fit
from pipelines.match.model.fit import METHOD
from pipelines.match.priors import FEWEST
from pipelines.progress import listening
from pipelines.store.matching import models
from pipelines.store.matching.models import SHIPPED
from pipelines.store.reads import health


@pytest.mark.parametrize(
    ("version", "method", "fitted_on", "records", "is_refitted"),
    [
        (SHIPPED, METHOD, 10 * FEWEST, FEWEST, True),
        (SHIPPED, METHOD, 0, FEWEST - 1, False),
        ("own", METHOD, FEWEST, 2 * FEWEST, True),
        ("own", METHOD, FEWEST, 2 * FEWEST - 1, False),
        ("own", "an older way", FEWEST, FEWEST, True),
        ("own", "an older way", FEWEST, FEWEST - 1, False),
    ],
)
def test_a_model_is_fitted_anew_when_there_is_twice_as_much_or_it_was_fitted_in_another_way(
    monkeypatch: pytest.MonkeyPatch, version: str, method: Any, fitted_on: int, records: int, is_refitted: bool
) -> None:
    whole: Any = SimpleNamespace()
    model = SimpleNamespace(method=method, records=fitted_on)
    monkeypatch.setattr(models, "current_parameters", lambda _: (version, model))
    monkeypatch.setattr(health, "count", lambda _, table: {"record": records}[table])
    monkeypatch.setattr(fit, "load_whole_list", lambda *_: whole)
    monkeypatch.setattr(fit, "refit", lambda _, data, run: (f"{run} on {data is whole}", model))
    found = fit.version_in_use(None, None, "run1")  # type: ignore[arg-type]
    assert found[0] == ("run1 on True" if is_refitted else version)
    assert (found[1] is whole) is is_refitted


def test_fitting_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    model = object()
    monkeypatch.setattr(fit, "fit", lambda *_: model)
    monkeypatch.setattr(fit, "people_of", lambda *_: None)
    parts = dict.fromkeys(("names", "facts", "usable_blocks", "shared"))
    whole: Any = SimpleNamespace(records=SimpleNamespace(count=3), **parts)
    heard: list[tuple[str, int, int | None]] = []
    with listening(lambda *said: heard.append(said)):
        assert fit.fit_model(None, whole) is model  # type: ignore[arg-type]
    assert heard == [("fitting the match model", 0, 3), ("fitting the match model", 3, 3)]


def test_a_model_that_was_fitted_is_kept_under_a_version(monkeypatch: pytest.MonkeyPatch) -> None:
    model, told = object(), []
    monkeypatch.setattr(fit, "fit_model", lambda *_: model)
    monkeypatch.setattr(fit, "record", lambda _, event: told.append(event.object_id))
    monkeypatch.setattr(models, "keep_model", lambda _, own, run, at: f"version of {run}" if own is model else "")
    assert fit.refit(None, None, "run1") == ("version of run1", model)  # type: ignore[arg-type]
    assert told == ["version of run1"]

import os
import pwd
from datetime import UTC, datetime
from hashlib import sha256

import polars as pl
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from pipelines.audit.canonical import canonical, leaf_hashes
from pipelines.audit.events import EVENT, Action, Event, as_frame
from pipelines.audit.login import login
from pipelines.audit.verification.trail import recomputed
from pipelines.errors import AuditRefused

MOMENT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
HASH = st.binary(min_size=32, max_size=32)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Events, of people with any name."""
    fields = draw(st.lists(TEXT, max_size=3))
    commits = st.lists(st.none() | HASH, min_size=len(fields), max_size=len(fields))
    return Event(
        draw(st.sampled_from(Action)),
        "contact",
        "c-1",
        "run 1",
        on_behalf_of=draw(st.none() | TEXT),
        related=tuple(draw(st.lists(st.sampled_from(["a", "b"]), max_size=2))),
        fields=tuple(fields),
        before=tuple(draw(commits)),
        after=tuple(draw(commits)),
        details=draw(st.dictionaries(st.sampled_from(["rows", "segment"]), st.integers(0, 9), max_size=2)),
        actor=draw(TEXT),
        recorded_at=draw(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))),
    )


def shown(frame: pl.DataFrame) -> dict[str, list[object]]:
    """Events as the warehouse shows them to whoever verifies."""
    moment = pl.col("recorded_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    hexadecimal = pl.col("before", "after").list.eval(pl.element().bin.encode("hex"))
    told = frame.with_columns(moment, hexadecimal)
    return {name: told[name].to_list() for name in EVENT}


@given(st.lists(events(), max_size=4))
def test_an_event_is_hashed_as_the_canonical_json_that_rfc8785_writes(some: list[Event]) -> None:
    frame = as_frame(some)
    columns = shown(frame)
    by_rfc8785 = [rfc8785.dumps(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]
    assert [each.encode() for each in canonical(frame)] == by_rfc8785
    assert leaf_hashes(frame) == recomputed(columns) == [sha256(b"\x00" + each).digest() for each in by_rfc8785]


def test_the_fields_of_an_event_are_in_the_order_of_canonical_json() -> None:
    assert [*EVENT] == sorted(EVENT)


def test_an_event_is_by_whoever_is_logged_in_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("USER", "somebody-else")
    login.cache_clear()
    assert as_frame([Event(Action.RUN_STARTED, "run", "r")])["actor"].to_list() == [pwd.getpwuid(os.getuid()).pw_name]


def test_a_login_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> None:
        raise KeyError

    login.cache_clear()
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert login() == f"uid:{os.getuid()}"
    login.cache_clear()


@pytest.mark.parametrize(
    "event",
    [
        Event(Action.RUN_STARTED, "run", "Jörg Müller"),
        Event(Action.RUN_STARTED, "run", "anna@example.com\n"),
        Event(Action.RUN_STARTED, "run", "r", reason="she said: „no“"),
        Event(Action.RUN_STARTED, "run", "r", details={"segment": "Łukasz"}),
        Event(Action.RUN_STARTED, "run", "r", details={"segment": "x" * 121}),
    ],
)
def test_a_text_that_is_no_id_or_code_is_refused(event: Event) -> None:
    with pytest.raises(AuditRefused, match="holds a text that is no id, code or number"):
        as_frame([event])


def test_a_detail_that_nobody_has_agreed_on_is_refused() -> None:
    with pytest.raises(AuditRefused, match="no detail called name"):
        as_frame([Event(Action.RUN_STARTED, "run", "r", details={"name": "x"})])


def test_a_moment_is_kept_in_utc_to_the_microsecond() -> None:
    frame = as_frame([Event(Action.RUN_STARTED, "run", "r", recorded_at=MOMENT)])
    assert '"recorded_at":"2026-11-30T09:30:00.000000Z"' in canonical(frame)[0]

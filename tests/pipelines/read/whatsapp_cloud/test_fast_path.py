import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryError
from pipelines.read.whatsapp_cloud import webhooks as module
from pipelines.read.whatsapp_cloud.fast_path import Plain, plain, told
from pipelines.read.whatsapp_cloud.participants import Met
from pipelines.read.whatsapp_cloud.webhooks import FORMAT, WhatsappCloud
from tests.examples import examples

INBOX = {"display_phone_number": "49 30 901820", "phone_number_id": "2000000002"}
CONTACT = {"profile": {"name": "Anna Weber", "username": "anna.w"}, "wa_id": "12025550123", "user_id": "US.1"}
TEXT = {"from": "12025550123", "id": "wamid.1", "timestamp": "1739230955", "type": "text", "text": {"body": "Hi"}}
STATUS = {"id": "wamid.2", "status": "read", "timestamp": "1739230960", "recipient_id": "12025550123"}


def hook(**value: Any) -> dict[str, Any]:
    entry = {"id": "1000000001", "changes": [{"field": "messages", "value": {"metadata": INBOX, **value}}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


MESSAGE, READ = hook(contacts=[CONTACT], messages=[TEXT]), hook(contacts=[CONTACT], statuses=[STATUS])


@pytest.mark.parametrize("webhook", [MESSAGE, READ])
def test_a_text_and_a_state_are_plain(webhook: dict[str, Any]) -> None:
    found = told(plain(json.dumps(webhook).encode()), 1, Met())
    assert [type(each).__name__ for each in found or ()][:2] == ["Thread", "Person"]


@pytest.mark.parametrize(
    "webhook",
    [
        hook(messages=[TEXT, TEXT]),
        hook(messages=[{**TEXT, "type": "image"}]),
        hook(messages=[{**TEXT, "group_id": "G"}]),
        hook(messages=[{**TEXT, "id": ""}]),
        hook(messages=[{**TEXT, "text": {"body": "x" * 70_000}}]),
        hook(statuses=[{**STATUS, "status": "teleported"}]),
        hook(statuses=[STATUS], history=[]),
        {**MESSAGE, "object": "page"},
    ],
)
def test_whatever_else_a_webhook_tells_is_read_with_care(webhook: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        plain(json.dumps(webhook).encode())


def test_a_field_that_is_not_utf8_is_no_plain_webhook_even_if_nobody_asks_for_it() -> None:
    with pytest.raises(UnicodeDecodeError):
        plain(json.dumps({"more": "~", **MESSAGE}).encode().replace(b"~", b"\xff"))


def fields_of(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value within a value."""
    yield from [way] if way else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from fields_of(each, (*way, key))


WAYS = [(webhook, way) for webhook in (MESSAGE, READ) for way in fields_of(webhook)]
OTHERS: list[Any] = [
    None,
    True,
    "",
    "x",
    "é",
    "\ud83d",
    "12025550199",
    7,
    1.5,
    10**30,
    [],
    {},
    [None],
    "text",
    "sent",
    "failed",
]


@st.composite
def nearly_plain(draw: st.DrawFn) -> str:
    """A plain webhook in which a value is missing, or is another one."""
    webhook, way = draw(st.sampled_from(WAYS))
    spoiled = json.loads(json.dumps(webhook))
    place = spoiled
    for step in way[:-1]:
        place = place[step]
    if draw(st.booleans()):
        del place[way[-1]]
    else:
        place[way[-1]] = draw(st.sampled_from(OTHERS))
    return json.dumps(draw(st.sampled_from([webhook, spoiled, spoiled])), ensure_ascii=draw(st.booleans()))


def read(path: Path) -> list[pl.DataFrame] | str:
    try:
        batches = list(FORMAT.read(path, WhatsappCloud(format="whatsapp_cloud", path="x")))
    except DeliveryError as failed:
        return str(failed)
    return [held for batch in batches for held in batch if isinstance(held, pl.DataFrame)]


def refuses(_: bytes) -> Plain:
    raise ValueError


@settings(max_examples=examples(150, light=30), deadline=None)
@given(st.lists(nearly_plain(), min_size=1, max_size=4))
def test_a_plain_webhook_is_read_as_with_care(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    path = tmp_path_factory.mktemp("log") / "hooks.jsonl"
    path.write_bytes("\n".join(lines).encode(errors="surrogatepass"))
    plainly = read(path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "plain", refuses)
        carefully = read(path)
    if isinstance(plainly, str) or isinstance(carefully, str):
        assert plainly == carefully
    else:
        assert len(plainly) == len(carefully)
        assert all(one.equals(other) for one, other in zip(plainly, carefully, strict=True))

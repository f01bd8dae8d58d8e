import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.core.batch import Sample
from pipelines.read.core.frames import Rejected
from pipelines.read.helpdesk import json_objects
from pipelines.read.helpdesk.json_objects import Form, Given, keys_in, objects
from schemas.error_codes import ErrorCode


def kind(fields: Mapping[str, Any]) -> str | None:
    return "ticket" if "subject" in fields else None


FORM = Form(kind, {"users": "user", "tickets": None, "data": None, "payload": None}, "a ticket or a user")
TICKETS = [{"id": n, "subject": "Hi"} for n in range(3)]


def read(folder: Path, content: str | bytes) -> list[Given | Rejected]:
    path = folder / "export.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(objects(path, FORM))


def kinds(folder: Path, content: str) -> list[str]:
    return [each.kind if isinstance(each, Given) else "refused" for each in read(folder, content)]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(map(json.dumps, TICKETS)),
        "\ufeff" + "\r\n\r\n".join(map(json.dumps, TICKETS)),
        json.dumps(TICKETS),
        json.dumps(TICKETS, indent=2),
        "\n".join(json.dumps(each, indent=2) for each in TICKETS),
        json.dumps({"tickets": TICKETS, "count": 3}),
        json.dumps({"tickets": TICKETS, "count": 3}, indent=2),
        json.dumps({"count": 3, "tickets": TICKETS}, indent=2),
        json.dumps({"data": {"meta": {}, "payload": TICKETS}}, indent=2),
        "\n".join(json.dumps({"tickets": [each]}) for each in TICKETS),
        json.dumps([TICKETS[:1], TICKETS[1:]]),
        json.dumps(TICKETS[:2]) + "\n" + json.dumps(TICKETS[2:]),
    ],
    ids=lambda content: content[:24],
)
def test_objects_come_out_of_every_form_an_export_has(tmp_path: Path, content: str) -> None:
    assert [each.fields for each in read(tmp_path, content) if isinstance(each, Given)] == TICKETS


def test_of_a_page_the_kinds_come_in_the_order_they_are_needed_in(tmp_path: Path) -> None:
    assert kinds(tmp_path, json.dumps({"tickets": TICKETS[:1], "users": [{"id": 7}]})) == ["user", "ticket"]


def test_a_large_page_is_read_object_by_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_objects, "LINE_BYTES", 50)
    assert kinds(tmp_path, json.dumps({"users": [{"id": 7}], "tickets": TICKETS})) == ["user", *["ticket"] * 3]


def test_lines_are_numbered_where_they_are_entries(tmp_path: Path) -> None:
    content = "\n".join(["", json.dumps(TICKETS[0]), "{broken", json.dumps(TICKETS[1])])
    assert [each.line for each in read(tmp_path, content)] == [2, 3, 4]


def test_what_is_nothing_known_is_refused_among_what_is(tmp_path: Path) -> None:
    assert kinds(tmp_path, json.dumps([TICKETS[0], {"id": 1}, 5, TICKETS[1]])) == [
        "ticket",
        "refused",
        "refused",
        "ticket",
    ]


def test_a_hundred_levels_are_an_entry_and_ten_thousand_are_none(tmp_path: Path) -> None:
    deep = '{"subject": ' + "[" * 100 + "]" * 100 + "}"
    deeper = '{"subject": ' + "[" * 10_000 + "]" * 10_000 + "}"
    assert kinds(tmp_path, f"{deep}\n{deeper}\n{deep}") == ["ticket", "refused", "ticket"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ErrorCode.FILE_EMPTY),
        (b" \n \n", ErrorCode.FILE_EMPTY),
        (b"id;subject\n", ErrorCode.FILE_FORMAT),
        (json.dumps(TICKETS).encode("utf-16"), ErrorCode.FILE_ENCODING),
        (b'[{"subject": "\xff"}]', ErrorCode.FILE_ENCODING),
        (b'[{"subject": "Hi"}, {"subject": ', ErrorCode.FILE_FORMAT),
        (b'[{"subject": "Hi"} {"subject": "Hi"}]', ErrorCode.FILE_FORMAT),
        (json.dumps([{"id": 1}] * 200).encode(), ErrorCode.FILE_FORMAT),
    ],
)
def test_other_files_are_refused_as_a_whole(tmp_path: Path, content: bytes, code: ErrorCode) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path, content)
    assert refused.value.code is code


def test_keys_are_seen_at_any_depth_but_not_in_texts() -> None:
    start = rb'{"id": 1, "meta": {"sender" : {}}, "text": "\"false\": 1", "list": ["word"], "cut": {"of'
    assert keys_in(Sample("x.json", start)) == {"id", "meta", "sender", "text", "list", "cut"}
    assert keys_in(Sample("x.csv", b'"id": 1')) == frozenset()

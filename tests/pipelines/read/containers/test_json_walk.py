import io
import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import DeliveryRefused
from pipelines.read.containers import json_walk as module
from pipelines.read.containers.json_walk import Path, walk
from schemas.error_codes import ErrorCode


def into_lists_of_a(path: Path) -> bool:
    return path in ((), ("a",))


def walked(data: bytes) -> list[tuple[Path, Any]]:
    return list(walk(io.BytesIO(data), into_lists_of_a))


def test_named_containers_are_gone_into_and_all_else_comes_whole() -> None:
    assert walked(b'\xef\xbb\xbf{"x": {"y": 1}, "a": [ 1, {"b": []}, "c" ], "e": [], "d": null}') == [
        (("x",), {"y": 1}),
        (("a", 0), 1),
        (("a", 1), {"b": []}),
        (("a", 2), "c"),
        (("e",), []),
        (("d",), None),
    ]


def test_of_an_empty_container_that_is_gone_into_nothing_comes() -> None:
    assert walked(b'{"a": [ ]}') == walked(b"{}") == []


def test_documents_may_follow_each_other() -> None:
    assert walked(b'{"a": [1]}\n{"a": [2]} 3') == [(("a", 0), 1), (("a", 0), 2), ((), 3)]


ITEMS = st.lists(
    st.dictionaries(st.sampled_from("xyz"), st.lists(st.dictionaries(st.just("x"), st.text()))), min_size=2
)


@pytest.mark.heavy
@given(items=ITEMS, indent=st.sampled_from([None, 1]), chunk=st.integers(1, 90))
def test_items_are_the_same_whether_taken_one_by_one_or_many_at_once(
    items: Any, indent: int | None, chunk: int
) -> None:
    data = json.dumps({"a": items}, indent=indent).encode()
    for size in (chunk, len(data)):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(module, "CHUNK", size)
            assert walked(data) == [(("a", nth), item) for nth, item in enumerate(items)]


@pytest.mark.parametrize(
    "odd", ['"\\ud83d"', "NaN", "18446744073709551616", '"}, {\\"id\\": 1"', '[{"id": 1}, {"id": 2}]']
)
def test_an_item_that_only_pythons_parser_reads_is_read_among_others(odd: str) -> None:
    item = f'{{"id": 1, "odd": {odd}}}'
    found = walked(f'{{"a": [{", ".join([item] * 5)}]}}'.encode())
    assert repr(found) == repr([(("a", nth), json.loads(item)) for nth in range(5)])


def test_broken_json_is_refused_after_the_items_before_it() -> None:
    items = walk(io.BytesIO(b'{"a": [{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}, {"id": }]}'), into_lists_of_a)
    assert [value["id"] for _, value in itertools.islice(items, 4)] == [1, 2, 3, 4]
    with pytest.raises(DeliveryRefused):
        next(items)


@given(st.recursive(st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_what_is_walked_does_not_depend_on_the_size_of_chunks(value: Any) -> None:
    data = json.dumps({"a": [value, value], "b": value}, ensure_ascii=True).encode()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "CHUNK", 1)
        assert walked(data) == [(("a", 0), value), (("a", 1), value), (("b",), value)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.FILE_EMPTY),
        (b" \n", ErrorCode.FILE_EMPTY),
        (b'{"a": [1, 2', ErrorCode.FILE_FORMAT),
        (b'{"a": [1,]}', ErrorCode.FILE_FORMAT),
        (b'{"a" 1}', ErrorCode.FILE_FORMAT),
        (b"{1: 2}", ErrorCode.FILE_FORMAT),
        (b'{"b": "x', ErrorCode.FILE_FORMAT),
        (b"[" * 100_000, ErrorCode.FILE_FORMAT),
        (b'{"b": ' + b"9" * 5_000 + b"}", ErrorCode.FILE_FORMAT),
        (b'{"b": "\xff"}', ErrorCode.FILE_ENCODING),
    ],
)
def test_what_is_no_whole_json_is_refused(data: bytes, code: ErrorCode) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        walked(data)
    assert refused.value.code == code


def test_a_value_that_is_too_large_to_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 10)
    monkeypatch.setattr(module, "LONGEST_VALUE", 100)
    with pytest.raises(DeliveryRefused) as refused:
        walked(b'{"b": "' + b"x" * 1_000 + b'"}')
    assert refused.value.code == ErrorCode.FILE_LIMIT

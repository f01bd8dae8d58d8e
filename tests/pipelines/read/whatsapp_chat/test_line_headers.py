import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.core.lines import LINES
from pipelines.read.whatsapp_chat.clock import header
from pipelines.read.whatsapp_chat.line_headers import HEADS, NO_CLOCK, code, headed, packed, shape_of, unpacked

PIECES = [
    "1/2/25",
    "13.02.2025",
    "2025-1-2",
    ", ",
    " ",
    "9:53",
    "09:53:20",
    " PM",
    "\u202fam",
    " - ",
    "[",
    "] ",
    "\u200e",
]
PIECES += ["x", "Anna: Hi", "٩", "99/99/25", "klo ", ": ", " 오후 ", " noonish"]
USUAL = [
    "1/2/25, 9:53 - Anna: Hi",
    "2568-01-02, 10:00 - Anna: Hi",
    "[13.02.25, 09:53:20] x",
    "9:53, 15/9/2025 - x",
    "1/2/25 9:53 PM - ",
    "more",
]
line = st.sampled_from(USUAL) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def frame(lines: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"line": list(range(1, len(lines) + 1)), "text": lines}, schema=LINES)


@given(st.lists(line, max_size=12))
def test_columns_say_of_each_line_what_one_line_alone_says(lines: list[str]) -> None:
    found = headed(frame(lines))
    assert found.schema == HEADS
    for row, text in zip(found.iter_rows(named=True), lines, strict=True):
        alone = header(text)
        if alone is None:
            assert row["shape"] is None
        else:
            wall = alone.time
            seconds = NO_CLOCK if wall is None else wall.hour * 3600 + wall.minute * 60 + wall.second
            told = (shape_of(row["shape"]), unpacked(row["parts"]), row["clock"], row["body"])
            assert told == (alone.shape, alone.parts, seconds, alone.body)


def test_a_name_is_told_only_where_one_can_be_meant() -> None:
    bodies = ["Anna: Hi", "Anna: note: Hi", "no name", "Anna:", "x" * 130 + ": Hi", "Anna: http://a.example"]
    found = headed(frame([f"1/2/25, 9:53 - {body}" for body in bodies]))
    assert found["name"].to_list() == ["Anna", None, None, None, None, "Anna"]
    assert found["words"].to_list() == ["Hi", None, None, None, None, "http://a.example"]


@given(st.integers(0, 143))
def test_shapes_and_their_numbers_are_one_to_one(number: int) -> None:
    assert code(shape_of(number)) == number


@given(st.tuples(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 9999)))
def test_packed_dates_are_unpacked_again(parts: tuple[int, int, int]) -> None:
    assert unpacked(packed(parts)) == parts

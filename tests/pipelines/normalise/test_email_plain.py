"""What is decided by a pattern, the validator would have decided alike."""

import polars as pl
import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.normalise.email import any_addresses, is_plain, plain_addresses

LABELS = (
    "xn--bcher-kva",
    "ab--cd",
    "a-",
    "-a",
    "1",
    "bücher",
    "localhost",
    "local",
    "arpa",
    "test",
    "example",
    "a_b",
    "",
)
label = st.one_of(
    st.from_regex(r"\A[a-zA-Z0-9]([a-z0-9-]{0,3}[a-z0-9])?\Z"),
    st.integers(55, 66).map("a".__mul__),
    st.sampled_from(LABELS),
)
word = st.one_of(
    st.from_regex(r"\A[a-zA-Z0-9_+-]{1,6}\Z"),
    st.integers(55, 66).map("b".__mul__),
    st.text(st.characters(codec="ascii"), max_size=4),
    st.sampled_from(["'o'", "ü", '"a b"', "mailto:a", ""]),
)
domain = st.tuples(
    st.lists(label, max_size=4), st.sampled_from(["com", "DE", "co", "x", "c0m", "1", "local", "invalid"])
).map(lambda labels: ".".join([*labels[0], labels[1]]))
long_domain = st.integers(180, 255).map(lambda length: ("c" * 50 + ".") * (length // 51) + "com")
address = st.tuples(
    st.lists(word, min_size=1, max_size=3).map(".".join),
    st.sampled_from(["@", "@", "@", "@@", ""]),
    domain | long_domain,
).map("".join)


def written(*raws: str) -> pl.DataFrame:
    return pl.DataFrame({"raw": raws}, schema={"raw": pl.String})


def plain(*raws: str) -> pl.DataFrame:
    return written(*raws).filter(is_plain(pl.col("raw")))


@given(st.lists(st.one_of(st.emails(), address, st.text(st.characters(codec="ascii"))), max_size=20))
def test_an_address_the_pattern_decides_is_valid_for_the_library_in_the_same_spelling(raws: list[str]) -> None:
    known = plain_addresses(plain(*raws))
    for normalised in known["normalised"]:
        assert validate_email(normalised, check_deliverability=False, strict=True).ascii_email == normalised
    assert_frame_equal(known, any_addresses(known.select("raw")))


@pytest.mark.parametrize(
    "raw",
    [
        *("jane@example.com", "Jane.Doe@Example.COM", "jane+news@mail.shop.example", "j_doe-roe@t-online.de"),
        *("12345@qq.com", "j@x.co", "JANE.DOE1980@GMAIL.COM", f"{'j' * 40}@a-long-company-name.de", "-@example.com"),
    ],
)
def test_a_typical_address_is_decided_by_the_pattern(raw: str) -> None:
    assert plain_addresses(plain(raw)).to_dicts() == any_addresses(written(raw)).to_dicts()
    assert len(plain(raw)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        *("jane@localhost", "jane@corp.local", "jane@corp.LOCAL", "jane@corp.test", "jane@test", "jane@shop.invalid"),
        *("jane@xn--bcher-kva.example", "jane@ab--cd.com", "jane@-shop.com", "jane@shop-.com", "jane@shop..com"),
        *(
            "jane@shop.c0m",
            "jane@192.168.0.1",
            "jane@[192.168.0.1]",
            "jane@shop.com.",
            "jane@.shop.com",
            "jane@shop_1.de",
        ),
        *(
            ".jane@shop.com",
            "jane.@shop.com",
            "ja..ne@shop.com",
            "@shop.com",
            "jane",
            "ja ne@shop.com",
            "jane@@shop.com",
        ),
        *(
            "'jane@shop.com'",
            "mailto:jane@shop.com",
            "<jane@shop.com>",
            '"jane"@shop.com',
            "jane@shop.com\n",
            " jane@shop.com",
        ),
        *("jäne@shop.com", "jane@büro.de", "ｊane@shop.com", "\u212aane@shop.com", "jane@shop.com\u200b"),
        *("j" * 64 + "@shop.com", "jane@" + "s" * 64 + ".com", "jane@" + "shop." * 50 + "com"),
    ],
)
def test_whatever_else_is_left_to_the_library(raw: str) -> None:
    assert plain(raw).is_empty()


def test_a_blank_cell_is_not_plain() -> None:
    assert written("").select(is_plain(pl.col("raw"))).item() is False

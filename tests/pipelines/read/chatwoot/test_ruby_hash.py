import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.chatwoot.ruby_hash import entries


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            '{"plan"=>"gold", "seats"=>5, "ratio"=>1.50, "vip"=>true, "old"=>nil}',
            "plan=gold seats=5 ratio=1.50 vip=true",
        ),
        ('{"plan" => "gold"}', "plan=gold"),
        ('{"plan": "gold", "old": null}', "plan=gold"),
        ('{"a"=>"b=>nil"}', "a=b=>nil"),
        ('{"tags"=>["x", "y"]}', "tags=x;_y"),
        ('{"profiles"=>{"github"=>"jane"}, "city"=>"Bonn"}', "city=Bonn"),
        ("{}", ""),
        ('{"blank"=>" "}', ""),
    ],
)
def test_the_entries_of_a_hash_are_found(text: str, found: str) -> None:
    told = entries(text)
    assert told is not None
    assert [f"{name}={value}".replace(" ", "_") for name, value in told.items()] == found.split()


def test_what_ruby_escapes_stands_for_itself() -> None:
    assert entries(r'{"note"=>"\#{x} \"q\" \u00e9"}') == {"note": '#{x} "q" é'}


@pytest.mark.parametrize("text", ["", "gold", "[1]", '{"plan"=>', "{" * 5000, "[" * 50_000, '{"a"=>#<Object>}', '"a"'])
def test_any_other_text_is_none(text: str) -> None:
    assert entries(text) is None


TEXTS = st.dictionaries(st.text(), st.text().filter(lambda text: text == text.strip() != ""))


@given(TEXTS)
def test_texts_come_back_as_they_were(held: dict[str, str]) -> None:
    pairs = ", ".join(f"{json.dumps(name)}=>{json.dumps(value)}" for name, value in held.items())
    assert entries("{" + pairs + "}") == held


@given(st.text(alphabet='{}[]"\\=>nil:,#1 a'))
def test_of_any_text_there_are_texts_by_name_each_a_part_of_it(text: str) -> None:
    found = entries(text)
    parts = [*found, *found.values()] if found else []
    assert [part for part in parts if part.replace("\\", "") not in text.replace("\\", "")] == []

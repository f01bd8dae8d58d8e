from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pipelines.errors import FilterFault
from pipelines.query.bind import Scope, bind
from pipelines.query.short_form.parsed import DEEPEST, at_its_place, parse_filter
from pipelines.query.short_form.printed import print_filter
from schemas.fields import FieldKind, Kind
from schemas.filter import Where
from tests.examples import examples
from tests.pipelines.query.populations import AS_OF, FIELDS, filters

FILTERS: TypeAdapter[Where] = TypeAdapter(Where)


def where(text: str) -> dict[str, Any]:
    """What a short form is short for, as it stands in YAML."""
    said: dict[str, Any] = FILTERS.dump_python(parse_filter(text, FIELDS).where, by_alias=True, exclude_none=True)
    return said


def fault(text: str) -> str:
    """What is said of a text that is no filter, or none that can be asked."""
    try:
        parsed = parse_filter(text, FIELDS)
    except FilterFault as found:
        return str(found)
    with pytest.raises(FilterFault) as error:
        bind(parsed.where, Scope(FIELDS, AS_OF))
    return str(at_its_place(error.value, text, parsed.spans))


@pytest.mark.parametrize(
    ("text", "field", "op", "value"),
    [
        ("status:active", "status", "eq", "active"),
        ("status:active,inactive", "status", "in", ("active", "inactive")),
        ("status!=active", "status", "ne", "active"),
        ("status!=active,inactive", "status", "not_in", ("active", "inactive")),
        ("attr.tier=Gold", "attr.tier", "eq", "Gold"),
        ("tier:Gold", "attr.tier", "eq", "Gold"),
        ("source:import:crm", "source", "eq", "import:crm"),
        ("phone:+4930901820", "phone", "eq", "+4930901820"),
        ("name~hoff", "name", "contains", "hoff"),
        ("name!~hoff", "name", "not_contains", "hoff"),
        ("name:hoff*", "name", "starts_with", "hoff"),
        ("name:*mann", "name", "ends_with", "mann"),
        ("name:*ff*", "name", "contains", "ff"),
        ('name:"Anna Berg"', "name", "eq", "Anna Berg"),
        (r"name:/^an.*\/$/", "name", "matches", "^an.*/$"),
        ("records>=2", "records", "gte", 2),
        ("seats<2.5", "attr.seats", "lt", 2.5),
        ("seats:1..5", "attr.seats", "between", (1, 5)),
        ("last_interaction_at>-30d", "last_interaction_at", "within_last", {"days": 30}),
        ("last_contact<-2w", "last_interaction_at", "not_within_last", {"weeks": 2}),
        ("last_contact>-6m", "last_interaction_at", "within_last", {"months": 6}),
        ("last_contact>-1y", "last_interaction_at", "within_last", {"years": 1}),
        ("last_contact>=2026-03-01", "last_interaction_at", "gte", date(2026, 3, 1)),
        ("last_contact:2026-03-01", "last_interaction_at", "on", date(2026, 3, 1)),
        ("last_contact>2026-03-01T10:00:00Z", "last_interaction_at", "gt", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("signup:before(2026-03-01)", "attr.signup", "before", date(2026, 3, 1)),
        ("tags:vip", "tags", "has_any", ("vip",)),
        ("tag:vip,press", "tags", "has_any", ("vip", "press")),
        ("tags:vip+press", "tags", "has_all", ("vip", "press")),
        ("tags!=vip", "tags", "has_none", ("vip",)),
        ("channel:whatsapp", "channels", "has_any", ("whatsapp",)),
        # signs
        ("name=anna", "name", "eq", "anna"),
        ("tags=vip", "tags", "eq", "vip"),
        ("tags=vip,press", "tags", "has_any", ("vip", "press")),
        ("tags!=vip,press", "tags", "has_none", ("vip", "press")),
        ("tags:vip+", "tags", "has_all", ("vip",)),
        ("name:anna,", "name", "in", ("anna",)),
        ("name!=anna,", "name", "not_in", ("anna",)),
        ("name:anna, ", "name", "in", ("anna",)),
        ("seats<=2", "attr.seats", "lte", 2),
        ("seats>2", "attr.seats", "gt", 2),
        ("seats:in(1,2)", "attr.seats", "in", (1, 2)),
        ("seats:in(1,)", "attr.seats", "in", (1,)),
        ("tags:ne(vip)", "tags", "ne", "vip"),
        # values
        ("news:true", "attr.news", "eq", True),
        ("news=false", "attr.news", "eq", False),
        ("name:yes", "name", "eq", "yes"),
        ("news:yesterday", "attr.news", "eq", "yesterday"),
        ("seats:-2", "attr.seats", "eq", -2),
        ("seats:0.5", "attr.seats", "eq", 0.5),
        ("seats:1e3", "attr.seats", "eq", 1000.0),
        ("phone:0049", "phone", "eq", "0049"),
        ("name:1.2.3", "name", "eq", "1.2.3"),
        ("name:a..b", "name", "between", ("a", "b")),
        ("signup:2026-03-31", "attr.signup", "eq", date(2026, 3, 31)),
        ("last_contact=2026-03-31", "last_interaction_at", "on", date(2026, 3, 31)),
        ("last_contact:2026-03-31T10:00Z", "last_interaction_at", "eq", datetime(2026, 3, 31, 10, tzinfo=UTC)),
        ("signup:2026-03-30..2026-03-31", "attr.signup", "between", (date(2026, 3, 30), date(2026, 3, 31))),
        (r'name:"a\"b\\\n\t\r\x"', "name", "eq", 'a"b\\\n\t\rx'),
        # texts stay as they are written, whatever they look like
        ("name:1.50*", "name", "starts_with", "1.50"),
        ("name:true*", "name", "starts_with", "true"),
        ('name:"1.50"*', "name", "starts_with", "1.50"),
        ("name:*1.50", "name", "ends_with", "1.50"),
        ("name:*2026-03-31*", "name", "contains", "2026-03-31"),
        ('name:*"a b"', "name", "ends_with", "a b"),
        (r"name:/a\/b/", "name", "matches", "a/b"),
        ("last_contact<-10w", "last_interaction_at", "not_within_last", {"weeks": 10}),
    ],
)
def test_a_question_is_a_field_a_sign_and_a_value(text: str, field: str, op: str, value: object) -> None:
    assert where(text) == {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("text", "op"),
    [
        *(("email:*", "is_set"), ("email!=*", "is_not_set"), ("news:yes", "is_true"), ("news:no", "is_false")),
        ("email=* ", "is_set"),
    ],
)
def test_some_questions_have_no_value(text: str, op: str) -> None:
    assert where(text)["op"] == op
    assert "value" not in where(text)


@pytest.mark.parametrize("text", ["(email:*)", "(news:yes)", "(news:no)", "(email!=*)", "(seats:in(1,2))", "(name:a,)"])
def test_a_bracket_ends_what_stands_before_it(text: str) -> None:
    assert where(text) == where(text[1:-1])


def test_a_custom_attribute_of_the_name_of_a_field_is_asked_by_its_whole_name() -> None:
    named = FIELDS | {"attr.name": FieldKind(Kind.NUMBER), "attr.in": FieldKind(Kind.TEXT)}
    assert parse_filter("name:2", named).where == parse_filter("name:2", FIELDS).where
    assert print_filter(parse_filter("attr.name:2", named).where, named) == "attr.name:2"
    assert parse_filter("in:vip", named).where == parse_filter("in:vip", FIELDS).where


def test_a_field_may_have_the_name_of_a_word_that_stands_for_another_one() -> None:
    own = FIELDS | {name: FieldKind(Kind.TEXT) for name in ("in", "tag", "conversation", "conversations")}
    for name in ("in", "tag", "conversation", "conversations"):
        assert print_filter(parse_filter(f"{name}:vip", own).where, own) == f"{name}:vip"


def test_terms_are_all_to_hold_and_with_or_between_them_any() -> None:
    vip = {"field": "tags", "op": "has_any", "value": ("vip",)}
    active = {"field": "status", "op": "eq", "value": "active"}
    assert where("tags:vip status:active") == where("tags:vip AND status:active") == {"all": (vip, active)}
    assert where("tags:vip OR status:active") == {"any": (vip, active)}
    assert where("-tags:vip") == {"not": vip}
    assert where("-(tags:vip OR status:active)") == {"not": {"any": (vip, active)}}
    assert where('acme "acme gmbh"') == {"all": ({"search": "acme"}, {"search": "acme gmbh"})}
    assert where("") == where("  ") == {"all": ()}
    assert where("tags:vip  OR(status:active)") == where("(tags:vip OR status:active)")
    assert where("((tags:vip))") == where(" ( tags:vip ) ") == vip
    assert where("--tags:vip") == {"not": {"not": vip}}
    assert where("ORacle") == {"search": "ORacle"}
    assert where('"OR"') == {"search": "OR"}
    assert where("tags:vip AND status:active AND acme") == {"all": (vip, active, {"search": "acme"})}


def test_brackets_go_so_deep_and_no_deeper() -> None:
    assert where("(" * DEEPEST + "tags:vip" + ")" * DEEPEST) == where("tags:vip")
    assert "brackets go 40 deep at most" in fault("(" * (DEEPEST + 1) + "tags:vip" + ")" * (DEEPEST + 1))
    assert where("-" * (DEEPEST - 1) + "(tags:vip)")
    assert "brackets go 40 deep at most" in fault("-" * DEEPEST + "(tags:vip)")
    assert "brackets go 40 deep at most" in fault("(" * DEEPEST + "notes()" + ")" * DEEPEST)


@pytest.mark.parametrize(
    ("sign", "op"), [(">=", "gte"), ("<=", "lte"), ("!=", "ne"), ("=", "eq"), (">", "gt"), ("<", "lt")]
)
def test_of_what_a_contact_has_several_a_number_can_be_asked(sign: str, op: str) -> None:
    assert where(f"notes(){sign}999999999") == {"count": "notes", "op": op, "value": 999_999_999}
    assert where(f"notes(source:crm){sign}0")["where"] == {"field": "source", "op": "eq", "value": "crm"}


def test_what_a_contact_has_several_of_is_asked_in_brackets() -> None:
    is_open = {"field": "status", "op": "eq", "value": "open"}
    assert (
        where("conversations(status:open)")
        == where("conversation:open")
        == {
            "exists": "conversations",
            "where": is_open,
        }
    )
    assert where("!conversations(status:open)") == {"none": "conversations", "where": is_open}
    assert where("messages()>=3") == {"count": "messages", "op": "gte", "value": 3}
    assert where("in:vip exports(segment:vip)") == {
        "all": (
            {"in_segment": "vip"},
            {"exists": "exports", "where": {"field": "segment", "op": "eq", "value": "vip"}},
        )
    }
    tied = where("messages(channel:whatsapp sent_at>-30d)")
    assert [each["field"] for each in tied["where"]["all"]] == ["channel", "sent_at"]


@pytest.mark.parametrize(
    ("marked", "says"),
    [
        # the caret is under all of what is between the arrows
        ("→statsu←:active", "no field statsu; did you mean status?"),
        ("status:→activ←", "status is one of blocked, active, inactive; did you mean active?"),
        ("tags:vip status:→activ←", "status is one of blocked, active, inactive; did you mean active?"),
        ("-(tags:vip OR status:→activ←)", "status is one of blocked, active, inactive; did you mean active?"),
        ("→tags>vip←", "gt cannot be asked of tags"),
        ("channel:→watsapp←", "did you mean whatsapp?"),
        ("seats>→many←", "attr.seats is compared with a number"),
        ("signup>→2026-02-30←", "there is no such day or time"),
        ("last_contact>→yesterday←", "is compared with a time such as"),
        (r"name:→/\w+/←", r"write [\p{L}\p{N}_]"),
        ("messages(channel:→watsapp←)", "did you mean whatsapp?"),
        ("!messages(channel:→watsapp←)", "did you mean whatsapp?"),
        ("messages(channel:→watsapp←)>2", "did you mean whatsapp?"),
        ("conversation:→opne←", "did you mean open?"),
        ("messages(→chanel←:whatsapp)", "no field chanel; did you mean channel?"),
        ("in:→vipp←", "no segment vipp; there are none"),
        ('tags:vip →"..."←', "there is nothing in it to look for"),
        ("tags:vip →...← status:active", "there is nothing in it to look for"),
        # terms
        ("tags:vip OR status:active →s←ource:crm", "AND and OR stand side by side: put brackets around"),
        ("tags:vip status:active →OR← source:crm", "AND and OR stand side by side: put brackets around"),
        ("→OR← tags:vip", "OR stands between two terms; to look for the word, quote it"),
        ("tags:vip →AND←", "AND stands between two terms; to look for the word, quote it"),
        ("(tags:vip →OR← )", "OR stands between two terms; to look for the word, quote it"),
        ('"a"→(←status:active)', "a space stands between two terms"),
        ('"a"→"←b"', "a space stands between two terms"),
        ("→-←", "- stands right before what is not to be"),
        ("→-← tags:vip", "- stands right before what is not to be"),
        # brackets
        ("→(←tags:vip", "this bracket is not closed"),
        ("a →(←tags:vip", "this bracket is not closed"),
        ("messages→(←channel:whatsapp", "this bracket is not closed"),
        ("name:→in(anna← ", "this bracket is not closed"),
        ("name:→in(anna,bea← ", "this bracket is not closed"),
        ("→()←", "there is nothing between these brackets"),
        ("tags:vip→)←", "nothing is opened that this could close"),
        ("→!←notes()>2", "! says there is none; without it, a number can be asked for"),
        ("notes()>→1000000000←", "nobody has so many"),
        # values
        ('name:→"←Anna', "this quote is not closed"),
        ('→"←Anna', "this quote is not closed"),
        ('→""←', "there is nothing to look for"),
        ('→" "←', "there is nothing to look for"),
        ("name:→←", "a value is missing here; one with spaces or signs in it stands between quotes"),
        ("name:→ ←anna", "a value is missing here; one with spaces or signs in it stands between quotes"),
        ("name:in(→)←", "a value is missing here; one with spaces or signs in it stands between quotes"),
        ("name!=→,←", "a value is missing here; one with spaces or signs in it stands between quotes"),
        ("last_contact>→-0d←", "that is no length of time that can be looked back"),
        ("last_contact>→-101y←", "that is no length of time that can be looked back"),
        ("name:→near←(x)", "no operator near; known are eq, ne, in"),
        ("→in:←", "in: is followed by the name of a segment"),
        ("→in>vip←", "in: is followed by the name of a segment"),
        ('a →in:"← b"', "in: is followed by the name of a segment"),
    ],
)
def test_a_mistake_has_a_caret_under_it(marked: str, says: str) -> None:
    text = marked.replace("→", "").replace("←", "")
    begins, ends = marked.index("→"), marked.index("←") - 1
    first, shown, caret = fault(text).splitlines()
    assert says in first
    assert shown == f"  {text}"
    assert caret == "  " + " " * begins + "^" * max(1, ends - begins)


def test_of_a_long_text_what_is_around_the_mistake_is_shown_on_one_line() -> None:
    says, shown, caret = fault('"one\ntwo" ' + "word " * 20 + "name:" + " word" * 20).splitlines()
    assert says.startswith("filter: a value is missing here")
    assert shown == "  " + "word " * 9 + "name:" + " word" * 5 + " "
    assert caret == "  " + " " * 50 + "^"
    assert fault('"one\ntwo" name:').splitlines()[1:] == ['  "one two" name:', "  " + " " * 15 + "^"]


@given(said=filters())
@settings(max_examples=examples(2000, light=80), deadline=None)
def test_what_is_printed_is_read_as_what_it_was(said: dict[str, Any]) -> None:
    asked = FILTERS.validate_python(said)
    with suppress(FilterFault, ValueError):  # what cannot be asked, and what has no short form
        bind(asked, Scope(FIELDS, AS_OF))
        printed = print_filter(asked, FIELDS)
        assert parse_filter(printed, FIELDS).where == asked, printed


@given(text=st.text(alphabet=st.sampled_from(list('abstatus:=<>~!()"-*/,.+ 1OR\\')), max_size=25))
@settings(max_examples=examples(2000, light=100), deadline=None)
def test_any_text_is_a_filter_or_a_fault(text: str) -> None:
    try:
        read = parse_filter(text, FIELDS).spans
    except FilterFault as told:
        read = dict.fromkeys(str(told).splitlines()[1:], (0, 0))
    assert read

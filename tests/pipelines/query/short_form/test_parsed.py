from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pipelines.errors import FilterFault
from pipelines.query.bind import Scope, bind
from pipelines.query.short_form.parsed import at_its_place, parse_filter
from pipelines.query.short_form.printed import print_filter
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
    ],
)
def test_a_question_is_a_field_a_sign_and_a_value(text: str, field: str, op: str, value: object) -> None:
    assert where(text) == {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("text", "op"),
    [("email:*", "is_set"), ("email!=*", "is_not_set"), ("news:yes", "is_true"), ("news:no", "is_false")],
)
def test_some_questions_have_no_value(text: str, op: str) -> None:
    assert where(text)["op"] == op
    assert "value" not in where(text)


def test_terms_are_all_to_hold_and_with_or_between_them_any() -> None:
    vip = {"field": "tags", "op": "has_any", "value": ("vip",)}
    active = {"field": "status", "op": "eq", "value": "active"}
    assert where("tags:vip status:active") == where("tags:vip AND status:active") == {"all": (vip, active)}
    assert where("tags:vip OR status:active") == {"any": (vip, active)}
    assert where("-tags:vip") == {"not": vip}
    assert where("-(tags:vip OR status:active)") == {"not": {"any": (vip, active)}}
    assert where('acme "acme gmbh"') == {"all": ({"search": "acme"}, {"search": "acme gmbh"})}
    assert where("") == {"all": ()}


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
    ("text", "says", "under"),
    [
        ("statsu:active", "no field statsu; did you mean status?", "statsu"),
        ("status:activ", "status is one of blocked, active, inactive; did you mean active?", "activ"),
        ("tags:vip status:activ", "status is one of blocked, active, inactive; did you mean active?", "activ"),
        ("tags>vip", "gt cannot be asked of tags", "tags>vip"),
        ("channel:watsapp", "did you mean whatsapp?", "watsapp"),
        ("seats>many", "attr.seats is compared with a number", "many"),
        ("signup>2026-02-30", "there is no such day or time", "2026-02-30"),
        ("last_contact>yesterday", "is compared with a time such as", "yesterday"),
        (r"name:/\w+/", r"write [\p{L}\p{N}_]", r"/\w+/"),
        ("tags:vip OR status:active source:crm", "put brackets around what belongs together", "s"),
        ("(tags:vip", "this bracket is not closed", "("),
        ("tags:vip)", "nothing is opened that this could close", ")"),
        ('name:"Anna', "this quote is not closed", '"'),
        ("name:", "a value is missing here", ""),
        ("messages(channel:watsapp)", "did you mean whatsapp?", "watsapp"),
        ("messages(chanel:whatsapp)", "no field chanel; did you mean channel?", "chanel"),
        ("in:vipp", "no segment vipp; there are none", "vipp"),
        ("OR tags:vip", "OR stands between two terms", "OR"),
        ("last_contact>-0d", "no length of time", "-0d"),
        ("name:near(x)", "no operator near", "near"),
    ],
)
def test_a_mistake_has_a_caret_under_it(text: str, says: str, under: str) -> None:
    told = fault(text)
    assert says in told
    *_, shown, caret = told.splitlines()
    at = caret.index("^")
    assert shown[at : at + caret.count("^")].startswith(under)


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

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.privacy.files.json import documents
from pipelines.privacy.files.json.documents import rewrite_document, rewrite_lines
from pipelines.privacy.files.outcome import Done, Fate, Unreachable
from pipelines.privacy.needles import needles
from tests.pipelines.privacy.files.items import rewritten

BOB = {"id": 1, "name": "Bob", "email": "bob@example.org"}
ANNAS = {"id": 2, "name": "A. K.", "email": "Anna.Kowalska@example.org"}


def bare(value: Any, *, theirs: bool = False) -> tuple[Any, Done]:
    data, done = rewritten(rewrite_document, json.dumps(value).encode(), theirs=theirs)
    return json.loads(data) if data else None, done


@pytest.mark.parametrize(
    "anna",
    [
        ANNAS,
        {"id": 2, "emails": ["a@example.org", "anna.kowalska@example.org"]},
        {"id": 2, "phones": [{"type": "mobile", "value": "0171 3920017"}]},
        {"id": 2, "profile": {"contact": {"wa_id": 491713920017}}},
        {"user": "U0ANNA123"},
        {"id": "C-4711", "name": "Anna Kowalska"},
    ],
)
def test_the_smallest_item_with_an_identifier_goes(anna: dict[str, Any]) -> None:
    value, done = bare({"meta": {"count": 2}, "users": [BOB, anna]})
    assert value == {"meta": {"count": 2}, "users": [BOB]}
    assert (done.fate, done.removed) == (Fate.REWRITTEN, 1)


def test_a_message_goes_with_its_author_and_a_conversation_with_its_person() -> None:
    mine = {"id": 10, "content": "x", "sender": {"id": 9, "email": "anna.kowalska@example.org"}}
    reply = {"id": 11, "content": "y", "sender": {"id": 5, "type": "user"}}
    value, _ = bare({"messages": [mine, reply], "id": 3})
    assert value == {"messages": [reply], "id": 3}
    value, _ = bare([{"id": 3, "meta": {"sender": ANNAS}, "messages": [mine, reply]}, {"id": 4, "messages": [reply]}])
    assert value == [{"id": 4, "messages": [reply]}]


def test_what_others_wrote_stays_as_a_mention() -> None:
    messages = [
        {"author_id": 1, "body": "ask anna.kowalska@example.org"},
        {"author_id": 1, "body": "ask Anna Kowalska"},
        {"author_id": 1, "text": [{"type": "phone", "text": "+491713920017"}]},
    ]
    value, done = bare({"messages": messages})
    assert value == {"messages": messages}
    assert (done.fate, done.mentions) == (Fate.UNTOUCHED, 3)


def test_a_text_of_theirs_takes_its_message_along() -> None:
    messages = [{"from": "x", "body": "My parcel has\nnot come yet. "}, {"from": "y", "body": "Sorry!"}]
    value, _ = bare({"messages": messages})
    assert value == {"messages": messages[1:]}


def test_an_answer_loses_only_what_it_quotes() -> None:
    answer = {
        "from": "15551234567",
        "context": {"from": "491713920017", "id": "wamid.1", "body": "My parcel has not come yet."},
        "text": {"body": "Sorry!"},
    }
    value, done = bare({"messages": [answer]})
    assert value["messages"] == [answer | {"context": {"from": "erased", "id": "wamid.1", "body": "erased"}}]
    assert done.erased == 2


def test_a_message_to_several_loses_the_address_and_one_to_the_person_alone_goes() -> None:
    both = {"from": "agent", "to": ["anna.kowalska@example.org", "bob@example.org"], "body": "x"}
    alone = {"from": "agent", "to": ["anna.kowalska@example.org"], "body": "y"}
    line = {"from": "agent", "to": "anna.kowalska@example.org, bob@example.org", "body": "z"}
    only = {"from": "agent", "to": "anna.kowalska@example.org", "body": "z"}
    value, _ = bare({"messages": [both, alone, line, only]})
    assert value["messages"] == [both | {"to": ["bob@example.org"]}, line | {"to": "erased, bob@example.org"}]


def test_an_id_of_a_record_counts_where_an_author_is_named() -> None:
    mine, other = {"id": 1, "author_id": "C-4711", "body": "a"}, {"id": "C-4711", "author_id": 7, "body": "b"}
    value, _ = bare({"comments": [mine, other], "order": "C-4711"})
    assert value == {"comments": [other], "order": "C-4711"}


def test_an_agent_of_the_same_id_stays() -> None:
    message = {"sender": {"id": "C-4711", "type": "user", "name": "Bob"}, "content": "x"}
    assert bare({"messages": [message]})[0] == {"messages": [message]}


def test_a_thread_with_the_person_is_emptied() -> None:
    thread = {
        "participants": [{"name": "Anna Kowalska"}, {"name": "Acme"}],
        "messages": [{"sender_name": "Acme", "content": "Hi", "photos": [{"uri": "messages/inbox/a/photos/9_1.jpg"}]}],
        "title": "Anna Kowalska",
        "thread_path": "inbox/annakowalska_7788990011223344",
    }
    value, done = bare(thread)
    assert value is None
    assert (done.fate, done.is_talk) == (Fate.EMPTIED, True)
    assert "9_1.jpg" in done.files


def test_a_namesake_stays_unless_the_person_is_known_to_be_in_the_file() -> None:
    thread = {
        "participants": [{"name": "Anna Kowalska"}, {"name": "Bob"}, {"name": "Acme"}],
        "messages": [{"sender_name": "Anna Kowalska", "content": "Hi"}, {"sender_name": "Bob", "content": "Ho"}],
        "title": "Move",
    }
    value, done = bare(thread)
    assert (value, done.mentions) == (thread, 2)
    value, done = bare(thread, theirs=True)
    assert value == {"participants": thread["participants"][1:], "messages": thread["messages"][1:], "title": "Move"}


def test_metas_broken_letters_are_read() -> None:
    sought = needles(names=["Jörg Müller"])
    thread = {"messages": [{"sender_name": "Jörg Müller".encode().decode("latin-1")}, {"sender_name": "Bob"}]}
    data, _ = rewritten(rewrite_document, json.dumps(thread).encode(), sought=sought, theirs=True)
    assert json.loads(data) == {"messages": [{"sender_name": "Bob"}]}


def test_a_chat_in_a_list_goes_with_all_that_was_said_in_it() -> None:
    chat = {
        "name": "Anna Kowalska",
        "messages": [{"from_id": "U0ANNA123", "text": "x"}, {"from_id": "me", "text": "y"}],
    }
    value, _ = bare({"chats": {"list": [chat, {"name": "Bob", "messages": []}]}})
    assert value == {"chats": {"list": [{"name": "Bob", "messages": []}]}}


def test_what_is_in_no_list_of_a_document_of_several_people_is_replaced() -> None:
    conversation = {
        "id": 1,
        "source": {"author": {"email": "anna.kowalska@example.org"}, "body": "Hello"},
        "contacts": [BOB, {"id": 3}],
        "parts": [{"author": BOB, "body": "Ho"}],
    }
    value, done = bare(conversation)
    assert value == conversation | {"source": {"author": {"email": "erased"}, "body": "erased"}}
    assert done.fate is Fate.REWRITTEN
    assert bare(conversation | {"contacts": [ANNAS]})[1].fate is Fate.EMPTIED


def test_who_made_an_export_empties_nothing() -> None:
    export = {"personal_information": {"phone_number": "+49 171 3920017"}, "chats": {"list": [{"name": "Bob"}]}}
    value, _ = bare(export)
    assert value == export | {"personal_information": {"phone_number": "erased"}}


def test_a_link_to_the_next_page_is_replaced_and_empties_nothing() -> None:
    value, done = bare({"next_page": "https://x.example/u?q=anna.kowalska%40example.org", "users": [BOB]})
    assert value["users"] == [BOB]
    assert "kowalska" not in value["next_page"]
    assert done.fate is Fate.REWRITTEN


def test_escapes_hide_nobody() -> None:
    data, _ = rewritten(rewrite_document, b'[{"e": "anna.kowalska\\u0040example.org"}, {"e": "b\\/c"}]')
    assert data == b'[{"e": "b\\/c"}]'


def test_a_document_of_nobody_else_is_emptied() -> None:
    assert bare([ANNAS])[1].fate is Fate.EMPTIED
    assert bare(ANNAS)[1].fate is Fate.EMPTIED


def test_other_lines_stay_byte_for_byte() -> None:
    lines = [b'{"id": 1,  "email":"bob@example.org"}\r\n', b"not json\n", b"\n", b'{"x": ["\\u00e4", 1.0]}\n']
    annas = [b'{"email": "anna.kowalska@example.org"}\n', b'{"requester_id": "C-4711", "comments": []}\n']
    data, done = rewritten(rewrite_lines, b"".join([*lines[:2], *annas, *lines[2:]]))
    assert data == b"".join(lines)
    assert (done.removed, done.kept) == (2, 3)


def test_a_line_loses_what_is_theirs() -> None:
    line = {"entry": [{"messages": [{"from": "491713920017", "text": {"body": "x"}}, {"from": "1555", "id": "w"}]}]}
    data, _ = rewritten(rewrite_lines, json.dumps(line).encode() + b"\n")
    assert json.loads(data) == {"entry": [{"messages": [{"from": "1555", "id": "w"}]}]}


def test_lines_of_nobody_else_are_emptied() -> None:
    assert rewritten(rewrite_lines, json.dumps(ANNAS).encode())[1].fate is Fate.EMPTIED


@pytest.mark.parametrize("rewrite", [rewrite_document, rewrite_lines])
def test_broken_json_that_holds_the_person_is_unreachable(rewrite: Any) -> None:
    with pytest.raises(Unreachable):
        rewritten(rewrite, b'{"email": "anna.kowalska@example.org", ')


def test_a_large_document_is_cut_as_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SMALL", 10)
    monkeypatch.setattr(documents, "PART", 64)
    monkeypatch.setattr(documents, "OVERLAP", 32)
    people = [BOB | {"id": number} for number in range(40)]
    value, done = bare({"users": [*people[:20], ANNAS, *people[20:]]})
    assert value == {"users": people}
    assert done.removed == 1


VALUE = st.recursive(
    st.none() | st.integers(0, 9_999) | st.floats(0, 1) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(VALUE, max_size=5), st.lists(st.integers(0, 5), max_size=2), st.sampled_from([None, 1]))
def test_everybody_else_is_what_they_were(others: list[Any], places: list[int], indent: int | None) -> None:
    mixed = list(others)
    for place in places:
        mixed.insert(place, ANNAS)
    text = json.dumps({"people": mixed, "n": 1.50}, indent=indent)
    data, _ = rewritten(rewrite_document, text.encode())
    expected = {"people": others, "n": 1.50}
    assert (json.loads(data) if data else expected) == expected

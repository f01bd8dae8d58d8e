import pytest

from pipelines.privacy.files.kinds import rewrite
from pipelines.privacy.files.outcome import Fate, Unreachable
from tests.pipelines.privacy.files.items import rewritten


def message(sender: str, words: str) -> str:
    return (
        f'<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_2ph_ _a6-h">{sender}</div>'
        f'<div class="_2ph_"><div><div></div><div>{words}</div></div></div><div>4 Mar 2026</div></div>'
    )


def page(*messages: str, title: str = "Move") -> bytes:
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div>{''.join(messages)}</div></body></html>"
    ).encode()


OTHERS = (message("Bob", "Hi"), message("Carl", "Anna Kowalska knows"))


@pytest.mark.parametrize("words", ["My parcel has not come yet.", "My parcel<br>has not come yet."])
def test_messages_of_the_person_go(words: str) -> None:
    theirs = [message("Anna Kowalska", "My parcel has not come yet."), message("Anna Kowalska", "<b>ok</b>")]
    data, done = rewritten(rewrite, page(OTHERS[0], *theirs, OTHERS[1]), "message_1.html")
    assert data == page(*OTHERS)
    assert (done.removed, done.kept, done.mentions) == (2, 2, 1)


def test_a_namesake_stays_unless_the_name_is_theirs() -> None:
    whole = page(OTHERS[0], message("Anna Kowalska", "Hi"))
    assert rewritten(rewrite, whole, "message_1.html")[1] == (0, 0, 1, 2, frozenset(), False)
    assert rewritten(rewrite, whole, "message_1.html", theirs=True)[0] == page(OTHERS[0])


def test_a_thread_with_the_person_is_emptied() -> None:
    path = "messages/inbox/annakowalska_7788990011223344/message_1.html"
    done = rewritten(rewrite, page(*OTHERS), path)[1]
    assert (done.fate, done.is_talk) == (Fate.EMPTIED, True)
    assert rewritten(rewrite, page(*OTHERS, title="Anna Kowalska"), "m.html", theirs=True)[1].fate is Fate.EMPTIED


def test_a_page_without_messages_that_holds_the_person_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        rewritten(rewrite, b"<html><p>anna.kowalska@example.org</p></html>", "a.html")
    assert rewritten(rewrite, b"<html><p>bob@example.org</p></html>", "a.html")[1].fate is Fate.UNTOUCHED

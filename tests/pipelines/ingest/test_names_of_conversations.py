"""The name somebody is known under, where one delivery of a source tells it and another does not."""

import json
from itertools import permutations

import pytest

from tests.small_project import SETTINGS, SmallProject

PAGE, ANNA = "100000000000001", "6899200000000001"
SOURCES = SETTINGS["sources"] | {
    "page": {"format": "messenger_webhooks", "path": "landing/page/*", "page_id": PAGE},
}


def dump() -> str:
    anna, page = {"id": ANNA, "name": "Anna Berg"}, {"id": PAGE, "name": "Acme"}
    message = {"id": "m_1", "created_time": "2026-06-10T12:00:00+0000", "message": "Hi", "from": anna}
    thread = {"id": "t_1", "participants": {"data": [anna, page]}, "messages": {"data": [message]}}
    return json.dumps({"data": [thread]})


def webhook(key: str, hour: int) -> str:
    event = {
        "sender": {"id": ANNA},
        "recipient": {"id": PAGE},
        "timestamp": 1_781_092_800_000 + hour * 3_600_000,
        "message": {"mid": key, "text": "Hello"},
    }
    return json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": [event]}]})


@pytest.mark.heavy
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_delivery_without_a_name_does_not_take_away_the_one_another_told(
    project: SmallProject, order: tuple[int, ...]
) -> None:
    project.configure(sources=SOURCES)
    texts = dump(), webhook("m_2", 1), webhook("m_3", 2)
    for day, nth in enumerate(order, 10):
        project.deliver("page", "", texts[nth], f"2026-07-{day}.{'json' if nth == 0 else 'jsonl'}")
        project.run()

    [contact] = project.rows("FROM contact")

    assert contact["name"] == "Anna Berg"

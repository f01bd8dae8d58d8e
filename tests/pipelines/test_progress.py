from pipelines.progress import listening, progress

Heard = list[tuple[str, int, int | None]]


def test_whoever_listens_hears_how_far_the_work_is() -> None:
    heard: Heard = []
    with listening(lambda *said: heard.append(said)):
        progress("reading", 1, 3)
        progress("matching", 7)
    assert heard == [("reading", 1, 3), ("matching", 7, None)]


def test_with_nobody_listening_nothing_happens() -> None:
    heard: Heard = []
    progress("reading", 1)
    with listening(lambda *said: heard.append(said)):
        progress("matching", 2)
    assert heard == [("matching", 2, None)]


def test_listening_ends_with_its_block() -> None:
    heard: Heard = []
    with listening(lambda *said: heard.append(said)):
        pass
    progress("reading", 1)
    assert heard == []


def test_the_innermost_listener_hears() -> None:
    outer: Heard = []
    inner: Heard = []
    with listening(lambda *said: outer.append(said)):
        with listening(lambda *said: inner.append(said)):
            progress("reading", 1)
        progress("reading", 2)
    assert (inner, outer) == ([("reading", 1, None)], [("reading", 2, None)])

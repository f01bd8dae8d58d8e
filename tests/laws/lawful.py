"""Whether histories keep a law, and if one does not, the shortest story of it."""

import os
from collections import Counter
from collections.abc import Callable, Sequence

from hypothesis import Phase, Verbosity, settings

from tests.examples import examples
from tests.laws.histories import History, shorter
from tests.laws.playing import Lines, Played

Law = Callable[[Sequence[History]], dict[int, str]]  # what is wrong with histories, by their numbers
AGAIN = 3  # times a history is played beside itself: what breaks it may depend on which key sorts first
MOST_LINES = 12


def times(number: int) -> settings:
    """How many examples a law is held against. One that breaks it is told by `require`, not by Hypothesis as well.

    LAW_TIMES=10 makes them ten times as many. `make test` is content with one.
    """
    return settings(
        max_examples=examples(number, light=1) * int(os.environ.get("LAW_TIMES", "1")),
        deadline=None,
        verbosity=Verbosity.quiet,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )


def require(law: Law, histories: Sequence[History]) -> None:
    """Fail with the shortest story found of a history that breaks a law.

    Hypothesis would have to play an example anew for each step it leaves out. Here all that is left out is tried side
    by side.
    """
    wrong = law(histories)
    if not wrong:
        return
    number = min(wrong, key=lambda each: len(histories[each]))
    history, what, alone = histories[number], wrong[number], ""
    shortest = less(law, [history])
    if shortest is None:
        alone = " (only beside the others)"
    while shortest is not None:
        history, what = shortest
        shortest = less(law, list(shorter(history)))
    story = "".join(f"\n  {step!r}" for step in history)
    raise AssertionError(
        f"{len(wrong)} of {len(histories)} histories break the law{alone}. One of them:{story}\n{what}"
    )


def less(law: Law, histories: Sequence[History]) -> tuple[History, str] | None:
    """The first of these histories that breaks the law, and how."""
    wrong = law([history for history in histories for _ in range(AGAIN)]) if histories else {}
    return next(((histories[number // AGAIN], wrong[number]) for number in sorted(wrong)), None)


def differing(played: Played, expected: Lines, found: Lines) -> dict[int, str]:
    """Households of which something else is found than expected, and what."""
    return {
        number: told(played, number, expected[number], found[number])
        for number in range(len(played.households))
        if expected[number] != found[number]
    }


def told(played: Played, number: int, expected: Counter[str], found: Counter[str]) -> str:
    """What differs, in the words of the history."""
    gone, come = sorted((expected - found).elements()), sorted((found - expected).elements())
    lines = [*(f"- {line}" for line in gone), *(f"+ {line}" for line in come)]
    return played.told(number, "\n".join(lines[:MOST_LINES]))

"""What holds however lists arrive: a law that is held against many histories played side by side.

In `make test-all` these are 5 * 300 = 1,500 histories, each of which is played three times, in about half a
minute on one core; `make test` plays fewer. Before a release: LAW_TIMES=10 pytest tests/laws
"""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.laws.histories import Deliver, History, many, one_each, up_to
from tests.laws.lawful import differing, require, times
from tests.laws.playing import Played, played

pytestmark = pytest.mark.heavy  # `tests/pipelines/derive/test_laws.py` plays a few of these in `make test`

SIDE_BY_SIDE = examples(300, light=50)  # so few records that no model is fitted, which would tie histories together
FILES = [(source, day) for source in ("crm", "shop") for day in (1, 2)]  # as a run that finds all takes them in
seeds = st.randoms(use_true_random=True)
cuts = seeds.map(lambda random: sorted(random.sample(range(1, len(FILES)), random.randint(1, 2))))
arrivals = seeds.map(lambda random: random.sample(FILES, len(FILES)))


def lists(random: Random) -> list[Deliver]:
    """Rows about some records, of which one may have several."""
    return [*one_each(random)[random.randrange(3) :], *up_to(3, random)]


def deliver(here: Played, histories: Sequence[History], files: Sequence[tuple[str, int]], ends: Sequence[int]) -> None:
    """Deliver the files in this order, in runs that end with these."""
    own = [[step for step in history if isinstance(step, Deliver)] for history in histories]
    for begin, end in pairwise([0, *ends, len(files)]):
        for file in files[begin:end]:
            here.drop(own, only=file)
        here.project.run()


def unlike_one_run(
    histories: Sequence[History], cut: Sequence[int], arrival: Sequence[tuple[str, int]]
) -> dict[int, str]:
    """Which histories come out otherwise in several runs than in one, or in another order of arrival but for ids."""
    with played(len(histories)) as one, played(len(histories)) as cut_up, played(len(histories)) as mixed_up:
        deliver(one, histories, FILES, [])
        deliver(cut_up, histories, FILES, cut)
        deliver(mixed_up, histories, arrival, cut)
        in_runs = differing(one, one.lines(), cut_up.lines())
        return differing(one, one.lines(up_to_ids=True), mixed_up.lines(up_to_ids=True)) | in_runs


@times(5)
@given(many(lists, SIDE_BY_SIDE), cuts, arrivals)
def test_contacts_are_a_function_of_the_set_of_deliveries(
    histories: list[History], cut: list[int], arrival: list[tuple[str, int]]
) -> None:
    require(partial(unlike_one_run, cut=cut, arrival=arrival), histories)

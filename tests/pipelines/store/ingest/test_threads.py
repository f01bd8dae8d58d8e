import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.store.ingest.threads import united

IDS = st.sampled_from("abcdefgh")


@settings(deadline=None)
@given(st.lists(st.tuples(IDS, IDS)))
def test_what_hangs_together_goes_by_its_smallest_id_whatever_the_order(pairs: list[tuple[str, str]]) -> None:
    def parts(some: list[tuple[str, str]]) -> dict[str, str]:
        frame = pl.DataFrame(some, schema={"one": pl.String, "other": pl.String}, orient="row")
        return dict(united(frame).iter_rows())

    found = parts(pairs)
    assert parts([(b, a) for a, b in reversed(pairs)]) == found
    assert all(found[a] == found[b] for a, b in pairs)
    assert all(smallest <= each and found[smallest] == smallest for each, smallest in found.items())

from math import log2

import pytest

from pipelines.match.model.model import unfitted
from pipelines.match.model.weight_table import level_weights


def weight(records: int, field: str, level: str, chances: dict[str, float] | None = None) -> float:
    """Bits of one level in a list of so many records."""
    shown = level_weights(unfitted(records), {field}, chances or {})
    return float(shown.filter(field=field, level=level)["bits"].item())


def test_a_weight_is_the_odds_of_m_over_u() -> None:
    shown = level_weights(unfitted(), {"phone", "given_name"}, {})
    assert set(shown["field"]) == {"phone", "given_name"}
    for _, _, m, u, bits in shown.iter_rows():
        assert bits == pytest.approx(log2(m / u))


def test_only_fields_that_are_compared_are_shown() -> None:
    assert set(level_weights(unfitted(), {"phone"}, {})["field"]) == {"phone"}


def test_a_value_that_fewer_share_weighs_more() -> None:
    assert weight(1000, "city", "exact", {"city": 0.001}) > weight(1000, "city", "exact", {"city": 0.1})


def test_an_identifier_weighs_more_in_a_longer_list() -> None:
    assert weight(1_000_000, "phone", "exact") > weight(1_000, "phone", "exact")

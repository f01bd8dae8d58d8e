from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from schemas.source import Source


def test_a_source_needs_a_format_and_a_path() -> None:
    assert Source(format="contacts_csv", path="landing/*.csv").priority == 100


@pytest.mark.parametrize("path", ["/etc/*.csv", "../other/landing/*.csv", "landing/../../other/*.csv"])
def test_a_path_stays_inside_the_project(path: str) -> None:
    with pytest.raises(ValidationError, match="stay inside it"):
        Source(format="contacts_csv", path=path)


@pytest.mark.parametrize("region", ["de", "Germany", "XX", ""])
def test_a_region_is_one_that_has_phone_numbers(region: str) -> None:
    with pytest.raises(ValidationError, match="two-letter country code"):
        Source(format="contacts_csv", path="landing/*.csv", region=region)


@pytest.mark.parametrize("zone", ["Mars", "CET+1", "../UTC"])
def test_a_zone_is_one_of_the_time_zone_database(zone: str) -> None:
    with pytest.raises(ValidationError, match="time zone such as"):
        Source(format="contacts_csv", path="landing/*.csv", timezone=zone)


def test_times_of_a_source_are_utc_unless_it_has_a_zone() -> None:
    source = Source(format="contacts_csv", path="landing/*.csv")
    assert source.zone() == ZoneInfo("UTC")
    assert source.model_copy(update={"timezone": "Europe/Berlin"}).zone() == ZoneInfo("Europe/Berlin")


def test_the_sources_of_a_project_do_not_change_while_it_is_open() -> None:
    source = Source(format="contacts_csv", path="landing/*.csv")
    with pytest.raises(ValidationError, match="frozen"):
        source.__setattr__("priority", 1)


def test_what_was_written_stays_out_of_the_message() -> None:
    with pytest.raises(ValidationError) as refusal:
        Source(format="contacts_csv", path="landing/*.csv", region="jane@example.com")
    assert "jane@example.com" not in str(refusal.value)

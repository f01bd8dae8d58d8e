from typing import Any

import pytest
from pydantic import ValidationError

from schemas.project import Project


def project(**said: Any) -> Project:
    return Project.model_validate({"project": "acme", "default_region": "DE", "sources": {}} | said)


def test_a_project_that_says_little_has_defaults_for_the_rest() -> None:
    said = project()
    assert (said.timezone, said.matching.auto, said.matching.review, said.status.active_days) == ("UTC", 0.8, 0.3, 90)


@pytest.mark.parametrize("name", ["", "Acme", "acme support", "-acme"])
def test_the_name_of_a_project_is_plain(name: str) -> None:
    with pytest.raises(ValidationError, match="project"):
        project(project=name)


@pytest.mark.parametrize("name", ["Tier", "1st", "account id", "tier\n", "o'clock"])
def test_the_name_of_an_attribute_is_plain(name: str) -> None:
    with pytest.raises(ValidationError, match="attributes"):
        project(attributes={name: {"type": "text"}})


@pytest.mark.parametrize("name", ["CRM", "../crm", "crm/eu", ""])
def test_the_name_of_a_source_is_plain(name: str) -> None:
    with pytest.raises(ValidationError, match="sources"):
        project(sources={name: {"format": "contacts_csv", "path": "landing/*.csv"}})


def test_what_goes_to_review_may_not_be_more_certain_than_what_merges() -> None:
    with pytest.raises(ValidationError, match="must not be above `auto`"):
        project(matching={"auto": 0.8, "review": 0.9})


@pytest.mark.parametrize("matching", [{"auto": 1}, {"auto": 0.5}, {"review": 0}])
def test_a_zone_of_matching_is_a_probability_that_decides_something(matching: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="matching"):
        project(matching=matching)


def test_a_silence_ends_a_conversation_after_thirty_days_unless_its_channel_says_otherwise() -> None:
    gaps = project(conversation_gap={"whatsapp": 14}).conversation_gaps()
    assert (gaps["whatsapp"], gaps["sms"]) == (14, 30)


@pytest.mark.parametrize("gap", [{"email": 14}, {"sms": 0}, {"whats": 14}])
def test_a_gap_is_of_a_channel_of_chats_and_lasts_a_day_at_least(gap: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="conversation_gap"):
        project(conversation_gap=gap)

import pytest

from pipelines.decide.annotate import note, tag, untag
from pipelines.decide.revoke import revoke
from pipelines.errors import DecisionRefused
from pipelines.store.decisions.decisions import Decision
from tests.deciding import rebuilt, ruling, shown
from tests.small_project import SETTINGS, SmallProject, starting_point

HEADER = "id,name,phone,email,tags"


@starting_point
def anna(project: SmallProject) -> None:
    """Anna in the CRM and the shop, a `vip` in both."""
    project.deliver("crm", "2026-01-05", f"{HEADER}\n1,Anna Berg,0151 23456789,,vip;fair")
    project.deliver("shop", "2026-01-06", f"{HEADER}\n7,Anna Berg,0151 23456789,,vip")
    project.run()
    assert project.people() == {frozenset({"crm:1", "shop:7"})}


def tagged(project: SmallProject, text: str, on: int = 15, record: str = "crm:1") -> Decision:
    return tag(project.project, project.connection, project.contact_of(record), text, ruling(on))


def untagged(project: SmallProject, text: str, on: int = 15, record: str = "crm:1") -> Decision:
    return untag(project.project, project.connection, project.contact_of(record), text, ruling(on))


def noted(project: SmallProject, text: str, on: int = 15) -> Decision:
    return note(project.project, project.connection, project.contact_of("crm:1"), text, ruling(on))


def tags(project: SmallProject, record: str = "crm:1") -> list[str]:
    return list(project.contact(record)["tags"])


@pytest.mark.heavy
def test_a_tag_joins_those_that_records_state(anna: SmallProject) -> None:
    decision = tagged(anna, " called  back ")
    assert tags(anna) == ["called back", "fair", "vip"]
    [found] = anna.rows("SELECT rule, delivery_id FROM contact_field WHERE value = 'called back'")
    assert found == {"rule": "tagged", "delivery_id": anna.rows("SELECT decision_id FROM decision")[0]["decision_id"]}
    assert str(found["delivery_id"]) == decision.decision_id


def test_a_removed_tag_goes_whoever_states_it(anna: SmallProject) -> None:
    untagged(anna, "VIP")
    assert tags(anna) == ["fair"]


@pytest.mark.heavy
def test_a_removed_tag_stays_away_while_it_is_only_repeated(anna: SmallProject) -> None:
    untagged(anna, "vip")
    anna.deliver("crm", "2026-07-01", f"{HEADER}\n1,Anna Maria Berg,0151 23456789,,vip;new")
    anna.run()
    assert tags(anna) == ["new"]


@pytest.mark.heavy
def test_a_removed_tag_comes_back_when_a_record_states_it_anew(anna: SmallProject) -> None:
    untagged(anna, "fair")
    anna.deliver("shop", "2026-07-01", f"{HEADER}\n7,Anna Berg,0151 23456789,,vip;fair")
    anna.run()
    assert tags(anna) == ["fair", "vip"]


@pytest.mark.heavy
def test_a_removed_tag_comes_back_when_somebody_adds_it_again(anna: SmallProject) -> None:
    untagged(anna, "vip")
    tagged(anna, "vip", on=16)
    assert tags(anna) == ["fair", "vip"]
    untagged(anna, "vip", on=17)
    assert tags(anna) == ["fair"]


@pytest.mark.heavy
def test_a_tag_that_is_removed_is_removed_of_whoever_joins_later(anna: SmallProject) -> None:
    untagged(anna, "vip")
    anna.deliver("helpdesk", "2026-02-01", "id,name,phone_number,labels\n3,Anna Berg,+4915123456789,vip")
    anna.deliver("crm", "2026-02-01", f"{HEADER}\n4,Anna Berg,0151 23456789,,vip")
    anna.run()
    assert tags(anna, "crm:4") == ["fair"]


@pytest.mark.heavy
def test_tags_that_only_fill_blanks_stay_beside_one_that_somebody_adds(project: SmallProject) -> None:
    sources = SETTINGS["sources"]
    project.configure(sources=sources | {"crm": sources["crm"] | {"update": {"tags": "fill_blank"}}})
    project.deliver("crm", "2026-01-05", f"{HEADER}\n1,Anna Berg,0151 23456789,,vip")
    project.run()
    tagged(project, "new")
    assert tags(project) == ["new", "vip"]


@pytest.mark.heavy
def test_taking_tags_back_leaves_everything_as_it_was(anna: SmallProject) -> None:
    before = shown(anna)
    taken = [tagged(anna, "new", on=1), untagged(anna, "vip", on=2), noted(anna, "called", on=3)]
    for on, each in enumerate(taken, 10):
        revoke(anna.project, anna.connection, each.decision_id, ruling(on))
    assert shown(anna) == before


@pytest.mark.heavy
def test_tags_and_notes_survive_a_rebuild(anna: SmallProject) -> None:
    tagged(anna, "new", on=1)
    untagged(anna, "vip", on=2)
    noted(anna, "called", on=3)
    before = shown(anna)
    assert rebuilt(anna) == before


def test_a_note_stands_in_the_timeline_with_its_author(anna: SmallProject) -> None:
    noted(anna, "asked for an invoice; will call again")
    [found] = anna.rows("SELECT actor, text FROM timeline WHERE kind = 'note'")
    assert found == {"actor": "Ina", "text": "asked for an invoice; will call again"}


@pytest.mark.parametrize("text", ["", "  ", "one, two", "one;two"])
def test_what_is_not_one_tag_is_refused(anna: SmallProject, text: str) -> None:
    with pytest.raises(DecisionRefused, match="a tag is one text"):
        tagged(anna, text)


def test_a_tag_that_is_not_there_cannot_be_removed(anna: SmallProject) -> None:
    with pytest.raises(DecisionRefused, match="no such tag"):
        untagged(anna, "gone")


def test_a_note_needs_words(anna: SmallProject) -> None:
    with pytest.raises(DecisionRefused, match="needs words"):
        noted(anna, " ")

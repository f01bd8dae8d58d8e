"""How a role sees a column follows from what it states and from what columns derive from each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.attribute import Attribute
from schemas.project import Project
from schemas.published.contract import UUID
from schemas.published.default_roles import DEFAULT_ROLES
from schemas.published.role import Action, Role, Treatment, known_names
from schemas.published.treatments import Treatments, origins, stated, treatments_of
from schemas.published.views import VIEWS
from schemas.vocabulary import AttributeMerge, AttributeType

CLEAR, MASKED, KEYED, ABSENT = Treatment
OPEN = {"direct": CLEAR, "quasi": CLEAR}
ATTRIBUTES = {
    "tier": Attribute(type=AttributeType.TEXT),
    "account_id": Attribute(type=AttributeType.TEXT, exclusive=True),
    "seats": Attribute(type=AttributeType.NUMBER, merge=AttributeMerge.MAX),
}


def seen(**columns: Treatment) -> Treatments:
    stated = {name.replace("__", "."): each for name, each in columns.items()}
    return treatments_of(Role(columns=stated), ATTRIBUTES)


def test_what_is_nobodys_is_seen_and_what_is_somebodys_only_where_that_is_said() -> None:
    unstated = seen()
    assert unstated.columns["contacts.status"] is CLEAR
    assert (unstated.columns["contacts.name"], unstated.columns["contacts.tags"]) == (ABSENT, ABSENT)


def test_a_column_wins_over_its_view_and_a_view_over_a_class() -> None:
    made = seen(direct=CLEAR, quasi=CLEAR, messages=ABSENT, messages__text=CLEAR, notes=MASKED)
    assert made.columns["messages.text"] is CLEAR
    assert made.columns["messages.sent_at"] is ABSENT
    assert (made.columns["notes.text"], made.columns["notes.channel"]) == (MASKED, CLEAR)
    assert made.columns["notes.contact_id"] is CLEAR


def test_a_folded_form_of_what_is_masked_is_absent() -> None:
    made = seen(direct=CLEAR, quasi=CLEAR, contacts__phone=MASKED, contacts__name=MASKED)
    assert made.columns["contacts.phones"] is MASKED
    assert [made.columns[f"contacts.{each}"] for each in ("phone_digits", "name_folded", "last_name_folded")] == [
        ABSENT
    ] * 3


def test_hiding_the_given_name_hides_the_name_that_has_it() -> None:
    made = seen(**OPEN, contacts__first_name=MASKED)
    assert (made.columns["contacts.name"], made.columns["contacts.last_name"]) == (MASKED, MASKED)


def test_what_is_called_by_somebodys_number_is_not_seen_better_than_the_number() -> None:
    made = seen(**OPEN, contacts__phone=MASKED)
    for name in ("messages.sender", "deliveries.file_name", "field_provenance.record_id", "conversations.title"):
        assert made.columns[name] is MASKED


def test_identifiers_are_seen_as_the_column_they_repeat() -> None:
    made = seen(**OPEN, contacts__phone=MASKED, contacts__email=ABSENT)
    assert made.identifiers == {"phone": MASKED, "wa_id": MASKED, "email": ABSENT}
    assert made.other_identifiers is CLEAR
    assert made.columns["identifiers.digits"] is ABSENT


def test_an_attribute_that_tells_who_somebody_is_counts_as_a_direct_column() -> None:
    made = seen(direct=MASKED, quasi=CLEAR)
    assert made.attributes == {"tier": CLEAR, "account_id": MASKED, "seats": CLEAR}
    assert seen(direct=MASKED, quasi=CLEAR, attr__account_id=CLEAR).attributes["account_id"] is CLEAR


@pytest.mark.parametrize("name", ["contact.phone", "contacts.fone", "personal", "phone"])
def test_a_column_there_is_not_is_a_mistake(name: str) -> None:
    with pytest.raises(ValidationError, match=f"no class, view, column or attribute `{name}`"):
        Role(columns={name: MASKED})


@pytest.mark.parametrize("name", ["keyed", "contacts.contact_id", "messages.conversation_id"])
def test_an_id_cannot_be_masked(name: str) -> None:
    with pytest.raises(ValidationError, match="clear, keyed or absent"):
        Role(columns={name: MASKED})


def test_a_role_cannot_name_an_attribute_there_is_not() -> None:
    roles = {"sales": {"columns": {"attr.teir": "clear"}}}
    with pytest.raises(ValidationError, match=r"roles\.sales\.columns: no attribute `teir`"):
        Project.model_validate({"project": "p", "default_region": "DE", "sources": {}, "roles": roles})


def test_a_role_of_the_project_takes_the_place_of_the_one_every_project_has() -> None:
    roles = {"analyst": {"description": "ours"}, "sales": {}}
    project = Project.model_validate({"project": "p", "default_region": "DE", "sources": {}, "roles": roles})
    assert project.every_role().keys() == DEFAULT_ROLES.keys() | {"sales"}
    assert project.every_role()["analyst"].description == "ours"


def test_an_analyst_sees_nobody_by_name() -> None:
    made = treatments_of(DEFAULT_ROLES["analyst"], ATTRIBUTES)
    direct = [f"{view.name}.{each.name}" for view in VIEWS.values() for each in view.columns if each.pii == "direct"]
    assert {name for name in direct if made.columns[name] is CLEAR} == {"field_provenance.value"}
    assert {field for field in ("name", "first_name", "phone", "email") if made.fields[field] is CLEAR} == set()


@pytest.mark.parametrize("role", ["admin", "compliance"])
def test_who_answers_for_the_data_sees_all_of_it(role: str) -> None:
    assert set(treatments_of(DEFAULT_ROLES[role], ATTRIBUTES).columns.values()) == {CLEAR}


def test_every_action_is_somebodys() -> None:
    assert {each for role in DEFAULT_ROLES.values() for each in role.actions} == set(Action)


ids = {f"{view.name}.{each.name}" for view in VIEWS.values() for each in view.columns if each.type == UUID}
stated_columns = st.dictionaries(
    st.sampled_from(sorted(known_names() - ids - {"keyed"})), st.sampled_from(list(Treatment)), max_size=12
)
REPEATING = {"identifiers", "attributes", "field_provenance", "events", "contacts.attributes"}  # seen row by row


@given(stated_columns)
def test_no_column_is_seen_better_than_what_it_derives_from(columns: dict[str, Treatment]) -> None:
    role = Role(columns=columns)
    made = treatments_of(role, {})
    for view in VIEWS.values():
        for column in view.columns:
            own = made.columns[f"{view.name}.{column.name}"]
            for origin in origins(view.name, column):
                if REPEATING.isdisjoint({view.name, f"{view.name}.{column.name}"}):
                    assert own.rank >= stated(role, origin).rank

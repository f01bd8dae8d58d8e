"""People of one home stay as many as they are, whatever they share and in whatever script they are written."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.resolved import resolve

ROLES = {
    "given": "given_name", "family": "family_name", "phone": "phone", "email": "email",
    "street": "street", "city": "city", "born": "date_of_birth",
}  # fmt: skip
HOMES = {  # the family name, and given names of which no two are one
    "Brandt": ("Heike", "Volker", "Jonas", "Pauline", "Rudolf"),
    "Kowalski": ("Wojciech", "Agnieszka", "Bogdan", "Zofia", "Tymon"),
    "Ruiz Ortega": ("Pilar", "Gonzalo", "Inés", "Bruno", "Fátima"),
    "Nguyễn": ("Hương", "Quang", "Thảo", "Bình", "Lâm"),
    "Смирнов": ("Олег", "Вера", "Тимур", "Юлия", "Павел"),
    "Παπάς": ("Γιώργος", "Ελένη", "Σταύρος", "Ζωή", "Μάρκος"),
    "الخطيب": ("يوسف", "مريم", "طارق", "ليلى", "خالد"),
    "כהן": ("יעקב", "רחל", "אורי", "נועה", "גדעון"),
    "王": ("伟", "芳", "建国", "丽", "强"),
    "김": ("민준", "서연", "지훈", "하은", "동현"),
}
SHARED = {
    "phone": "+49 30 5550199", "email": "home@example.com", "street": "Ahornweg 7",
    "city": "Bad Beispiel", "born": "1990-05-17",
}  # fmt: skip


@pytest.mark.heavy
@settings(max_examples=examples(60, light=12), deadline=None)
@given(st.sampled_from(sorted(HOMES)), st.sets(st.sampled_from(sorted(SHARED))), st.integers(2, 5), st.booleans())
def test_given_names_that_differ_are_never_one_person(family: str, shared: set[str], people: int, twice: bool) -> None:
    home = {field: SHARED[field] if field in shared else None for field in SHARED}
    members = [{"given": given, "family": family, **home} for given in HOMES[family][:people]]
    listed = members * 2 if twice else members
    records = pl.DataFrame(listed, schema=dict.fromkeys(ROLES, pl.String)).with_row_index("record_id")

    contacts = resolve(records, ROLES).join(records, on="record_id")

    assert contacts.group_by("contact_id").agg(pl.col("given").n_unique())["given"].max() == 1

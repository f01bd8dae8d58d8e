from pipelines.match.comparison.identifier_fields import CHANNEL_IDS, FIELDS
from schemas.vocabulary import IdentifierType


def test_each_identifier_speaks_for_a_field_but_an_id_of_another_system_for_none() -> None:
    assert {kind.value: FIELDS.get(kind) for kind in IdentifierType if kind not in CHANNEL_IDS} == {
        "phone": "phone",
        "wa_id": "phone",
        "email": "email",
        "external_id": None,
    }
    assert {FIELDS[kind] for kind in CHANNEL_IDS} == {"channel_id"}
    assert len(FIELDS) == len(IdentifierType) - 1

import polars as pl

from pipelines.match.comparison.prepare import FACTS
from pipelines.match.comparison.records import NOTHING, Records, encode

NAMES = pl.Schema({"record": pl.UInt32, "given_name": pl.String, "middle_name": pl.String, "family_name": pl.String})
PEOPLE = [(0, "mara", None, "quint"), (1, "quint", "ann", None), (2, None, None, None)]


def records(people: list[tuple[int, str | None, str | None, str | None]], *facts: tuple[int, str, str]) -> Records:
    return encode(
        len(people),
        pl.DataFrame(people, schema=NAMES, orient="row"),
        pl.DataFrame(list(facts), schema=FACTS, orient="row"),
    )


def test_given_and_family_names_share_their_numbers() -> None:
    known = records(PEOPLE)
    assert known.fields["given_name"].first[1] == known.fields["family_name"].first[0]


def test_a_record_without_a_value_has_nothing() -> None:
    known = records(PEOPLE)
    assert known.fields["given_name"].first[2] == NOTHING
    assert known.fields["family_name"].first[1] == NOTHING


def test_values_are_numbered_in_their_order() -> None:
    assert records(PEOPLE).fields["given_name"].values.to_list() == ["ann", "mara", "quint"]


def test_a_record_may_have_several_values() -> None:
    phone = records(PEOPLE, (0, "phone", "442079460111"), (0, "phone", "442079460222"), (1, "phone", "442079460111"))
    field = phone.fields["phone"]
    assert field.several.tolist() == [True, False, False]
    assert field.record.tolist() == [0, 0, 1]
    assert field.values.gather(field.code).to_list() == ["442079460111", "442079460222", "442079460111"]


def test_a_value_that_is_stated_twice_is_one() -> None:
    city = records(PEOPLE, (0, "city", "bath"), (0, "city", "bath")).fields["city"]
    assert city.code.tolist() == [0]
    assert not city.several.any()


def test_an_address_has_its_domain_as_a_field() -> None:
    known = records(PEOPLE, (1, "email", "ann@example.com"))
    assert known.fields["email_domain"].values.to_list() == ["example.com"]
    assert known.fields["email_domain"].first.tolist() == [NOTHING, 0, NOTHING]


def test_a_list_without_names_or_facts_has_no_fields() -> None:
    known = records([(0, None, None, None)])
    assert (known.count, known.fields, known.mailboxes, known.tails) == (1, {}, None, None)


def test_the_order_of_facts_decides_nothing() -> None:
    facts = [(0, "phone", "442079460111"), (1, "phone", "442079460222"), (1, "city", "bath")]
    one, other = records(PEOPLE, *facts), records(PEOPLE, *facts[::-1])
    assert {"phone", "city"} <= set(one.fields)
    for name, field in one.fields.items():
        assert field.values.equals(other.fields[name].values)
        assert field.first.tolist() == other.fields[name].first.tolist()

"""Which records meet, rule by rule: what two of them share alone, and the rules that bring them together for it."""

import polars as pl

from pipelines.match.blocking.rules import KEYS, RULES, Rule, blocking_keys, fields_of, in_blocks
from pipelines.match.comparison.listed import prepare_list

ROLES = {
    "given": "given_name",
    "family": "family_name",
    "phone": "phone",
    "email": "email",
    "channel": "channel_id",
    "id": "exact_id",
    "born": "date_of_birth",
    "city": "city",
    "firm": "company",
    "street": "street",
    "zip": "postcode",
    "county": "region",
    "sex": "category",
    "job": "text",
}
Row = dict[str, str]
ONE: Row = {
    "given": "Mara", "family": "Quint", "phone": "+44 20 7946 0111", "email": "one.quint@example.com",
    "channel": "tg:1", "id": "A-1", "born": "1980-03-04", "city": "Bath", "firm": "Northwind Traders",
    "street": "12 Oak Street", "zip": "20095", "county": "Somerset", "sex": "f", "job": "miller",
}  # fmt: skip
OTHER: Row = {
    "given": "Otto", "family": "Ober", "phone": "+1 202 555 0134", "email": "two.ober@example.net", "channel": "tg:2",
    "id": "B-2", "born": "1971-11-28", "city": "York", "firm": "Contoso Sales", "street": "7 Elm Road", "zip": "80331",
    "county": "Yorkshire", "sex": "m", "job": "potter",
}  # fmt: skip
PERSON = ("given", "family")


def meetings(pairs: list[tuple[Row, Row]]) -> list[list[str]]:
    """The rules by which the two of each pair share a key, by their parts."""
    rows = pl.DataFrame([row for pair in pairs for row in pair], schema=dict.fromkeys(ROLES, pl.String))
    keys = blocking_keys(*prepare_list(rows, ROLES)).with_columns(pair=pl.col("record") // 2)
    shared = keys.filter(pl.struct("pair", "rule", "key").is_duplicated(), pl.col("record") % 2 == 0)
    met: dict[int, list[str]] = {nth: [] for nth in range(len(pairs))}
    for nth, rule in shared.select("pair", "rule").iter_rows():
        met[nth].append(" + ".join(RULES[rule].parts))
    return [sorted(rules) for rules in met.values()]


def without(row: Row, *fields: str) -> Row:
    return {field: value for field, value in row.items() if field not in fields}


BY_NAME = ["family_initial", "family_name", "given_name", "name", "stems"]


SHARED_BY_PEOPLE: list[tuple[str, list[str]]] = [
    ("", []),
    ("phone", ["phone"]),
    ("email", ["email", "mailbox", "mailbox_stem"]),
    ("channel", ["channel_id"]),
    ("id", ["exact_id"]),
    ("given", ["given_name"]),
    ("family", ["family_name"]),
    ("street", ["street"]),
    ("born", ["date_of_birth"]),
    ("city", []),
    ("zip", []),
    ("firm", []),
    ("county", []),
    ("sex", []),
    ("job", []),
    ("zip sex", []),
    ("county sex", []),
    ("city firm", ["city + company"]),
    ("county sex zip", ["region + category + postcode"]),
    ("county sex job", ["region + category + text"]),
    ("given family", BY_NAME),
    ("given family city", [
        *BY_NAME, "city + name_word", "city + name_word", "family_initial + city", "name + city", "stems + city",
    ]),
    ("given family firm", [*BY_NAME, "family_initial + company", "given_name + company", "name + company"]),
    ("given family zip", [
        *BY_NAME, "family_initial + postcode", "family_name + postcode", "given_name + postcode", "name + postcode",
        "stems + postcode",
    ]),
    ("given family street", [
        *BY_NAME, "family_initial + street", "family_name + street", "given_name + street", "house + name_word",
        "house + name_word", "name + street", "street",
    ]),
    ("given family born", [
        *BY_NAME, "birth_year + family_name", "birth_year + given_name", "date_of_birth",
        "family_initial + date_of_birth", "family_name + date_of_birth", "given_name + date_of_birth",
        "name + date_of_birth", "stems + birth_year", "stems + birthday",
    ]),
    ("born zip", ["birthday + postcode", "date_of_birth", "date_of_birth + postcode"]),
    ("born city", ["birth_year + city", "birthday + city", "date_of_birth", "date_of_birth + city"]),
    ("born county", ["date_of_birth", "date_of_birth + region"]),
    ("born county sex", [
        "date_of_birth", "date_of_birth + region", "region + category + birth_year", "region + category + birthday",
    ]),
    ("born zip sex", [
        "birthday + postcode", "date_of_birth", "date_of_birth + postcode", "postcode + category + birth_year",
    ]),
    ("born job", ["date_of_birth", "date_of_birth + text"]),
    ("born email", ["birth_year + mailbox_stem", "date_of_birth", "email", "mailbox", "mailbox_stem"]),
]  # fmt: skip
SHARED_BY_FIRMS = [
    ("firm", ["organisation"]),
    ("zip", []),
    ("firm zip", ["organisation", "organisation_word + postcode", "organisation_word + postcode"]),
    ("street", ["place", "street"]),
]
MADE_OF_A_FIELD: list[tuple[Row, Row, list[str]]] = [
    ({"email": "mquint@a.example"}, {"email": "m.qu-in_t+news@b.example"}, ["mailbox", "mailbox_stem"]),
    ({"email": "quint@a.example"}, {"email": "quint@b.example"}, ["mailbox", "mailbox_stem"]),
    ({"email": "mara@a.example"}, {"email": "mara@b.example"}, []),
    ({"email": "quint.mara@a.example"}, {"email": "quint.otto@b.example"}, ["mailbox_stem"]),
    ({"email": "quin.mara@a.example"}, {"email": "quin.otto@b.example"}, []),
    ({"given": "Mara", "family": "Quint"}, {"given": "Quint", "family": "Mara"}, ["name", "stems"]),
    ({"given": "Mara", "family": "Quint"}, {"given": "M.", "family": "Quint"}, ["family_initial", "family_name"]),
    ({"given": "Mara", "family": "Quint"}, {"given": "Ma", "family": "Quint"}, ["family_initial", "family_name"]),
    ({"given": "Mara"}, {"family": "Mara"}, []),
    ({"given": "Mara", "city": "Bath"}, {"given": "Mara", "city": "Bath"}, ["city + name_word", "given_name"]),
    ({"given": "Mara", "city": "Bath"}, {"family": "Mara", "city": "Bath"}, ["city + name_word"]),
    (
        {"given": "Marah", "family": "Quint", "city": "Bath"},
        {"given": "Quinn", "family": "Mara", "city": "Bath"},
        ["stems", "stems + city"],
    ),
    (
        {"given": "Mara", "family": "Quint", "city": "Bath"},
        {"given": "Maja", "family": "Quilt", "city": "Bath"},
        [],
    ),
    (
        {"given": "Mara", "family": "Quint", "born": "1980-03-04"},
        {"given": "Marah", "family": "Quintt", "born": "1980-11-28"},
        ["stems", "stems + birth_year"],
    ),
    (
        {"given": "Mara", "family": "Quint", "born": "1980-03-04"},
        {"given": "Marah", "family": "Quintt", "born": "1971-03-04"},
        ["stems", "stems + birthday"],
    ),
    ({"born": "1980-03-04", "zip": "1"}, {"born": "1990-04-03", "zip": "1"}, ["birthday + postcode"]),
    ({"born": "1980", "zip": "1"}, {"born": "1980", "zip": "1"}, ["date_of_birth", "date_of_birth + postcode"]),
    ({"id": "829-65-5278"}, {"id": "829-65-5287"}, ["id_half"]),
    ({"id": "829-65-5278"}, {"id": "892 65 5278"}, ["id_half"]),
    ({"id": "829-65-5278"}, {"id": "829655278"}, ["id_half", "id_half"]),
    ({"id": "5278-9999"}, {"id": "1111-5278"}, []),
    ({"id": "A-123"}, {"id": "A-124"}, []),
    (
        {"id": "829-65-5278", "given": "Mara"},
        {"id": "829-65-5287", "family": "Mara"},
        ["id_half", "id_half + name_word"],
    ),
    (
        {"id": "829-65-5278", "born": "1980-03-04"},
        {"id": "829-65-5287", "born": "1990-03-04"},
        ["id_half", "id_half + birthday"],
    ),
    ({"street": "12 Oak Street", "zip": "1"}, {"street": "Elm Road 12", "zip": "1"}, ["house + postcode"]),
    ({"street": "12 Oak Street", "given": "Mara"}, {"street": "Elm Road 12", "family": "Mara"}, ["house + name_word"]),
    ({"phone": "+44 20 7946 0111"}, {"phone": "20 7946 0111"}, ["phone"]),
    ({"firm": "Nord Ost", "zip": "1"}, {"firm": "Nord Sud", "zip": "1"}, ["organisation_word + postcode"]),
    ({"firm": "Nor Ost", "zip": "1"}, {"firm": "Nor Sud", "zip": "1"}, []),
    ({"firm": "A", "street": "12 Oak Street"}, {"firm": "B", "street": "12 Oak Alley"}, ["place"]),
    ({"firm": "A", "street": "12 N Oakwood"}, {"firm": "B", "street": "12 N Oakwold"}, ["place"]),
    ({"firm": "A", "street": "12 Oakwood"}, {"firm": "B", "street": "12 Oakworth"}, ["place"]),
    ({"firm": "A", "street": "12 Oakwood"}, {"firm": "B", "street": "12 Oakes"}, []),
    ({"firm": "A", "street": "12 N Oakwood"}, {"firm": "B", "street": "12 S Oakwood"}, []),
    ({"firm": "A", "street": "12 Oak Street"}, {"firm": "B", "street": "13 Oak Street"}, []),
]


def sharing(fields: str) -> Row:
    return OTHER | {field: ONE[field] for field in fields.split()}


def test_people_meet_by_what_they_share_alone() -> None:
    found = meetings([(ONE, sharing(fields)) for fields, _ in SHARED_BY_PEOPLE])

    assert list(zip((fields for fields, _ in SHARED_BY_PEOPLE), found, strict=True)) == [
        (fields, sorted(rules)) for fields, rules in SHARED_BY_PEOPLE
    ]


def test_records_without_a_person_meet_by_their_firm_and_its_place() -> None:
    pairs = [(without(ONE, *PERSON), without(sharing(fields), *PERSON)) for fields, _ in SHARED_BY_FIRMS]

    assert meetings(pairs) == [rules for _, rules in SHARED_BY_FIRMS]


def test_half_a_name_is_a_person() -> None:
    firm = without(ONE, *PERSON)
    halves = [without(ONE, part) for part in PERSON]

    for met in meetings([(half, other) for half in halves for other in (firm, ONE)]):
        assert not {"organisation", "organisation_word + postcode", "place"} & set(met)


def test_a_house_brings_nobody_together_in_a_list_that_names_no_firms() -> None:
    assert meetings([({"street": "12 Oak Street"}, {"street": "12 Oak Alley"})]) == [[]]


def test_records_meet_by_what_a_field_is_made_of() -> None:
    found = meetings([(one, other) for one, other, _ in MADE_OF_A_FIELD])

    assert [(*pair, rules) for pair, rules in zip(((a, b) for a, b, _ in MADE_OF_A_FIELD), found, strict=True)] == (
        MADE_OF_A_FIELD
    )


def test_names_are_known_to_agree_by_given_and_family_name_alone() -> None:
    for part in ("name", "family_initial", "stems"):
        assert fields_of(Rule((part,), 1)) == {"given_name", "family_name"}


CAPS = {
    100: "phone, email, channel_id, exact_id",
    60: "organisation, organisation_word + postcode, place",
    40: "mailbox, name, name + city, name + company, name + postcode, name + street, name + date_of_birth, "
    "family_name + date_of_birth, family_name + street, family_name + postcode, given_name + date_of_birth, "
    "given_name + street, given_name + company, given_name + postcode, date_of_birth + postcode, date_of_birth + city",
    20: "family_initial, family_initial + city, family_initial + company, family_initial + postcode, "
    "family_initial + street, family_initial + date_of_birth, stems + birth_year, stems + birthday, stems + city, "
    "stems + postcode, birth_year + family_name, birth_year + given_name, birth_year + city, "
    "birth_year + mailbox_stem, street, id_half + birthday, id_half + name_word, date_of_birth + region, "
    "date_of_birth + text, region + category + birthday, region + category + birth_year, "
    "region + category + postcode, region + category + text, postcode + category + birth_year",
    8: "family_name, given_name, date_of_birth, mailbox_stem, stems, id_half, city + name_word, city + company, "
    "birthday + postcode, birthday + city, house + postcode, house + name_word",
}


def test_a_block_of_more_records_than_its_rule_allows_makes_no_pairs() -> None:
    most = {rule: cap for cap, rules in CAPS.items() for rule in rules.split(", ")}
    assert sorted(most) == sorted(" + ".join(rule.parts) for rule in RULES)
    sizes = [most[" + ".join(rule.parts)] for rule in RULES]
    full, beyond = (
        pl.DataFrame(
            [(nth, 7, record) for nth, size in enumerate(sizes) for record in range(size + more)],
            schema=KEYS,
            orient="row",
        )
        for more in (0, 1)
    )

    assert in_blocks(full).height == full.height
    assert in_blocks(beyond).is_empty()


def test_the_beginning_of_an_identifier_is_not_the_end_of_another() -> None:
    pairs = [({"id": "ABC123"}, {"id": "XYZABC"}), ({"id": "ABC123"}, {"id": "ABC789"}), ({"id": "A1"}, {"id": "A2"})]
    assert meetings(pairs) == [[], ["id_half"], []]

from schemas.match_fields import fields_by_column, fields_of_role, role_of


def test_two_columns_of_a_role_that_says_nothing_of_itself_are_two_fields() -> None:
    assert fields_by_column({"sex": "category", "age": "category"}) == {"age": "category", "sex": "category 2"}


def test_two_columns_of_numbers_are_two_values_of_one_field() -> None:
    assert fields_by_column({"mobile": "phone", "home": "phone"}) == {"mobile": "phone", "home": "phone"}


def test_columns_beyond_the_last_field_are_values_of_it() -> None:
    fields = fields_by_column({f"note {nth}": "text" for nth in range(6)})

    assert list(fields.values()) == ["text", "text 2", "text 3", "text 4", "text 4", "text 4"]


def test_a_field_knows_its_role() -> None:
    assert {role_of(field) for field in fields_of_role("exact_id")} == {"exact_id"}
    assert fields_of_role("date_of_birth") == ("date_of_birth",)

import polars as pl

from pipelines.match.keys import blocking_keys, points

IDENTIFIERS = pl.Schema(
    {
        "record_key": pl.String(),
        "type": pl.String(),
        "normalised": pl.String(),
        "is_role": pl.Boolean(),
        "match_keys": pl.List(pl.String()),
    }
)
PROFILES = pl.Schema({"record_key": pl.String(), "tokens": pl.List(pl.String())})
POINTS = pl.Schema(
    {
        "record_key": pl.String(),
        "field": pl.String(),
        "value": pl.String(),
        "exact": pl.Boolean(),
        "is_role": pl.Boolean(),
    }
)


def points_of(*identifiers: tuple[str, str, str, bool, list[str]]) -> list[tuple[str, str, str, bool, bool]]:
    return points(pl.DataFrame(identifiers, schema=IDENTIFIERS, orient="row")).sort("record_key", "value").rows()


def keys_of(*profiles: tuple[str, list[str]]) -> list[tuple[str, str]]:
    made = blocking_keys(pl.DataFrame(profiles, schema=PROFILES, orient="row"), pl.DataFrame(schema=POINTS))
    return made.sort("key", "record_key").rows()


def test_a_whatsapp_number_and_a_phone_number_are_one_point() -> None:
    number = "+4915123456789"

    made = points_of(("a", "phone", number, False, [number]), ("a", "wa_id", number, False, [number]))

    assert made == [("a", "phone", number, True, False)]


def test_a_variant_of_a_number_is_a_point_that_is_not_exact() -> None:
    written, variant = "+5511985550143", "+551185550143"

    made = points_of(("a", "phone", written, False, [written, variant]))

    assert made == [("a", "phone", variant, False, False), ("a", "phone", written, True, False)]


def test_a_number_stated_both_as_itself_and_as_a_variant_is_exact() -> None:
    long, short = "+5511985550143", "+551185550143"

    made = points_of(("a", "phone", long, False, [long, short]), ("a", "wa_id", short, False, [short, long]))

    assert made == [("a", "phone", short, True, False), ("a", "phone", long, True, False)]


def test_an_id_that_a_source_gives_proves_nothing_elsewhere() -> None:
    assert points_of(("a", "external_id", "17", False, [])) == []


def test_a_role_mailbox_is_marked() -> None:
    [point] = points_of(("a", "email", "info@example.com", True, ["info@example.com"]))

    assert point == ("a", "email", "info@example.com", True, True)


def test_a_full_name_is_a_key_in_any_order() -> None:
    assert keys_of(("a", ["anna", "berg"])) == [("name:anna berg", "a")]


def test_one_word_alone_is_no_key() -> None:
    assert keys_of(("a", ["anna"]), ("b", [])) == []


def test_every_point_is_a_key_of_its_field() -> None:
    stated = pl.DataFrame(
        [("a", "phone", "+4915123456789", True, False), ("b", "email", "anna@example.com", True, False)],
        schema=POINTS,
        orient="row",
    )

    made = blocking_keys(pl.DataFrame(schema=PROFILES), stated)

    assert set(made.rows()) == {("phone:+4915123456789", "a"), ("email:anna@example.com", "b")}

import pytest
from pydantic import ValidationError

from schemas.settings.keys import KeySource, KeySources


def test_a_project_that_says_nothing_keeps_both_secrets_in_files() -> None:
    keys = KeySources()
    assert keys.warehouse == KeySource(file=".onecontact/keys/warehouse.key")
    assert keys.identity == KeySource(file=".onecontact/keys/identity.key")


def test_each_secret_can_come_from_its_own_kind_of_place() -> None:
    keys = KeySources.model_validate(
        {"warehouse": {"command": "vault kv get -field=key acme"}, "identity": {"env": "ONECONTACT_IDENTITY_KEY"}}
    )
    assert keys.warehouse.command == "vault kv get -field=key acme"
    assert keys.identity.env == "ONECONTACT_IDENTITY_KEY"


@pytest.mark.parametrize("places", [{}, {"file": "a.key", "env": "KEY"}, {"env": "KEY", "command": "pass show key"}])
def test_a_secret_has_exactly_one_place(places: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="exactly one of file, env, command"):
        KeySource.model_validate(places)


def test_a_misspelt_place_is_an_error() -> None:
    with pytest.raises(ValidationError, match="comand"):
        KeySource.model_validate({"comand": "pass show key"})


@pytest.mark.parametrize(("command", "complaint"), [("pass 'show key", "not closed"), ("  ", "must not be empty")])
def test_a_command_that_cannot_be_run_is_found_early(command: str, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        KeySource(command=command)


def test_a_secret_written_in_place_of_its_variable_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValidationError, match="env") as refusal:
        KeySource(env="7f" * 32)
    assert "7f" * 32 not in str(refusal.value)


def test_the_two_secrets_cannot_be_one() -> None:
    with pytest.raises(ValidationError, match="two different places"):
        KeySources(warehouse=KeySource(env="KEY"), identity=KeySource(env="KEY"))

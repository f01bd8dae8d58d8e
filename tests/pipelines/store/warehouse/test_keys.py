import sys
from pathlib import Path

import pytest

from pipelines.errors import KeyExposed, KeyMalformed, KeyMissing
from pipelines.store.warehouse import keys
from pipelines.store.warehouse.keys import load_key, make_keys
from schemas.settings.keys import KeySource, KeySources

KEY = "0123456789abcdef" * 4


def write(path: Path, text: str, mode: int = 0o600) -> KeySource:
    path.touch(mode=0o600)
    path.write_text(text)
    path.chmod(mode)
    return KeySource(file=path.name)


def python(script: str) -> KeySource:
    return KeySource(command=f'{sys.executable} -c "{script}"')


def test_a_new_project_gets_different_keys_that_only_its_owner_can_read(tmp_path: Path) -> None:
    make_keys(tmp_path, KeySources())
    folder = tmp_path / ".onecontact" / "keys"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == {
        "warehouse.key": 0o600,
        "identity.key": 0o600,
        "seal.key": 0o600,
    }
    sources = KeySources()
    made = [load_key(tmp_path, source) for source in (sources.warehouse, sources.identity, sources.seal)]
    assert [len(bytes.fromhex(each)) for each in made] == [32, 32, 32]
    assert len(set(made)) == 3


def test_making_keys_again_changes_nothing(tmp_path: Path) -> None:
    make_keys(tmp_path, KeySources())
    before = load_key(tmp_path, KeySources().warehouse)
    make_keys(tmp_path, KeySources())
    assert load_key(tmp_path, KeySources().warehouse) == before


def test_making_keys_fills_in_the_one_that_is_not_there_and_leaves_the_other(tmp_path: Path) -> None:
    source = write(tmp_path / "warehouse.key", "not even a key")
    make_keys(tmp_path, KeySources(warehouse=source, identity=KeySource(file="identity.key")))
    assert (tmp_path / "warehouse.key").read_text() == "not even a key"
    assert load_key(tmp_path, KeySource(file="identity.key"))


def test_no_file_is_made_for_a_key_that_is_kept_elsewhere(tmp_path: Path) -> None:
    elsewhere = (KeySource(env="KEY_A"), KeySource(command="pass show key"), KeySource(env="KEY_B"))
    make_keys(tmp_path, KeySources(**dict(zip(("warehouse", "identity", "seal"), elsewhere, strict=True))))
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_read_from_a_file_relative_to_the_project_or_absolute(tmp_path: Path) -> None:
    source = write(tmp_path / "a.key", KEY.upper() + "\n")
    assert load_key(tmp_path, source) == KEY
    assert load_key(Path("/"), KeySource(file=str(tmp_path / "a.key"))) == KEY


def test_a_key_is_read_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECONTACT_TEST_KEY", KEY)
    assert load_key(tmp_path, KeySource(env="ONECONTACT_TEST_KEY")) == KEY


def test_a_key_is_what_a_command_prints_and_the_command_runs_in_the_project(tmp_path: Path) -> None:
    write(tmp_path / "sealed", KEY)
    assert load_key(tmp_path, KeySource(command="cat sealed")) == KEY


def test_a_command_is_not_given_to_a_shell(tmp_path: Path) -> None:
    with pytest.raises(KeyMalformed):
        load_key(tmp_path, KeySource(command=f"echo {KEY} && true"))


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match=r"warehouse\.key does not exist"):
        load_key(tmp_path, KeySources().warehouse)


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    (tmp_path / "a.key").mkdir(mode=0o700)
    with pytest.raises(KeyMissing, match=r"a\.key cannot be read"):
        load_key(tmp_path, KeySource(file="a.key"))


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_variable_that_is_not_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("ONECONTACT_TEST_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("ONECONTACT_TEST_KEY", value)
    with pytest.raises(KeyMissing, match="ONECONTACT_TEST_KEY"):
        load_key(tmp_path, KeySource(env="ONECONTACT_TEST_KEY"))


def test_a_command_that_fails_is_reported_without_anything_it_said_or_was_given(tmp_path: Path) -> None:
    script = "import sys; print('half-a-secret'); print('token t-4711 refused', file=sys.stderr); sys.exit(3)"
    with pytest.raises(KeyMissing) as missing:
        load_key(tmp_path, python(script))
    assert str(missing.value) == f"Key command {sys.executable} failed with exit code 3"
    assert missing.value.__cause__ is None


def test_a_command_that_prints_nothing_gives_no_key(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="true printed nothing"):
        load_key(tmp_path, KeySource(command="true"))


def test_a_command_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="no-such-vault cannot be run: No such file"):
        load_key(tmp_path, KeySource(command="no-such-vault get"))


def test_a_command_that_waits_for_somebody_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "COMMAND_SECONDS", 0.05)
    with pytest.raises(KeyMissing, match=r"sleep gave no answer within 0\.05 s"):
        load_key(tmp_path, KeySource(command="sleep 5"))


@pytest.mark.parametrize(
    "text", ["", "hunter2hunter2", KEY[:-1], KEY + "0", KEY[:-1] + "g", KEY + "\n" + KEY, "é" * 64]
)
def test_anything_but_64_hex_digits_is_malformed_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(KeyMalformed, match="64 hex digits") as malformed:
        load_key(tmp_path, write(tmp_path / "a.key", text))
    assert not text or text not in str(malformed.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_file_that_others_can_reach_is_refused_with_the_way_out(tmp_path: Path, mode: int) -> None:
    source = write(tmp_path / "my key", KEY, mode)
    with pytest.raises(KeyExposed) as exposed:
        load_key(tmp_path, source)
    assert f"mode {mode:04o}" in str(exposed.value)
    assert f"chmod 600 '{tmp_path / 'my key'}'" in str(exposed.value)

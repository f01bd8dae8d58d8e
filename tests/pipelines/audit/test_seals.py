import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from pipelines.audit.seals import Seal, make_seal, public_pem
from pipelines.audit.tree import Peaks, grown
from pipelines.audit.verification.seal_chain import chain_faults, raw_key, read_seals

KEY, OTHER = "11" * 32, "22" * 32
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def chain(number: int, secret: str = KEY) -> list[str]:
    """Lines of so many seals, each over two more events than the one before."""
    lines, before, peaks = [], None, Peaks()
    for nth in range(number):
        peaks = grown(peaks, [sha256(bytes([nth])).digest()] * 2)
        before = make_seal(secret, before, peaks, "small", f"run{nth}", NOON + timedelta(days=nth))
        lines.append(before.line)
    return lines


def trusted(secret: str = KEY) -> list[str]:
    return [raw_key(public_pem(secret).encode())]


def changed(line: str, **said: object) -> str:
    return json.dumps(json.loads(line) | said, sort_keys=True, separators=(",", ":"))


def faults(lines: list[str]) -> list[str]:
    return chain_faults(lines, trusted(), "the file")


def test_a_chain_of_seals_holds() -> None:
    lines = chain(3)
    assert faults(lines) == []
    assert chain_faults(lines, [], "the file") == []
    assert [(each.number, each.size) for each in read_seals(lines)] == [(1, 2), (2, 4), (3, 6)]


def test_the_end_of_a_chain_holds_after_the_seal_before_it() -> None:
    lines = chain(3)
    assert chain_faults(lines[1:], trusted(), "the file", after=lines[0]) == []


@pytest.mark.parametrize("said", [{"size": 5}, {"sealed_at": "2026-01-01T00:00:00.000000Z"}, {"root": "00" * 32}])
def test_a_changed_seal_is_named(said: dict[str, object]) -> None:
    lines = chain(3)
    lines[1] = changed(lines[1], **said)
    assert faults(lines)[0].startswith("seal 2 in the file does not bear a valid signature")


def test_a_removed_seal_is_named() -> None:
    first, _, third = chain(3)
    says, follows = faults([first, third])
    assert says == "seal 2 in the file says that it is seal 3: seals before it are missing, added or exchanged"
    assert follows.startswith("seal 2 in the file does not follow the seal before it: one of the two was changed")


def test_exchanged_seals_are_named() -> None:
    first, second, third = chain(3)
    assert any(each.startswith("seal 2 in the file says that it is seal 3") for each in faults([first, third, second]))


def test_a_chain_that_somebody_else_has_signed_is_not_trusted() -> None:
    [fault] = faults(chain(1, OTHER))
    assert fault == "seal 1 in the file is signed with a key that is not trusted here"


def test_a_seal_over_fewer_events_than_the_one_before_is_named() -> None:
    full = Seal(1, chain(1)[0], grown(Peaks(), [b"1" * 32] * 2))
    less = make_seal(KEY, full, grown(Peaks(), [b"1" * 32]), "small", "r", NOON)
    assert "seal 2 in the file is over 1 events, the one before it over 2" in faults([full.line, less.line])


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '{"number":1}'])
def test_a_line_that_is_no_seal_is_named(line: str) -> None:
    assert faults([*chain(1), line]) == ["seal 2 in the file cannot be read as a seal"]


def test_a_seal_that_is_not_written_canonically_is_none() -> None:
    [line] = chain(1)
    assert faults([line.replace(",", ", ")]) == ["seal 1 in the file cannot be read as a seal"]


def test_a_public_key_of_another_kind_is_refused() -> None:
    key = "MCowBQYDK2VuAyEAmv3jP9W6iYyGdJ+7Gd2LMwUIqzgX8FDHp2nLOyGHe1E="
    x25519 = f"-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n"
    with pytest.raises(ValueError, match="not an Ed25519 key"):
        raw_key(x25519.encode())

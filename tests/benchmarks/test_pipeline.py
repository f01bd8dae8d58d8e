"""The whole pipeline beside the script, at a size that shows that both still run."""

import hashlib
import sys
from pathlib import Path

import pytest

from benchmarks.pipeline.__main__ import SCRIPT, STAGES, Line, main, stages_table, table
from benchmarks.pipeline.deliveries import LISTS, deliveries
from benchmarks.process import Ran, measured_process
from pipelines.landing import arrivals


def digests(folder: Path) -> dict[str, str]:
    """Of each file below a folder, by its path."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".zip"  # which states when it was made
    }


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    one, other = (deliveries(tmp_path / name, 300, 100) for name in ("one", "other"))
    assert one.truth.equals(other.truth)
    files = digests(tmp_path / "one")
    assert files == digests(tmp_path / "other")
    assert {Path(file).parts[2] for file in files} == {*LISTS, "cloud", "mails", "helpdesk"}


def test_one_in_a_hundred_rows_comes_on_the_second_day(tmp_path: Path) -> None:
    made = deliveries(tmp_path, 5_000, 0)
    late = sum(len(file.read_text("utf-8").splitlines()) - 1 for file in tmp_path.glob("second/landing/*/*.csv"))
    assert 0.005 < late / made.rows < 0.02


def test_a_table_says_how_many_times_the_script_each_command_costs() -> None:
    lines = [Line("run", Ran(10.0, 512.0, "", None), 20.5, 0.9), Line(SCRIPT, Ran(4.0, 256.0, "", None), 1.2, 0.8)]
    _, run, script = (line.split() for line in table(lines))
    assert run == ["run", "10.0", "2.50", "512", "20", "0.900"]
    assert script == ["the", "script", "4.0", "1.00", "256", "1", "0.800"]


def test_what_failed_says_why_and_nothing_is_compared_with_it() -> None:
    lines = [Line("run", Ran(10.0, 512.0, "", None)), Line(SCRIPT, Ran(0.5, 99.0, "", "No module named 'splink'"))]
    _, run, script = table(lines)
    assert run.split() == ["run", "10.0", "512"]
    assert script.split(maxsplit=2)[2] == "No module named 'splink'"


def test_what_no_stage_of_a_run_took_is_outside() -> None:
    run = Line("run", Ran(10.0, 512.0, "", None), stages=dict.fromkeys(STAGES, 1.5))
    head, spent = (line.split() for line in stages_table([run, Line(SCRIPT, Ran(4.0, 256.0, "", None))]))
    assert head[3:] == ["stage", *STAGES, "outside"]
    assert spent == ["run", *["1.5"] * len(STAGES), "2.5"]


def test_a_process_that_fails_tells_its_last_words() -> None:
    failed = measured_process([sys.executable, "-c", "import sys; sys.exit('no such file')"], 1).failed
    assert failed == "no such file"


def test_what_a_process_costs_is_its_own_and_not_that_of_who_starts_it() -> None:
    held = bytearray(300_000_000)
    ran = measured_process([sys.executable, "-c", "print(sum(range(2_000_000)))"], 1)
    assert (ran.said, ran.failed) == (str(sum(range(2_000_000))), None)
    assert 0 < ran.cpu < 10
    assert 1 < ran.mib < len(held) / 2**20


def test_a_process_that_takes_too_long_is_stopped() -> None:
    assert measured_process([sys.executable, "-c", "import time; time.sleep(60)"], 0.01).failed == (
        "stopped after 0.01 minutes"
    )


@pytest.mark.heavy
def test_every_command_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(arrivals, "SETTLE_SECONDS", 0.0)
    main(["--rows", "400", "--messages", "100"])
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("rows and 100 messages")
    costs, by_stage = said[2 : said.index("")], said[said.index("") + 2 :]
    assert [line for line in costs[:-1] if not line[20:29].strip().replace(".", "").isdecimal()] == []
    assert costs[-1].startswith(SCRIPT)
    assert [line[:20].strip() for line in by_stage] == ["run, all of it new", "run, nothing new", "run, 1 % more"]
    assert all(float(line.split()[-1]) > 0 for line in by_stage)

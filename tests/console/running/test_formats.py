import json
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from pydantic import Field

from console.cli import main
from console.running.formats import allowed, example, inline, options, page, pages, write_pages
from pipelines.read.catalogue.registry import FORMATS, Unusable
from pipelines.read.core.batch import Format
from schemas.settings.strict import Strict
from schemas.source import Region, Source

DOCS = Path(__file__).parents[3] / "docs" / "formats"


class Inner(Strict):
    low: int = 1
    high: int = 2


class Odd(Source):
    """Options of every kind."""

    needed: str = Field(description="A name", examples=["Acme: Support"])
    order: Literal["day_first", "month_first"] | None = Field(default=None, description="Which | comes first")
    share: float = Field(default=0.5, ge=0, lt=1, description="A share")
    count: int = Field(default=3, ge=1, description="A count")
    strict: bool = Field(default=False, description="A switch")
    tags: list[str] = Field(default=["a", "b"], description="Some tags")
    columns: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict, description="A mapping")
    inner: Inner = Field(default=Inner(), description="A model")
    either: str | list[str] | None = Field(default=None, description="One or more")


ODD = Format("odd", "Odd | things", Odd, FORMATS["mbox"].read, guide="Get it **there**.\n")


def test_the_committed_pages_are_those_that_the_formats_make() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    assert committed == pages(), "docs/formats is not what the formats say: run `make docs`"


def test_a_page_holds_what_a_format_makes_of_what_it_knows(capsys: pytest.CaptureFixture[str]) -> None:
    told = ODD._replace(appendix=lambda: "## Words\n\nHello.\n")
    assert "Get it **there**.\n\n## Words\n\nHello.\n\n## Options" in page(told)
    main(["formats", "whatsapp_chat", "--json"])
    assert "| German | yes |" in json.loads(capsys.readouterr().out)["guide"]


def test_pages_of_formats_that_are_gone_are_removed(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("x")
    write_pages(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(pages())


def test_an_option_is_told_with_its_meaning_its_default_and_what_it_may_be() -> None:
    assert [tuple(each) for each in options(ODD)] == [
        ("needed", "A name", "required", "text"),
        ("order", "Which | comes first", "none", "`day_first`, `month_first`"),
        ("share", "A share", "`0.5`", "number from 0 below 1"),
        ("count", "A count", "`3`", "whole number from 1"),
        ("strict", "A switch", "`false`", "`true` or `false`"),
        ("tags", "Some tags", "`[a, b]`", "list of text"),
        ("columns", "A mapping", "none", "mapping of names to text"),
        ("inner", "A model", "`{low: 1, high: 2}`", "mapping of `low`, `high`"),
        ("either", "One or more", "none", "text or list of text"),
    ]


def test_what_a_schema_does_not_say_may_be_anything() -> None:
    assert allowed({}, {}) == "any value"
    assert allowed({"type": "object"}, {}) == "mapping of names to any value"


def test_a_page_holds_the_guide_the_options_and_an_example() -> None:
    told = page(ODD)
    assert told.startswith("# odd\n\nOdd | things. It holds conversations.\n\nGet it **there**.\n\n## Options\n")
    assert "| `order` | Which \\| comes first | none | `day_first`, `month_first` |" in told
    assert "needed: 'Acme: Support'" in told


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_example_of_a_format_is_a_source_of_it(name: str) -> None:
    entry = yaml.safe_load(example(FORMATS[name]))["sources"][name]
    assert FORMATS[name].options.model_validate(entry).format == name


@pytest.mark.parametrize(
    "value", ["a\nb", "a: b", "\x1b[2J", "#", "yes", "07", ["a", "b\n"], {"a\nb": "c"}, {}, None, 3]
)
def test_a_value_stays_on_its_line_and_is_read_back(value: object) -> None:
    assert "\n" not in inline(value)
    assert "\x1b" not in inline(value)
    assert yaml.safe_load(inline(value)) == value


def test_all_formats_are_listed_with_the_package_they_come_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in told["formats"]] == sorted(FORMATS)
    assert {each["package"] for each in told["formats"]} == {"onecontact"}
    assert told["unusable"] == []


def test_a_package_whose_format_cannot_be_used_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    why = "the name is taken by a format of onecontact"
    monkeypatch.setattr("console.running.formats.UNUSABLE", [Unusable("mbox", "acme-mail", why)])
    assert main(["formats"]) == 0
    told = capsys.readouterr().out
    assert "whatsapp_chat" in told
    assert f"not used: mbox of the package acme-mail: {why}" in told


def test_a_format_is_told_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "mbox"]) == 0
    told = capsys.readouterr().out
    assert "Thunderbird" in told
    assert "skip_labels" in told
    assert main(["formats", "mbox", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in told["options"]] == ["own_addresses", "skip_labels"]


def test_a_format_that_there_is_not_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "mbx"]) == 2
    assert "no format `mbx`; did you mean `mbox`?" in capsys.readouterr().err


def test_regions_are_text() -> None:
    class Regional(Source):
        home: Region | None = Field(default=None, description="Home")

    assert options(ODD._replace(options=Regional))[0].allowed == "text"

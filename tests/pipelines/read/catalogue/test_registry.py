from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import pipelines.read
from pipelines.errors import ConfigurationError
from pipelines.project import open_project
from pipelines.read.catalogue import registry
from pipelines.read.catalogue.registry import FORMATS, OWN, Unusable, plugged_in
from pipelines.read.core.batch import Format
from schemas.source import Source
from tests.small_project import SETTINGS, small_project, write_settings

CARDS = '''
"""Business cards: one a line, name and address parted by a tab."""

from typing import Literal

from pipelines.read.core.batch import BATCH_ROWS, Format
from pipelines.read.tables.contact_table import Layout, read_contacts, understand
from pipelines.read.csv.rows import open_csv
from schemas.contact_list import ContactTable


class Cards(ContactTable):
    format: Literal["cards"] = "cards"


def read(path, source, *, rows=BATCH_ROWS):
    with open_csv(path, rows=rows) as table:
        yield from read_contacts(table, Layout(understand(table.header, None, {"Who": "name", "Where": "email"})))


FORMAT = Format("cards", "Business cards", Cards, read, holds="contacts")
'''


def install(folder: Path, package: str, entries: str, **modules: str) -> None:
    """Put a distribution into a folder: its metadata, with what it announces, and its modules."""
    info = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[onecontact.formats]\n{entries}\n")
    for name, code in modules.items():
        (folder / f"{name}.py").write_text(code)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that Python looks for packages in."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def test_every_module_that_declares_a_format_is_listed() -> None:
    names = [
        each.name.removeprefix("pipelines.read.") for each in walk_packages(pipelines.read.__path__, "pipelines.read.")
    ]
    declaring = [name for name in names if isinstance(getattr(named(name), "FORMAT", None), Format)]
    assert sorted(OWN) == declaring


def named(name: str) -> object:
    return import_module(f"pipelines.read.{name}")


def test_a_format_is_known_by_the_name_that_its_options_take() -> None:
    assert {"contacts_csv", "eml", "whatsapp_chat"} <= set(FORMATS)
    for name, form in FORMATS.items():
        assert form.options.model_validate({"format": name, "path": "landing/*"}).format == name


def test_every_format_says_what_it_is_how_to_get_it_and_what_its_options_mean() -> None:
    assert len(FORMATS) > 20
    for form in FORMATS.values():
        assert form.describes
        assert form.guide
        assert all(field.description for name, field in form.options.model_fields.items() if name != "format")


def test_a_format_of_an_installed_package_is_read_like_any_other(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site, "card-reader", "cards = acme_cards", acme_cards=CARDS)
    added = plugged_in(FORMATS)
    assert (list(added.formats), added.packages, added.unusable) == (["cards"], {"cards": "card-reader"}, [])
    monkeypatch.setitem(FORMATS, "cards", added.formats["cards"])
    sources = {"desk": {"format": "cards", "path": "landing/desk/*"}}
    with small_project(tmp_path / "project", sources=sources) as project:
        project.deliver("desk", "2026-06-01", "Who\tWhere\nJane Doe\tjane@example.com")
        [taken] = project.receive()
        assert (taken.state, taken.outcomes.total()) == ("accepted", 1)
        assert [each["name"] for each in project.rows("SELECT name FROM source_record")] == ["Jane Doe"]


def test_an_entry_point_may_name_the_format_itself(site: Path) -> None:
    install(site, "card-reader", "cards = other_cards:FORMAT", other_cards=CARDS)
    assert list(plugged_in({}).formats) == ["cards"]


def test_own_formats_and_the_first_package_by_name_keep_theirs(site: Path) -> None:
    install(site, "b-cards", "cards = b_cards", b_cards=CARDS)
    install(site, "a-cards", "cards = a_cards\nmbox = a_cards", a_cards=CARDS)
    added = plugged_in(FORMATS)
    assert added.packages == {"cards": "a-cards"}
    assert added.unusable == [
        Unusable("mbox", "a-cards", "the name is taken by a format of onecontact"),
        Unusable("cards", "b-cards", "the name is taken by a format of a-cards"),
    ]


@pytest.mark.parametrize(
    ("entry", "code", "why"),
    [
        ("odd = missing_module", "", "loading it failed with ModuleNotFoundError"),
        ("odd = odd_raises", "raise ValueError('jane@example.com')", "loading it failed with ValueError"),
        ("odd = odd_leaves", "raise SystemExit(3)", "loading it failed with SystemExit"),
        ("odd = odd_empty", "", "what it loads is no `pipelines.read.core.batch.Format`"),
        ("odd = odd_named", CARDS, "its entry point and its Format have two names"),
        (
            "odd = odd_options",
            CARDS.replace('"Business cards", Cards', '"Business cards", dict'),
            "whose options are a",
        ),
    ],
)
def test_a_package_that_fails_is_named_without_its_words_and_stops_no_other(
    site: Path, entry: str, code: str, why: str
) -> None:
    install(site, "odd-package", entry, **{entry.rpartition(" ")[2]: code} if code or "empty" in entry else {})
    install(site, "z-cards", "cards = fine_cards", fine_cards=CARDS)
    added = plugged_in({})
    assert list(added.formats) == ["cards"]
    [failed] = added.unusable
    assert (failed.name, failed.package) == ("odd", "odd-package")
    assert why in failed.why
    assert "jane" not in failed.why


def test_a_source_of_a_format_whose_package_fails_is_told_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [Unusable("cards", "card-reader", "loading it failed with ImportError")]
    monkeypatch.setattr(registry, "UNUSABLE", broken)
    write_settings(tmp_path, SETTINGS | {"sources": {"desk": {"format": "cards", "path": "landing/desk/*"}}})
    with pytest.raises(ConfigurationError) as raised:
        open_project(tmp_path)
    assert "sources.desk.format: the plug-in `card-reader` does not work: loading it failed with ImportError" in str(
        raised.value
    )


def test_options_of_a_format_are_a_source() -> None:
    assert {issubclass(form.options, Source) for form in FORMATS.values()} == {True}

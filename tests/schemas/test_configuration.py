from pathlib import Path
from typing import Literal

import pytest

from schemas.configuration import ConfigurationInvalid, load_project
from schemas.project import Project
from schemas.segment_files import load_segments
from schemas.source import Source

ACME = """project: acme
default_region: DE
timezone: Europe/Berlin
sources:
  crm:
    format: lists
    path: landing/crm/*.csv
"""
VIP = """segment: vip
columns: [contact_id]
where:
"""


class Lists(Source):
    format: Literal["lists"] = "lists"
    key: str | None = None


def loaded(folder: Path, text: str) -> Project:
    (folder / "onecontact.yaml").write_text(text, encoding="utf-8")
    return load_project(folder, {"lists": Lists})


def faults(folder: Path, text: str) -> list[str]:
    """What is said of a project, without the folder."""
    with pytest.raises(ConfigurationInvalid) as invalid:
        loaded(folder, text)
    return str(invalid.value).replace(f"{folder}/", "").splitlines()


def segment_faults(folder: Path, *texts: str) -> list[str]:
    """What is said of the segments a.yaml, b.yaml, ..., without the folder."""
    (folder / "segments").mkdir()
    for name, text in zip("abc", texts, strict=False):
        (folder / "segments" / f"{name}.yaml").write_text(text, encoding="utf-8")
    told = "\n".join(each.faults for each in load_segments(folder).broken)
    return told.replace(f"{folder}/segments/", "").splitlines()


# Sources


def test_a_source_is_read_with_the_options_of_its_format(tmp_path: Path) -> None:
    project = loaded(tmp_path, ACME + "    key: Record ID\n")
    assert project.sources["crm"] == Lists(
        path="landing/crm/*.csv", key="Record ID", region="DE", timezone="Europe/Berlin"
    )


def test_a_source_that_states_its_own_region_and_zone_keeps_them(tmp_path: Path) -> None:
    crm = loaded(tmp_path, ACME + "    region: US\n    timezone: America/New_York\n").sources["crm"]
    assert (crm.region, crm.timezone) == ("US", "America/New_York")


def test_an_unknown_format_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    assert faults(tmp_path, ACME.replace("lists", "list")) == [
        "onecontact.yaml:6: sources.crm.format: unknown format; did you mean `lists`?"
    ]


def test_a_source_needs_a_format(tmp_path: Path) -> None:
    assert faults(tmp_path, ACME.replace("format: lists", "priority: 1")) == [
        "onecontact.yaml:5: sources.crm: needs a `format:`, one of lists"
    ]


def test_a_default_that_is_wrong_is_no_fault_of_the_sources_that_inherit_it(tmp_path: Path) -> None:
    assert faults(tmp_path, ACME.replace("DE", "XX").replace("Europe/Berlin", "Mars")) == [
        "onecontact.yaml:2: default_region: must be a two-letter country code such as DE or US",
        "onecontact.yaml:3: timezone: must be a time zone such as Europe/Berlin or UTC",
    ]


def test_the_name_of_a_source_fits_into_a_file_name(tmp_path: Path) -> None:
    [fault] = faults(tmp_path, ACME.replace("  crm:", "  ../crm:"))
    assert fault.startswith("onecontact.yaml:5: sources.../crm: must be small letters, digits, - and _")


def test_a_zone_with_a_slip_gets_the_nearest(tmp_path: Path) -> None:
    for slip, meant in {"Europe/Berln": "Europe/Berlin", "new_york": "America/New_York", "utc": "UTC"}.items():
        [fault] = faults(tmp_path, ACME.replace("Europe/Berlin", slip))
        assert fault.endswith(f"such as Europe/Berlin or UTC; did you mean `{meant}`?")


def test_a_value_that_is_none_of_a_list_gets_the_nearest(tmp_path: Path) -> None:
    assert faults(tmp_path, ACME + "    after_import: archiv\n") == [
        "onecontact.yaml:8: sources.crm.after_import: unknown value; did you mean `archive`?"
    ]


def test_the_name_of_an_attribute_is_told_in_words(tmp_path: Path) -> None:
    [fault] = faults(tmp_path, ACME + "attributes:\n  Lead Score: {type: number}\n")
    assert fault.endswith("must be small letters, digits and _, beginning with a letter")


# Keys


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("matchin: {}\n", "8: matchin: unknown key; did you mean `matching`?"),
        ("    prioritty: 3\n", "8: sources.crm.prioritty: unknown key; did you mean `priority`?"),
        (
            "attributes:\n  tier:\n    type: text\n    exclusiv: true\n",
            "11: attributes.tier.exclusiv: unknown key; did you mean `exclusive`?",
        ),
        ("matching: {xyz: 1}\n", "8: matching.xyz: unknown key; known are `auto`, `review`"),
    ],
)
def test_an_unknown_key_is_told_with_its_line_and_the_nearest_one(tmp_path: Path, more: str, fault: str) -> None:
    assert faults(tmp_path, ACME + more) == [f"onecontact.yaml:{fault}"]


def test_a_key_given_twice_is_told_where_it_is_repeated(tmp_path: Path) -> None:
    assert faults(tmp_path, ACME + "    path: other/*.csv\nproject: other\n") == [
        "onecontact.yaml:8: sources.crm.path: this key is given twice",
        "onecontact.yaml:9: project: this key is given twice",
    ]


def test_a_key_that_is_missing_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path, ACME.replace("project: acme\n", "")) == ["onecontact.yaml:1: project: Field required"]


# Values


def test_every_fault_is_listed_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = ACME.replace("acme", "Acme!") + "    priority: high\nstatus: {active_days: 0}\nretention: {}\n"
    assert [fault.split(": ")[1] for fault in faults(tmp_path, text)] == [
        "project",
        "sources.crm.priority",
        "status.active_days",
        "retention",
    ]


def test_text_that_yaml_takes_for_something_else_has_to_be_quoted(tmp_path: Path) -> None:
    [fault] = faults(tmp_path, ACME.replace("DE", "NO"))
    assert fault == (
        "onecontact.yaml:2: default_region: must be text; a number, a date, yes, no, on and off are text only in quotes"
    )


def test_keys_of_different_types_can_be_wrong_on_one_line(tmp_path: Path) -> None:
    assert len(faults(tmp_path, ACME + "attributes: {1: {type: text}, tier: {type: txt}}\n")) == 2


@pytest.mark.parametrize("place", ["default_region: {}", "keys: {{warehouse: {{env: {}}}}}", "timezone: {}"])
def test_a_value_stays_out_of_the_message(tmp_path: Path, place: str) -> None:
    key = place.partition(":")[0]
    text = "\n".join(line for line in ACME.splitlines() if not line.startswith(key))
    assert "jane@example.com" not in "".join(faults(tmp_path, f"{text}\n{place.format('jane@example.com')}\n"))


# The file


def test_without_a_file_the_way_to_make_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match=r"onecontact\.yaml: no such file.*onecontact init"):
        load_project(tmp_path, {})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("project: [acme\n", "2: not valid YAML: "),
        ("project: acme\nsince: 2026-02-30\n", "2: not valid YAML: no such date or number"),
        ("project: acme\nname: \x07\n", "2: not valid YAML: a control character"),
        ("project: acme\n? [a, b]\n: 1\n", "2: not valid YAML: found unhashable key"),
        ("- project\n", "1: must be a mapping"),
        ("", "1: must be a mapping"),
    ],
)
def test_what_is_no_yaml_mapping_is_told_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    [told] = faults(tmp_path, text)
    assert told.startswith(f"onecontact.yaml:{fault}")


def test_a_file_that_is_not_utf_8_is_told_without_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "onecontact.yaml").write_bytes("project: Müller".encode("latin-1"))
    with pytest.raises(ConfigurationInvalid, match=r"onecontact\.yaml: not UTF-8: save it as that$"):
        load_project(tmp_path, {})


# Segments


def test_segments_come_sorted_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "segments").mkdir()
    for file, name in (("1", "vip"), ("2", "all_of_them")):
        text = VIP.replace("vip", name) + "  {field: name, op: is_set}\n"
        (tmp_path / "segments" / f"{file}.yaml").write_text(text, encoding="utf-8")
    assert [segment.segment for segment in load_segments(tmp_path).segments] == ["all_of_them", "vip"]


def test_a_project_may_have_no_segments(tmp_path: Path) -> None:
    assert load_segments(tmp_path) == ([], [])


def test_an_unknown_key_of_a_condition_is_told_with_its_own_line(tmp_path: Path) -> None:
    told = segment_faults(tmp_path, VIP + "  all:\n    - field: name\n      opp: is_set\n")
    assert told == [
        "a.yaml:5: where.all[0].op: Field required",
        "a.yaml:6: where.all[0].opp: unknown key; did you mean `op`?",
    ]


def test_a_wrong_value_of_a_condition_is_one_fault(tmp_path: Path) -> None:
    told = segment_faults(tmp_path, VIP + "  not: {field: records, op: eq, value: {days: soon}}\n")
    assert told == [
        "a.yaml:4: where.not.value.days: Input should be a valid integer, unable to parse string as an integer"
    ]


def test_of_no_condition_none_can_hold(tmp_path: Path) -> None:
    assert segment_faults(tmp_path, VIP + "  any: []\n") == ["a.yaml:4: where.any: must not be empty"]


def test_faults_of_several_segments_are_told_at_once(tmp_path: Path) -> None:
    told = segment_faults(tmp_path, VIP + "  {field: name}\n", VIP.replace("vip", "VIP") + "  {field: a, op: is_set}\n")
    assert [fault.split(": ")[0] for fault in told] == ["a.yaml:3", "b.yaml:1"]


def test_two_files_may_not_define_one_segment(tmp_path: Path) -> None:
    told = segment_faults(tmp_path, *[VIP + "  {field: name, op: is_set}\n"] * 2)
    assert told == ["b.yaml:1: segment: another file defines this segment already"]


GROWING = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: " + "[" * 5_000, "deep"),
        ("a: " + "{b: " * 5_000, "deep"),
        (GROWING, "alias"),
        (f"reason: &s {'x' * 100_000}\nothers: [{', '.join(['*s'] * 3_000)}]\n", "alias"),
        ("a: &a [*a]", "alias"),
    ],
)
def test_a_file_that_is_deep_or_grows_is_refused_at_once(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=says):
        loaded(tmp_path, text)

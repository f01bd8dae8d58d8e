"""Rows that were refused, corrected and dropped in again."""

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.ingest.corrections import CLAIMS, STATED, as_retry, stated_claims, without_corrected
from pipelines.read.core.batch import Batch
from pipelines.steps.rejected_files import write_rejected_files
from pipelines.store.ingest.deliveries import Delivery
from pipelines.store.reads import contact_details, health
from schemas import received
from schemas.error_codes import ErrorCode
from tests.pipelines.ingest.batches import batched
from tests.small_project import SETTINGS, SmallProject, small_project

LIST = """id,Name,Phone,tier
    1,Anna Berg,call me,gold
    2,Ben Tal,0151 23456782,gold
    3,Cleo Ott,nonsense,silver"""


def given(project: SmallProject) -> list[Path]:
    return [
        project.project.folder / "rejected" / name for name in write_rejected_files(project.project, project.connection)
    ]


def refused(project: SmallProject, text: str = LIST, day: str = "2026-06-01") -> Path:
    """The file that holds the refused rows of a list."""
    project.deliver("crm", day, text)
    project.receive()
    [path] = given(project)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def drop(project: SmallProject, back: Path, mended: Callable[[dict[str, str]], Any], name: str = "mended.csv") -> Path:
    """Drop a file that was given back in again, each of its rows mended."""
    lines = rows(back)
    for line in lines:
        mended(line)
    path = project.project.folder / "landing" / "crm" / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return path


def both(row: dict[str, str]) -> None:
    row["Phone"] = f"0151 2345678{row['id']}"


def only_the_first(row: dict[str, str]) -> None:
    if row["id"] == "1":
        both(row)


def deliveries(project: SmallProject) -> list[dict[str, Any]]:
    return project.rows("FROM delivery ORDER BY received_at")


FILE = Delivery("d9", "crm", "contacts_csv", "", "", 0, datetime(2026, 6, 20, tzinfo=UTC), "file_name", "")


@pytest.mark.parametrize(
    ("stated", "retry_of"), [((), None), ((None,), None), ((None, "d2", "d1"), "d2"), (("d1", "d2", "d3"), "d1")]
)
def test_a_file_is_the_retry_of_the_first_delivery_that_its_rows_name(
    stated: tuple[str | None, ...], retry_of: str | None
) -> None:
    named = pl.DataFrame({"retry_of": stated}, schema={"retry_of": pl.String})
    assert as_retry(FILE, named) == FILE._replace(retry_of=retry_of)
    assert as_retry(FILE._replace(retry_of="d0"), named).retry_of == "d0"


def test_a_file_says_of_each_row_where_it_was_refused(project: SmallProject) -> None:
    back = rows(refused(project))
    [delivery] = deliveries(project)
    assert [(row["_delivery"], row["_row_number"]) for row in back] == [
        (str(delivery["delivery_id"]), "1"),
        (str(delivery["delivery_id"]), "3"),
    ]


@pytest.mark.heavy
def test_a_corrected_file_is_the_retry_of_its_delivery_and_its_rows_are_as_old(project: SmallProject) -> None:
    drop(project, refused(project), both, "mended-2026-06-20.csv")
    project.receive()
    first, retry = deliveries(project)
    assert retry["retry_of"] == first["delivery_id"]
    assert retry["declared_from"] == "file_name"
    seen = project.rows("SELECT last_seen_at FROM source_record WHERE delivery_id = ?", retry["delivery_id"])
    assert [each["last_seen_at"] for each in seen] == [first["declared_at"]] * 2
    assert retry["created"] == 2


@pytest.mark.heavy
def test_a_corrected_row_does_not_win_over_what_came_after_the_file_it_was_in(project: SmallProject) -> None:
    back = refused(project)
    project.deliver("crm", "2026-06-05", "id,Name,Phone,tier\n1,Anna Maria Berg,0151 23456781,silver")
    drop(project, back, both, "mended-2026-06-20.csv")
    project.run()
    assert project.contact("crm:1")["name"] == "Anna Maria Berg"
    assert dict(project.contact("crm:1")["attributes"]) == {"tier": "silver"}


@pytest.mark.heavy
def test_a_corrected_row_stands_where_it_stood(project: SmallProject) -> None:
    text = "id,Name,Phone\n1,Anna Berg,0151 23456781\n2,Ben Tal,0151 23456782\n1,Anna Maria Berg,call me"
    drop(project, refused(project, text), both)
    project.run()
    assert project.contact("crm:1")["name"] == "Anna Maria Berg"


@pytest.mark.heavy
def test_of_two_corrections_of_a_row_in_one_file_the_later_counts_whatever_their_numbers(
    project: SmallProject,
) -> None:
    [back] = rows(refused(project, "id,Name,Phone\n1,Anna Berg,call me"))
    header = "_delivery,_row_number,id,Name,Phone"
    others = [f",,{n},Somebody Else,0151 2345670{n}" for n in range(2, 10)]
    names = "Anna Bergg", "Anna Maria Berg"  # in the ninth and in the tenth row of the file
    mended = [f"{back['_delivery']},{back['_row_number']},1,{name},0151 23456781" for name in names]
    project.deliver("crm", "2026-06-20", "\n".join([header, *others, *mended]))
    project.run()
    assert project.contact("crm:1")["name"] == "Anna Maria Berg"


@pytest.mark.heavy
def test_rows_that_have_arrived_are_counted_as_corrected(project: SmallProject) -> None:
    drop(project, refused(project), only_the_first)
    project.receive()
    [crm] = contact_details.deliveries(project.connection).to_dicts()
    assert (crm["rejected"], crm["corrected"]) == (3, 1)
    found = contact_details.open_deliveries(project.connection).to_dicts()
    assert sorted((each["rows"], each["corrected"]) for each in found) == [(2, 1)]
    assert health.rows_conserved(project.connection).broken == 0


def test_a_delivery_waits_no_longer_when_all_its_rows_have_arrived(project: SmallProject) -> None:
    drop(project, refused(project), both)
    project.receive()
    assert contact_details.open_deliveries(project.connection).is_empty()


@pytest.mark.heavy
def test_what_is_still_wrong_comes_back_under_its_first_number(project: SmallProject) -> None:
    drop(project, refused(project), only_the_first)
    project.receive()
    first, _ = deliveries(project)
    [again] = given(project)
    [row] = rows(again)
    assert (row["_delivery"], row["_row_number"]) == (str(first["delivery_id"]), "3")
    drop(project, again, both, "mended again.csv")
    project.receive()
    assert deliveries(project)[2]["retry_of"] == first["delivery_id"]
    assert contact_details.open_deliveries(project.connection).is_empty()


@pytest.mark.heavy
def test_a_corrected_file_that_is_dropped_in_twice_changes_nothing(project: SmallProject) -> None:
    back = refused(project)
    drop(project, back, both)
    project.receive()
    said = "SELECT * EXCLUDE (delivery_id, correction) FROM source_record ORDER BY ALL"
    before = project.rows(said)
    drop(project, back, both, "once more.csv")
    drop(project, back, both, "once-more-2026-06-30.csv")
    taken = [each for each in project.receive() if not each.known]
    assert [dict(each.outcomes) for each in taken] == [{"unchanged": 2}]
    assert project.rows(said) == before


@pytest.mark.parametrize("strange", ["00000000-0000-0000-0000-000000000001", "no id at all"])
def test_a_file_that_corrects_what_nobody_knows_is_taken_as_a_new_one(project: SmallProject, strange: str) -> None:
    text = f"id,name,_delivery,_row_number\n1,Anna Berg,{strange},1\n2,Ben Tal,{strange},x"
    project.deliver("crm", "2026-06-01", text)
    [taken] = project.receive()
    assert taken.outcomes == {"created": 2}
    assert project.rows("SELECT row_number, field, code, severity FROM problem") == [
        {"row_number": None, "field": "_delivery", "code": "RETRY_UNKNOWN", "severity": "info"}
    ]


@pytest.mark.heavy
def test_a_file_of_another_source_is_no_retry(project: SmallProject) -> None:
    back = refused(project)
    text = back.read_text(encoding="utf-8-sig").replace("call me", "0151 23456781")
    project.deliver("shop", "2026-06-01", text)
    project.receive()
    assert [each["retry_of"] for each in deliveries(project)] == [None, None]
    assert project.rows("SELECT code FROM problem WHERE code = 'RETRY_UNKNOWN'")


@pytest.mark.heavy
def test_a_column_of_the_source_with_our_name_is_its_own(project: SmallProject) -> None:
    crm = SETTINGS["sources"]["crm"] | {"columns": {"_delivery": "account_id"}}
    project.configure(sources={"crm": crm})
    project.deliver("crm", "2026-06-01", "id,name,_delivery,_row_number\n1,Anna Berg,A1,1")
    project.run()
    assert dict(project.contact("crm:1")["attributes"]) == {"account_id": "A1"}
    assert project.rows("FROM problem") == []


@pytest.mark.heavy
def test_the_same_bytes_of_another_day_are_corrected_with_them(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", LIST)
    project.deliver("crm", "2026-06-02", LIST)
    project.receive()
    back = given(project)[-1]
    drop(project, back, both)
    project.receive()
    assert contact_details.open_deliveries(project.connection).is_empty()


# Nothing of a file, when too many of its rows are refused


def limited(folder: Path, on_reject: Any) -> dict[str, Any]:
    return {"sources": SETTINGS["sources"] | {"crm": SETTINGS["sources"]["crm"] | {"on_reject": on_reject}}}


@pytest.mark.heavy
@pytest.mark.parametrize("limit", ["all_or_nothing", {"abort_if_count": 1}, {"abort_if_pct": 49.9}])
def test_too_many_refused_rows_stop_their_file(tmp_path: Path, limit: Any) -> None:
    with small_project(tmp_path / "p", **limited(tmp_path, limit)) as project:
        project.deliver("crm", "2026-06-01", LIST + "\n,,,")
        [taken] = project.receive()
        assert (taken.state, taken.code) == ("refused", "REJECT_LIMIT")
        assert taken.outcomes == {"rejected": 2, "quarantined": 1, "skipped": 1}
        assert project.rows("FROM record") == project.rows("FROM identifier") == project.rows("FROM work_queue") == []
        assert health.rows_conserved(project.connection).broken == 0
        [again] = project.receive()
        assert again.known


@pytest.mark.parametrize("limit", ["continue", {"abort_if_count": 2}, {"abort_if_pct": 67}])
def test_as_many_refused_rows_as_are_allowed_stop_nothing(tmp_path: Path, limit: Any) -> None:
    with small_project(tmp_path / "p", **limited(tmp_path, limit)) as project:
        project.deliver("crm", "2026-06-01", LIST)
        [taken] = project.receive()
        assert (taken.state, taken.outcomes) == ("accepted", {"rejected": 2, "created": 1})


@pytest.mark.heavy
def test_the_way_out_says_how_many_were_refused_and_what_the_limit_is(tmp_path: Path) -> None:
    with small_project(tmp_path / "p", **limited(tmp_path, {"abort_if_pct": 50})) as project:
        project.deliver("crm", "2026-06-01", LIST)
        project.receive()
        [delivery] = deliveries(project)
        assert "2 of 3 rows were refused, and at most 50 % of the rows may be refused" in delivery["remediation"]


@pytest.mark.heavy
def test_a_file_that_was_stopped_comes_back_whole_and_its_correction_brings_all_of_it(tmp_path: Path) -> None:
    with small_project(tmp_path / "p", **limited(tmp_path, "all_or_nothing")) as project:
        back = refused(project)
        assert [(row["id"], row["_row_number"], row["_errors"] != "") for row in rows(back)] == [
            ("1", "1", True),
            ("2", "2", False),
            ("3", "3", True),
        ]
        drop(project, back, both)
        known, taken = sorted(project.receive(), key=lambda each: each.known, reverse=True)
        assert (known.known, taken.outcomes) == (True, {"created": 3})
        assert contact_details.open_deliveries(project.connection).is_empty()
        project.configure(**limited(tmp_path, {"abort_if_count": 0}), default_region="FR")
        assert all(each.known for each in project.receive())


@pytest.mark.heavy
def test_a_correction_that_is_stopped_itself_comes_back_whole_under_the_first_numbers(tmp_path: Path) -> None:
    with small_project(tmp_path / "p", **limited(tmp_path, "all_or_nothing")) as project:
        drop(project, refused(project), only_the_first)
        project.receive()
        first, retry = deliveries(project)
        assert (retry["code"], retry["retry_of"]) == ("REJECT_LIMIT", first["delivery_id"])
        [again] = given(project)
        assert {(row["_delivery"], row["_row_number"]) for row in rows(again)} == {
            (str(first["delivery_id"]), number) for number in "123"
        }


@pytest.mark.heavy
def test_a_file_that_was_stopped_is_tried_again_when_the_limit_is_raised(tmp_path: Path) -> None:
    with small_project(tmp_path / "p", **limited(tmp_path, "all_or_nothing")) as project:
        refused(project)
        project.configure(**limited(tmp_path, "continue"))
        [taken] = project.receive()
        assert (taken.state, taken.outcomes) == ("accepted", {"rejected": 2, "created": 1})
        assert len(given(project)) == 1


# What several corrections, and several deliveries, come to


def write(project: SmallProject, lines: list[dict[str, str]], name: str) -> None:
    """Drop in a file of these rows."""
    columns = list(dict.fromkeys(column for line in lines for column in line))
    path = project.project.folder / "landing" / "crm" / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(lines)


@pytest.mark.heavy
@pytest.mark.parametrize("size", [1, 20_000])
def test_each_row_is_as_old_as_the_delivery_that_it_names(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    batched(monkeypatch, size)
    [older] = rows(refused(project, "id,Name,Phone\n1,Anna,call me"))
    project.deliver("crm", "2026-06-05", "id,Name,Phone\n1,Anna Maria,0151 23456780\n3,Cleo,0151 23456783")
    [newer] = rows(refused(project, "id,Name,Phone\n2,Ben,call me", "2026-06-10"))
    fresh = {"id": "3", "Name": "Cleo Ott", "Phone": "0151 23456783"}
    both(older)
    both(newer)
    write(project, [fresh, newer, older], "all-2026-06-20.csv")
    project.run()
    assert [project.contact(f"crm:{number}")["name"] for number in (1, 2, 3)] == ["Anna Maria", "Ben", "Cleo Ott"]
    retry = deliveries(project)[-1]
    assert (str(retry["retry_of"]), retry["declared_at"].day) == (newer["_delivery"], 20)


@pytest.mark.heavy
@pytest.mark.parametrize("names", [("Aa", "Bb"), ("Bb", "Aa"), ("Wrong", "Right"), ("Right", "Wrong")])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("update", ["overwrite", "fill_blank"])
def test_of_two_corrections_the_later_counts_in_whatever_order_they_arrive(
    project: SmallProject, names: tuple[str, str], order: tuple[int, int], update: str
) -> None:
    crm = SETTINGS["sources"]["crm"] | {"update": {"Name": update}}
    project.configure(sources=SETTINGS["sources"] | {"crm": crm})
    [row] = rows(refused(project, "id,Name,Phone\n1,Anna,call me"))
    both(row)
    for number in order:
        write(project, [row | {"Name": names[number]}], f"mended-2026-06-1{number}.csv")
        project.receive()
    project.run()
    assert project.contact("crm:1")["name"] == names[1]


@pytest.mark.heavy
@pytest.mark.parametrize("name", [f"Anna {letter}" for letter in "abcd"])
def test_a_correction_stands_when_its_file_is_read_again(tmp_path: Path, name: str) -> None:
    sources: dict[str, Any] = {"crm": {"format": "contacts_csv", "path": "landing/crm/*.csv"}}
    sources["crm"]["on_reject"] = "all_or_nothing"
    with small_project(tmp_path / "p", sources=sources) as project:
        back = refused(project, "name,email\nAna,ana@example.com\nBen,bad\nCleo,bad")
        first, second, _ = rows(back)
        write(project, [first | {"name": name}, second | {"email": "ben@example.com"}], "mended.csv")
        project.receive()
        project.configure(sources={"crm": sources["crm"] | {"on_reject": "continue"}})
        [taken] = (each for each in project.receive() if not each.known)
        assert taken.outcomes == {"skipped": 2, "rejected": 1}
        assert [each["code"] for each in project.rows("SELECT code FROM problem WHERE row_number < 3")] == [
            "ROW_CORRECTED",
            "ROW_CORRECTED",
        ]
        assert {each["name"] for each in project.rows("SELECT name FROM source_record")} == {name, "Ben"}
        assert health.rows_conserved(project.connection).broken == 0
        assert [row["name"] for path in given(project) for row in rows(path)] == ["Cleo"]


def test_a_row_that_lost_a_cell_on_its_way_still_says_what_it_corrects(project: SmallProject) -> None:
    back = refused(project, "id,Name,Phone\n1,Anna,call me")
    header, row = back.read_text("utf-8-sig").splitlines()
    landed = project.project.folder / "landing" / "crm"
    (landed / "short.csv").write_text(f"{header}\n{row.rpartition(',')[0]}\n", "utf-8")
    project.receive()
    [again] = given(project)
    [line] = rows(again)
    assert (line["_delivery"], line["_error_codes"]) == (rows(back)[0]["_delivery"], "ROW_TOO_FEW_FIELDS")
    write(project, [line | {"Phone": "0151 23456781"}], "whole.csv")
    project.receive()
    assert contact_details.open_deliveries(project.connection).is_empty()


def test_a_correction_that_the_mode_leaves_out_is_waited_for_no_longer(project: SmallProject) -> None:
    crm = SETTINGS["sources"]["crm"] | {"mode": "add_only"}
    project.configure(sources=SETTINGS["sources"] | {"crm": crm})
    project.deliver("crm", "2026-05-01", "id,Name,Phone\n1,Anna,0151 23456781")
    drop(project, refused(project, "id,Name,Phone\n1,Anna B,call me"), both)
    project.receive()
    assert contact_details.open_deliveries(project.connection).is_empty()


def test_rows_that_count_for_nothing_do_not_dilute_a_percentage(tmp_path: Path) -> None:
    with small_project(tmp_path / "p", **limited(tmp_path, {"abort_if_pct": 50})) as project:
        project.deliver("crm", "2026-06-01", LIST + "\n,,," * 9)
        [taken] = project.receive()
        assert taken.code == "REJECT_LIMIT"


# in frames, without a store


def table(original: Sequence[Sequence[str | None]], refused: Sequence[tuple[int, str]] = (), **meanings: str) -> Batch:
    """Rows of a list (its columns: id, the delivery and the row that are corrected), and texts that were none."""
    columns = ["c.id", "c._delivery", "c._row_number"]
    cells = pl.DataFrame([[*row] for row in original], schema=dict.fromkeys(columns, pl.String), orient="row")
    numbered = cells.with_row_index("row", offset=1)
    lines = numbered.select("row", line=pl.col("row") + 1)
    held = received.empty(received.Refusal)
    texts = pl.DataFrame([(row, row + 1, raw) for row, raw in refused], schema=["row", "line", "raw"], orient="row")
    return Batch(
        contacts=pl.concat([received.empty(received.ContactRow), lines], how="diagonal"),
        refused=pl.concat([held, texts.cast({"row": pl.UInt32, "line": pl.UInt32})], how="diagonal")
        if refused
        else held,
        original=numbered,
        meanings=meanings,
    )


def claims(batch: Batch) -> list[tuple[Any, ...]]:
    found = stated_claims(batch)
    assert found.schema == STATED
    return sorted(found.rows())


def test_rows_claim_to_correct_others_by_two_columns_of_their_file() -> None:
    rows: list[list[str | None]] = [
        ["1", "d", "7"],
        ["2", "", "8"],
        ["3", None, "9"],
        ["4", " ", "9"],
        ["5", "e", None],
    ]
    assert claims(table(rows)) == [(1, "d", "7", False), (5, "e", None, False)]
    assert claims(table(rows, _delivery="ignore")) == [(1, "d", "7", False), (5, "e", None, False)]
    assert claims(table(rows, _delivery="attr.delivery")) == []


def test_a_row_that_has_lost_its_shape_claims_what_can_still_be_read() -> None:
    texts = [(2, '{"_delivery": "d", "_row_number": "7"}'), (3, "no object"), (4, '{"id": "1"}')]
    assert claims(table([["1", "d", "6"]], texts)) == [(1, "d", "6", False), (2, "d", "7", True)]


def test_a_row_with_its_cells_claims_what_these_say() -> None:
    assert claims(table([["1", "d", "6"]], [(1, '{"_delivery": "e", "_row_number": "7"}')])) == [(1, "d", "6", False)]


def test_a_file_without_these_columns_claims_what_its_texts_do() -> None:
    batch = table([["1", "d", "6"]], [(2, '{"_delivery": "d", "_row_number": "7"}')])
    assert claims(batch._replace(original=batch.original.drop("c._row_number"))) == [(2, "d", "7", True)]


def test_a_file_is_the_retry_of_the_first_delivery_that_it_names() -> None:
    delivery = Delivery("x", "crm", "contacts_csv", "", "", 0, datetime(2026, 6, 1, tzinfo=UTC), "name", "")
    named = pl.DataFrame({"retry_of": [None, "d", "e"]}, schema={"retry_of": pl.String})
    assert as_retry(delivery, named).retry_of == "d"
    assert as_retry(delivery._replace(retry_of="c"), named).retry_of == "c"
    assert as_retry(delivery, CLAIMS.to_frame()).retry_of is None


def test_rows_whose_corrections_count_are_skipped_and_nothing_of_them_is_kept() -> None:
    batch = table([["1", "", ""], ["2", "", ""], ["3", "", ""]], [(4, "torn"), (5, "torn too")])
    numbers = pl.DataFrame({"row": pl.Series([1, 2, 3], dtype=pl.UInt32)})
    batch = batch._replace(
        identifiers=pl.concat([received.empty(received.IdentifierRow), numbers], how="diagonal"),
        attributes=pl.concat([received.empty(received.AttributeRow), numbers], how="diagonal"),
    )
    found = without_corrected(batch, pl.Series([2, 4, 9], dtype=pl.UInt32))
    for name in ("contacts", "identifiers", "attributes"):
        assert found.frames()[name]["row"].to_list() == [1, 3]
    assert found.refused.select("row", "line", "outcome", "code", "raw").rows() == [
        (2, 3, "skipped", ErrorCode.ROW_CORRECTED, '{"id":"2","_delivery":"","_row_number":""}'),
        (4, 5, "skipped", ErrorCode.ROW_CORRECTED, "torn"),
        (5, 6, None, None, "torn too"),
    ]
    assert without_corrected(batch, pl.Series([9], dtype=pl.UInt32)) is batch


def test_a_merge_whose_correction_counts_is_skipped_as_well() -> None:
    merge = pl.DataFrame({"row": pl.Series([1], dtype=pl.UInt32), "line": pl.Series([2], dtype=pl.UInt32)})
    batch = table([["1", "", ""]])
    batch = batch._replace(
        contacts=batch.contacts.clear(),
        merges=pl.concat([received.empty(received.Merge), merge], how="diagonal"),
    )
    found = without_corrected(batch, pl.Series([1], dtype=pl.UInt32))
    assert (found.merges.height, found.refused["row"].to_list()) == (0, [1])


def test_a_row_of_which_a_part_was_refused_is_given_back_whole() -> None:
    found = without_corrected(table([["1", "", ""]], [(1, "a part")]), pl.Series([1], dtype=pl.UInt32))
    assert found.refused["raw"].to_list() == ['{"id":"1","_delivery":"","_row_number":""}']

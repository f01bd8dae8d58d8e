"""Rows of a list by the roles of its columns."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.catalogue.list_rows import ListRows, fields_compared, first_values, open_list, read_list
from schemas.list_roles import ListRole

LIST = r"""nr,Vorname,Tel,Mobil,Mail,Ort
a1,Anna,030 1; 030 2,0151 3,anna@x.example,Ulm
a2,,\N,,"b@x.example; c@x.example",
"""
ROLES = {
    "nr": ListRole.RECORD_ID,
    "Vorname": ListRole.GIVEN_NAME,
    "Tel": ListRole.PHONE,
    "Mobil": ListRole.PHONE,
    "Mail": ListRole.EMAIL,
    "Straße": ListRole.STREET,  # which another list has
}


def written(folder: Path, text: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def listed(path: Path, roles: dict[str, ListRole], before: int = 0) -> ListRows:
    [found] = read_list(path, roles, before)
    return found


def test_rows_have_a_number_an_id_and_the_values_of_each_field(tmp_path: Path) -> None:
    rows, refused = listed(written(tmp_path, LIST), ROLES)
    assert rows.rows(named=True) == [
        {
            "record": 1, "record_id": "a1", "email": ["anna@x.example"], "given_name": ["Anna"],
            "phone": ["030 1", "030 2", "0151 3"], "street": [],
        },
        {
            "record": 2, "record_id": "a2", "email": ["b@x.example", "c@x.example"], "given_name": [], "phone": [],
            "street": [],
        },
    ]  # fmt: skip
    assert rows.schema["record"] == pl.UInt32
    assert refused == 0


def test_rows_are_counted_on_from_the_lists_before(tmp_path: Path) -> None:
    assert listed(written(tmp_path, LIST), ROLES, before=40).rows["record"].to_list() == [41, 42]


def test_a_list_without_ids_has_none_and_rows_that_do_not_fit_are_counted(tmp_path: Path) -> None:
    rows, refused = listed(written(tmp_path, "Vorname,Ort\nAnna,Ulm\nBen,Ulm,zu viel,hier\nCleo,\n"), ROLES)
    assert rows["record_id"].to_list() == [None, None]
    assert rows["given_name"].to_list() == [["Anna"], ["Cleo"]]
    assert refused == 1


def test_fields_are_those_that_are_evidence() -> None:
    assert fields_compared(ROLES) == ["email", "given_name", "phone", "street"]
    assert fields_compared({"nr": ListRole.RECORD_ID}) == []


def test_the_first_values_of_each_column_are_told_without_blank_ones(tmp_path: Path) -> None:
    told = first_values(written(tmp_path, LIST))
    assert {header: cells.to_list() for header, cells in told.items()} == {
        "nr": ["a1", "a2"],
        "Vorname": ["Anna"],
        "Tel": ["030 1; 030 2"],
        "Mobil": ["0151 3"],
        "Mail": ["anna@x.example", "b@x.example; c@x.example"],
        "Ort": ["Ulm"],
    }


def test_a_list_of_a_header_alone_has_columns_and_no_values(tmp_path: Path) -> None:
    told = first_values(written(tmp_path, "nr,Vorname\n"))
    assert {header: cells.to_list() for header, cells in told.items()} == {"nr": [], "Vorname": []}
    assert {cells.dtype for cells in told.values()} == {pl.String}
    assert list(read_list(written(tmp_path, "nr,Vorname\n"), ROLES, 0)) == []


def test_a_list_may_be_in_an_encoding_of_old_or_of_parquet(tmp_path: Path) -> None:
    old = first_values(written(tmp_path, "Name;Ort\nJörg;Köln\n".encode("windows-1252")))
    assert old["Name"].to_list() == ["Jörg"]
    pl.DataFrame({"Name": ["Jörg", None], "Ort": ["Köln", "Ulm"]}).write_parquet(tmp_path / "list.parquet")
    packed = first_values(tmp_path / "list.parquet")
    assert {header: cells.to_list() for header, cells in packed.items()} == {"Name": ["Jörg"], "Ort": ["Köln", "Ulm"]}


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused), open_list(written(tmp_path, b"\x00\x01\x02", "list.bin")):
        pass

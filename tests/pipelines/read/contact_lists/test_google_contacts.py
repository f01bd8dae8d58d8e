from pathlib import Path

import polars as pl
import pytest

from pipelines.read.contact_lists.google_contacts import (
    FORMAT,
    addresses,
    labelled,
    own_meaning,
    own_phones,
    primary_first,
    tidied,
)
from pipelines.read.core.batch import Sample
from pipelines.read.tables.header_words import fold
from tests.one_batch import attributes, one_batch, points

NEW = "First Name,Middle Name,Last Name,File As,Organization Name,Labels,E-mail 1 - Label,E-mail 1 - Value"
OLD = "Name,Given Name,Additional Name,Family Name,Yomi Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value"
FOR_OUTLOOK = "First Name,Middle Name,Last Name,E-mail Address,Mobile Phone,Internet Free Busy,Company,Categories"


def test_the_new_columns_are_read(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, f"{NEW}\nJane,,Doe,,Acme,* myContacts ::: VIP,Work,jane@example.com\n")
    assert batch.contacts.select("first_name", "last_name", "tags").rows() == [("Jane", "Doe", ["VIP"])]
    assert points(batch) == [(1, "email", "jane@example.com")]
    assert attributes(batch) == {"company": "Acme"}


def test_the_old_columns_are_read(tmp_path: Path) -> None:
    batch = one_batch(
        FORMAT, tmp_path, f"{OLD}\nJane Q. Doe,Jane,Q.,Doe,,Friends ::: * Coworkers,* Home,jane@example.com\n"
    )
    assert batch.contacts.select("name", "tags").rows() == [("Jane Q. Doe", ["Friends"])]
    assert points(batch) == [(1, "email", "jane@example.com")]


def test_the_columns_for_outlook_are_read(tmp_path: Path) -> None:
    line = "Jane,,Doe,jane@example.com,+44 7700 900123,,Acme,myContacts;starred;VIP"
    batch = one_batch(FORMAT, tmp_path, f"{FOR_OUTLOOK}\n{line}\n")
    assert batch.contacts["tags"].to_list() == [["VIP"]]
    assert points(batch) == [(1, "email", "jane@example.com"), (1, "phone", "+44 7700 900123")]


def test_several_values_in_a_cell_are_several(tmp_path: Path) -> None:
    cells = "jane@example.com ::: j@example.com,+44 7700 900123 ::: +44 7700 900124"
    batch = one_batch(FORMAT, tmp_path, f"First Name,E-mail 1 - Value,Phone 1 - Value\nJane,{cells}\n")
    assert [raw for *_, raw in points(batch)] == [
        "jane@example.com",
        "j@example.com",
        "+44 7700 900123",
        "+44 7700 900124",
    ]


def test_what_is_marked_as_primary_comes_first(tmp_path: Path) -> None:
    batch = one_batch(
        FORMAT,
        tmp_path,
        """E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value
Home,jane@example.com,* Work,j.doe@example.com
* Home,joe@example.com,Work,j.bloggs@example.com
""",
    )
    assert points(batch) == [
        (1, "email", "j.doe@example.com"),
        (1, "email", "jane@example.com"),
        (2, "email", "joe@example.com"),
        (2, "email", "j.bloggs@example.com"),
    ]
    assert batch.identifiers["field"].to_list()[:2] == ["E-mail 2 - Value", "E-mail 1 - Value"]


def test_a_middle_name_is_part_of_the_whole_name_and_of_no_other(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, "First Name,Middle Name,Last Name\nJane,Quinn,Doe\n,Quinn,\nJoe,,Bloggs\n")
    assert batch.contacts.select("name", "first_name", "last_name").rows() == [
        ("Jane Quinn Doe", "Jane", "Doe"),
        (None, None, None),
        (None, "Joe", "Bloggs"),
    ]
    assert batch.attributes.is_empty()


def test_a_label_may_hold_a_comma_or_a_semicolon(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, 'First Name,Labels\nJane,"press, radio; tv ::: * starred"\n')
    assert batch.contacts["tags"].to_list() == [["press, radio; tv"]]


def test_a_value_of_two_lines_is_one_attribute(tmp_path: Path) -> None:
    batch = one_batch(
        FORMAT, tmp_path, 'First Name,Address 1 - Label,Address 1 - Formatted\nJane,Home,"1 Main St\nX"\n'
    )
    assert attributes(batch) == {"address": "1 Main St\nX"}


def test_what_the_source_says_of_a_column_comes_first(tmp_path: Path) -> None:
    columns = {"Organization Name": "organization", "labels": "ignore", "Middle Name": "nick"}
    line = "Jane,Quinn,Doe,,Acme,VIP,,jane@example.com"
    batch = one_batch(FORMAT, tmp_path, f"{NEW}\n{line}\n", columns=columns)
    assert attributes(batch) == {"organization": "Acme", "nick": "Quinn"}
    assert batch.contacts.select("name", "tags").rows() == [(None, [])]


@pytest.mark.parametrize("header", [NEW, OLD, FOR_OUTLOOK])
def test_its_three_kinds_are_recognised(header: str) -> None:
    assert FORMAT.detects(Sample("contacts.csv", b"", tuple(map(fold, header.split(","))))) >= 0.9


@pytest.mark.parametrize("header", [(), ("first name", "email"), ("first name", "e mail address", "categories")])
def test_other_lists_are_not(header: tuple[str, ...]) -> None:
    assert FORMAT.detects(Sample("contacts.csv", b"", header)) == 0


@pytest.mark.parametrize("label", ["Work Fax", "Home Fax", "* Pager", "Assistant", "Télécopie"])
def test_a_number_with_the_label_of_a_fax_or_somebody_else_is_no_phone(tmp_path: Path, label: str) -> None:
    header = (
        "First Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value"
    )
    line = f"Jane,Assistant,jane@example.com,{label},+44 7700 900123,Mobile,+44 7700 900124"
    batch = one_batch(FORMAT, tmp_path, f"{header}\n{line}\n")
    assert points(batch) == [(1, "email", "jane@example.com"), (1, "phone", "+44 7700 900124")]


def test_of_two_postal_addresses_one_is_read_as_a_whole_and_the_other_is_not_mixed_into_it(tmp_path: Path) -> None:
    header = "First Name,Address 1 - Street,Address 1 - City,Address 2 - Street,Address 2 - City"
    batch = one_batch(FORMAT, tmp_path, f"{header}\nJane,,Kiel,Lindenweg 4,Bonn\nJoe,,,Lindenweg 5,Bonn\n")
    assert batch.attributes.filter(~pl.col("attribute").str.ends_with("(2)")).select(
        "row", "attribute", "raw"
    ).rows() == [
        (1, "city", "Kiel"),
        (2, "street", "Lindenweg 5"),
        (2, "city", "Bonn"),
    ]
    assert batch.attributes.filter(pl.col("attribute").str.ends_with("(2)"))["field"].to_list() == [
        "Address 2 - Street",
        "Address 2 - City",
    ]


# columns, without a file ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("E-mail 12 - Value", "email"),
        ("Phone 1 - Value", "phone"),
        ("Address 1 - Formatted", "attr.address"),
        ("Address 2 - Street", "attr.street"),
        ("Address 1 - City", "attr.city"),
        ("Address 1 - Region", "attr.region"),
        ("Address 1 - Postal Code", "attr.postcode"),
        ("Address 1 - Country", "attr.country"),
        ("Website 1 - Value", "attr.website"),
        ("Relation 1 - Label", "ignore"),
        ("Custom Field 2 - Type", "ignore"),
        ("Organization 1 - Title", "attr.job_title"),
        ("Home Street", "attr.street"),
        ("Nickname", None),
        ("E-mail - Value", None),
    ],
)
def test_a_header_of_googles_means_what_it_says(header: str, meaning: str | None) -> None:
    assert own_meaning(fold(header)) == meaning


def test_a_label_belongs_to_the_value_beside_it() -> None:
    header = [
        "E-mail 1 - Label",
        "E-mail 1 - Value",
        "Phone 1 - Type",
        "Phone 1 - Value",
        "Phone 2 - Value",
        "Phone 3 - Label",
    ]
    assert labelled(header) == {"E-mail 1 - Value": "c0", "Phone 1 - Value": "c2"}


def test_each_postal_address_has_its_columns() -> None:
    header = ["Address 1 - Street", "Address 2 - Street", "Address 1 - City", "Address 1 - Label", "Name"]
    meanings = ["attr.street", "attr.street", "attr.city", "ignore", "name"]
    assert addresses(header, meanings) == [[0, 2], [1]]
    assert addresses(["Home Street", "Business Street", "Home City"], ["attr.street", "attr.street", "attr.city"]) == [
        [1],
        [0, 2],
    ]


IDS = pl.DataFrame(
    {
        "row": [1, 1, 1, 2],
        "type": ["phone", "email", "phone", "phone"],
        "raw": ["1", "a", "2", "3"],
        "field": ["P1", "E1", "P2", "P1"],
    }
)


@pytest.mark.parametrize("label", ["Work Fax", "Home fax", "Pager", "Assistant", "Téléc. télécopie"])
def test_numbers_of_machines_and_assistants_are_left_out(label: str) -> None:
    cells = pl.DataFrame({"row": [1, 2], "c0": [label, "Mobile"], "c1": [label, None], "c2": ["Home", "Home"]})
    found = own_phones(IDS, cells, {"P1": "c0", "E1": "c1", "P2": "c2"})
    assert found["raw"].to_list() == ["a", "2", "3"]
    assert own_phones(IDS, cells, {"P2": "c2"}) is IDS


def test_what_is_marked_as_primary_comes_first_in_its_row() -> None:
    cells = pl.DataFrame({"row": [1, 2], "c0": ["Home", "* Home"], "c1": [" * Work", "Work"]})
    found = primary_first(IDS, cells, {"P1": "c0", "P2": "c1"})
    assert found["raw"].to_list() == ["2", "1", "a", "3"]
    assert found.columns == IDS.columns
    assert primary_first(IDS, cells, {}) is IDS


@pytest.mark.parametrize(
    ("header", "cell", "kept"),
    [
        ("Labels", "* myContacts ::: VIP ::: Fair", "VIP ::: Fair"),
        ("Labels", "starred", "starred"),
        ("Labels", "* starred", None),
        ("Categories", "My Contacts;VIP; Starred", "My Contacts ::: VIP"),
        ("Categories", "myContacts", None),
        ("Categories", "* Ours;VIP", "VIP"),
    ],
)
def test_groups_that_google_made_are_no_tags(header: str, cell: str, kept: str | None) -> None:
    cells = tidied([header], ["tags"])(pl.DataFrame({"c0": [cell]}))
    assert cells["c0"].to_list() == [kept]

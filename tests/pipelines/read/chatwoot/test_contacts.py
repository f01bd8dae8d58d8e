from pathlib import Path

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.chatwoot.contacts import FORMAT, ChatwootContacts, named, read
from pipelines.read.core.batch import Batch, Sample


def one(folder: Path, text: str) -> Batch:
    path = folder / "contacts.csv"
    path.write_text(text, encoding="utf-8")
    [batch] = read(path, ChatwootContacts(path="*.csv"))
    return batch


def test_the_export_is_read_as_chatwoot_writes_it(tmp_path: Path) -> None:
    batch = one(tmp_path, "id,name,email,phone_number\n12,Jane Doe,jane@example.com,+12025550101\n")
    assert batch.contacts.select("record_id", "name").rows() == [("12", "Jane Doe")]
    assert batch.identifiers.select("type", "raw").rows() == [("email", "jane@example.com"), ("phone", "+12025550101")]


def test_its_identifier_is_the_id_somebody_else_gave(tmp_path: Path) -> None:
    batch = one(tmp_path, "id,name,identifier\n12,Jane Doe,shop-77\n")
    assert batch.identifiers.select("type", "raw").rows() == [("external_id", "shop-77")]


def test_the_address_of_a_machine_is_not_read(tmp_path: Path) -> None:
    batch = one(tmp_path, "id,name,ip_address\n12,Jane Doe,192.0.2.7\n")
    assert batch.identifiers.is_empty()
    assert batch.attributes.is_empty()


def test_attributes_that_were_exported_with_it_are_offered_by_name(tmp_path: Path) -> None:
    batch = one(tmp_path, "id,name,tier\n12,Jane Doe,gold\n")
    assert batch.attributes.select("attribute", "raw").rows() == [("tier", "gold")]


@pytest.mark.parametrize("hashed", ['{"plan"=>"gold", "Seat count"=>5}', '{"plan": "gold", "Seat count": 5}'])
def test_the_entries_of_a_hash_are_attributes_by_their_names(tmp_path: Path, hashed: str) -> None:
    quoted = hashed.replace('"', '""')
    batch = one(tmp_path, f'id,name,custom_attributes\n12,Jane Doe,"{quoted}"\n13,Joe Bloggs,{{}}\n')
    assert batch.attributes.rows() == [
        (1, "plan", "gold", "custom_attributes.plan"),
        (1, "seat_count", "5", "custom_attributes.Seat count"),
    ]


def test_what_a_column_says_comes_before_what_a_hash_says(tmp_path: Path) -> None:
    batch = one(tmp_path, 'id,name,custom_attributes,plan\n12,Jane Doe,"{""plan""=>""gold""}",silver\n')
    assert batch.attributes.select("attribute", "raw").rows() == [("plan", "silver")]


def test_a_hash_that_cannot_be_read_stays_to_be_told_of(tmp_path: Path) -> None:
    batch = one(tmp_path, "id,name,custom_attributes\n12,Jane Doe,gold\n")
    assert batch.attributes.rows() == [(1, "custom_attributes", "gold", "custom_attributes")]


def test_a_file_with_a_new_name_in_every_hash_is_refused(tmp_path: Path) -> None:
    lines = "".join(f'{n},Jane,"{{""a{n}""=>1}}"\n' for n in range(2_100))
    with pytest.raises(DeliveryRefused, match="custom attributes"):
        one(tmp_path, f"id,name,custom_attributes\n{lines}")


def test_its_import_template_is_read(tmp_path: Path) -> None:
    header = "id,name,email,identifier,phone_number,ip_address,custom_attribute_1"
    batch = one(tmp_path, f"{header}\n1,Jane Doe,jane@example.com,shop-77,+12025550101,192.0.2.7,x\n")
    assert batch.identifiers["type"].to_list() == ["email", "external_id", "phone"]
    assert batch.attributes["attribute"].to_list() == ["custom_attribute_1"]


def test_its_file_of_refused_rows_is_read_without_its_reasons(tmp_path: Path) -> None:
    batch = one(tmp_path, 'id,name,email,blocked,labels,errors\n1,Jane Doe,jane@example.com,false,"vip,press",no\n')
    assert batch.contacts["tags"].to_list() == [["vip", "press"]]
    assert batch.attributes.is_empty()


def test_its_times_are_those_of_the_record(tmp_path: Path) -> None:
    batch = one(tmp_path, "id,name,company_name,updated_at\n1,Jane Doe,Acme,2024-05-29 16:30:00 UTC\n")
    assert batch.contacts["observed_at"].to_list() == ["2024-05-29 16:30:00 UTC"]
    assert batch.attributes.select("attribute", "raw").rows() == [("company", "Acme")]


def test_it_is_recognised_by_its_columns_as_it_spells_them() -> None:
    plain = ("id", "name", "email", "phone number")
    assert FORMAT.detects(Sample("a.csv", b"id,name,email,phone_number\n", plain)) > 0.8
    assert FORMAT.detects(Sample("a.csv", b"ID,Name,Email,Phone Number\n", plain)) == 0
    assert FORMAT.detects(Sample("a.csv", b"", (*plain, "identifier", "ip address"))) > 0.9
    assert FORMAT.detects(Sample("a.csv", b"", (*plain, "identifier", "custom attributes"))) > 0.9
    assert FORMAT.detects(Sample("a.csv", b"", (*plain, "identifier"))) == 0
    assert FORMAT.detects(Sample("a.csv", b"", (*plain, "ip address"))) == 0


def test_it_holds_contacts_whose_rows_are_counted() -> None:
    assert (FORMAT.name, FORMAT.holds, FORMAT.options) == ("chatwoot_contacts", "contacts", ChatwootContacts)


def test_an_entry_of_a_hash_is_called_as_an_attribute_is() -> None:
    assert [named(each) for each in ("Company Name", "company", "Plan-Tier")] == [
        "company",
        "company",
        "plan_tier",
    ]

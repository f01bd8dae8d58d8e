from pathlib import Path

from pipelines.read.batch import Batch
from pipelines.read.chatwoot_contacts import FORMAT, ChatwootContacts, read


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


def test_it_holds_contacts_whose_rows_are_counted() -> None:
    assert (FORMAT.name, FORMAT.holds, FORMAT.options) == ("chatwoot_contacts", "contacts", ChatwootContacts)

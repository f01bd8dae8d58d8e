"""Clients of a bank and patients of a hospital, as the package dupehell makes them.

`medium` has slips, missing values and other formats; `hell` leaves little of a name. Codes such as a postcode, a region
or a language have no slips in either. With `ids`, national numbers, an address and a phone are there for some.
"""

import tempfile
from importlib.metadata import distribution
from pathlib import Path

import polars as pl

from benchmarks.labelled.labelled import SEED, Labelled

BANK = {
    "given_name": "given_name", "middle_name": "middle_name", "family_name": "family_name",
    "birth_date": "date_of_birth", "birth_place": "text", "nationality": "category",
    "residential_address_line1": "street", "residential_city": "city", "residential_postal_code": "postcode",
    "residential_state": "region", "residential_country": "country", "occupation": "text",
}  # fmt: skip
BANK_IDS = {
    "personal_administrative_number": "exact_id", "tax_id": "exact_id", "document_number": "exact_id",
    "email_address": "email", "mobile_phone": "phone",
}  # fmt: skip
HOSPITAL = {
    "pat_first_name": "given_name", "pat_last_name": "family_name", "birth_date": "date_of_birth",
    "gender_code": "category", "address_line1": "street", "city": "city", "state_code": "region",
    "zip_code": "postcode", "language": "category",
}  # fmt: skip
HOSPITAL_IDS = {"ssn": "exact_id", "medicare_num": "exact_id", "home_phone": "phone", "email": "email"}
ROLES = {"kyc": (BANK, BANK_IDS), "healthcare": (HOSPITAL, HOSPITAL_IDS)}
PEOPLE = ("natural_person", "patient")  # of what else there is: firms, providers, accounts
ROWS = 30_000  # of all kinds; half of them, or a fifth, are people


def registry(domain: str, difficulty: str, *, ids: bool, rows: int = ROWS) -> Labelled:
    """People of a domain (`kyc`, `healthcare`) at a difficulty (`medium`, `hell`)."""
    import dupehell

    installed = distribution("dupehell")  # which looks for its own files beside onecontact's packages of the same name
    with tempfile.TemporaryDirectory() as scratch:
        made = dupehell.generate(
            domain=domain,
            size=rows,
            seed=SEED,
            difficulty=difficulty,
            output_dir=scratch,
            schemas_dir=str(installed.locate_file("schemas")),
            pools_dir=str(installed.locate_file("assets/pools")),
        )
        records = pl.read_parquet(Path(made.dataset))
        truth = pl.read_parquet(Path(made.ground_truth), columns=["record_id", "master_id"])
    people = records.filter(pl.col("entity_type").cast(pl.String).is_in(PEOPLE)).drop("master_id", strict=False)
    own, more = ROLES[domain]
    labelled = people.join(truth.rename({"master_id": "cluster_id"}), on="record_id", maintain_order="left")
    return Labelled(labelled, own | more if ids else own)

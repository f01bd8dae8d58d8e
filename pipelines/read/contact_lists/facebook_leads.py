"""Leads from the forms of Facebook and Instagram ads: the file that Meta gives, or what Excel made of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.read.contact_lists.own_columns import Tidy, aliases, left_out, meanings_of, opened, places
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.tables.contact_table import Layout, batch_of
from schemas.contact_list import ContactTable
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Channel

# Facebook names the fields of a form in the language of the form.
COLUMNS = aliases(
    {
        "record_id": "id|lead id|lead_id",
        "observed_at": "created_time",
        "channel": "platform",
        "name": "full_name|nome_completo|nombre_completo|nom_complet|vollständiger_name|vollständiger name"
        "|volledige_naam|imię_i_nazwisko|ad_soyad|nama_lengkap",
        "first_name": "first_name|nome|nombre|prénom|vorname|voornaam|imię",
        "last_name": "last_name|sobrenome|cognome|apellido|apellidos|nom|nom_de_famille|nachname|achternaam|nazwisko",
        "email": "email|e-mail|work_email|e-mail-adresse|adresse_e-mail|correo_electrónico"
        "|correo_electronico|indirizzo_e-mail",
        "phone": "phone_number|phone|work_phone_number|telefone|número_de_telefone|teléfono|número_de_teléfono"
        "|numero_di_telefono|telefono|téléphone|numéro_de_téléphone|telefonnummer|telefoonnummer|numer_telefonu",
        "wa_id": "whatsapp_number|whatsapp|número_do_whatsapp|número_de_whatsapp",
        "attr.company": "company_name|nome_da_empresa|nombre_de_la_empresa|unternehmen|firmenname|nom_de_l'entreprise",
        "attr.job_title": "job_title|cargo|puesto|berufsbezeichnung",
        "attr.birthday": "date_of_birth|data_de_nascimento|fecha_de_nacimiento|geburtsdatum|date_de_naissance",
        "attr.street": "street_address|straße",
        "attr.city": "city|cidade|ciudad|città|stadt|ville",
        "attr.region": "state|province|estado|provincia|bundesland",
        "attr.postcode": "zip_code|post_code|postal_code|zip|cep|código_postal|postleitzahl|code_postal",
        "attr.country": "country|país|paese|land|pays",
        "ignore": "inbox_url",
    }
)
OWN = {"created time", "form id", "ad id", "adset id", "campaign id", "is organic", "form name"}
PREFIX = "^(?:l|ag|as|c|f|p|z):([+0-9])"  # lead, ad, ad set, campaign, form, phone, zip code
PLATFORMS = {"fb": Channel.FACEBOOK.value, "facebook": Channel.FACEBOOK.value}
DUMMY = "(?i)^(?:p:)?<test lead: dummy data"
GUIDE = """\
In *Meta Business Suite* open *Leads Center*, or in *Ads Manager* the ad's *Results*, and download the leads as CSV: a
UTF-16 text parted by tabs. The same file saved anew by Excel, as CSV or as workbook, is read as well.

**What is read.** `id` as the key, `created_time` as the time of the record, `platform` as the channel (`fb` is
Facebook), names, e-mail and phone under the names that forms in several languages give them. The prefixes of ids and
numbers (`l:`, `f:`, `p:`, ...) are taken off. These become attributes if the project defines them: `company`,
`job_title`, `birthday`, `street`, `city`, `region`, `postcode`, `country`, and by their own headers `ad_name`,
`campaign_name`, `form_name`, `lead_status` and the like. For the questions of a form define attributes, and say in
`columns` which question is which: `columns: {"what_are_you_looking_for?": interest}`.

**What is not.** Test leads, recognised by `<test lead: dummy data ...>`, are skipped (`ROW_TEST`). Meta keeps leads
for 90 days only: download them before. Opened and saved by Excel, a long id becomes `4.28018E+15`: many leads would
have the same one, so it is dropped (`ID_SCIENTIFIC_NOTATION`) and the lead is known by its phone and address; a phone
number that was cut in this way is lost.
"""


class FacebookLeads(ContactTable):
    """Options of a download of leads."""

    format: Literal["facebook_leads"] = "facebook_leads"


def read(path: Path, source: FacebookLeads, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read a download of leads in batches."""
    with opened(path, source, rows) as table:
        header = table.header
        layout = Layout(meanings_of(header, source, COLUMNS), tidy=tidied(header))
        is_test = pl.any_horizontal(pl.col(f"c{place}").str.contains(DUMMY) for place in range(len(header)))
        for each in table.rows:
            people = left_out(
                each, header, is_test, ErrorCode.ROW_TEST, "nothing: it is no lead but a test of the form"
            )
            yield batch_of(header, people, layout)


def tidied(header: Sequence[str]) -> Tidy:
    """Cells without Facebook's prefixes, and with platforms as they are called here."""
    platform = places(header, "platform".__eq__)

    def tidy(cells: pl.DataFrame) -> pl.DataFrame:
        bare = [pl.col(f"c{place}").str.replace(PREFIX, "${1}") for place in range(len(header))]
        cells = cells.with_columns(bare)
        return cells.with_columns(pl.col(column).str.to_lowercase().replace(PLATFORMS) for column in platform)

    return tidy


def detects(sample: Sample) -> float:
    """A table with the columns of ads and forms that stand before the answers."""
    return 0.95 if len(OWN & set(sample.header)) > 2 else 0.0


FORMAT = Format(
    "facebook_leads",
    "Leads from forms of Facebook and Instagram ads (CSV, XLSX)",
    FacebookLeads,
    read,
    holds="contacts",
    detects=detects,
    guide=GUIDE,
)

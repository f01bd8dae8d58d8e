"""Headers that CRMs, shops and mailers give the columns of their exports, and what each means.

Those that any list has are in `header_words`; here is what one system writes and others do not.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple


class System(NamedTuple):
    """What a system calls columns.

    `export`: where in it one gets the list. `seen`: where its headers were seen, an address or words to search public
    code for. `signs`: headers of which one tells that a list is its own. `headers`: by what they mean, parted by `|`,
    folded; they mean that in any list. `own`: those that mean it in a list of this system alone. `lists`: what parts
    several values in a cell, where it is not what parts them in other lists.
    """

    export: str
    seen: str
    signs: str
    headers: dict[str, str]
    own: Mapping[str, str] = MappingProxyType({})
    lists: Mapping[str, str] = MappingProxyType({})


SYSTEMS = {
    "shopify": System(
        "Customers, Export (CSV)",
        "https://github.com/buttondown/roadmap/issues/2700",
        "accepts email marketing|accepts marketing|default address company|default address address1",
        {
            "phone": "default address phone",
            "attr.company": "default address company",
            "attr.email_opt_in": "accepts email marketing|accepts marketing",
            "attr.sms_opt_in": "accepts sms marketing",
            "attr.street": "default address address1|default address address 1",
            "attr.city": "default address city",
            "attr.region": "default address province code|default address province",
            "attr.country": "default address country code|default address country",
            "attr.postcode": "default address zip",
        },
        {"record_id": "customer id"},
    ),
    "stripe": System(
        "Customers, Export (CSV)",
        "https://github.com/codebruinc/schemamap (docs/stripe-customers-contract.md)",
        "created (utc)|delinquent|customer description",
        {"email": "customer email", "phone": "customer phone", "notes": "customer description"},
        {
            "record_id": "customer id",
            "notes": "description",
            "attr.street": "card address line1|address line 1",
            "attr.city": "card address city|city",
            "attr.region": "card address state|state",
            "attr.postcode": "card address zip|postal code",
            "attr.country": "card address country|country",
        },
    ),
    "mailchimp": System(
        "Audience, Export Audience (CSV)",
        "https://github.com/buren/honey_format (spec)",
        "leid|euid|member rating",
        {
            "record_id": "leid",
            "observed_at": "last changed",
            "attr.email_opt_in_at": "optin time",
            "attr.email_opt_out_at": "unsub time",
            "ignore": "euid|optin ip|confirm ip|gmtoff|dstoff",
        },
    ),
    "klaviyo": System(
        "Lists & Segments, Export (CSV)",
        "public code with `Email,Klaviyo ID,First Name,Last Name`",
        "klaviyo id|email marketing consent",
        {
            "record_id": "klaviyo id",
            "attr.email_opt_in": "email marketing consent",
            "attr.sms_opt_in": "sms marketing consent",
        },
        {"attr.region": "state / region", "attr.postcode": "zip code", "attr.company": "organization"},
    ),
    "brevo": System(
        "Contacts, Export (CSV)",
        "https://developers.brevo.com/reference/request-contact-export",
        "email blacklist|sms blacklist|added time|listid",
        {"phone": "sms", "attr.email_opt_out": "email blacklist", "attr.sms_opt_out": "sms blacklist"},
        {"observed_at": "modified time"},
    ),
    "pipedrive": System(
        "Contacts, People, Export (CSV)",
        "https://getcapt.com/blog/pipedrive-import-csv",
        "person id|person name|person owner|person organization|person email work",
        {
            "record_id": "person id",
            "name": "person name",
            "first_name": "person first name",
            "last_name": "person last name",
            "tags": "person label|person labels",
            "email": "person email|person email work|person email home|person email other",
            "phone": "person phone|person phone work|person phone home|person phone mobile|person phone other",
            "notes": "person note|person notes",
            "attr.company": "person organization",
            "attr.email_opt_in": "person marketing status",
            "observed_at": "person update time",
            "ignore": "person owner",
        },
    ),
    "zoho": System(
        "Contacts, Export (CSV)",
        "public code with `Contacts(Contact Owner,Salutation,First Name,`",
        "contact owner.id|account name.id|skype id",
        {
            "email": "secondary email",
            "attr.company": "account name",
            "attr.street": "mailing street",
            "attr.city": "mailing city",
            "attr.region": "mailing state",
            "attr.postcode": "mailing zip",
            "attr.country": "mailing country",
            "ignore": "contact owner|contact owner.id|lead owner|lead owner.id|account name.id|asst phone|created by.id"
            "|modified by.id",
        },
        {"notes": "description", "tags": "tag", "observed_at": "modified time", "ignore": "fax|created by|modified by"},
    ),
    "twenty": System(
        "People, Export (CSV)",
        "public code with `Emails / Primary Email`",
        "emails / primary email|name / first name|phones / primary phone number",
        {
            "first_name": "name / first name",
            "last_name": "name / last name",
            "email": "emails / primary email|emails / additional emails",
            "phone": "phones / primary phone number|phones / primary phone|mobile / primary phone number",
            "attr.company": "company / name",
            "attr.country": "phones / primary phone country code",
            "ignore": "contact owner / user email|phones / primary phone calling code",
        },
        {"observed_at": "last update"},
    ),
    "odoo": System(
        "Contacts, Export (CSV, XLSX)",
        "https://documentation.invantive.com/2017R2/odoo-data-model/webhelp/odoo-connector-res-partner.html",
        "salesperson|category id/name|tags/name|tags/display name|complete name",
        {
            "tags": "category id/name|tags/name|tags/display name|category id",
            "ignore": "salesperson|user id/name",
            "attr.company": "parent id/name|parent name|related company",
        },
        {
            "name": "complete name",
            "record_id": "external id",
            "notes": "comment",
            "observed_at": "write date|last updated on",
            "attr.company": "company name",
            "attr.postcode": "zip",
        },
    ),
    "suitecrm": System(
        "Contacts, Export (CSV)",
        "https://github.com/svensson00/SpecterCRM (import)",
        "primary address street|non primary e mails|email1|assigned user name|office phone",
        {
            "phone": "phone mobile|phone work|phone home|phone other|office phone",
            "email": "email1|email2|non primary e mails",
            "observed_at": "date modified",
            "attr.street": "primary address street",
            "attr.city": "primary address city",
            "attr.region": "primary address state",
            "attr.postcode": "primary address postalcode|primary address postal code",
            "attr.country": "primary address country",
            "ignore": "assigned user name|assigned to|phone fax|phone assistant|assistant phone",
        },
        {"phone": "home", "notes": "description", "ignore": "fax|assigned user|deleted"},
    ),
    "espocrm": System(
        "Contacts, Export (CSV, XLSX)",
        "public code with `interface EspoCRMContact`",
        "emailaddress|phonenumber|address postal code",
        {"ignore": "assigned user|assignedusername", "attr.postcode": "address postal code"},
        {
            "email": "emailaddress",
            "phone": "phonenumber",
            "notes": "description",
            "observed_at": "modifiedat",
            "attr.company": "account|accountname",
            "attr.street": "address street|addressstreet",
            "attr.city": "address city|addresscity",
            "attr.country": "address country|addresscountry",
            "attr.postcode": "addresspostalcode",
        },
    ),
    "woocommerce": System(
        "Export of customers by a plug-in (CSV)",
        "https://github.com/woocommerce/woocommerce-subscriptions-importer-exporter/issues/14",
        "billing email|billing first name|billing address 1|user email",
        {
            "email": "user email|billing email",
            "phone": "billing phone",
            "first_name": "billing first name",
            "last_name": "billing last name",
            "attr.company": "billing company",
            "attr.street": "billing address 1",
            "attr.postcode": "billing postcode",
            "attr.city": "billing city",
            "attr.region": "billing state",
            "attr.country": "billing country",
            # whoever gets the parcel
            "ignore": "shipping first name|shipping last name|shipping phone|shipping company",
        },
        {"record_id": "customer id", "email": "customer email"},
    ),
    "zendesk": System(
        "Import and export of users (CSV)",
        "https://support.zendesk.com/hc/en-us/articles/203661996",
        "shared phone number|restriction",
        {"attr.company": "organization", "ignore": "shared phone number"},
        {"notes": "details"},
        {"tags": r"[;,\s]"},
    ),
    "freshdesk": System(
        "Contacts, Export (CSV)",
        "https://support.freshdesk.com/support/solutions/articles/203410",
        "unique external id",
        {},
        {"notes": "about", "attr.job_title": "title"},
    ),
    "intercom": System(
        "Contacts, Export (CSV)",
        "https://github.com/intercom/Intercom-OpenAPI",
        "unsubscribed from emails|web sessions",
        {"attr.email_opt_out": "unsubscribed from emails"},
        {"external_id": "user id", "attr.company": "companies", "ignore": "owner"},
    ),
    "front": System(
        "Contacts, Import and export (CSV)",
        "https://help.front.com/t/3624vh",
        "contactlist|accountname",
        {"email": "email2|email3|email4|email5", "phone": "phone2|phone3|phone4|phone5"},
        {
            "tags": "contactlist|contactlist2|contactlist3|group|group2|group3",
            "notes": "description",
            "attr.company": "accountname",
        },
    ),
    "activecampaign": System(
        "Contacts, Export (CSV)",
        "https://activepedia.com/index.php?title=Import_contacts",
        "customer account",
        {"attr.company": "customer account"},
        {"observed_at": "date updated", "ignore": "ip address"},
    ),
}


def by_header(spelt: Mapping[str, str]) -> dict[str, str]:
    """Meanings by header, out of headers parted by `|` by their meaning."""
    return {header: meaning for meaning, headers in spelt.items() for header in headers.split("|")}


SIGNS = {sign: name for name, system in SYSTEMS.items() for sign in system.signs.split("|")}
OWN = {name: by_header(system.own) for name, system in SYSTEMS.items()}
MEANINGS = {header: meaning for system in SYSTEMS.values() for header, meaning in by_header(system.headers).items()}


def system_of(header: Collection[str]) -> str | None:
    """The system whose export has these headers, folded: the one most of whose signs are among them."""
    found = [SIGNS[name] for name in header if name in SIGNS]
    return max(found, key=found.count, default=None)

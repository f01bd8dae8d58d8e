"""Headers that CRMs, shops and mailers give the columns of their exports, and what each means.

Those that any list has are in `header_words`; here is what one system writes and others do not.
"""

from typing import NamedTuple


class System(NamedTuple):
    """What a system calls columns: the export that has them, and they by what they mean, parted by `|`, folded."""

    export: str
    headers: dict[str, str]


SYSTEMS = {
    "shopify": System(
        "Customers, Export (CSV)",
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
    ),
    "stripe": System("Customers, Export (CSV)", {"email": "customer email", "phone": "customer phone"}),
    "mailchimp": System(
        "Audience, Export Audience (CSV)", {"record_id": "leid", "observed_at": "last changed", "ignore": "euid"}
    ),
    "klaviyo": System(
        "Lists & Segments, Export (CSV)",
        {
            "record_id": "klaviyo id",
            "attr.email_opt_in": "email marketing consent",
            "attr.sms_opt_in": "sms marketing consent",
        },
    ),
    "brevo": System("Contacts, Export (CSV)", {"phone": "sms", "attr.email_opt_out": "email blacklist"}),
    "pipedrive": System(
        "Contacts, People, Export (CSV)",
        {
            "record_id": "person id",
            "name": "person name",
            "first_name": "person first name",
            "last_name": "person last name",
            "tags": "person label|person labels",
            "email": "person email|person email work|person email home|person email other",
            "phone": "person phone|person phone work|person phone home|person phone mobile|person phone other",
            "attr.company": "person organization",
            "attr.email_opt_in": "person marketing status",
            "observed_at": "person update time",
            "ignore": "person owner",
        },
    ),
    "zoho": System("Contacts, Export (CSV)", {"ignore": "contact owner|contact owner.id|lead owner|lead owner.id"}),
    "twenty": System(
        "People, Export (CSV)",
        {
            "first_name": "name / first name",
            "last_name": "name / last name",
            "email": "emails / primary email",
            "phone": "phones / primary phone number",
            "attr.company": "company / name",
        },
    ),
    "odoo": System("Contacts, Export (CSV)", {"tags": "category id/name|tags/name", "ignore": "salesperson"}),
    "suitecrm": System(
        "Contacts, Export (CSV)",
        {
            "phone": "phone mobile|phone work|phone home|phone other",
            "email": "email1|email2",
            "observed_at": "date modified",
            "attr.company": "account name",
            "ignore": "assigned user name|assigned to|phone fax",
        },
    ),
    "espocrm": System("Contacts, Export (CSV)", {"ignore": "assigned user"}),
    "woocommerce": System(
        "Export of customers by a plug-in (CSV)",
        {
            "email": "user email|billing email",
            "phone": "billing phone",
            "first_name": "billing first name",
            "last_name": "billing last name",
            "attr.company": "billing company",
            "attr.street": "billing address 1",
            "attr.postcode": "billing postcode",
            "attr.city": "billing city",
            "attr.country": "billing country",
            # whoever gets the parcel
            "ignore": "shipping first name|shipping last name|shipping phone|shipping company",
        },
    ),
    "zendesk": System(
        "Import and export of users (CSV)", {"attr.company": "organization", "ignore": "shared phone number"}
    ),
    "intercom": System("Contacts, Export (CSV)", {"attr.email_opt_out": "unsubscribed from emails"}),
}
MEANINGS = {
    header: meaning
    for system in SYSTEMS.values()
    for meaning, headers in system.headers.items()
    for header in headers.split("|")
}

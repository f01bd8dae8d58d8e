"""One invented customer as seventeen systems export her: their headers, and what is read of a row."""

from typing import NamedTuple


class Exported(NamedTuple):
    """A file of one row, and what it says."""

    text: str
    record_id: str | None
    tags: list[str]
    notes: str | None
    phones: list[str]
    emails: list[str]
    attributes: dict[str, str]


EXPORTS = {
    "shopify": Exported(
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
        "Default Address Address1,Default Address Address2,Default Address City,"
        "Default Address Province Code,Default Address Country Code,Default Address Zip,"
        "Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,"
        "Tax Exempt,Tags\n'6001,Greta,Holm,greta@example.com,yes,Holm Cycles,Lindenweg 4,,Kiel,SH,"
        "DE,'24103,'+4915155501234,'+4915155501234,no,12.50,1,met at fair,no,\"vip, fair\"\n",
        "6001",
        ["vip", "fair"],
        "met at fair",
        ["+4915155501234"],
        ["greta@example.com"],
        {
            "company": "Holm Cycles",
            "email_opt_in": "yes",
            "sms_opt_in": "no",
            "street": "Lindenweg 4",
            "postcode": "24103",
            "country": "DE",
        },
    ),
    "stripe": Exported(
        "id,Description,Email,Name,Created (UTC),Delinquent,Card Address Line1,Card Address City,"
        "Card Address Zip,Card Address Country\ncus_A,,greta@example.com,Greta Holm,"
        "2026-03-04 10:11,false,Lindenweg 4,Kiel,24103,DE\n",
        "cus_A",
        [],
        None,
        [],
        ["greta@example.com"],
        {"street": "Lindenweg 4", "postcode": "24103", "country": "DE"},
    ),
    "mailchimp": Exported(
        "Email Address,First Name,Last Name,Address,Phone Number,MEMBER_RATING,OPTIN_TIME,"
        "OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,"
        "LAST_CHANGED,LEID,EUID,NOTES,TAGS\ngreta@example.com,Greta,Holm,"
        "Lindenweg 4  Kiel  SH  24103  DE,0151 55501234,4,2024-05-01 08:00:00,,"
        "2024-05-01 08:00:00,192.0.2.7,54.3,10.1,1,2,Europe/Berlin,DE,SH,2026-02-03 10:00:00,"
        '500001,a1,met at fair,"""VIP"""\n',
        "500001",
        ["VIP"],
        "met at fair",
        ["0151 55501234"],
        ["greta@example.com"],
        {"email_opt_in_at": "2024-05-01 08:00:00"},
    ),
    "klaviyo": Exported(
        "Email,Klaviyo ID,First Name,Last Name,Organization,City,State / Region,Country,Zip Code,"
        "Source,Phone Number,Email Marketing Consent,Profile Created On\ngreta@example.com,01F9,"
        "Greta,Holm,Holm Cycles,Kiel,SH,DE,24103,-,+4915155501234,SUBSCRIBED,2026-01-01\n",
        "01F9",
        [],
        None,
        ["+4915155501234"],
        ["greta@example.com"],
        {"company": "Holm Cycles", "email_opt_in": "SUBSCRIBED", "postcode": "24103"},
    ),
    "brevo": Exported(
        "CONTACT ID;EMAIL;FIRSTNAME;LASTNAME;SMS;WHATSAPP;EMAIL_BLACKLIST;LISTID;ADDED_TIME;"
        "MODIFIED_TIME\n9;greta@example.com;Greta;Holm;4915155501234;4915155501234;yes;[3,4];"
        "01-05-2026 08:00:00;02-05-2026 08:00:00\n",
        "9",
        [],
        None,
        ["4915155501234"],
        ["greta@example.com"],
        {"email_opt_out": "yes"},
    ),
    "pipedrive": Exported(
        "Person - ID,Person - Name,Person - Label,Person - Organization,Person - Email - Work,"
        "Person - Phone - Mobile,Person - Owner,Person - Marketing status,Person - Update time\n"
        '17,Greta Holm,"Hot lead, Customer",Holm Cycles,greta@example.com,0151 55501234,Ina Kern,'
        "Subscribed,2026-11-01 10:00:00\n",
        "17",
        ["Hot lead", "Customer"],
        None,
        ["0151 55501234"],
        ["greta@example.com"],
        {"company": "Holm Cycles", "email_opt_in": "Subscribed"},
    ),
    "zoho": Exported(
        "Record Id,Contact Owner.id,Contact Owner,Lead Source,First Name,Last Name,"
        "Account Name.id,Account Name,Email,Secondary Email,Phone,Mobile,Fax,Email Opt Out,Tag,"
        "Description,Modified Time,Mailing Street,Mailing City,Mailing Zip,Mailing Country\n"
        "zcrm_1,zcrm_9,Ina Kern,Web,Greta,Holm,zcrm_3,Holm Cycles,greta@example.com,"
        'holm@example.com,0431 5550123,0151 55501234,0431 5550199,false,"vip,fair",met at fair,'
        "2026-11-01 10:00:00,Lindenweg 4,Kiel,24103,DE\n",
        "zcrm_1",
        ["vip", "fair"],
        "met at fair",
        ["0431 5550123", "0151 55501234"],
        ["greta@example.com", "holm@example.com"],
        {"company": "Holm Cycles", "email_opt_out": "false", "street": "Lindenweg 4", "postcode": "24103"},
    ),
    "twenty": Exported(
        "Id,Name / First Name,Name / Last Name,Emails / Primary Email,Emails / Additional Emails,"
        "Phones / Primary Phone Number,Phones / Primary Phone Calling Code,Job Title,City,"
        "Company / Name,Contact Owner / User Email\nab-1,Greta,Holm,greta@example.com,"
        '"[""holm@example.com""]",015155501234,+49,CEO,Kiel,Holm Cycles,ina@acme.example\n',
        "ab-1",
        [],
        None,
        ["015155501234"],
        ["greta@example.com", "holm@example.com"],
        {"company": "Holm Cycles"},
    ),
    "odoo": Exported(
        "External ID,Complete Name,Email,Phone,Mobile,Street,City,Zip,Country,Tags/Name,"
        "Salesperson,Company Name\n__export__.res_partner_7,Greta Holm,greta@example.com,"
        "0431 5550123,0151 55501234,Lindenweg 4,Kiel,24103,Germany,VIP,Ina Kern,Holm Cycles\n",
        "__export__.res_partner_7",
        ["VIP"],
        None,
        ["0431 5550123", "0151 55501234"],
        ["greta@example.com"],
        {"company": "Holm Cycles", "street": "Lindenweg 4", "postcode": "24103"},
    ),
    "suitecrm": Exported(
        "ID,First Name,Last Name,Job Title,Account Name,Email Address,Non Primary E-mails,Mobile,"
        "Office Phone,Fax,Primary Address Street,Primary Address City,"
        "Primary Address Postal Code,Description,Assigned to,Date Modified,Deleted\nu-1,Greta,"
        "Holm,CEO,Holm Cycles,greta@example.com,holm@example.com,0151 55501234,0431 5550123,"
        "0431 5550199,Lindenweg 4,Kiel,24103,met at fair,ina,2026-11-01 10:00:00,0\n",
        "u-1",
        [],
        "met at fair",
        ["0151 55501234", "0431 5550123"],
        ["greta@example.com", "holm@example.com"],
        {"company": "Holm Cycles", "street": "Lindenweg 4", "postcode": "24103"},
    ),
    "espocrm": Exported(
        "ID;First Name;Last Name;Account;emailAddress;phoneNumber;addressStreet;addressCity;"
        "addressPostalCode;assignedUserName;description;modifiedAt\nx1;Greta;Holm;Holm Cycles;"
        "greta@example.com;0151 55501234;Lindenweg 4;Kiel;24103;Ina Kern;met at fair;"
        "2026-11-01 10:00:00\n",
        "x1",
        [],
        "met at fair",
        ["0151 55501234"],
        ["greta@example.com"],
        {"company": "Holm Cycles", "street": "Lindenweg 4", "postcode": "24103"},
    ),
    "woocommerce": Exported(
        "customer_id,user_email,first_name,last_name,billing_company,billing_email,billing_phone,"
        "billing_address_1,billing_postcode,billing_city,billing_country,shipping_first_name,"
        "shipping_phone,role\n31,greta@example.com,Greta,Holm,Holm Cycles,holm@example.com,"
        "0151 55501234,Lindenweg 4,24103,Kiel,DE,Nils,0431 5550177,customer\n",
        "31",
        [],
        None,
        ["0151 55501234"],
        ["greta@example.com", "holm@example.com"],
        {"company": "Holm Cycles", "street": "Lindenweg 4", "postcode": "24103"},
    ),
    "zendesk": Exported(
        "name,email,external_id,details,notes,phone,shared_phone_number,role,restriction,"
        'organization,tags\nGreta Holm,greta@example.com,4711,"Lindenweg 4, Kiel",'
        "prefers mornings,+49 151 55501234,false,end-user,requested,Holm Cycles,vip wholesale\n",
        None,
        ["vip", "wholesale"],
        "Lindenweg 4, Kiel\nprefers mornings",
        ["+49 151 55501234"],
        ["greta@example.com"],
        {"company": "Holm Cycles"},
    ),
    "freshdesk": Exported(
        "Full name,Title,Company,Email,Work phone,Mobile phone,Twitter,Unique external ID,"
        "Address,Tags,About\nGreta Holm,CEO,Holm Cycles,greta@example.com,0431 5550123,"
        '0151 55501234,,X1,"Lindenweg 4, Kiel","vip,fair",met at fair\n',
        "X1",
        ["vip", "fair"],
        "met at fair",
        ["0431 5550123", "0151 55501234"],
        ["greta@example.com"],
        {"company": "Holm Cycles", "job_title": "CEO"},
    ),
    "intercom": Exported(
        "Name,Owner,Email,Phone,User ID,Signed up,Companies,Tags,Unsubscribed from Emails,City\n"
        "Greta Holm,Ina Kern,greta@example.com,+4915155501234,u7,2026-01-01 10:00:00,Holm Cycles,"
        '"vip,fair",false,Kiel\n',
        None,
        ["vip", "fair"],
        None,
        ["+4915155501234"],
        ["greta@example.com"],
        {"company": "Holm Cycles", "email_opt_out": "false"},
    ),
    "front": Exported(
        "name,email,email2,phone,phone2,link,contactList,contactList2,twitter,description,"
        "accountName\nGreta Holm,greta@example.com,holm@example.com,4915155501234,494315550123,,"
        "VIPs,Fair,,met at fair,Holm Cycles\n",
        None,
        ["VIPs", "Fair"],
        "met at fair",
        ["4915155501234", "494315550123"],
        ["greta@example.com", "holm@example.com"],
        {"company": "Holm Cycles"},
    ),
    "activecampaign": Exported(
        "Contact ID,Email,First Name,Last Name,Phone,Customer Account,Tags,Date Updated,"
        'IP Address\n5,greta@example.com,Greta,Holm,+4915155501234,Holm Cycles,"vip, fair",'
        "2026-11-01 10:00:00,192.0.2.7\n",
        "5",
        ["vip", "fair"],
        None,
        ["+4915155501234"],
        ["greta@example.com"],
        {"company": "Holm Cycles"},
    ),
}

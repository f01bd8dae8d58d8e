"""What the keys of JSON from helpdesks, chats and channels mean, as far as it tells whose a value is."""

# What somebody wrote: an identifier in it is a mention of the person, and makes nothing theirs.
WRITTEN = {"text", "body", "content", "message", "snippet", "caption", "description", "description_text", "subject"}
WRITTEN |= {"html_body", "plain_body", "body_text", "raw_subject", "comment", "note", "notes", "summary", "preview"}
WRITTEN |= {"fallback", "pretext", "last_message", "share_text", "blurb", "processed_message_content"}

# What lies in a message and belongs to it: marked words, and what is quoted, answered or attached.
QUOTED = {"attachments", "context", "quote", "quoted", "quoted_message", "reply_to", "root", "forwarded"}
PART_OF_MESSAGE = QUOTED | {"text", "text_entities", "blocks", "elements", "content", "mentions", "entities"}

# Who made an export: whoever that is, the file holds others.
HOLDER = {"personal_information", "account", "owner", "exported_by", "created_by", "page", "metadata"}

# Lists of people or talks: a document with several in one of them is nobody's own.
COLLECTIONS = {"contacts", "users", "people", "customers", "tickets", "conversations", "chats", "data", "results"}
COLLECTIONS |= {"list", "items", "records", "leads", "entries", "threads"}

# Lists of what one person has: who is in them is whoever they lie in.
OWNED = {"emails", "email_addresses", "phones", "phone_numbers", "numbers", "telephones", "identities", "identifiers"}
OWNED |= {"handles", "addresses", "urls", "social_profiles", "accounts", "contact_inboxes", "other_emails", "values"}
OWNED |= {"custom_fields", "fields", "links", "field_data"}

# Lists and texts of whom a message goes to.
RECIPIENTS = {"to", "cc", "bcc", "recipients", "to_emails", "cc_emails", "bcc_emails", "reply_cc_emails", "fwd_emails"}

# Who wrote or asked, by an id of a record.
AUTHOR = {"author_id", "requester_id", "submitter_id", "sender_id", "from_id", "user_id", "contact_id", "customer_id"}
AUTHOR |= {"from", "user", "sender", "author", "requester", "contact", "customer", "actor_id", "actor", "psid", "wa_id"}
AUTHOR |= {"recipient_id", "recipient", "participant", "participants", "members", "users", "contacts", "inviter"}

# How a party of a talk is called.
TALK = {
    "sender_name",
    "senderName",
    "from",
    "actor",
    "author",
    "participants",
    "members",
    "threadName",
    "title",
    "name",
}
NAMES = {"name", "title", "threadName", "full_name", "display_name", "displayName", "real_name", "contact_name"}

# What says that an author is one of the company.
ROLES = {"type", "role", "sender_type", "author_type", "user_type"}
COMPANY = {"user", "agent", "admin", "bot", "agent_bot", "teammate", "system", "team"}

# Where to read on: a search for the person, and nothing of theirs.
PAGING = {"url", "next", "next_page", "previous_page", "first", "last", "href", "self", "request_id", "query"}

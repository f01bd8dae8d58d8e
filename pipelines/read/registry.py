"""The formats onecontact reads, by name."""

from pipelines.read import chatwoot_contacts, contacts_csv, mbox, messenger_download, whatsapp_chat
from pipelines.read.batch import Format

FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (contacts_csv, chatwoot_contacts, whatsapp_chat, mbox, messenger_download)
}

"""Which field of the match model each kind of identifier speaks for."""

from schemas.vocabulary import IdentifierType

# Ids of a person on one channel. Their match keys hold kind and scope: the same digits elsewhere are somebody else.
CHANNEL_IDS = tuple(
    kind
    for kind in IdentifierType
    if kind not in (IdentifierType.PHONE, IdentifierType.WA_ID, IdentifierType.EMAIL, IdentifierType.EXTERNAL_ID)
)

# Which field of the match model a kind of identifier speaks for. An external id proves nothing outside its source.
FIELDS = {
    IdentifierType.PHONE: "phone",
    IdentifierType.WA_ID: "phone",
    IdentifierType.EMAIL: "email",
} | dict.fromkeys(CHANNEL_IDS, "channel_id")

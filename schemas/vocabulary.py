"""The words everything else is said in: channels, identifier types, outcomes, error codes, PII classes."""

from enum import StrEnum
from types import MappingProxyType


class Channel(StrEnum):
    """Where a conversation takes place."""

    WHATSAPP = "whatsapp"
    EMAIL = "email"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    SMS = "sms"
    SLACK = "slack"
    WEB_CHAT = "web_chat"
    PHONE = "phone"
    OTHER = "other"  # a channel of a helpdesk that has no name of its own here


class IdentifierType(StrEnum):
    """What a person can be known by. `scope` of an identifier says where its value is unique."""

    PHONE = "phone"
    EMAIL = "email"
    WA_ID = "wa_id"  # a WhatsApp number: not always a dialable one
    WA_USER_ID = "wa_user_id"  # WhatsApp's id of a person for one business, scope = that business
    PSID = "psid"  # Messenger's id of a person on one page, scope = that page
    IGSID = "igsid"  # Instagram's id of a person for one account, scope = that account
    TELEGRAM_ID = "telegram_id"
    SLACK_ID = "slack_id"  # scope = the workspace
    USERNAME = "username"  # a name chosen on a channel, scope = that channel
    MESSENGER_THREAD = "messenger_thread"
    INSTAGRAM_THREAD = "instagram_thread"
    EXTERNAL_ID = "external_id"  # the id a source gives its own record, scope = that source


class Validity(StrEnum):
    """How far a normalised identifier can be trusted to reach somebody."""

    VALID = "valid"
    POSSIBLE = "possible"
    INVALID = "invalid"


class Status(StrEnum):
    """Status of a contact, in order of precedence."""

    BLOCKED = "blocked"
    ACTIVE = "active"
    INACTIVE = "inactive"


class StatusReason(StrEnum):
    """Why a contact has its status."""

    BLOCKED_BY_DECISION = "blocked_by_decision"
    RECENT_INBOUND = "recent_inbound"
    OPEN_CONVERSATION = "open_conversation"
    NO_INTERACTION_SINCE = "no_interaction_since"
    NEVER_INTERACTED = "never_interacted"
    ADDRESS_SUPPRESSED = (
        "address_suppressed"  # in files that would reach people: somebody else with its address said no
    )


class ConversationStatus(StrEnum):
    """State of a thread; a channel that knows no such state leaves it empty."""

    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Direction(StrEnum):
    """Who wrote: the contact (inbound) or the company (outbound)."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class MessageKind(StrEnum):
    """What a message is made of. Auto-replies and bounces are no act of the contact."""

    TEXT = "text"
    MEDIA = "media"
    LOCATION = "location"
    CALL = "call"
    DELETED = "deleted"
    REACTION = "reaction"
    INTERACTIVE = "interactive"  # a button or an entry of a list that was chosen, a form that was filled
    TEMPLATE = "template"
    NOTE = "note"  # written by an agent for colleagues: the contact never sees it
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    OTHER = "other"


class Author(StrEnum):
    """What kind of party wrote a message or caused an event."""

    CONTACT = "contact"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"


class QuotedKind(StrEnum):
    """Words of a message that are not new."""

    HISTORY = "history"
    SIGNATURE = "signature"


class MessageState(StrEnum):
    """How far an outgoing message has come, in the order of its way; `failed` stands beside it."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class EventKind(StrEnum):
    """Things that happen in a conversation beside messages."""

    SYSTEM = "system"
    STARTED = "started"
    ASSIGNED = "assigned"  # to an agent or a team; `after` is empty where it was taken from them
    HANDOVER = "handover"  # between bot and people
    NUMBER_CHANGED = "number_changed"
    MESSAGE_EDITED = "message_edited"  # `after` holds the new words
    MESSAGE_DELETED = "message_deleted"
    STATUS_CHANGED = "status_changed"
    LABEL_ADDED = "label_added"
    LABEL_REMOVED = "label_removed"


class DecisionKind(StrEnum):
    """What people decide about contacts. Each carries a reason, and is replayed by every run."""

    BLOCK = "block"
    UNBLOCK = "unblock"
    CREATE = "create"
    EDIT = "edit"  # a field; without a value it clears
    PIN = "pin"  # a value, against all that any source says
    TAG = "tag"
    UNTAG = "untag"
    NOTE = "note"
    MERGE = "merge"
    UNMERGE = "unmerge"
    DISMISS = "dismiss"  # a suggested duplicate, for good
    DEFER = "defer"  # the question whether two are one
    REVOKE = "revoke"  # another decision


class Precision(StrEnum):
    """How exactly a time was stated."""

    MILLISECOND = "millisecond"
    SECOND = "second"
    MINUTE = "minute"


class ZoneSource(StrEnum):
    """Whether a source stated the zone of a time. If not, its own was assumed; no clock of it showed a skipped time."""

    STATED = "stated"
    ASSUMED = "assumed"
    SKIPPED = "skipped"


class AttributeType(StrEnum):
    """The five types of a custom attribute."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DROPDOWN = "dropdown"
    BOOLEAN = "boolean"


class MatchRole(StrEnum):
    """What a custom attribute tells matching about a person."""

    DATE_OF_BIRTH = "date_of_birth"
    POSTCODE = "postcode"
    CITY = "city"
    STREET = "street"
    REGION = "region"
    COUNTRY = "country"
    COMPANY = "company"
    EXACT_ID = "exact_id"
    CATEGORY = "category"
    TEXT = "text"


class AttributeMerge(StrEnum):
    """How values of one attribute on several records become one."""

    MOST_RECENT = "most_recent"
    SOURCE_PRIORITY = "source_priority"
    MAX = "max"
    MIN = "min"
    SUM = "sum"
    UNION = "union"
    ANY_TRUE = "any_true"
    ALL_TRUE = "all_true"
    MOST_RESTRICTIVE = "most_restrictive"


class Outcome(StrEnum):
    """What became of a row that was read. Every row has exactly one."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"  # left out by a rule of its source, such as mail labelled as spam


class DeliveryState(StrEnum):
    """What became of a file that arrived."""

    ACCEPTED = "accepted"
    HELD = "held"  # readable, but a person has to settle something first
    REFUSED = "refused"  # not readable as what its source says it is


class AfterImport(StrEnum):
    """What becomes of a delivered file once it is taken in."""

    KEEP = "keep"
    ARCHIVE = "archive"  # kept encrypted, and gone from where it landed
    DELETE = "delete"


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Action(StrEnum):
    """What was done about a problem."""

    ROW_REJECTED = "row_rejected"
    ROW_SKIPPED = "row_skipped"
    FIELD_DROPPED = "field_dropped"
    KEPT_WITH_WARNING = "kept_with_warning"
    QUARANTINED = "quarantined"


class Pii(StrEnum):
    """How closely a column points at a person."""

    DIRECT = "direct"  # names, numbers, addresses, words they wrote
    QUASI = "quasi"  # narrows a person down: dates, labels, attributes
    KEYED = "keyed"  # an id derived with the project's secret
    NONE = "none"


STATUS_OF = MappingProxyType(  # every reason why a contact has its status
    {
        StatusReason.BLOCKED_BY_DECISION.value: Status.BLOCKED.value,
        StatusReason.RECENT_INBOUND.value: Status.ACTIVE.value,
        StatusReason.OPEN_CONVERSATION.value: Status.ACTIVE.value,
        StatusReason.NO_INTERACTION_SINCE.value: Status.INACTIVE.value,
        StatusReason.NEVER_INTERACTED.value: Status.INACTIVE.value,
    }
)

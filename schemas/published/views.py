"""The published views: the one read interface. What each view and column holds, its type, and what it derives from.

The comments of the views and docs/published.md are made of this. The SQL of each view is its file in
`pipelines/store/views/published`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.published.contacts import ATTRIBUTES, CONTACTS, FIELD_PROVENANCE, IDENTIFIERS, SEARCH, TAGS
from schemas.published.contract import View
from schemas.published.history import CONVERSATIONS, EVENTS, MESSAGES, NOTES
from schemas.published.operations import DELIVERIES, EXPORT_MEMBERS, EXPORTS

VIEWS: Mapping[str, View] = MappingProxyType(
    {
        view.name: view
        for view in (
            *(CONTACTS, IDENTIFIERS, CONVERSATIONS, MESSAGES, EVENTS, NOTES, TAGS, ATTRIBUTES),
            *(FIELD_PROVENANCE, DELIVERIES, EXPORTS, EXPORT_MEMBERS, SEARCH),
        )
    }
)

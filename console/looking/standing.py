"""Whether a decision is in force and whether an address is suppressed, in words."""

from collections.abc import Mapping
from typing import Any

from console.terminal.screen import cell
from schemas.vocabulary import DecisionKind

LIFTED_IN_PART = "lifted_in_part"  # of a contact that was parted since
OF_A_VALUE = {
    "in_force": "yes",
    "confirmed": "yes, and stated since by {}",
    "gave_way": "no, gave way to {}",
    "replaced": "no, a later decision replaced it",
    "primary": "no, the primary contact of a merge wins",
    "lifted": "no, lifted by a later unblock",
    LIFTED_IN_PART: "yes, but lifted of some by a later unblock",
    "parted": "no, they are kept apart",
    "without_effect": "no, the field has no value",
}


def standing(decision: Mapping[str, Any]) -> str:
    """Whether a row of `decision_log.list_decisions` is in force, and where it is not, why."""
    if decision["revoked_at"]:
        return f"taken back {cell(decision['revoked_at'])} by {decision['revoked_by']}: {decision['revoked_reason']}"
    if decision["kind"] == DecisionKind.REVOKE:
        return ""
    if decision["standing"] and not (decision["is_over"] and decision["standing"] == LIFTED_IN_PART):
        return OF_A_VALUE[decision["standing"]].format(decision["stated_by"])
    return "over" if decision["is_over"] else "yes"


def suppression(refusal: Mapping[str, Any]) -> str:
    """Why an address of a contact is suppressed: a row of `suppressed_addresses.refusals_of_others`."""
    refused = f"said no to {refusal['consent']}" if refusal["consent"] else "is blocked"
    return f"address suppressed: contact {refusal['because_of']} with {refusal['value']} {refused}"

"""An audit event as others read it: a CloudEvents 1.0 envelope around the fields of OCSF's class Entity Management."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

CLASS, CATEGORY = 3004, 3  # OCSF: Entity Management, in Identity & Access Management
CREATE, READ, UPDATE, DELETE, OTHER = 1, 2, 3, 4, 99
ACTIVITIES = MappingProxyType(
    {
        "created": CREATE, "started": CREATE, "opened": CREATE, "published": CREATE, "fitted": CREATE,
        "read": READ, "listed": READ, "disclosed": READ, "used": READ,
        "updated": UPDATE, "merged": UPDATE, "split": UPDATE, "restored": UPDATE, "reused": UPDATE, "changed": UPDATE,
        "renamed": UPDATE, "rebuilt": UPDATE,
        "removed": DELETE, "withdrawn": DELETE,
    }
)  # fmt: skip
NAMES = MappingProxyType({CREATE: "Create", READ: "Read", UPDATE: "Update", DELETE: "Delete", OTHER: "Other"})
INFORMATIONAL = 1


def cloud_event(event: Mapping[str, Any], project: str, version: str) -> dict[str, Any]:
    """An event (a row of `store.audit.log`, without values) as a JSON object.

    What OCSF has no attribute for is under `unmapped`, by our names.
    """
    moment: datetime = event["recorded_at"].astimezone(UTC)
    activity = ACTIVITIES.get(event["action"].partition(".")[2], OTHER)
    succeeded = event["outcome"] == "ok"
    return {
        "specversion": "1.0",
        "id": str(event["seq"]),
        "source": f"/onecontact/{project}",
        "type": f"onecontact.{event['action']}",
        "time": moment.isoformat().replace("+00:00", "Z"),
        "subject": f"{event['object_type']}/{event['object_id']}",
        "datacontenttype": "application/json",
        "data": {
            "class_uid": CLASS,
            "category_uid": CATEGORY,
            "activity_id": activity,
            "activity_name": NAMES[activity],
            "type_uid": CLASS * 100 + activity,
            "severity_id": INFORMATIONAL,
            "status_id": 1 if succeeded else 2,
            "status": "Success" if succeeded else "Failure",
            "time": int(moment.timestamp() * 1000),
            "actor": {"user": {"name": event["actor"]}},
            "entity": {"type": event["object_type"], "uid": event["object_id"]},
            "metadata": {
                "version": "1.3.0",
                "uid": str(event["seq"]),
                "product": {"name": "onecontact", "version": version},
            },
            "unmapped": {
                "action": event["action"],
                "outcome": event["outcome"],
                "on_behalf_of": event["on_behalf_of"],
                "role": event["role"],
                "reason": event["reason"],
                "run_id": event["run_id"],
                "related": event["related"],
                "fields": event["fields"],
                "details": {each["name"]: each["value"] for each in event["details"]},
            },
        },
    }

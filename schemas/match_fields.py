"""The fields that records are matched by, and what their roles are. A role may be played by several columns."""

from collections.abc import Mapping

# Two columns of one of these roles are two fields: that the sex of two records agrees says nothing of their ages.
SEVERAL = ("exact_id", "category", "text")
COPIES = 4  # fields of one role that are told apart; further columns count as values of the last


def fields_of_role(role: str) -> tuple[str, ...]:
    """The names of all fields that a role can have: `category`, `category 2` and so on."""
    return (role, *(f"{role} {nth}" for nth in range(2, COPIES + 1))) if role in SEVERAL else (role,)


def role_of(field: str) -> str:
    """The role of a field."""
    return field.split(" ", maxsplit=1)[0]


def fields_by_column(roles: Mapping[str, str]) -> dict[str, str]:
    """The field of each column. Those with one of the roles SEVERAL have one each, in the order of their names."""
    of_role = {role: sorted(column for column, own in roles.items() if own == role) for role in SEVERAL}
    places = {column: place for own in of_role.values() for place, column in enumerate(own)}
    return {column: fields_of_role(role)[min(places.get(column, 0), COPIES - 1)] for column, role in roles.items()}

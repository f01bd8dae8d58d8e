"""Who is who in a Slack export: colleagues, customers, and programs."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from pipelines.read.core.frames import Identifier, Person
from pipelines.read.meta.messenger_participant import an_id, inside, items, words
from schemas.vocabulary import Author, Channel, Direction, IdentifierType

SLACKBOT = "USLACKBOT"
BY_CUSTOMER = Direction.INBOUND, Author.CONTACT
BY_COLLEAGUE = Direction.OUTBOUND, Author.AGENT
BY_BOT = Direction.OUTBOUND, Author.BOT


class Member(NamedTuple):
    """A user. `is_customer` is false of colleagues and programs."""

    user: str
    name: str | None
    email: str | None
    is_customer: bool
    is_bot: bool


class People(NamedTuple):
    """The users of an export, by their ids in `team`, the workspace whose export it is."""

    team: str
    members: dict[str, Member]

    def author(self, user: str | None) -> tuple[Direction, Author]:
        """Direction and author of what a user writes; one the export does not know is taken for a colleague."""
        member = self.members.get(user or "")
        if member is None or not member.is_customer:
            return BY_BOT if member and member.is_bot else BY_COLLEAGUE
        return BY_CUSTOMER

    def name(self, user: str | None) -> str | None:
        """The name a user is shown under."""
        member = self.members.get(user or "")
        return member.name if member else None

    def record(self, user: str) -> str:
        """The natural key of a customer."""
        return f"slack:{self.team}:{user}"

    def person(self, member: Member) -> Person:
        """A customer, known by the id in the workspace and by the address of the profile."""
        known = [Identifier(IdentifierType.SLACK_ID, member.user, "id", self.team)]
        if member.email:
            known.append(Identifier(IdentifierType.EMAIL, member.email, "email"))
        return Person(self.record(member.user), Channel.SLACK, member.name, tuple(known))


def people(users: Any, team: str | None, owns: Callable[[str], bool] | None) -> People:
    """Tell customers from colleagues.

    A user is a customer if they are a guest or of another workspace. With `owns`, which says whether an address is the
    company's, whoever has one of its addresses is a colleague, and whoever has another address is a customer.
    """
    listed = [each for each in items(users) if an_id(inside(each, "id"))]
    teams = Counter(home for each in listed if (home := an_id(each.get("team_id"))) and not each.get("is_stranger"))
    own = team or next((name for name, _ in sorted(teams.items(), key=lambda each: (-each[1], each[0]))), "")
    found = [_member(each, own, owns) for each in listed]
    return People(own, {member.user: member for member in found})


def _member(user: dict[str, Any], team: str, owns: Callable[[str], bool] | None) -> Member:
    number = an_id(user["id"]) or ""
    profile = user.get("profile")
    shown = (inside(profile, "real_name"), user.get("real_name"), inside(profile, "display_name"), user.get("name"))
    email = words(inside(profile, "email"))
    is_bot = user.get("is_bot") is True or user.get("is_app_user") is True or number == SLACKBOT
    home = an_id(user.get("team_id"))
    guest = any(user.get(flag) is True for flag in ("is_stranger", "is_restricted", "is_ultra_restricted"))
    is_customer = guest or (home is not None and home != team)
    if owns and email:
        is_customer = not owns(email)
    return Member(number, next(filter(None, map(words, shown)), None), email, is_customer and not is_bot, is_bot)

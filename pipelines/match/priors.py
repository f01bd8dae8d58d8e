"""What each level of agreement is worth before a list has been seen: the m and u probabilities, in one place.

Fellegi and Sunter, "A Theory for Record Linkage" (JASA 64, 1969): a level that m of the true pairs and u of the other
pairs show is worth log2(m / u) bits. Two things are added to that here, because contacts need them:

- u follows the value. That two strangers are both called Smith is as likely as Smith is frequent; that both are called
  Quisling is not. A level therefore gives u as `common * a + rare * b + base`, where a and b are the shares of the more
  and the less frequent of both values (Winkler's frequency-based matching, 1989).
- other pairs are of two kinds. Strangers agree by chance; people of one household or firm agree for a reason, on a
  family name, a landline, an employer. `household` and `colleague` say how often they show the level.

m of every level is moved by what a list shows (`fit`). The values here were set by hand, and then corrected where the
predicted and the true share of matches of generated and public labelled lists parted.
"""

from types import MappingProxyType
from typing import NamedTuple

from schemas.match_fields import fields_of_role

DUPLICATES = 0.9  # other records of the same person that a record has, on average
HOUSEHOLD = 0.15  # records of other people of its household
ONE_LINE = 0.03  # records of other people of its household who use one phone and one mailbox with it
SWITCHBOARD = 0.25  # of pairs of one firm, where both state it, have one number
COLLEAGUES = 1.0  # records of other people of its firm
SWAPPED = 0.05  # of pairs have given and family name in each other's place


# Where no list has been counted yet: its size, and the share of a value. Names are taken to be frequent ones, so that a
# name alone never makes two records one.
LIST_SIZE = 1_000
TYPICAL = MappingProxyType(
    {
        **dict.fromkeys(("given_name", "middle_name", "family_name"), 0.03),
        **dict.fromkeys(("city", "region"), 0.1),
        **dict.fromkeys(("country", "category", "generation"), 0.6),
        **dict.fromkeys(("company", "postcode", "text"), 0.02),
        **dict.fromkeys(("email_domain",), 0.05),
        **dict.fromkeys(("street",), 0.005),
        **dict.fromkeys(("date_of_birth",), 0.0005),
    }
)


class Level(NamedTuple):
    """One outcome of comparing a field."""

    m: float  # share of true pairs that show it
    common: float = 0.0
    rare: float = 0.0
    base: float = 0.0
    household: float = 0.0  # share of pairs of one household that show it
    one_line: float | None = None  # the same for a household with one phone and one mailbox; None: no different
    colleague: float | None = None  # the same for colleagues; None: as often as strangers
    bound: float | None = None  # what m can become at most in any list; None: RAISED times m

    @property
    def most(self) -> float:
        """The m that no list can teach more than."""
        return RAISED * self.m if self.bound is None else self.bound


RAISED = 4.0
FEWEST = 1_000  # records from which on a list is fitted; fewer teach less than what is shipped knows
SURE = 0.98  # probability from which on an edge needs no support
CONTRADICTED = 0.8  # probability from which on pairs are kept whose given names or birth dates are two people's
MOST = 0.95  # u of a level is never more

GIVEN = {
    "exact": Level(0.727, common=1.0, household=0.04),
    "nickname": Level(0.10, rare=2.0, base=2e-4, household=0.004),
    "short": Level(0.04, rare=2.0, base=3e-4, household=0.004),
    "typo": Level(0.06, common=0.1, rare=1.0, base=2e-4, household=0.01),
    "similar": Level(0.01, common=0.1, rare=1.0, base=1e-3, household=0.01),
    "initial": Level(0.05, base=6e-3, household=6e-3),
    "distant": Level(0.01, base=0.03, household=0.08, bound=0.3),
    "different": Level(0.003, base=0.95, household=0.84, bound=0.2),
}
FAMILY = {
    "exact": Level(0.828, common=1.0, household=0.80),
    "nickname": Level(0.002, rare=2.0, base=2e-4, household=0.002),
    "part": Level(0.02, rare=1.0, base=1e-3, household=0.02),
    "short": Level(0.005, rare=2.0, base=3e-4, household=0.003),
    "typo": Level(0.09, common=0.1, rare=1.0, base=2e-4, household=0.08),
    "similar": Level(0.01, common=0.1, rare=1.0, base=1e-3, household=0.01),
    "initial": Level(0.005, base=6e-3, household=0.005),
    "distant": Level(0.01, base=0.03, household=0.02, bound=0.3),
    "different": Level(0.03, base=0.95, household=0.09, bound=0.25),
}
MIDDLE = {
    "exact": Level(0.75, common=1.0, household=0.03),
    "initial": Level(0.15, base=0.06, household=0.06),
    "typo": Level(0.03, common=0.1, base=2e-3, household=0.01),
    "different": Level(0.07, base=0.9, household=0.90, bound=0.4),
}
GENERATION = {  # junior, senior; a father and his son bear one name, so that they say which of them they are
    "exact": Level(0.9998, common=0.4, base=0.5, household=0.10),
    "different": Level(0.0002, base=0.40, household=0.90),
}
PHONE = {
    "exact": Level(0.70, common=1.0, household=0.10, one_line=0.55, colleague=0.05),
    "variant": Level(0.02, common=1.0, household=0.005, one_line=0.05, colleague=0.002),
    "typo": Level(0.015, base=5e-4, household=2e-3),
    "different": Level(0.265, base=1.0, household=0.90, one_line=0.40, colleague=0.95, bound=0.95),
}
EMAIL = {
    "exact": Level(0.625, common=1.0, household=0.03, one_line=0.50, colleague=0.03),
    "same numbered mailbox": Level(0.015, base=1e-4, household=1e-4),
    "same mailbox": Level(0.015, base=4e-3, household=4e-3),
    "typo": Level(0.015, base=6e-4, household=6e-4),
    "numbered name elsewhere": Level(0.02, base=2e-4, household=2e-4),
    "name elsewhere": Level(0.04, base=0.08, household=0.02),
    "same number": Level(0.03, base=6e-3, household=6e-3),
    "another number": Level(0.04, base=0.30, household=0.25),
    "different": Level(0.20, base=0.65, household=0.60, bound=0.9),
}
DOMAIN = {  # of two different addresses
    "exact": Level(0.05, common=1.0, base=1e-5, household=0.05, colleague=0.80),
    "provider": Level(0.12, common=1.0, household=0.20, colleague=0.05),
    "different": Level(0.83, base=0.75, household=0.75, colleague=0.15, bound=0.97),
}
CHANNEL_ID = {
    "exact": Level(0.90, common=1.0, household=1e-4),
    "different": Level(0.10, base=0.10, household=0.10, bound=0.5),  # everybody has another one on another channel
}
EXACT_ID = {
    "exact": Level(0.93, common=1.0, household=1e-4),
    "typo": Level(0.05, base=1e-4, household=1e-3),
    "different": Level(0.02, base=1.0, household=1.0, bound=0.15),
}
DATE_OF_BIRTH = {
    "exact": Level(0.877, common=1.0, household=0.01),
    "typo": Level(0.08, common=0.3, base=4e-3, household=6e-3),
    "part": Level(0.03, common=0.3, base=0.02, household=0.05),
    "near": Level(0.01, base=0.05, household=0.05),
    "different": Level(0.003, base=0.90, household=0.88, bound=0.08),
}
CITY = {
    "exact": Level(0.83, common=3.0, household=0.90, colleague=0.50),
    "typo": Level(0.08, common=0.3, base=2e-3, household=0.05, colleague=0.02),
    "part": Level(0.01, common=1.0, base=2e-3, household=0.02, colleague=0.02),
    "different": Level(0.08, base=0.90, household=0.03, colleague=0.46, bound=0.6),
}
COUNTRY = {
    "exact": Level(0.98, common=0.3, base=0.6, household=0.98, colleague=0.80),
    "different": Level(0.02, base=0.40, household=0.02, colleague=0.20, bound=0.5),
}
CATEGORY = {
    "exact": Level(0.95, common=1.0, household=0.50),
    "different": Level(0.05, base=0.50, household=0.50, bound=0.3),
}
COMPANY = {
    "exact": Level(0.85, common=3.0, household=0.05, colleague=0.90),
    "typo": Level(0.04, common=0.5, base=1e-3, household=0.01, colleague=0.05),
    "part": Level(0.06, common=1.0, base=3e-3, household=0.01, colleague=0.04),
    "different": Level(0.05, base=0.95, household=0.93, colleague=0.01, bound=0.7),
}
POSTCODE = {
    "exact": Level(0.75, common=2.0, household=0.90),
    "typo": Level(0.08, common=0.3, base=5e-3, household=0.05),
    "different": Level(0.17, base=0.95, household=0.05, bound=0.7),
}
STREET = {
    "exact": Level(0.60, common=1.5, household=0.85),
    "typo": Level(0.15, common=0.5, base=5e-4, household=0.07),
    "part": Level(0.05, common=1.0, base=2e-3, household=0.03),
    "different": Level(0.20, base=0.95, household=0.05, bound=0.75),
}
TEXT = {
    "exact": Level(0.60, common=2.0, household=0.10),
    "typo": Level(0.10, common=0.5, base=1e-3, household=0.02),
    "part": Level(0.10, common=1.0, base=5e-3, household=0.03),
    "different": Level(0.20, base=0.90, household=0.85, bound=0.9),
}

_OF_ROLES = {
    "given_name": GIVEN,
    "family_name": FAMILY,
    "middle_name": MIDDLE,
    "generation": GENERATION,
    "phone": PHONE,
    "email": EMAIL,
    "email_domain": DOMAIN,
    "channel_id": CHANNEL_ID,
    "exact_id": EXACT_ID,
    "date_of_birth": DATE_OF_BIRTH,
    "city": CITY,
    "region": CITY,
    "country": COUNTRY,
    "category": CATEGORY,
    "company": COMPANY,
    "postcode": POSTCODE,
    "street": STREET,
    "text": TEXT,
}
LEVELS = MappingProxyType({field: levels for role, levels in _OF_ROLES.items() for field in fields_of_role(role)})

# Lists of firms, schools, sites: a place is what makes them one, and branches share a name and a switchboard.
ORGANISATIONS = MappingProxyType(
    {
        **LEVELS,
        "street": {
            "exact": Level(0.62, common=1.0, household=0.05, colleague=0.01),
            "typo": Level(0.20, common=0.5, base=3e-4, household=0.01, colleague=0.01),
            "part": Level(0.12, common=1.0, base=5e-4, household=0.01, colleague=0.01),
            "different": Level(0.06, base=0.95, household=0.93, colleague=0.97),
        },
        "phone": {
            "exact": Level(0.62, common=1.0, household=0.10, colleague=0.50),
            "variant": Level(0.02, common=1.0, household=0.005, colleague=0.01),
            "typo": Level(0.04, base=4e-4, household=1e-3, colleague=0.02),
            "different": Level(0.32, base=1.0, household=0.90, colleague=0.47),
        },
        "company": {
            "exact": Level(0.40, common=1.0, household=0.05, colleague=0.30),
            "typo": Level(0.15, common=0.5, base=3e-3, household=0.01, colleague=0.20),
            "part": Level(0.20, common=1.0, base=8e-3, household=0.01, colleague=0.20),
            "different": Level(0.25, base=0.95, household=0.93, colleague=0.30),
        },
    }
)


def levels_of(kind: str) -> "MappingProxyType[str, dict[str, Level]]":
    """The levels of lists of `people` or of `organisations`."""
    return ORGANISATIONS if kind == "organisations" else LEVELS

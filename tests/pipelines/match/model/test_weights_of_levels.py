"""What each level of agreement is worth before a list has been seen, as one table.

The columns: the share of true pairs that show the level; bits for one person against two strangers in a list of 1,000,
where the value is as frequent as values of the field mostly are; the share of pairs that show it among people of one
household, of those who use one line and mailbox, and of one firm (`-`: as a household does, as strangers do).
"""

import pytest

from pipelines.match.model.model import unfitted
from pipelines.match.model.weight_table import level_weights
from pipelines.match.priors import COLLEAGUES, DUPLICATES, HOUSEHOLD, LEVELS, ONE_LINE, SWAPPED, levels_of
from schemas.match_fields import role_of

PEOPLE = """
given_name    | exact                   | 0.727 |   4.5989 |  0.04 |    - |     -
given_name    | nickname                |   0.1 |   0.7322 | 0.004 |    - |     -
given_name    | short                   |  0.04 |  -0.5922 | 0.004 |    - |     -
given_name    | typo                    |  0.06 |   0.8538 |  0.01 |    - |     -
given_name    | similar                 |  0.01 |  -1.7655 |  0.01 |    - |     -
given_name    | initial                 |  0.05 |   3.0589 | 0.006 |    - |     -
given_name    | distant                 |  0.01 |  -1.5850 |  0.08 |    - |     -
given_name    | different               | 0.003 |  -8.3068 |  0.84 |    - |     -
family_name   | exact                   | 0.828 |   4.7866 |   0.8 |    - |     -
family_name   | nickname                | 0.002 |  -4.9117 | 0.002 |    - |     -
family_name   | part                    |  0.02 |  -0.6323 |  0.02 |    - |     -
family_name   | short                   | 0.005 |  -3.5922 | 0.003 |    - |     -
family_name   | typo                    |  0.09 |   1.4387 |  0.08 |    - |     -
family_name   | similar                 |  0.01 |  -1.7655 |  0.01 |    - |     -
family_name   | initial                 | 0.005 |  -0.2630 | 0.005 |    - |     -
family_name   | distant                 |  0.01 |  -1.5850 |  0.02 |    - |     -
family_name   | different               |  0.03 |  -4.9849 |  0.09 |    - |     -
middle_name   | exact                   |  0.75 |   4.6439 |  0.03 |    - |     -
middle_name   | initial                 |  0.15 |   1.3219 |  0.06 |    - |     -
middle_name   | typo                    |  0.03 |   2.5850 |  0.01 |    - |     -
middle_name   | different               |  0.07 |  -3.6845 |   0.9 |    - |     -
generation    | exact                   | 0.9998 |   0.4341 |   0.1 |    - |     -
generation    | different               | 0.0002 | -10.9658 |   0.9 |    - |     -
phone         | exact                   |   0.7 |  15.0951 |   0.1 | 0.55 |  0.05
phone         | variant                 |  0.02 |   9.9658 | 0.005 | 0.05 | 0.002
phone         | typo                    | 0.015 |   4.9069 | 0.002 |    - |     -
phone         | different               | 0.265 |  -1.8419 |   0.9 |  0.4 |  0.95
email         | exact                   | 0.625 |  16.9316 |  0.03 |  0.5 |  0.03
email         | same numbered mailbox   | 0.015 |   7.2288 | 0.0001 |    - |     -
email         | same mailbox            | 0.015 |   1.9069 | 0.004 |    - |     -
email         | typo                    | 0.015 |   4.6439 | 0.0006 |    - |     -
email         | numbered name elsewhere |  0.02 |   6.6439 | 0.0002 |    - |     -
email         | name elsewhere          |  0.04 |  -1.0000 |  0.02 |    - |     -
email         | same number             |  0.03 |   2.3219 | 0.006 |    - |     -
email         | another number          |  0.04 |  -2.9069 |  0.25 |    - |     -
email         | different               |   0.2 |  -1.7004 |   0.6 |    - |     -
email_domain  | exact                   |  0.05 |  -0.0003 |  0.05 |    - |   0.8
email_domain  | provider                |  0.12 |   1.2630 |   0.2 |    - |  0.05
email_domain  | different               |  0.83 |   0.1462 |  0.75 |    - |  0.15
channel_id    | exact                   |   0.9 |  19.7796 | 0.0001 |    - |     -
channel_id    | different               |   0.1 |   0.0000 |   0.1 |    - |     -
exact_id      | exact                   |  0.93 |  17.5049 | 0.0001 |    - |     -
exact_id      | typo                    |  0.05 |   8.9658 | 0.001 |    - |     -
exact_id      | different               |  0.02 |  -5.5699 |     1 |    - |     -
date_of_birth | exact                   | 0.877 |  10.7764 |  0.01 |    - |     -
date_of_birth | typo                    |  0.08 |   4.2688 | 0.006 |    - |     -
date_of_birth | part                    |  0.03 |   0.5742 |  0.05 |    - |     -
date_of_birth | near                    |  0.01 |  -2.3219 |  0.05 |    - |     -
date_of_birth | different               | 0.003 |  -8.2288 |  0.88 |    - |     -
city          | exact                   |  0.83 |   1.4681 |   0.9 |    - |   0.5
city          | typo                    |  0.08 |   1.3219 |  0.05 |    - |  0.02
city          | part                    |  0.01 |  -3.3505 |  0.02 |    - |  0.02
city          | different               |  0.08 |  -3.4919 |  0.03 |    - |  0.46
region        | exact                   |  0.83 |   1.4681 |   0.9 |    - |   0.5
region        | typo                    |  0.08 |   1.3219 |  0.05 |    - |  0.02
region        | part                    |  0.01 |  -3.3505 |  0.02 |    - |  0.02
region        | different               |  0.08 |  -3.4919 |  0.03 |    - |  0.46
country       | exact                   |  0.98 |   0.3293 |  0.98 |    - |   0.8
country       | different               |  0.02 |  -4.3219 |  0.02 |    - |   0.2
category      | exact                   |  0.95 |   0.6630 |   0.5 |    - |     -
category      | different               |  0.05 |  -3.3219 |   0.5 |    - |     -
company       | exact                   |  0.85 |   3.8244 |  0.05 |    - |   0.9
company       | typo                    |  0.04 |   1.8625 |  0.01 |    - |  0.05
company       | part                    |  0.06 |   1.3833 |  0.01 |    - |  0.04
company       | different               |  0.05 |  -4.2479 |  0.93 |    - |  0.01
postcode      | exact                   |  0.75 |   4.2288 |   0.9 |    - |     -
postcode      | typo                    |  0.08 |   2.8625 |  0.05 |    - |     -
postcode      | different               |  0.17 |  -2.4824 |  0.05 |    - |     -
street        | exact                   |   0.6 |   6.3219 |  0.85 |    - |     -
street        | typo                    |  0.15 |   5.6439 |  0.07 |    - |     -
street        | part                    |  0.05 |   2.8365 |  0.03 |    - |     -
street        | different               |   0.2 |  -2.2479 |  0.05 |    - |     -
text          | exact                   |   0.6 |   3.9069 |   0.1 |    - |     -
text          | typo                    |   0.1 |   3.1844 |  0.02 |    - |     -
text          | part                    |   0.1 |   2.0000 |  0.03 |    - |     -
text          | different               |   0.2 |  -2.1699 |  0.85 |    - |     -
"""
ORGANISATIONS = """
phone         | exact                   |  0.62 |  14.9200 |   0.1 |    - |   0.5
phone         | variant                 |  0.02 |   9.9658 | 0.005 |    - |  0.01
phone         | typo                    |  0.04 |   6.6439 | 0.001 |    - |  0.02
phone         | different               |  0.32 |  -1.5699 |   0.9 |    - |  0.47
company       | exact                   |   0.4 |   4.3219 |  0.05 |    - |   0.3
company       | typo                    |  0.15 |   3.5284 |  0.01 |    - |   0.2
company       | part                    |   0.2 |   2.8365 |  0.01 |    - |   0.2
company       | different               |  0.25 |  -1.9260 |  0.93 |    - |   0.3
street        | exact                   |  0.62 |   6.9542 |  0.05 |    - |  0.01
street        | typo                    |   0.2 |   6.1584 |  0.01 |    - |  0.01
street        | part                    |  0.12 |   4.4475 |  0.01 |    - |  0.01
street        | different               |  0.06 |  -3.9849 |  0.93 |    - |  0.97
"""
Worth = tuple[float, float, float, float | None, float | None]


def rows(table: str) -> dict[tuple[str, str], Worth]:
    """What each level of each field is worth: share of true pairs, bits, and the shares of relations."""
    cells = [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if "|" in line]
    return {
        (field, level): (
            float(m),
            float(bits),
            float(household),
            None if line == "-" else float(line),
            None if firm == "-" else float(firm),
        )
        for field, level, m, bits, household, line, firm in cells
    }


@pytest.mark.parametrize(
    ("kind", "expected"), [("people", rows(PEOPLE)), ("organisations", rows(PEOPLE) | rows(ORGANISATIONS))]
)
def test_a_level_is_worth_what_it_was(kind: str, expected: dict[tuple[str, str], Worth]) -> None:
    roles = {field for field in LEVELS if role_of(field) == field}  # a second field of a role is as the first
    shown = level_weights(unfitted(1_000, kind), roles, {})
    relations = {
        (field, level): (prior.household, prior.one_line, prior.colleague)
        for field, levels in levels_of(kind).items()
        if field in roles
        for level, prior in levels.items()
    }

    assert {(field, level) for field, level, *_ in shown.iter_rows()} == set(expected) == set(relations)
    for field, level, m, _, bits in shown.iter_rows():
        worth = expected[field, level]
        assert (m, bits) == (pytest.approx(worth[0]), pytest.approx(worth[1], abs=1e-4)), (field, level)
        assert relations[field, level] == worth[2:], (field, level)


def test_lists_are_taken_to_have_so_many_duplicates_and_relations() -> None:
    assert (DUPLICATES, HOUSEHOLD, ONE_LINE, COLLEAGUES, SWAPPED) == (0.9, 0.15, 0.03, 1.0, 0.05)

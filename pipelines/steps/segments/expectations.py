"""What a segment expects of its file. Where it does not hold, nothing is published."""

import json
from collections.abc import Iterator, Mapping

from pipelines.errors import PublicationBlocked
from pipelines.store.reads.exports import Publication
from pipelines.wording import plural
from schemas.settings.publication import Expectations


def require_expected(
    expect: Expectations, rows: int, before: int | None, duplicates: Mapping[str, int], *, accept_change: bool = False
) -> None:
    """Raise PublicationBlocked with everything that does not hold."""
    if broken := [*unmet(expect, rows, before, duplicates, accept_change=accept_change)]:
        raise PublicationBlocked(f"expect: {'; '.join(broken)}")


def unmet(
    expect: Expectations, rows: int, before: int | None, duplicates: Mapping[str, int], *, accept_change: bool = False
) -> Iterator[str]:
    """What does not hold of a segment of so many contacts, of which the last publication had `before`, if any.

    `duplicates` are numbers of superfluous values by column.
    """
    if expect.min_rows is not None and rows < expect.min_rows:
        yield f"min_rows: {rows:,} contacts are fewer than {expect.min_rows:,}"
    if expect.max_rows is not None and rows > expect.max_rows:
        yield f"max_rows: {rows:,} contacts are more than {expect.max_rows:,}"
    if expect.max_change_pct is not None and before and not accept_change:
        moved = abs(rows - before) / before * 100
        if moved > expect.max_change_pct:
            yield (
                f"max_change_pct: {before:,} contacts have become {rows:,}, a change of {moved:.0f} % where "
                f"{expect.max_change_pct:g} % are expected; `onecontact run --accept-change` publishes it all the same"
            )
    for column, number in duplicates.items():
        if number:
            yield f"unique: {plural(number, 'value')} of {column} {'stands' if number == 1 else 'stand'} there already"


def size_of(publication: Publication | None) -> int | None:
    """How many contacts a segment had in a publication."""
    if publication is None:
        return None
    counts = json.loads(publication.counts or "{}")
    return int(counts.get("in_segment", publication.rows))

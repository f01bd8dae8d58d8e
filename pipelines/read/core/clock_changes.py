"""Times on the wall of one chat, read through the nights in which the clocks change."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class WallTime(NamedTuple):
    """A time on the wall: its instant in the first pass, what to add to it, and whether no clock ever showed it.

    The first pass is the same in every export of a chat, wherever that begins, so it is what entries are known by.
    """

    first: datetime  # UTC
    later: timedelta  # as much as the repeated hour is long, in its second pass
    is_skipped: bool


class ClockChanges:
    """Reads the times of a chat in the order of its file.

    An hour that the clocks repeat is in its first pass until a time runs back within it: from there on it is in its
    second. A time within the hour that the clocks skip is read as if they had not been put forward yet.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        """`zone`: where the times were written."""
        self.zone = zone
        self._last = datetime.min  # the last time in a repeated hour
        self._is_second = False

    def read(self, wall: datetime) -> WallTime:
        """The next time, without a zone."""
        first, second = (wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if second <= first:
            is_skipped = first.astimezone(self.zone).replace(tzinfo=None) != wall
            return WallTime(first, timedelta(), is_skipped)
        is_same_night = wall.date() == self._last.date()
        self._is_second = is_same_night and (self._is_second or wall < self._last)
        self._last = wall
        return WallTime(first, second - first if self._is_second else timedelta(), is_skipped=False)

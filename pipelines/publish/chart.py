"""Bar charts of numbers and names of ours: in letters for a terminal or Markdown, as SVG for a page."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

ROW = 18  # height of a bar with its gap, in pixels
LABEL = 230  # width of what stands before it
PLOT = 520  # width of the bars
NUMBER = 90  # width of what stands behind it


class Bar(NamedTuple):
    """One bar: its name, how long it is (negative: to the left), what is written behind it, and its class of colour."""

    label: str
    length: float
    says: str
    kind: str = "plain"


def signed_bar(length: float, reach: tuple[float, float], width: int) -> str:
    """A bar of letters that begins at zero and goes left or right; `reach` is the most there is either way."""
    low, high = min(reach[0], 0.0), max(reach[1], 0.0)
    cell = (high - low) / width or 1.0
    zero, size = round(-low / cell), round(abs(length) / cell)
    if length < 0:
        return " " * max(0, zero - size) + "█" * min(size, zero) + "│"
    return " " * zero + "│" + "█" * size


def plain_bar(length: float, most: float, width: int) -> str:
    """A bar of letters; whatever is not nothing is seen."""
    return "█" * max(1, round(width * length / most)) if length and most else ""


def svg_bars(bars: Sequence[Bar], title: str) -> str:
    """A chart of horizontal bars, one below the other, as an SVG element."""
    low = min(0.0, *(bar.length for bar in bars)) if bars else 0.0
    high = max(0.0, *(bar.length for bar in bars)) if bars else 0.0
    scale = PLOT / ((high - low) or 1.0)
    zero = LABEL - low * scale
    height = ROW * len(bars)
    drawn = [
        f'<text class="label" x="{LABEL - 8}" y="{ROW * nth + 13}">{escape(bar.label)}</text>'
        f'<rect class="{escape(bar.kind)}" x="{zero + min(bar.length, 0) * scale:.1f}" y="{ROW * nth + 2}" '
        f'width="{max(abs(bar.length) * scale, 1):.1f}" height="{ROW - 4}"/>'
        f'<text x="{LABEL + PLOT + 8}" y="{ROW * nth + 13}">{escape(bar.says)}</text>'
        for nth, bar in enumerate(bars)
    ]
    return (
        f'<svg role="img" viewBox="0 0 {LABEL + PLOT + NUMBER} {height}" width="{LABEL + PLOT + NUMBER}">'
        f"<title>{escape(title)}</title>{''.join(drawn)}"
        f'<line class="zero" x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{height}"/></svg>'
    )

"""The report on matching as one page that needs nothing beside it. Numbers only, never a value of a person."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log2
from typing import Any, NamedTuple

import polars as pl

from pipelines.publish.chart import Bar, svg_bars

WEIGHTS = (
    "Bits for or against one person that a level of agreement is worth, for values two strangers share by chance; "
    "a rarer value weighs more."
)
STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --page: #fff; --faint: #8c959f; --for: #1a7f5a; --against: #b35900;
  --merge: #1a7f5a; --review: #bf8700 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --page: #0d1117; --for: #3fb98a; --against: #e08e45;
  --merge: #3fb98a; --review: #d9a920 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem }
svg { max-width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; fill: var(--ink) }
.label { text-anchor: end } .zero { stroke: var(--faint) }
rect.for { fill: var(--for) } rect.against { fill: var(--against) }
rect.merge { fill: var(--merge) } rect.review { fill: var(--review) } rect.plain { fill: var(--faint) }
table { border-collapse: collapse } th, td { padding: .15rem .8rem .15rem 0; text-align: left }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums } p.note { color: var(--faint) }
"""


class Report(NamedTuple):
    """Everything a report on matching says."""

    project: str
    model: str
    fitted_on: int | None  # records; None: shipped
    duplicates: float
    auto: float
    review: float
    records: int
    contacts: int
    findings: list[str]
    weights: pl.DataFrame  # field, level, m, u, bits
    histogram: pl.DataFrame  # bits, zone, pairs
    zones: dict[str, int]
    rules: pl.DataFrame  # zone, rule, pairs
    vetoes: pl.DataFrame  # reason, pairs
    sizes: pl.DataFrame  # records, contacts
    reach: float | None  # estimated share of the matches that share a usable blocking key
    capped: pl.DataFrame  # key, cap, blocks, records, largest
    shared: pl.DataFrame  # field, people, identifiers, records


def page(report: Report, cost: Mapping[str, Any] | None) -> bytes:
    """The report as HTML; `cost` is what the last run took, if that is known."""
    fitted = "shipped with onecontact" if report.fitted_on is None else f"fitted on {report.fitted_on:,} records"
    parts = [
        f"<h1>Matching of {escape(report.project)}</h1>",
        f"<p>{report.records:,} records are {report.contacts:,} contacts. Model {escape(report.model)}, {fitted}.</p>",
        f"<p>Pairs merge from {report.auto:g} on, and are shown to a person from {report.review:g} on.</p>",
        *(f"<p>{escape(finding)}.</p>" for finding in report.findings),
        *([] if report.reach is None else [f"<p>{reach_words(report.reach)}.</p>"]),
        "<h2>Weights of the model</h2>",
        f'<p class="note">{WEIGHTS}</p>',
        svg_bars(weight_bars(report.weights), "Weights of the model, in bits"),
        "<h2>Scores of the pairs that were kept</h2>",
        f'<p class="note">By match weight in bits; {threshold_words(report)}.</p>',
        svg_bars(score_bars(report.histogram), "Pairs by match weight"),
        *section("What speaks for pairs", report.rules),
        *section("Vetoed pairs", report.vetoes),
        *section("Sizes of contacts", report.sizes),
        *section("Blocks over their cap, which make no pairs", report.capped),
        *section("Identifiers that several people share", report.shared),
        *cost_section(cost),
    ]
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Matching of {escape(report.project)}</title>'
    return f"{head}<style>{STYLE}</style><body>{''.join(parts)}</body></html>\n".encode()


def weight_bars(weights: pl.DataFrame) -> list[Bar]:
    """A bar for each level; what speaks against one person goes to the left."""
    return [
        Bar(f"{field} {level}".replace("_", " "), bits, f"{bits:+.1f}", "for" if bits > 0 else "against")
        for field, level, bits in weights.select("field", "level", "bits").iter_rows()
    ]


def score_bars(histogram: pl.DataFrame) -> list[Bar]:
    """A bar for each weight and zone."""
    return [Bar(f"{bits:+d} {zone}", pairs, f"{pairs:,}", zone) for bits, zone, pairs in histogram.iter_rows()]


def threshold_words(report: Report) -> str:
    """Where the zones begin, in bits."""
    return f"review begins at {in_bits(report.review):+.1f}, merging at {in_bits(report.auto):+.1f}"


def reach_words(reach: float) -> str:
    """What share of the matches there are can be found at all."""
    return f"Blocking keys bring together an estimated {reach:.1%} of the pairs of records that are one person"


def in_bits(probability: float) -> float:
    """A probability as log2 of its odds."""
    return log2(probability / (1 - probability))


def section(title: str, frame: pl.DataFrame) -> list[str]:
    """A heading and a table of counts; nothing where there are none."""
    if frame.is_empty():
        return [f"<h2>{escape(title)}</h2><p>None.</p>"]
    return [f"<h2>{escape(title)}</h2>", table(frame.columns, frame.rows())]


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table; numbers to the right."""
    numeric = [all(isinstance(row[nth], int | float) for row in rows) for nth in range(len(columns))]
    marks = [' class="number"' if each else "" for each in numeric]
    head = "".join(f"<th{mark}>{escape(name)}</th>" for name, mark in zip(columns, marks, strict=True))
    lines = [
        "".join(f"<td{mark}>{escape(format_value(value))}</td>" for value, mark in zip(row, marks, strict=True))
        for row in rows
    ]
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def format_value(value: Any) -> str:
    """A name or a number as people read it."""
    return f"{value:,}" if isinstance(value, int | float) else str(value).replace("_", " ")


def cost_section(cost: Mapping[str, Any] | None) -> list[str]:
    """What the last run took."""
    if cost is None:
        return ["<h2>Cost of the last run</h2><p>Not known here.</p>"]
    counts = [(name, value) for name, value in cost.items() if name != "cpu_seconds"]
    seconds = [(f"CPU seconds of {asset}", value) for asset, value in cost["cpu_seconds"].items()]
    return ["<h2>Cost of the last run</h2>", table(["", ""], [*counts, *seconds])]

import re
from html.parser import HTMLParser

from pipelines.publish.chart import Bar, plain_bar, signed_bar, svg_bars


def test_bars_in_letters_begin_at_zero_and_go_either_way() -> None:
    against, nothing, in_favour = (signed_bar(length, (-5.0, 10.0), 30) for length in (-5.0, 0.0, 10.0))
    assert against == "█" * 10 + "│"
    assert nothing == " " * 10 + "│"
    assert in_favour == " " * 10 + "│" + "█" * 20


def test_a_count_that_is_not_nothing_is_seen() -> None:
    assert plain_bar(1, 1_000_000, 30) == "█"
    assert plain_bar(0, 10, 30) == ""
    assert plain_bar(0, 0, 30) == ""


class Tags(HTMLParser):
    """Counts tags that begin and have not ended."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.met.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.met.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_chart_is_well_formed_whatever_it_is_given() -> None:
    for bars in ([], [Bar("<a> & b", 0.0, "0")], [Bar("a", -3.0, "-3", "against"), Bar("b", 5.0, "+5", "for")]):
        tags = Tags()
        tags.feed(svg_bars(bars, 'weights of "this" & that'))
        assert tags.open == []
        assert tags.met.count("rect") == len(bars)
        assert "a" not in tags.met


def test_what_is_below_zero_ends_where_the_rest_begins() -> None:
    chart = svg_bars([Bar("a", -3.0, ""), Bar("b", 5.0, "")], "t")
    [below, above] = re.findall(r'<rect class="plain" x="([\d.]+)" y="\d+" width="([\d.]+)"', chart)
    assert abs(float(below[0]) + float(below[1]) - float(above[0])) < 0.2


def test_a_bar_of_less_than_one_goes_to_the_right() -> None:
    assert signed_bar(0.5, (-1.0, 1.0), 8) == " " * 4 + "│" + "█" * 2
    assert signed_bar(-0.5, (-1.0, 1.0), 8) == " " * 2 + "█" * 2 + "│"

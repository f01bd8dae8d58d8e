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


def test_a_chart_stands_where_it_is_read_as_a_table_of_rows() -> None:
    bars = [Bar("phone", -2.0, "-2.0", "against"), Bar("name", 3.0, "+3.0")]
    assert svg_bars(bars, "Weights").replace("><", ">\n<").splitlines() == [
        '<svg role="img" viewBox="0 0 840 36" width="840">',
        "<title>Weights</title>",
        '<text class="label" x="222" y="13">phone</text>',
        '<rect class="against" x="230.0" y="2" width="208.0" height="14"/>',
        '<text x="758" y="13">-2.0</text>',
        '<text class="label" x="222" y="31">name</text>',
        '<rect class="plain" x="438.0" y="20" width="312.0" height="14"/>',
        '<text x="758" y="31">+3.0</text>',
        '<line class="zero" x1="438.0" x2="438.0" y1="0" y2="36"/>',
        "</svg>",
    ]


def test_the_longest_of_bars_that_go_one_way_is_as_wide_as_the_plot() -> None:
    assert 'x="230.0" y="2" width="520.0"' in svg_bars([Bar("a", 4.0, "")], "t")
    assert 'x="230.0" y="2" width="520.0"' in svg_bars([Bar("a", -4.0, "")], "t")


def test_a_bar_of_nothing_is_a_line() -> None:
    assert 'x="230.0" y="2" width="1.0"' in svg_bars([Bar("a", 0.0, "")], "t")


def test_bars_in_letters_share_the_width_by_their_length() -> None:
    assert [plain_bar(length, 10, 20) for length in (10, 5, 1)] == ["█" * 20, "█" * 10, "█" * 2]


def test_bars_that_go_one_way_only_begin_at_zero_all_the_same() -> None:
    assert signed_bar(4.0, (2.0, 4.0), 8) == "│" + "█" * 8
    assert signed_bar(-4.0, (-4.0, -2.0), 8) == "█" * 8 + "│"
    assert signed_bar(0.0, (0.0, 0.0), 8) == "│"

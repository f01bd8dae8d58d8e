from time import perf_counter

import pytest

from pipelines.read.containers.html_text import html_text


def test_html_becomes_lines_of_words() -> None:
    markup = (
        "<html><head><title>x</title><style>p {}</style></head><body><!-- no <b> --><p>Hello <b>you</b>,<br>1 &lt; 2 "
        '&amp; 3</p><script>x()</script><div title="a > b">two\n words</div>end</body></html>'
    )
    assert html_text(markup) == "Hello you,\n1 < 2 & 3\n\ntwo words\nend"


def test_what_is_no_markup_stays() -> None:
    assert html_text("1 < 2 and <3") == "1 < 2 and <3"


@pytest.mark.parametrize("pattern", ["<a ", "<!--", "<a b='", "<![", "</", "<?", "&", "<style", "<a ''", "<a\n"])
def test_hostile_html_takes_linear_time(pattern: str) -> None:
    begun = perf_counter()
    html_text(pattern * 100_000)
    assert perf_counter() - begun < 5


@pytest.mark.parametrize(
    "tag",
    [
        *("p", "div", "tr", "li", "ul", "ol", "table", "blockquote", "pre", "section", "article"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "header", "footer"),
    ],
)
def test_what_stands_in_a_block_stands_on_lines_of_its_own(tag: str) -> None:
    assert html_text(f"a<{tag}>b</{tag}>c").split() == ["a", "b", "c"]
    assert html_text("a<span>b</span>c") == "abc"


@pytest.mark.parametrize("tag", ["br", "hr"])
def test_a_break_parts_lines(tag: str) -> None:
    assert html_text(f"a<{tag}>b").split() == ["a", "b"]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("a<!-- b -->c", "ac"),
        ("a<!-->b", "ab"),
        ("a<!-- b", "a<!-- b"),
        ("a<STYLE x>b</Style >c", "ac"),
        ("a<script>b</script", "a"),
        ("a<script>b", "ab"),
        ("a<title>b</title>c<title>d</title>e", "ace"),
        ("<head><p>a</head>b", "b"),
        ("<headline>a</headline>b", "ab"),
        ("\u0130<style>b</style>c", "\u0130c"),
    ],
)
def test_what_is_not_shown_is_left_out(markup: str, words: str) -> None:
    assert html_text(markup) == words

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

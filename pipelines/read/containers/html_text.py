"""The words of an HTML text.

Not html.parser: on 3.11 it takes minutes over 100 KB of "<a <a <a". The expressions here look at every character a
bounded number of times, and text they fail to see as a tag stays text.
"""

import html
import re

_FLAGS = re.IGNORECASE | re.ASCII
_TAG = re.compile(
    r"<(?P<name>/?[a-zA-Z][a-zA-Z0-9]{0,20}+|[!?])(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>|<[/!?a-zA-Z][^<>]*+>"
)
_OTHER_SPACE = re.compile(r"[^\S ]")
_GAP = re.compile(r"\n{3,}")
_UNSEEN = ("style", "script", "head", "title")  # elements of which nothing is shown
_COMMENT = (re.compile("<!--"), re.compile("-->"))
_HIDDEN = (
    _COMMENT,
    *((re.compile(rf"<{tag}\b", _FLAGS), re.compile(rf"</{tag}\b[^>]*>?", _FLAGS)) for tag in _UNSEEN),
)
_HIDES = re.compile("|".join(begin.pattern for begin, _ in _HIDDEN), _FLAGS)
_BLOCKS = {"p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote", "hr", "pre", "section", "article"}
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "header", "footer"}


def html_text(markup: str) -> str:
    """HTML without its markup, a line for each block. Takes time linear in the length of the markup."""
    if _HIDES.search(markup):
        for begin, end in _HIDDEN:
            markup = _without(markup, begin, end)
    text = _TAG.sub(_in_place_of, _OTHER_SPACE.sub(" ", markup))
    lines = (" ".join(html.unescape(line).split()) for line in text.split("\n"))
    return _GAP.sub("\n\n", "\n".join(lines)).strip()


def _in_place_of(tag: re.Match[str]) -> str:
    """What a tag leaves behind: where a block begins or ends, a new line."""
    return "\n" if (tag["name"] or "").strip("/").lower() in _BLOCKS else ""


def _without(markup: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    """Markup without everything from each `begin` to the `end` after it."""
    kept, place = [], 0
    while (hidden := begin.search(markup, place)) and (over := end.search(markup, hidden.start())):
        kept.append(markup[place : hidden.start()])
        place = over.end()
    return "".join([*kept, markup[place:]])

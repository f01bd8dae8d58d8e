"""Which words of a mail are not new: the mails it answers, and signatures.

Nothing is taken out of the text; ranges of it are named. The rules are conservative: what no rule knows counts as new,
and where nothing new would remain, nothing is marked. Texts are looked at line by line, in time linear in their length.
"""

import re
from collections.abc import Sequence

from pipelines.read.containers.html_text import html_text
from pipelines.read.core.ranges import Range
from pipelines.read.mail.quoted_words import FIELDS, FORWARDED, SENT_FROM, WROTE
from schemas.vocabulary import QuotedKind

MOST_LINES = 3  # of a sentence such as "On Monday Anna wrote:", which programs break
MOST_CHARACTERS = 400  # of it
MOST_FIELDS = 8  # lines among which From, Sent, To and Subject of a history stand
FEWEST_FIELDS = 3
MOST_SIGNED = 15  # lines of a signature below a line that lacks the blank after its dashes
LONGEST_LINE = 1_000  # characters; a longer line is no sentence that a program has written

_CITED = re.compile(r"[ ]{0,3}>")
SIGNS = (">", ":", "：", "--", "__", "==", "\u2014")  # one of them is in every line that matters
_TELLING = re.compile(  # the first look at a text: without a line like these there is nothing to mark
    r"^[ ]{0,3}>|[:：][ \t]*$|^[ \t*|]*(?:[-_=]{2}|\u2014$|\w[\w ]{0,16}[* \u00a0]*[:：])", re.MULTILINE
)
_DATE = re.compile(r"\d{4}|\d{1,2}[./]\s?\d{1,2}|\d{1,2}[:.]\d\d")
_YEAR = re.compile(r"\d{4}")
_TIME = r"\d{1,2}[:.h]\d\d"
_CERTAIN = {True: re.compile(rf"{_TIME}|@"), False: re.compile(_TIME)}  # beside the date, with or without "wrote"
_NAMED = re.compile(r"<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?")
_RULE = re.compile(r"[ \t]*[-_*]{3,}[ \t]*$")
_MAILING_LIST = re.compile(r"_{20,}[ \t]*$")
_BLOCKQUOTE = re.compile(r"<(/?)blockquote\b([^<>]{0,2000})>", re.IGNORECASE)
_OF_A_MAIL = re.compile(r"cite|quote|border-left", re.IGNORECASE)
PARAGRAPH = "\n\n"
_BEGIN, _END = "\ufdd0", "\ufdd1"  # no characters, so no text has them
_MARKED = re.compile(f"[{_BEGIN}{_END}]?[^{_BEGIN}{_END}]+")


Line = tuple[int, str]  # where it begins in its text, and its words


def html_words(markup: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """HTML without its markup, and where in that it cites another mail, as from and to."""
    if not _BLOCKQUOTE.search(markup):
        return html_text(markup), ()
    nested: list[bool] = []

    def marked(tag: re.Match[str]) -> str:
        """A blockquote that cites, between marks; one within it is cited as well and has none."""
        outside = not (nested and nested[-1])
        if not tag[1]:
            nested.append(not outside or _OF_A_MAIL.search(tag[2]) is not None)
            return f"{tag[0]}{_BEGIN}" if outside and nested[-1] else tag[0]
        ends = bool(nested) and nested.pop() and not (nested and nested[-1])
        return f"{_END}{tag[0]}" if ends else tag[0]

    text = html_text(_BLOCKQUOTE.sub(marked, markup.replace(_BEGIN, "").replace(_END, "")))
    kept: list[str] = []
    cited: list[tuple[int, int]] = []
    length = 0
    for piece in _MARKED.findall(text):
        words = piece.strip(f"{_BEGIN}{_END} \n")
        if words:
            kept.append(words)
            if piece[0] == _BEGIN:
                cited.append((length, length + len(words)))
            length += len(words) + len(PARAGRAPH)
    return PARAGRAPH.join(kept), tuple(cited)


def ranges_of(text: str, cited: Sequence[tuple[int, int]] = ()) -> list[Range]:
    """Ranges of one text that are not new, in their order and apart from each other.

    Args:
        text: The words of one part of a mail.
        cited: Ranges of which its HTML says that they are cited, as from and to.
    """
    is_telling = any(sign in text for sign in SIGNS) and _TELLING.search(text)
    if not cited and not is_telling and not SENT_FROM.match(text[text.rfind("\n") + 1 :][:LONGEST_LINE]):
        return []
    lines: list[Line] = []
    start = 0
    for line in text.split("\n"):
        lines.append((start, line))
        start += len(line) + 1
    kinds = _history(lines, cited)
    _mark_signature(lines, kinds)
    has_new = any(kind is None and line.strip() for kind, (_, line) in zip(kinds, lines, strict=True))
    return _joined(text, lines, kinds) if has_new or QuotedKind.HISTORY not in kinds else []


def _history(lines: list[Line], cited: Sequence[tuple[int, int]]) -> list[QuotedKind | None]:
    """Which lines are of mails that came before."""
    quoted = [_CITED.match(line) is not None for _, line in lines]
    spans = iter(cited)
    span = next(spans, None)
    for number, (start, line) in enumerate(lines):
        while span and span[1] <= start:
            span = next(spans, None)
        quoted[number] |= span is not None and span[0] <= start < span[1] and bool(line.strip())
    kinds: list[QuotedKind | None] = [QuotedKind.HISTORY if each else None for each in quoted]
    has_new = False
    for number, (_, line) in enumerate(lines):
        if kinds[number] or not line.strip():
            continue
        after = next((n for n in range(number + 1, min(number + 8, len(lines))) if lines[n][1].strip()), None)
        begun = _introduced(lines, number, kinds, is_cited=after is not None and quoted[after])
        if begun is not None:
            for each in range(begun, number + 1):
                kinds[each] = QuotedKind.HISTORY
            if after is not None and not quoted[after]:
                if not any(
                    kind is None and each.strip() for kind, (_, each) in zip(kinds[:begun], lines, strict=False)
                ):
                    return [QuotedKind.HISTORY if each else None for each in quoted]
                return kinds[:begun] + [QuotedKind.HISTORY] * (len(lines) - begun)
        elif has_new and _begins_history(lines, number):
            begun = number - 1 if number and _RULE.match(lines[number - 1][1]) else number
            return kinds[:begun] + [QuotedKind.HISTORY] * (len(lines) - begun)
        else:
            has_new = has_new or not _RULE.match(line)
    return kinds


def _introduced(lines: list[Line], number: int, kinds: list[QuotedKind | None], *, is_cited: bool) -> int | None:
    """The first line of the sentence that ends here and says whose words follow, if there is one."""
    last = lines[number][1].rstrip()
    if not last.endswith((":", "：")) or len(last) > LONGEST_LINE:
        return None
    sentence, likely = "", None
    for begun in range(number, max(number - MOST_LINES, -1), -1):
        line = lines[begun][1].strip()
        if not line or kinds[begun] or len(sentence) + len(line) > MOST_CHARACTERS:
            break
        sentence = f"{line} {sentence}".strip()
        wrote = WROTE.search(sentence) is not None
        if _DATE.search(sentence) and (wrote or (_YEAR.search(sentence) and _NAMED.search(sentence))):
            return begun if is_cited or _CERTAIN[wrote].search(sentence) else None
        if is_cited and wrote and likely is None:
            likely = begun
    return likely


def _begins_history(lines: list[Line], number: int) -> bool:
    """Whether the rest is an older mail as Outlook puts it there: below its headers or a line that says so."""
    line = lines[number][1].strip()[:LONGEST_LINE]
    if FORWARDED.match(line):
        return True
    field = FIELDS.match(line)
    if not field or not field["sender"]:
        return False
    below = [each.strip()[:LONGEST_LINE] for _, each in lines[number : number + MOST_FIELDS]]
    known = [match for each in below if (match := FIELDS.match(each))]
    found = {name for match in known for name in ("sender", "sent", "to", "subject") if match[name]}
    return len(found) >= FEWEST_FIELDS


def _mark_signature(lines: list[Line], kinds: list[QuotedKind | None]) -> None:
    """Mark what is below two dashes, the footer of a mailing list, or a last line that says what it was sent from."""
    stop = len(lines)
    while stop and (kinds[stop - 1] or not lines[stop - 1][1].strip()):
        stop -= 1
    signed = 0
    for number in range(stop - 1, -1, -1):
        line = lines[number][1]
        if kinds[number]:
            break
        bare = line.rstrip() in ("--", "\u2014") or _MAILING_LIST.match(line) is not None
        if line == "-- " or (bare and signed <= MOST_SIGNED):
            kinds[number:stop] = [QuotedKind.SIGNATURE] * (stop - number)
            return
        signed += bool(line.strip())
    if stop > 1 and SENT_FROM.match(lines[stop - 1][1].strip()[:LONGEST_LINE]):
        kinds[stop - 1] = QuotedKind.SIGNATURE


def _joined(text: str, lines: list[Line], kinds: list[QuotedKind | None]) -> list[Range]:
    """Neighbouring lines of a kind as one range; blank lines between two of them belong to it."""
    found: list[Range] = []
    for (start, line), kind in zip(lines, kinds, strict=True):
        if kind is None or not line.strip():
            continue
        stop = start + len(line)
        last = found[-1] if found else None
        if last and last.kind is kind and not text[last.start + last.length : start].strip():
            found[-1] = last._replace(length=stop - last.start)
        else:
            found.append(Range(start, stop - start, kind))
    return found

"""The words of a mail, and the files attached to it.

Words are all that a mail program shows: every text of the mail, one below the other. Only `multipart/alternative` is a
choice between forms of one text (RFC 2046, 5.1.3). A mail that was passed on within another is shown below it, under
its own sender, date and subject.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from pipelines.read.core.frames import File
from pipelines.read.core.ranges import Range
from pipelines.read.mail.headers import raw_header, words
from pipelines.read.mail.parts import Budget, Part, Unbounded, content_of, decoded, inner_parts, mail_of
from pipelines.read.mail.quoted import html_words, ranges_of

MAX_MARKUP = 8 << 20  # characters of HTML that are looked through for words
MAX_PASSED_ON = 200_000  # characters of a mail within a mail; a longer one is an attached file and nothing else
MOST_WITHIN = 10  # mails within mails within mails that are looked into
PLACEHOLDER = 200  # characters; a plain text as short as this may only say that there is HTML
RICHER = 3  # times as long as its plain form, an HTML text is more than the same words

KNOWN = ("", "7bit", "8bit", "binary", "base64", "quoted-printable")  # encodings that can be undone
DATA = {"calendar", "css", "csv", "directory", "enriched", "javascript", "richtext", "rtf", "vcard", "x-vcard", "xml"}
DATA |= {"tab-separated-values", "rfc822-headers", "x-amp-html", "x-watch-html"}  # kinds of text nobody reads as such
BETWEEN = "\n\n"  # two texts of a mail
ABOUT = ("From", "To", "Date", "Subject")  # shown of a mail that was passed on


class Shown(NamedTuple):
    """One text of a mail."""

    text: str
    is_html: bool = False
    cited: tuple[tuple[int, int], ...] = ()  # where its HTML says that it cites: from, to
    is_passed_on: bool = False


class Body(NamedTuple):
    """Plain words, if there are any, attached files, and which ranges of the words are not new."""

    text: str | None
    attachments: list[File]
    quoted: list[Range]


class _Walk:
    """The way through the parts of one mail."""

    def __init__(self) -> None:
        self.budget, self.markup, self.within = Budget(), 0, 0
        self.files: list[File] = []
        self.needs_html = True


def body(mail: Part) -> Body:
    """All words of a mail, quoted ones included, without the markup of HTML.

    Raises:
        Unbounded: beyond the limits of `pipelines.read.mail.parts`, or for HTML beyond `MAX_MARKUP`.
    """
    walk = _Walk()
    shown = _shown(mail, 0, walk, is_first=True)
    return Body(BETWEEN.join(each.text for each in shown) or None, walk.files, _quoted(shown))


def _shown(part: Part, depth: int, walk: _Walk, *, is_first: bool, inside: str = "") -> list[Shown]:
    """The texts of a part; its files are added to those of the walk."""
    said = part.content
    if inner := inner_parts(part, depth, walk.budget):
        if said.kind == "multipart/alternative":
            return _chosen(_forms(inner, depth, walk))
        shown: list[Shown] = []
        for each in inner:
            shown += _shown(each, depth + 1, walk, is_first=is_first and not shown, inside=said.kind)
        return shown
    if _is_text(part, is_first=is_first):
        if said.disposition == "inline" and said.name and not is_first:
            walk.files.append(_file(part, content_of(part)))
        return _text(part, walk)
    content = content_of(part)
    walk.files.append(_file(part, content))
    if said.kind in ("message/rfc822", "message/global") and inside != "multipart/report":
        return _passed_on(content, depth, walk)
    return []


def _forms(alternatives: list[Part], depth: int, walk: _Walk) -> list[list[Shown]]:
    """The forms of a text that say something. Beside plain words that are chosen anyway, HTML is left as it is."""
    forms: list[list[Shown]] = []
    needs_html = walk.needs_html
    for each in alternatives:
        if form := _shown(each, depth + 1, walk, is_first=True):
            forms.append(form)
            is_enough = _length(form) > PLACEHOLDER and not any(shown.is_html for shown in form)
            walk.needs_html = walk.needs_html and not is_enough
    walk.needs_html = needs_html
    return forms


def _is_text(part: Part, *, is_first: bool) -> bool:
    """Whether a part is shown as words: a text that is no file. The first text of a mail may have a name."""
    said = part.content
    main, _, sub = said.kind.partition("/")
    if main not in ("text", "multipart") or sub in DATA or said.disposition == "attachment":
        return False
    if sub not in ("plain", "html") and main == "text":  # RFC 2046, 4.1.4: others are plain text to whom knows no more
        return not said.name
    return is_first or not said.name or said.disposition == "inline"


def _text(part: Part, walk: _Walk) -> list[Shown]:
    is_html = part.content.kind == "text/html"
    if is_html and not walk.needs_html:
        return []
    text = decoded(content_of(part), part.content.charset).replace("\r\n", "\n")
    if is_html:
        walk.markup += len(text)
        if walk.markup > MAX_MARKUP:
            raise Unbounded
        text, cited = html_words(text)
        return [Shown(text, is_html=True, cited=cited)] if text else []
    text = text.strip()
    return [Shown(text)] if text else []


def _chosen(forms: list[list[Shown]]) -> list[Shown]:
    """The form of a text that says it best: one in plain words, unless that only says that another says more."""
    plain = next((form for form in forms if not any(each.is_html for each in form)), None)
    rich = next((form for form in reversed(forms) if any(each.is_html for each in form)), None)
    if not plain or not rich:
        return plain or rich or []
    short = _length(plain)
    return rich if short <= PLACEHOLDER and _length(rich) > RICHER * short else plain


def _passed_on(data: bytes, depth: int, walk: _Walk) -> list[Shown]:
    """The texts of a mail within a mail, below whom it was from."""
    if walk.within >= MOST_WITHIN:
        return []
    walk.within += 1
    try:
        mail = mail_of(data)
        shown = _shown(mail, depth + 1, walk, is_first=True)
    except Unbounded:  # what cannot be looked into is still an attached file
        return []
    finally:
        walk.within -= 1
    about = [f"{name}: {value}" for name in ABOUT if (value := words(raw_header(mail.head, name.lower())))]
    if about:
        shown.insert(0, Shown("\n".join(about)))
    return [each._replace(is_passed_on=True) for each in shown] if _length(shown) <= MAX_PASSED_ON else []


def _quoted(shown: Iterable[Shown]) -> list[Range]:
    """Ranges of the joined texts; each text was signed, and answers, on its own. What was passed on counts as new."""
    found: list[Range] = []
    start = 0
    for each in shown:
        if not each.is_passed_on:
            found += [span._replace(start=start + span.start) for span in ranges_of(each.text, each.cited)]
        start += len(each.text) + len(BETWEEN)
    return found


def _length(shown: Iterable[Shown]) -> int:
    return sum(len(each.text) for each in shown)


def _file(part: Part, content: bytes) -> File:
    said = part.content
    digest = sha256(content).hexdigest() if said.encoding in KNOWN else None
    return File(words(" ".join(said.name.split())) or None if said.name else None, said.kind, digest)

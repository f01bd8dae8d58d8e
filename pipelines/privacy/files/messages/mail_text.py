"""All texts of a mail, decoded: what it says, the names and the words of its attachments."""

from collections.abc import Iterator

from pipelines.read.containers.html_text import html_text
from pipelines.read.mail.parts import Budget, Part, content_of, decoded, inner_parts, mail_of

MOST_WITHIN = 10  # mails within mails
HTML = "text/html"


def texts_of(mail: Part) -> Iterator[str]:
    """Each text of a mail, at any depth. Raises Unbounded beyond the limits of `pipelines.read.mail.parts`."""
    for part in leaves(mail):
        if part.content.name:
            yield part.content.name
        if part.content.kind.startswith(("text/", "message/")) or part.content.kind == "application/json":
            text = decoded(content_of(part), part.content.charset)
            yield html_text(text) if part.content.kind == HTML else text


def leaves(mail: Part) -> Iterator[Part]:
    """The parts of a mail that hold no others, those of mails within it among them."""
    yield from _leaves(mail, 0, 0, Budget())


def _leaves(part: Part, depth: int, within: int, budget: Budget) -> Iterator[Part]:
    if inner := inner_parts(part, depth, budget):
        for each in inner:
            yield from _leaves(each, depth + 1, within, budget)
    elif part.content.kind == "message/rfc822" and within < MOST_WITHIN:
        passed_on = mail_of(content_of(part))
        yield Part(
            {}, part.content._replace(kind="text/rfc822-headers", encoding=""), passed_on.data, 0, passed_on.start
        )
        yield from _leaves(passed_on, depth + 1, within + 1, budget)
    else:
        yield part

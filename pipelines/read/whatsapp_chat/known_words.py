"""Which words of WhatsApp are known in which language, as a table: made of the words themselves."""

from babel import Locale

from pipelines.read.whatsapp_chat.half_days import halves
from pipelines.read.whatsapp_chat.phrases import languages

COLUMNS = {  # what a chat holds, and the kinds of phrases (`languages.toml`) it is told by
    "media": ("media", "attached"),
    "contact card": ("contact",),
    "deleted": ("deleted",),
    "edited": ("edited",),
    "location": ("location", "live_location"),
    "poll": ("poll", "option"),
    "call": ("call", "missed_call"),
    "not exported": ("unsent",),
    "notices": ("encrypted", "notice"),
    "of groups": ("group",),
    "new number": ("number",),
}
HALF_DAYS = "half days"
LEGEND = """\
*media*: photos, videos, voice messages and files, left out or attached. *location*: places, and live locations that
were shared. *not exported*: messages the phone was still waiting for. *notices*: of encryption, security codes, blocked
contacts and the like. *half days*: which words before or after a time are understood; "partly" where another language
means the other half by one of them, and a line with it is refused. "Partly" elsewhere: some of what the column stands
for is not known. What is not known is kept as the text of a message.
"""


def table() -> str:
    """The languages as rows, what is known in each as columns."""
    rows = [[name(language), *known_in(language).values()] for language in languages()]
    rows.sort()
    header = ["language", *COLUMNS, HALF_DAYS]
    lines = [header, ["---"] * len(header), *rows]
    return "## Languages\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines) + f"\n{LEGEND}"


def known_in(language: str) -> dict[str, str]:
    """What is known in a language: "yes", "partly" or "no", by column."""
    phrases = languages()[language]
    told = {column: rated([bool(phrases.get(kind)) for kind in kinds]) for column, kinds in COLUMNS.items()}
    return told | {HALF_DAYS: rated([*halves(locale_of(language)).values()])}


def rated(known: list[bool]) -> str:
    """How much of several things is known."""
    return "yes" if all(known) else "partly" if any(known) else "no"


def name(language: str) -> str:
    """What a language is called in English."""
    return locale_of(language).get_display_name("en") or language


def locale_of(language: str) -> Locale:
    """The locale of a language by its code (BCP 47)."""
    return Locale.parse(language, sep="-")

"""One mail in a file: .eml, as every mail program saves it, and the files of a Maildir where they lie."""

import re

from pipelines.read.core.batch import Format, Sample, Unpacked
from pipelines.read.mail.files import MAILDIR, UNFINISHED, read
from pipelines.read.mail.source import Mails

GUIDE = """\
Save mails as files from the mail program (Thunderbird: *Save as*; Outlook and Apple Mail: drag them into a folder) and
drop the `.eml` files, one by one or many in a `.zip`, `.tar` or `.tar.gz`. The folder they lie in counts as a label.

**What is read**: what is read of a mailbox ([mbox](mbox.md)), by the same options. A mail has the same key in all
formats: in the same source it is one message, whatever it is delivered in.

**A Maildir** can be read where it lies: with the path `landing/Maildir/**/[cn][eu][rw]/*`, each file in `cur` and
`new`, of its folders too, is a delivery of its own. What is marked as trashed (`T`) or as a draft (`D`) in its name is
*skipped*, and `tmp` is never read. For more than some hundred mails, pack the folder ([maildir](maildir.md)): that
takes seconds instead of minutes.

**What is not**: the attached files themselves, and Outlook's own `.msg` and `.pst`.
"""

_HEADER = re.compile(rb"(?:>?From [^\n]*\n)?(?:[!-9;-~]+[ \t]*+:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
_TELLING = re.compile(
    rb"^(?:received|return-path|delivered-to|from|to|date|subject|message-id|mime-version)[ \t]*+:",
    re.IGNORECASE | re.MULTILINE,
)
ENOUGH = 3  # telling headers, for a file whose name says nothing


def detects(sample: Sample) -> float:
    """A file that begins with headers of a mail, or an archive of such files; what a Maildir has is its own format."""
    if sample.members:
        return 0.9 if any(name.lower().endswith(".eml") for name in sample.members) else 0.0
    head = _HEADER.match(sample.start.removeprefix(b"\xef\xbb\xbf"))
    if not head:
        return 0.0
    if sample.name.lower().endswith(".eml") or {*sample.folders[-1:]} & {*MAILDIR, UNFINISHED}:
        return 1.0
    return 0.7 if not head[0].startswith(b"From ") and len(_TELLING.findall(head[0])) >= ENOUGH else 0.0


FORMAT = Format(
    "eml",
    "Mails as files (.eml), one by one or in an archive",
    Mails,
    read,
    detects=detects,
    guide=GUIDE,
    unpacked=Unpacked(re.compile(rf"(?P<root>.+?)(?:/\.[^/]+)?/(?:{'|'.join(MAILDIR)})/[^/]+"), "**/[cn][eu][rw]/*"),
)

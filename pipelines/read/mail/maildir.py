"""A Maildir in one file: the folder of a mail server, packed."""

import re
import zlib

from pipelines.read.containers.tar import GZIP, is_tar
from pipelines.read.core.batch import SAMPLE_BYTES, Format, Sample
from pipelines.read.mail.files import MAILDIR, is_mail, read
from pipelines.read.mail.source import Mails

GUIDE = """\
On the mail server, pack the folder of a mailbox and drop the file: `tar czf anna.tar.gz Maildir`. A `.tar` and a `.zip`
(of at most 100,000 mails and 4 GB) do as well. With its folders of other names, such as `.Sent`, it is one delivery.

**What is read**: every file in `cur` and `new`, as a mailbox is read ([mbox](mbox.md)), by the same options. The name
of a folder counts as a label: mails in `.Sent` went out, those in `.Trash` are left out. A mail has the same key in all
formats: in the same source it is one message, whatever it is delivered in.

**What is not**: what is marked as trashed (`T`) or as a draft (`D`) in its name, which is counted as *skipped*, and
`tmp`, which holds what is not complete.

A new packing of a folder that has grown may be dropped as it is: mails that are known count as unchanged.
"""

_MEMBER = re.compile(rb"(?:^|[/\0])(?:" + b"|".join(each.encode() for each in MAILDIR) + rb")/")


def detects(sample: Sample) -> float:
    """A zip or tar file with a folder cur or new."""
    if sample.members:
        in_place = any(is_mail(name) and not name.lower().endswith(".eml") for name in sample.members)
        return 1.0 if in_place else 0.0
    if not is_tar(sample.start):
        return 0.0
    start = sample.start
    if start.startswith(GZIP):
        start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, SAMPLE_BYTES)
    return 1.0 if _MEMBER.search(start) else 0.0


FORMAT = Format("maildir", "Maildir of a mail server, packed", Mails, read, detects=detects, guide=GUIDE)

"""Files that lie beside the messages of an export that was unpacked: photos and the like, which no reader reads."""

import re
from pathlib import PurePath

from pipelines.read.core.frames import Rejected
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome

_KINDS = r"3gp|aac|amr|avi|bmp|docx?|gif|heic|jpe?g|m4[av]|mkv|mov|mp[34]|og[ag]|opus|pdf|png|pptx?|svg|tgs|thumb|tiff"
ATTACHED = re.compile(rf"\.(?:{_KINDS}|vcf|wav|web[mp]|xlsx?)", re.IGNORECASE)  # endings of files sent in chats


def is_attached(path: PurePath) -> bool:
    """Whether a file is one that was attached to a message, by its ending."""
    return ATTACHED.fullmatch(path.suffix) is not None


def unread(expected: str) -> Rejected:
    """Word that a file was left unread: one entry, skipped, without anything of what it holds."""
    return Rejected(None, ErrorCode.ENTRY_SKIPPED, expected, "", Outcome.SKIPPED)

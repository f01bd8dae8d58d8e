"""Files in memory, rewritten and looked at."""

import io

from pipelines.privacy.files.outcome import Done, Item, Rewriter, Wanted
from pipelines.privacy.needles import Needles, needles

ANNA = needles(
    emails=["anna.kowalska@example.org"],
    phones=["+491713920017"],
    names=["Anna Kowalska"],
    handles=["U0ANNA123", "7788990011223344"],
    record_ids=["C-4711", "chat:anna kowalska"],
    texts=["My parcel has not come yet."],
)


def item(data: bytes, path: str = "file", within: tuple[str, ...] = ()) -> Item:
    return Item(path, within, lambda: io.BytesIO(data))


def rewritten(
    rewrite: Rewriter,
    data: bytes,
    path: str = "file",
    *,
    sought: Needles = ANNA,
    encoding: str | None = None,
    theirs: bool = False,
    within: tuple[str, ...] = (),
) -> tuple[bytes, Done]:
    out = io.BytesIO()
    done = rewrite(item(data, path, within), out, Wanted(sought, None, encoding, theirs))
    return out.getvalue(), done

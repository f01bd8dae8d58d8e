"""A mailbox: every mail read, beside bare `mailbox` iteration that only looks at headers.

The floor is the standard library's `mailbox.mbox`, asked for the six headers that tell who wrote to whom, when and in
which thread; it undoes no encoding and reads no body. onecontact gives batches in the unified schema: direction, kind,
words without markup, digests of attached files, ties between threads. Each runs in a process of its own, the two in
turns; the best of three counts. Then a larger mailbox shows that memory does not follow the size of the file.
"""

import base64
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MEGABYTES = 100
LARGE = 1_000
ROUNDS = 3
WORDS = ("order", "number", "delivery", "arrives", "tomorrow", "thanks", "please", "invoice", "attached", "regards")
HEADERS = ("from", "to", "date", "message-id", "references", "subject")


def run() -> None:
    """Time both on one mailbox, and onecontact on one ten times as large."""
    with tempfile.TemporaryDirectory() as folder:
        path, large = Path(folder) / "all.mbox", Path(folder) / "large.mbox"
        mails = written(path, MEGABYTES)
        print(f"{mails:,} mails, {path.stat().st_size / 1e6:.0f} MB", file=sys.stderr)
        found: dict[str, list[tuple[float, float]]] = {"mailbox": [], "onecontact": []}
        for _ in range(ROUNDS):
            for name, each in found.items():
                each.append(measured(name, path))
        print(f"{'':12}{'seconds':>10}{'MB/s':>8}{'mails/s':>10}{'MiB':>8}{'x mailbox':>11}")
        floor = min(found["mailbox"])[0]
        for name, each in found.items():
            seconds, memory = min(each)
            speed = path.stat().st_size / 1e6 / seconds
            print(f"{name:12}{seconds:10.2f}{speed:8.0f}{mails / seconds:10,.0f}{memory:8.0f}{seconds / floor:11.2f}")
        written(large, LARGE)
        seconds, memory = measured("onecontact", large)
        print(f"onecontact on {large.stat().st_size / 1e6:.0f} MB: {seconds:.1f} s, {memory:.0f} MiB")


def written(path: Path, megabytes: int) -> int:
    """Write a mailbox like a support team's: answers with their headers, in two forms, some with a file. How many."""
    chance, size, mails = random.Random(1), 0, 0
    file = base64.encodebytes(chance.randbytes(200_000)).decode()
    with path.open("w", encoding="ascii", newline="\n") as box:
        while size < megabytes * 1_000_000:
            mails += 1
            size += box.write(_mail(mails, chance, file))
    return mails


def _mail(number: int, chance: random.Random, file: str) -> str:
    customer = chance.randrange(5_000)
    parties = [f"Customer {customer} <c{customer}@example.com>", "Support <support@acme.example>"]
    sender, recipient = parties if number % 2 else reversed(parties)
    text = "\n".join(" ".join(chance.choices(WORDS, k=12)) for _ in range(25))
    rich = text.replace("\n", "<br>\n")
    way = "".join(
        f"Received: from mx{stop}.example.com (mx{stop}.example.com. [192.0.2.{stop}])\n"
        f"        by mx.acme.example with ESMTPS id {number}.{stop}; Mon, 15 Sep 2025 02:53:2{stop} -0700 (PDT)\n"
        for stop in range(4)
    )
    signature = "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; b=\n" + ("        " + "x" * 66 + "\n") * 6
    if number % 25:
        kind, second = "alternative", f"text/html; charset=UTF-8\n\n<div>{rich}</div><blockquote>{rich}</blockquote>"
    else:
        kind, second = "mixed", f'application/pdf; name="a.pdf"\nContent-Transfer-Encoding: base64\n\n{file}'
    return f"""\
From {number}@xxx Mon Sep 15 09:53:20 +0000 2025
X-GM-THRID: {customer}
X-Gmail-Labels: Inbox,Opened
Delivered-To: support@acme.example
{way}{signature}MIME-Version: 1.0
From: {sender}
To: {recipient}
Date: Mon, 15 Sep 2025 11:{number % 60:02}:20 +0200
Message-ID: <m{number}@mail.example.com>
In-Reply-To: <m{number - 1}@mail.example.com>
References: <first{customer}@mail.example.com>
 <m{number - 1}@mail.example.com>
Subject: =?UTF-8?Q?Re:_Bestellung_{customer}_=C3=BC?=
Content-Type: multipart/{kind}; boundary="b{number}"

--b{number}
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

{text}
--b{number}
Content-Type: {second}
--b{number}--

"""


def measured(name: str, path: Path) -> tuple[float, float]:
    """Seconds and peak memory (MiB) of a contestant in a process of its own, its imports not counted in the seconds."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.mail", name, str(path)], capture_output=True, check=True)
    seconds, memory = json.loads(done.stdout)
    return seconds, memory


def bare(path: Path) -> Callable[[], int]:
    """Each mail with the headers everybody needs."""
    from mailbox import mbox

    return lambda: sum(len([mail[name] for name in HEADERS]) for mail in mbox(path, create=False))


def onecontact(path: Path) -> Callable[[], int]:
    """Batches as they go to the warehouse."""
    from pipelines.read.mail.mbox import FORMAT
    from pipelines.read.mail.source import Mails

    source = Mails(format="mbox", path="*", own_addresses=["@acme.example"], timezone="UTC")
    return lambda: sum(batch.messages.height for batch in FORMAT.read(path, source))


if __name__ == "__main__":
    work = {"mailbox": bare, "onecontact": onecontact}[sys.argv[1]](Path(sys.argv[2]))
    began = time.perf_counter()
    work()
    print(json.dumps([time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))

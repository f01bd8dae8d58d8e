"""Zip files that come out the same on every machine, and the picture that goes into them."""

import io
import zipfile

FIXED_TIME = (2026, 11, 15, 12, 0, 0)
SMALLEST_JPEG = b"\xff\xd8\xff\xd9"


def zipped(members: dict[str, bytes]) -> bytes:
    """Members by path as a zip with one fixed time. Stored, not deflated: zlib's output differs between builds."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for path, data in members.items():
            member = zipfile.ZipInfo(path, FIXED_TIME)
            member.create_system = 3  # Unix, wherever this runs
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)
    return content.getvalue()

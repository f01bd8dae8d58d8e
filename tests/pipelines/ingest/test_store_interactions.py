from pathlib import Path

import pytest

from tests.small_project import SETTINGS, small_project

MAIL = """\
From: Anna <anna@example.com>
To: support@acme.example
Message-ID: <1@example.com>
Date: Fri, 01 Jan 3609 12:00:00 +0000
Subject: From the future

hello"""


@pytest.mark.heavy
def test_a_mail_without_a_usable_time_is_kept_without_one_and_told_of(tmp_path: Path) -> None:
    mail = {"format": "eml", "path": "landing/mail/*.eml", "own_addresses": ["support@acme.example"]}
    with small_project(tmp_path, sources=SETTINGS["sources"] | {"mail": mail}) as project:
        project.deliver("mail", "", MAIL, "2026-06-01-1.eml")
        project.run()
        assert project.rows("SELECT text, sent_at FROM message") == [{"text": "hello", "sent_at": None}]
        assert project.rows("SELECT row_number, field, code, action FROM problem") == [
            {"row_number": 1, "field": "sent_at", "code": "TIME_UNKNOWN", "action": "kept_with_warning"}
        ]

from pathlib import Path

import pytest

from pipelines.read.mail.labels import is_deleted, named
from tests.pipelines.read.mail.test_files import MAIL, placed, read

TRASH = ["Papierkorb", "Corbeille", "Papelera", "Lixeira", "Cestino", "Prullenbak", "Kosz", "Koš", "Papperskorgen"]
TRASH += [
    "Papirkurv",
    "Roskakori",
    "Kuka",
    "Çöp Kutusu",
    "Корзина",
    "Кошик",
    "垃圾桶",
    "ゴミ箱",
    "휴지통",
    "Bin",
    "Кошче",
]
TRASH += ["Thùng rác", "Sampah", "ถังขยะ", "कूड़ेदान", "المهملات", "אשפה", "سطل زباله"]
DRAFTS = ["Entwürfe", "Brouillons", "Borradores", "Rascunhos", "Bozze", "Concepten", "Wersje robocze", "Utkast"]
DRAFTS += ["Kladder", "Luonnokset", "Taslaklar", "Черновики", "草稿", "下書き", "임시보관함"]
DRAFTS += ["Thư nháp", "Draf", "ร่างจดหมาย", "ड्राफ़्ट", "المسودات", "טיוטות", "پیش‌نویس‌ها"]
SENT = ["Gesendet", "Messages envoyés", "Enviados", "Itens enviados", "Posta inviata", "Verzonden", "Wysłane"]
SENT += ["Skickat", "Sendt", "Lähetetyt", "Отправленные", "已发送邮件", "送信済みメール", "보낸편지함", "Sent Mail"]
SENT += ["Thư đã gửi", "Terkirim", "ส่งแล้ว", "भेजे गए", "البريد المرسل", "נשלח", "ارسال‌شده"]
SPAM = ["Junk", "Courrier indésirable", "Correo no deseado", "Posta indesiderata", "Skräppost", "Спам", "迷惑メール"]
SPAM += ["Thư rác", "จดหมายขยะ", "स्पैम", "ספאם", "هرزنامه"]


@pytest.mark.parametrize(("english", "names"), [("trash", TRASH), ("drafts", DRAFTS), ("sent", SENT), ("spam", SPAM)])
def test_folders_are_known_in_many_languages(english: str, names: list[str]) -> None:
    assert [name for name in names if english not in named([name])] == []
    assert [name for name in names if english not in named([name.upper()])] == []


@pytest.mark.parametrize("name", ["Entwu\u0308rfe", "Entw&APw-rfe", " ENTWÜRFE "])
def test_a_name_is_known_however_it_is_written(name: str) -> None:
    assert "drafts" in named([name])


@pytest.mark.parametrize("name", ["Inbox", "Posteingang", "Trash talk", "Senta", "&", "&AP-", "&!!-", "", "R&-D"])
def test_other_names_are_themselves(name: str) -> None:
    assert not named([name]) & {"trash", "drafts", "sent", "spam"}


@pytest.mark.parametrize(
    ("folder", "outcome"),
    [
        (".Papierkorb/cur", "skipped"), (".INBOX.Entw&APw-rfe/cur", "skipped"), ("Brouillons", "skipped"),
        (".Gesendet/cur", "outbound"), ("Posta inviata", "outbound"), (".Projekte/cur", "inbound"),
    ],
)  # fmt: skip
def test_folders_of_files_and_maildirs_are_labels_in_any_language(tmp_path: Path, folder: str, outcome: str) -> None:
    batch = read(placed(tmp_path, f"{folder}/1.eml", MAIL))
    assert [*batch.messages["direction"], *batch.refused["outcome"]] == [outcome]


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ("X-Gmail-Labels: =?UTF-8?Q?Entw=C3=BCrfe?=", 0),
        ("X-Gmail-Labels: Papierkorb,Ungelesen", 0),
        ("X-Gmail-Labels: =?UTF-8?B?0JrQvtGA0LfQuNC90LA=?=", 0),
        ("X-Gmail-Labels: Posteingang,Wichtig", 1),
        ("X-Mozilla-Status: 0009", 0),
        ("X-Mozilla-Status: 0001", 1),
        ("X-Mozilla-Status: none", 1),
        ("X-Status: D", 0),
        ("X-Status: AF", 1),
    ],
)
def test_what_was_deleted_or_never_sent_is_skipped(tmp_path: Path, header: str, kept: int) -> None:
    batch = read(placed(tmp_path, "a.eml", header.encode() + b"\r\n" + MAIL))
    assert (batch.messages.height, batch.refused["code"].to_list()) == (kept, ["MAIL_LABEL_SKIPPED"] * (1 - kept))


def test_labels_to_skip_are_meant_in_every_language_and_as_they_are_named(tmp_path: Path) -> None:
    for label, skip, kept in (("Papierkorb", ["Trash"], 0), ("Papierkorb", ["Spam"], 1), ("Müll", ["müll"], 0)):
        mail = f"X-Gmail-Labels: {label}\r\n".encode() + MAIL
        assert read(placed(tmp_path, "a.eml", mail), skip_labels=skip).messages.height == kept


def test_a_mail_without_marks_is_not_deleted() -> None:
    assert not is_deleted({})

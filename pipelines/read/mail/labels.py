"""Gmail's labels and the folders of mail programs: sent, drafts, trash and spam, in whatever language they are named.

Known in English, German, French, Spanish, Portuguese, Italian, Catalan, Dutch, Polish, Czech, Slovak, Croatian,
Serbian, Bulgarian, Swedish, Danish, Norwegian, Finnish, Hungarian, Romanian, Turkish, Greek, Russian, Ukrainian,
Chinese, Japanese, Korean, Vietnamese, Indonesian, Malay, Thai, Hindi, Arabic, Hebrew and Persian. Written for
onecontact from general knowledge of Gmail, Outlook, Apple Mail and Thunderbird.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

from pipelines.read.mail.headers import raw_header
from pipelines.read.mail.parts import Head

SENT = "sent"
_NAMES = {  # by what they are called in English, in small letters; a language goes from | to |
    SENT: (
        "sent mail, sent items, sent messages, [gmail]/sent mail | gesendet, gesendete elemente, gesendete objekte, "
        "gesendete nachrichten | envoyés, messages envoyés, éléments envoyés, courrier envoyé | enviados, enviado, "
        "elementos enviados, mensajes enviados, correo enviado | enviadas, itens enviados, mensagens enviadas, "
        "e-mails enviados | inviati, inviata, posta inviata, messaggi inviati, elementi inviati | enviats, elements "
        "enviats | verzonden, verzonden items, verzonden berichten | wysłane, elementy wysłane, wysłana poczta | "
        "odeslané, odeslaná pošta, odoslané, odoslaná pošta | poslano, poslana pošta, poslane stavke | skickat, "
        "skickade, skickade objekt, skickade meddelanden | sendt, sendt post, sendte mails, sendte elementer, "
        "sendte meddelelser, sendte | lähetetyt, lähetetyt viestit | elküldött, elküldött üzenetek, elküldött "
        "elemek, elküldött levelek | trimise, mesaje trimise, elemente trimise | gönderilmiş postalar, "
        "gönderilenler, gönderilmiş öğeler, gönderilmiş | απεσταλμένα | отправленные | надіслані | 已发送, "
        "已发邮件, 已发送邮件 | 寄件備份, 寄件備份匣, 已傳送的郵件 | 送信済み, 送信済みメール, 送信済みアイテム | "
        "보낸편지함, 보낸 편지함, 보낸 메일함 | изпратени, изпратена поща | послато, послате | đã gửi, thư đã gửi, "
        "các mục đã gửi | terkirim, pesan terkirim, surat terkirim, item terkirim | mel dihantar, dihantar | ส่งแล้ว, "
        "จดหมายที่ส่งแล้ว, จดหมายที่ส่ง, รายการที่ถูกส่ง | भेजे गए, भेजे गए मेल, भेजा गया मेल, भेजे गए आइटम | "
        "البريد المرسل, المرسلة, الرسائل المرسلة, العناصر المرسلة | נשלח, דואר שנשלח, פריטים שנשלחו | "
        "ارسال\u200cشده, ارسال شده, نامه\u200cهای ارسالی, پیام\u200cهای ارسال\u200cشده"
    ),
    "drafts": (
        "draft | entwürfe, entwurf | brouillons, brouillon | borradores, borrador | rascunhos, rascunho | bozze, "
        "bozza | esborranys | concepten | wersje robocze, kopie robocze, robocze, szkice | koncepty, rozepsané, "
        "rozpísané | skice, nacrti | utkast | kladder, kladde | luonnokset | piszkozatok | ciorne, schițe, mesaje "
        "nefinalizate | taslaklar | πρόχειρα | черновики | чернетки | 草稿, 草稿箱, 草稿匣 | 下書き | 임시보관함, "
        "임시 보관함 | чернови | нацрти, радне верзије | thư nháp, bản nháp, nháp | draf, konsep | "
        "ร่างจดหมาย, จดหมายร่าง, แบบร่าง | ड्राफ़्ट, ड्राफ्ट, प्रारूप | المسودات, مسودات | "
        "טיוטות | پیش\u200cنویس\u200cها, پیش\u200cنویس, پیش نویس"
    ),
    "trash": (
        "bin, deleted, deleted items, deleted messages | papierkorb, gelöschte elemente, gelöschte objekte, "
        "gelöscht, gelöschte nachrichten | corbeille, éléments supprimés, messages supprimés | papelera, elementos "
        "eliminados, eliminados, mensajes eliminados | lixeira, lixo, itens excluídos, itens eliminados, "
        "reciclagem, mensagens apagadas | cestino, posta eliminata, elementi eliminati, messaggi eliminati | "
        "paperera | prullenbak, prullenmand, verwijderde items, verwijderde berichten, verwijderd | kosz, elementy "
        "usunięte, usunięte | koš, odstraněná pošta, kôš, odstránená pošta | smeće, otpad | papperskorg, "
        "papperskorgen, borttaget, borttagna objekt | papirkurv, papirkurven, slettet post, slettede elementer | "
        "roskakori, poistetut | kuka, lomtár, törölt elemek | coș de gunoi, coș, elemente șterse | çöp kutusu, çöp, "
        "silinmiş öğeler | κάδος απορριμμάτων, κάδος, διαγραμμένα | корзина, удаленные, удалённые | кошик, видалені "
        "| 已删除, 已删除邮件, 已刪除的郵件, 垃圾桶, 垃圾箱 | ゴミ箱, 削除済みアイテム | 휴지통, 지운 편지함 | "
        "кошче, изтрити | отпад, смеће | thùng rác, mục đã xóa | sampah, tong sampah, item terhapus, kotak sampah | "
        "ถังขยะ, รายการที่ถูกลบ | कूड़ेदान, कचरा, ट्रैश, हटाए गए आइटम | المهملات, سلة المهملات, العناصر المحذوفة | אשפה, "
        "פריטים שנמחקו | سطل زباله, زباله\u200cدان, موارد حذف\u200cشده"
    ),
    "spam": (
        "junk, junk mail, junk e-mail, junk email, bulk mail | spamverdacht, unerwünscht, junk-e-mail | courrier "
        "indésirable, indésirables, pourriel | correo no deseado, no deseado | lixo eletrônico, lixo eletrónico, "
        "e-mail de lixo, correio eletrônico não solicitado | posta indesiderata, indesiderata | correu brossa | "
        "ongewenste e-mail, ongewenst, ongewenste reclame | wiadomości-śmieci, niechciane | nevyžádaná pošta, "
        "nevyžiadaná pošta | neželjena pošta | skräppost, skräp | uønsket post, uønsket e-mail, søppelpost | "
        "roskaposti | levélszemét | mesaje nesolicitate, e-mail nedorit | gereksiz, istenmeyen posta, gereksiz "
        "e-posta | ανεπιθύμητα, ανεπιθύμητη αλληλογραφία | спам, нежелательная почта | небажана пошта | 垃圾邮件, "
        "垃圾郵件 | 迷惑メール | 스팸함, 스팸, 정크 메일 | непожељно | thư rác | surat sampah | "
        "จดหมายขยะ, สแปม, อีเมลขยะ | स्पैम, जंक | الرسائل غير المرغوب فيها, غير مرغوب فيه, غير المرغوب فيه, "
        "البريد غير الهام, البريد العشوائي | דואר זבל, ספאם | هرزنامه, اسپم"
    ),
}
_ENCODED = re.compile(r"&([A-Za-z0-9+,]*)-")
EXPUNGED = 0x0008  # of X-Mozilla-Status: deleted, and still in the file until the folder is compacted


def folded(label: str) -> str:
    """A label in small letters, of one of several ways to write it in Unicode."""
    return normalize("NFKC", label).casefold().strip()


_ENGLISH = {
    folded(name): english for english, names in _NAMES.items() for name in re.split(r"[,|]", names) if name.strip()
}


def named(labels: Iterable[str]) -> frozenset[str]:
    """Labels as `folded` gives them, and beside each that is known in any language what it is called in English."""
    return _named(frozenset(labels))


@lru_cache(2_000)
def _named(labels: frozenset[str]) -> frozenset[str]:
    plain = {folded(name) for label in labels for name in (label, _decoded(label))} - {""}
    return frozenset(plain | {_ENGLISH[each] for each in plain if each in _ENGLISH})


def is_deleted(head: Head) -> bool:
    """Whether a mail program has marked a mail as deleted, or as a draft, in headers that are for itself."""
    if "x-mozilla-status" in head:
        try:
            if int(raw_header(head, "x-mozilla-status"), 16) & EXPUNGED:
                return True
        except ValueError:
            pass
    return not {"D", "T"}.isdisjoint(raw_header(head, "x-status").upper())


def _decoded(label: str) -> str:
    """The name of a folder out of modified UTF-7, in which IMAP servers write it (RFC 3501, 5.1.3)."""
    try:
        return _ENCODED.sub(_letters, label) if "&" in label else label
    except (binascii.Error, UnicodeDecodeError):
        return label


def _letters(encoded: re.Match[str]) -> str:
    if not encoded[1]:
        return "&"
    data = encoded[1].replace(",", "/")
    return base64.b64decode(data + "=" * (-len(data) % 4)).decode("utf-16-be")

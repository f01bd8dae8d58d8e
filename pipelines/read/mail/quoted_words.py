"""Words by which mail programs introduce the mails that are quoted, in the languages they speak.

English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Slovak, Swedish, Danish, Norwegian,
Finnish, Hungarian, Romanian, Turkish, Greek, Russian, Ukrainian, Chinese, Japanese and Korean. Written for onecontact
from general knowledge of the programs.
"""

import re

WROTE = re.compile(  # in "On Monday, Anna wrote:"
    r"(?:\b(?:wrote|writes|schrieb|schreibt|geschrieben|a\s+écrit|écrit|escribió|escribio|escreveu|ha\s+scritto|scrive"
    r"|schreef|heeft\s+geschreven|napisał(?:\(a\)|a)?|pisze|napsal(?:\(a\)|a)?|napísal(?:\(a\)|a)?|skrev|kirjoitti"
    r"|ezt\s+írta|írta|a\s+scris|yazdı|έγραψε|написала?|пишет|пише|написал\(а\))(?!\w)|wrote(?=:)"
    r"|写道|寫道|님이\s*작성)",
    re.IGNORECASE,
)

_SENDER = (
    "From|Von|De|Da|Van|Od|Från|Fra|Lähettäjä|Feladó|De la|Kimden|Gönderen|Από|От|От кого|Від|发件人|寄件者|差出人"
)
_SENT = (
    "Sent|Date|Gesendet|Datum|Envoyé(?: le)?|Enviado(?: el| em)?|Fecha|Data|Inviato|Verzonden|Wysłano|Odesláno|Odoslané"
)
_SENT += "|Skickat|Sendt|Dato|Lähetetty|Küldve|Dátum|Trimis|Tarih|Ημερομηνία|Отправлено|Дата|Надіслано"
_SENT += "|发送时间|寄件日期|送信日時"
_TO = "To|An|À|A|Para|Aan|Do|Komu|Till|Til|Vastaanottaja|Címzett|Către|Kime|Alıcı|Προς|Кому|收件人|收件者|宛先"
_SUBJECT = "Subject|Betreff|Objet|Asunto|Assunto|Oggetto|Onderwerp|Temat|Předmět|Predmet|Ämne|Emne|Aihe|Tárgy|Subiect"
_SUBJECT += "|Konu|Θέμα|Тема|主题|主旨|件名"
FIELDS = re.compile(  # "*From:* Anna", and in French "De :"; the group says which
    rf"[*>| ]*(?:(?P<sender>{_SENDER})|(?P<sent>{_SENT})|(?P<to>{_TO})|(?P<subject>{_SUBJECT}))[* \u00a0]*[:：]",
    re.IGNORECASE,
)

FORWARDED = re.compile(  # a line of its own between dashes
    r"[-_*=]{2,}\s*(?:Original (?:Message|Appointment)|(?:Begin )?Forwarded message|Ursprüngliche Nachricht"
    r"|Original-?Nachricht|Weitergeleitete Nachricht|Message (?:d'origine|original|transféré)|Message transmis"
    r"|Mensaje (?:original|reenviado)|Mensagem (?:original|encaminhada|reencaminhada)"
    r"|Messaggio (?:originale|inoltrato)|Oorspronkelijk bericht|Doorgestuurd bericht"
    r"|(?:Oryginalna|Pierwotna) wiadomość|Wiadomość oryginalna|Przekazana wiadomość|Původní (?:zpráva|e-mail)"
    r"|Přeposlaná zpráva|Ursprungligt meddelande|Oprindelig meddelelse|Opprinnelig melding|Alkuperäinen viesti"
    r"|Eredeti üzenet|Mesaj original|Orijinal Mesaj|Исходное сообщение|Пересылаемое сообщение|原始邮件|原始郵件"
    r"|元のメッセージ|원본 메시지)[^-_*=\n]{0,60}[-_*=]{2,}\s*$",
    re.IGNORECASE,
)

SENT_FROM = re.compile(  # the last line of a mail from a telephone
    r"(?:Sent (?:from|with|via) (?:my|the|mobile|a |an |Outlook|Yahoo|Mail|Samsung|Galaxy|Proton)"
    r"|Get Outlook for|Von meinem|Gesendet (?:von|mit|über)|(?:Diese Nachricht wurde )?von meinem .{1,40} gesendet"
    r"|Outlook für .{1,20} (?:herunterladen|beziehen)|Envoyé (?:de(?:puis)?|à partir de) |Télécharger Outlook"
    r"|Enviado (?:desde|do|a partir|pelo|de) |Obtener Outlook|Obter o Outlook|Inviato (?:da|dal|con) "
    r"|Verzonden (?:vanaf|met|via) |Wysłan[eoay] z |Odesláno z|Skickat från|Sendt fra|Lähetetty |Trimis de pe"
    r"|Отправлено (?:с|из) |Надіслано з|iPhoneから送信|发自我的|從我的|나의 .{1,20}에서 보냄).{0,120}$",
    re.IGNORECASE,
)

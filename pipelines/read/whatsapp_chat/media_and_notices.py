"""Words WhatsApp puts where a message cannot be exported: what kind of message they stand for.

Known in English, German, Spanish, French, Portuguese and Italian, media also in a few more.
"""

import re
from typing import NamedTuple

import polars as pl

from pipelines.read.whatsapp_chat.clock import MARKS
from schemas.vocabulary import MessageKind

MARK = "\u200e"  # iOS puts it before everything that the app, not a person, has written
_FLAGS = re.IGNORECASE
_FILE = r"(?P<file>[^<>:/\\|]{1,200}\.\w{1,5})"

_ATTACHED = re.compile(
    rf"<[^<>:]{{2,20}}: {_FILE}>|{_FILE.replace('file', 'named')} \((?:file attached|Datei angehängt|archivo adjunto"
    r"|fichier joint|(?:arquivo|ficheiro) anexado|file allegato|bestand bijgevoegd)\)",
    _FLAGS,
)
_MEDIA = re.compile(
    r"<(?:Media omitted|Medien (?:ausgeschlossen|weggelassen)|(?:Multimedia|Archivo) omitido|Médias? omis"
    r"|Fichier omis|Mídia (?:oculta|omitida)|(?:Arquivo de mídia|Ficheiro) (?:oculto|não revelado)"
    r"|Media (?:omessi|non inclusi|esclusi)|Media weggelaten|Média vynechány|Без медиафайлов"
    r"|Medya dahil edilmedi|pominięto multimedia)>"
    r"|(?:image|photo|video|audio|GIF|sticker|document|contact card) omitted"
    r"|(?:Bild|Foto|Video|Audio|GIF|Sticker|Dokument|Kontaktkarte) (?:weg|aus)gelassen"
    r"|(?:imagen|foto|v[ií]deo|audio|GIF|sticker|documento|tarjeta de contacto) omitid[oa]"
    r"|(?:image|photo|vidéo|audio|GIF|sticker|document|fiche contact) (?:absente?|omise?|manquante?|retirée?)"
    r"|(?:imagem|foto|vídeo|áudio|GIF|figurinha|documento|cartão d[eo] contato) (?:ocult|omit)(?:ad|id)?[oa]"
    r"|(?:immagine|foto|video|audio|GIF|sticker|documento|scheda contatto) (?:omess[oa]|non inclus[oa]|esclus[oa])",
    _FLAGS,
)
_DELETED = re.compile(
    r"(?:This message was deleted(?: by .{1,80})?|You deleted this message"
    r"|Diese Nachricht wurde gelöscht|Du hast diese Nachricht gelöscht"
    r"|Se eliminó este mensaje|Este mensaje fue eliminado|Eliminaste este mensaje"
    r"|Ce message a été supprimé|Vous avez supprimé ce message"
    r"|(?:Esta |Essa )?mensagem (?:foi )?apagada|(?:Você a|A)pagou esta mensagem"
    r"|Questo messaggio è stato eliminato|Hai eliminato questo messaggio)\.?",
    _FLAGS,
)
_EDITED = re.compile(
    rf"[ \n]?{MARK}?<(?:This message was edited|Diese Nachricht wurde bearbeitet|Se editó este mensaje"
    r"|Ce message a été modifié|(?:Esta )?mensagem (?:foi )?editada"
    r"|(?:Questo )?messaggio (?:è stato )?modificato)\.?>$",
    _FLAGS,
)
_CALL = re.compile(
    r"(?:missed )?(?:group )?(?:voice|video) call|verpasster (?:Sprach|Video)anruf|(?:Sprach|Video)anruf"
    r"|(?:video)?llamada(?: de voz)?(?: perdida)?|appel (?:vocal|vidéo)(?: manqué)?"
    r"|(?:chamada|ligação) de (?:voz|vídeo)(?: perdida)?|(?:chiamata vocale|videochiamata)(?: persa)?",
    _FLAGS,
)
_MISSED = re.compile(r".*(?:missed|verpasst|perdida|manqué|persa)", _FLAGS)
_PLACE = "(?:live )?(?:location|standort|ubicación|position|localisation|localização|posizione)"
_LIVE = "live location shared|Live-Standort wird geteilt"
_LOCATION = re.compile(rf"{_PLACE}\s?: https?://|(?:{_LIVE})", _FLAGS)
_POLL = re.compile(r"(?:POLL|UMFRAGE|ENCUESTA|SONDAGE|ENQUETE|SONDAGEM|SONDAGGIO)\s?:")


BLANK = f" \t\n\r\u00a0\u202f{MARKS}"
_OTHER = "|".join([f"(?i)^(?:$|null|<|{_PLACE}|{_LIVE}", *(each.pattern for each in (_MEDIA, _DELETED, _CALL))]) + ")"


_NUMBER = r"\+[\d\s().\u00a0\u2010\u2011-]{6,24}\d"
_OWN_CHANGED = (
    "changed (?:their|his|her|your) phone number|hat (?:die|seine|ihre) (?:Telefonn|Handyn|N)ummer"
    "|hat eine neue (?:Telefonn|N)ummer|cambió (?:su|de) número|a changé (?:de|son) numéro"
    "|(?:mudou|alterou|trocou) (?:o |seu |de )?(?:seu )?número|ha cambiato (?:il )?(?:suo )?numero"
)
_NUMBERS = re.compile(rf"(?P<before>{_NUMBER})[^\d+]{{1,60}}(?P<after>{_NUMBER})")
_CHANGED = re.compile(rf"(?:{_NUMBER})[{MARKS}]* changed to [{MARKS}]*{_NUMBER}|.{{1,120}}? (?:{_OWN_CHANGED})", _FLAGS)
_OF_GROUP = (
    "created (?:this |the )?group|added |was added|left$|left the group|removed |joined |changed (?:the|this) "
    "|Gruppe .*erstellt|hinzugefügt|Gruppe verlassen|entfernt|beigetreten|hat (?:den|das|die) .*geändert"
    "|creó (?:este|el) grupo|añadió|agregó|salió del grupo|eliminó a|se unió|cambió (?:el|la) "
    "|a créé (?:ce|le) groupe|a ajouté|est partie?$|a quitté|a retiré|a rejoint|a (?:changé|modifié) "
    "|criou (?:este|o) grupo|adicionou|saiu$|removeu|entrou |(?:mudou|alterou) "
    "|ha creato (?:questo|il) gruppo|ha aggiunto|ha abbandonato|è uscit[oa]$|ha rimosso|si è unit[oa]"
    "|ha (?:cambiato|modificato) "
)
_ENCRYPTED = "end-to-end|Ende-zu-Ende|(?:de )?extremo a extremo|bout en bout|ponta a ponta|crittografi"


class Change(NamedTuple):
    """The numbers that the notice of a new number names, if it names both."""

    before: str | None
    after: str | None


class Content(NamedTuple):
    """What a message is made of, the words that are the sender's own, and the files named."""

    kind: MessageKind
    text: str | None
    attachments: list[str]


def content(body: str) -> Content:
    """Tell a placeholder from words. A body without either is something WhatsApp could not export."""
    body = _EDITED.sub("", body)
    first, _, caption = body.partition("\n")
    if media := _media(first):
        words, files = media
        return Content(MessageKind.MEDIA, bare("\n".join(filter(None, (words, caption)))) or None, files)
    words = bare(body)
    if _DELETED.fullmatch(words):
        return Content(MessageKind.DELETED, None, [])
    call = _CALL.match(words)
    if call and (body.startswith(MARK) or (call.end() == len(words) and _MISSED.match(words))):
        return Content(MessageKind.CALL, words, [])
    if _LOCATION.match(words):
        return Content(MessageKind.LOCATION, words, [])
    if words in ("", "null"):
        return Content(MessageKind.OTHER, None, [])
    poll = body.startswith(MARK) and _POLL.match(words)
    return Content(MessageKind.OTHER if poll else MessageKind.TEXT, words, [])


def may_be_other(words: pl.Series, text: pl.Series, more: pl.Series) -> pl.Series:
    """Whether `content` has to be asked what a message is made of; any other is words, `bare` as they stand.

    It is told by the first line, as it is and `bare`, and the lines after it, null where there is none.
    """
    ends = text.str.ends_with(")") | text.str.ends_with(">") | more.str.contains(f">[{BLANK}]*$").fill_null(value=False)
    return ends | words.str.contains(MARK, literal=True) | text.str.contains(_OTHER)


def tells_of_number(text: pl.Expr) -> pl.Expr:
    """Whether `number_changed` is worth asking."""
    return text.str.contains(f"(?i)changed to|{_OWN_CHANGED}")


def of_group(text: pl.Expr) -> pl.Expr:
    """Whether words are such as WhatsApp writes of a group: who made it, came and went, and what was changed."""
    return text.str.contains(f"(?i) (?:{_OF_GROUP})")


def of_app(text: pl.Expr) -> pl.Expr:
    """Whether words are such as WhatsApp writes itself: with a mark, of encryption, or of a group."""
    return text.str.starts_with(MARK) | text.str.contains(f"(?i){_ENCRYPTED}") | of_group(text)


def number_changed(text: str) -> Change | None:
    """What a notice tells of somebody's new number, if that is what it tells."""
    if not _CHANGED.match(bare(text)):
        return None
    numbers = _NUMBERS.search(text)
    return Change(numbers["before"], numbers["after"]) if numbers else Change(None, None)


def by_the_app(body: str) -> bool:
    """Whether iOS marks the line as a notice that stands for no message."""
    return body.startswith(MARK) and content(body).kind is MessageKind.TEXT


def bare(text: str) -> str:
    """Text without white space and invisible marks around it."""
    return text.strip(BLANK)


def _media(line: str) -> tuple[str, list[str]] | None:
    """Words before the placeholder and the file it names, if the line is or ends in one."""
    words, mark, last = line.rpartition(MARK)
    for before, candidate in ((words, last), ("", line)) if mark else (("", line),):
        if found := _ATTACHED.fullmatch(bare(candidate).replace("\u00a0:", ":").replace(" :", ":")):
            return before, [found["file"] or found["named"]]
        if _MEDIA.fullmatch(bare(candidate)):
            return before, []
    return None

import polars as pl
import pytest

from pipelines.read.whatsapp_chat.media_and_notices import by_the_app, content, may_be_other, number_changed, of_group
from pipelines.read.whatsapp_chat.phrases import languages, phrases, plain
from schemas.vocabulary import MessageKind

RTL = "\u200f"
KINDS = {
    "media",
    "contact",
    "attached",
    "deleted",
    "edited",
    "call",
    "missed_call",
    "location",
    "live_location",
    "poll",
    "option",
}
KINDS |= {"unsent", "encrypted", "notice", "group", "number", "title"}


def test_every_language_has_the_words_no_chat_is_without() -> None:
    assert len(languages()) >= 25
    for language, known in languages().items():
        assert known.keys() <= KINDS, language
        needed = {
            "media",
            "contact",
            "attached",
            "deleted",
            "edited",
            "missed_call",
            "location",
            "encrypted",
            "notice",
            "group",
        }
        assert needed <= known.keys(), language


@pytest.mark.parametrize(
    "words",
    [
        "obrázek vynechán",
        "<Média vynechány>",
        "obraz pominięto",
        "изображение пропущено",
        "зображення пропущено",
        "изображение пропуснато",
        "afbeelding weggelaten",
        "kép kihagyva",
        "imagine omisă",
        "η εικόνα παραλείφθηκε",
        "görüntü dahil edilmedi",
        "تم استبعاد الصورة",
        "התמונה הושמטה",
        "gambar tidak disertakan",
        "bỏ qua hình ảnh",
        "ไม่รวมรูปภาพ",
        "이미지 생략됨",
        "画像は含まれていません",
        "图片已省略",
        "忽略圖片",
        "bild utelämnad",
        "billede udeladt",
        "bilde utelatt",
        "kuva jätetty pois",
        "imatge omesa",
    ],
)
def test_a_picture_left_out_is_media_in_every_language(words: str) -> None:
    for body in (words, f"\u200e{words}", f"{RTL}{words}."):
        assert content(body) == (MessageKind.MEDIA, None, [])
        assert not by_the_app(body)
    assert may_be_other(pl.Series([words]), pl.Series([words]), pl.Series([None], dtype=pl.String)).item()


@pytest.mark.parametrize(
    "words",
    [
        "Tato zpráva byla odstraněna",
        "Dit bericht is verwijderd",
        "Ta wiadomość została usunięta",
        "Данное сообщение удалено",
        "Bu mesaj silindi",
        "تم حذف هذه الرسالة",
        "הודעה זו נמחקה",
        "Pesan ini dihapus",
        "삭제된 메시지입니다",
        "このメッセージは削除されました",
        "此消息已删除",
    ],
)
def test_deleted_messages_are_known_in_every_language(words: str) -> None:
    assert content(f"{words}.") == (MessageKind.DELETED, None, [])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("\u200eZmeškaný hlasový hovor", MessageKind.CALL),
        ("\u200e부재중 음성 통화", MessageKind.CALL),
        ("\u200eГрупповой звонок, 2 мин", MessageKind.CALL),
        ("Местоположение: https://maps.example/1", MessageKind.LOCATION),
        ("位置：https://maps.example/1", MessageKind.LOCATION),
        ("\u200eANKIETA:\nKiedy?", MessageKind.OTHER),
        ("ANKET:\nNe zaman?\nSEÇENEK: Salı (1 oy)", MessageKind.OTHER),
        ("ANKET:\nne dersin", MessageKind.TEXT),
        ("Menunggu pesan ini", MessageKind.OTHER),
        ("IMG-20250913-WA0001.jpg (nepoznati jezik)", MessageKind.MEDIA),
        ("Sopimus.pdf (tiedosto liitetty)", MessageKind.MEDIA),
    ],
)
def test_calls_places_polls_and_files_have_their_kinds(body: str, kind: MessageKind) -> None:
    assert content(body).kind == kind


@pytest.mark.parametrize("suffix", [" <Tato zpráva byla upravena>", " <Wiadomość edytowana>", " \u200e<此消息已编辑>"])
def test_the_mark_of_an_edited_message_goes_in_every_language(suffix: str) -> None:
    assert content(f"Ok{suffix}") == (MessageKind.TEXT, "Ok", [])


@pytest.mark.parametrize(
    "body",
    [
        f"{RTL}الرسائل والمكالمات مشفرة تمامًا بين الطرفين.",
        f"{RTL}تغيّر رمز أمانك مع Samir Haddad.",
        "\u200eZprávy a hovory jsou koncově šifrované.",
        "\u200eСообщения и звонки защищены сквозным шифрованием.",
        "\u200eGüvenlik kodunuz değişti: güvenlik kodu",
        "\u200e訊息和通話經過端對端加密。",
        "Messages and calls are end-to-end encrypted. No one outside of this chat can read them.",
    ],
)
def test_notices_of_known_languages_are_no_messages(body: str) -> None:
    assert by_the_app(body)


@pytest.mark.parametrize("body", ["\u200emynd sleppt", f"{RTL}שלום", "\u200eHello there", "Ben left", "Ok."])
def test_a_mark_with_unknown_words_and_typed_words_are_somebodys_message(body: str) -> None:
    assert not by_the_app(body)
    assert content(body).kind is MessageKind.TEXT


def test_notices_of_groups_and_numbers_are_known_in_every_language() -> None:
    assert of_group("Jana Malá vytvořila skupinu")
    assert of_group("Ola dodała Bena")
    assert not of_group("Ola is here")
    assert number_changed("Ola zmieniła numer telefonu.") == (None, None)


def test_phrases_are_compared_without_brackets_marks_and_points() -> None:
    assert plain("<\u200eThis message was EDITED.>") == "this message was edited"
    assert plain("تمامًا") == plain("تماما")


def test_a_phrase_holds_its_alternatives_and_none_is_one_plain_word() -> None:
    assert {"photo omitted", "video omitted"} <= phrases("media").whole
    single = [each for each in phrases("media").whole if each.isascii() and " " not in each]
    assert single == []


def test_a_phrase_is_known_in_each_of_its_forms_with_anything_in_its_gaps() -> None:
    forms = [("unsent", "Waiting for this message. This may take a while."), ("unsent", "Waiting for this message")]
    forms += [("group", "Anna created the group Cycling"), ("group", "Anna created group")]
    forms += [("group", "Anna har forladt"), ("number", "Anna changed her phone number")]
    assert all(phrases(kind).match(plain(text)) for kind, text in forms)
    assert not phrases("group").match(plain("Anna created two groups"))


def test_what_stands_in_place_of_a_message_is_told_from_words_by_where_it_stands() -> None:
    said = ["You deleted this message", "Waiting for this message. It may", "Location: https://maps.example", "null"]
    said += ["POLL:", "<x", "IMG.jpg (file attached)", "\u200eimage omitted"]
    words = ["hello", "as I wrote: You deleted this message twice", "see http://example.com", "it is null and void"]
    text = pl.Series([*said, *words])
    nothing = pl.Series([None] * len(text), dtype=pl.String)
    assert may_be_other(text, text, nothing).to_list() == [True] * len(said) + [False] * len(words)

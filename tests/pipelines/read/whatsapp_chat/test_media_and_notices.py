import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.whatsapp_chat.media_and_notices import bare, by_the_app, content, may_be_other, number_changed
from schemas.vocabulary import MessageKind


@pytest.mark.parametrize(
    "body",
    [
        "<Media omitted>",
        "\u200eimage omitted",
        "\u200eContact card omitted",
        "<Medien ausgeschlossen>",
        "\u200eBild weggelassen",
        "<Multimedia omitido>",
        "\u200eimagen omitida",
        "<Médias omis>",
        "\u200evidéo absente",
        "<Mídia oculta>",
        "\u200eimagem ocultada",
        "<Media omessi>",
        "\u200eimmagine omessa",
    ],
)
def test_omitted_media_are_media_without_words(body: str) -> None:
    assert content(body) == (MessageKind.MEDIA, None, [])


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("IMG-20250915-WA0001.jpg (file attached)", "IMG-20250915-WA0001.jpg"),
        ("\u200ePTT-1.opus (Datei angehängt)", "PTT-1.opus"),
        ("Offer 3.pdf (archivo adjunto)", "Offer 3.pdf"),
        ("a.jpg (fichier joint)", "a.jpg"),
        ("a.jpg (arquivo anexado)", "a.jpg"),
        ("a.jpg (file allegato)", "a.jpg"),
        ("\u200e<attached: 00000003-PHOTO.jpg>", "00000003-PHOTO.jpg"),
        ("\u200e<Anhang: 00000003-PHOTO.jpg>", "00000003-PHOTO.jpg"),
        ("\u200e<pièce jointe\u00a0: 00000003-PHOTO.jpg>", "00000003-PHOTO.jpg"),
    ],
)
def test_attached_files_are_named(body: str, name: str) -> None:
    assert content(body) == (MessageKind.MEDIA, None, [name])


def test_a_caption_stays_with_its_file() -> None:
    assert content("a.jpg (file attached)\nLook!") == (MessageKind.MEDIA, "Look!", ["a.jpg"])
    assert content("Look! \u200e<attached: a.jpg>") == (MessageKind.MEDIA, "Look!", ["a.jpg"])


@pytest.mark.parametrize(
    "body",
    [
        "This message was deleted",
        "\u200eThis message was deleted.",
        "You deleted this message",
        "Diese Nachricht wurde gelöscht.",
        "Se eliminó este mensaje.",
        "Ce message a été supprimé",
        "Mensagem apagada",
        "Questo messaggio è stato eliminato",
    ],
)
def test_deleted_messages_have_no_words(body: str) -> None:
    assert content(body) == (MessageKind.DELETED, None, [])


@pytest.mark.parametrize(
    "body",
    [
        "\u200eMissed voice call",
        "\u200eVoice call, \u200e2 min",
        "Missed video call",
        "\u200eVerpasster Sprachanruf",
        "\u200eLlamada perdida",
        "\u200eAppel vocal manqué",
        "\u200eChamada de voz perdida",
        "\u200eChiamata vocale persa",
    ],
)
def test_calls_are_calls(body: str) -> None:
    assert content(body).kind == MessageKind.CALL


def test_talking_about_a_call_is_text() -> None:
    assert content("Video call tomorrow?").kind == MessageKind.TEXT
    assert content("video call").kind == MessageKind.TEXT


@pytest.mark.parametrize(
    "suffix",
    [
        " <This message was edited>",
        " \u200e<This message was edited>",
        " <Diese Nachricht wurde bearbeitet.>",
        " <Se editó este mensaje.>",
        " <Ce message a été modifié>",
        " <Mensagem editada>",
        " <Questo messaggio è stato modificato>",
    ],
)
def test_the_mark_of_an_edited_message_goes(suffix: str) -> None:
    assert content(f"Yes{suffix}") == (MessageKind.TEXT, "Yes", [])


def test_locations_polls_and_what_could_not_be_exported_have_their_kinds() -> None:
    assert content("location: https://maps.example/1").kind == MessageKind.LOCATION
    assert content("\u200ePOLL:\nWhen?").kind == MessageKind.OTHER
    assert content("null") == (MessageKind.OTHER, None, [])
    assert content("") == (MessageKind.OTHER, None, [])


def test_only_marked_lines_that_are_no_placeholder_are_notices() -> None:
    assert by_the_app("\u200eAnna left")
    assert not by_the_app("\u200eimage omitted")
    assert not by_the_app("Anna left")


PIECES = ["\u200e", "<Media omitted>", "image omitted", "null", "a.jpg (file attached)", "<attached: a.jpg>", "\n", " "]
PIECES += [
    "This message was deleted",
    "Missed voice call",
    "location: https://maps.example",
    "POLL:",
    "x",
    ")",
    ">",
    ".",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=5).map("".join))
def test_whatever_is_not_asked_for_is_words_as_they_stand(body: str) -> None:
    text = body.encode(errors="replace").decode()
    first, line_end, rest = text.partition("\n")
    more = pl.Series([rest if line_end else None], dtype=pl.String)
    if not may_be_other(pl.Series([first]), pl.Series([bare(first)]), more).item():
        assert content(text) == (MessageKind.TEXT, bare(text), [])


@pytest.mark.parametrize(
    "notice",
    [
        "Anna Weber changed their phone number to a new number. Tap to message or add the new number.",
        "\u200eAnna Weber hat die Telefonnummer gewechselt.",
        "Anna Weber cambió su número de teléfono.",
        "Anna Weber a changé de numéro de téléphone.",
        "Anna Weber mudou o número de telefone.",
        "Anna Weber ha cambiato il suo numero di telefono.",
    ],
)
def test_notices_of_a_new_number_are_known(notice: str) -> None:
    assert number_changed(notice) == (None, None)


def test_other_notices_tell_of_no_number() -> None:
    assert number_changed('Anna Weber changed the subject to "changed to +44"') is None

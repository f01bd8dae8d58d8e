import time

import pytest

from pipelines.read.mail.quoted import html_words, ranges_of


def new_words(text: str) -> str:
    """A text with what is not new between brackets."""
    shown, place = "", 0
    for start, length, kind in ranges_of(text):
        shown += f"{text[place:start]}[{kind}]"
        place = start + length
    return shown + text[place:]


@pytest.mark.parametrize(
    "introduction",
    [
        "On Mon, Nov 16, 2026 at 10:00 AM Anna Weber <anna@example.com> wrote:",
        "On Dec 16, 2026, at 12:47 PM, Anna Weber\n<anna@example.com>\nwrote:",
        "Am Mo., 16. Nov. 2026 um 10:00 Uhr schrieb Anna Weber <anna@example.com>:",
        "Anna Weber <anna@example.com> schrieb am Mo., 16. Nov. 2026, 10:00:",
        "Le lun. 16 nov. 2026 à 10:00, Anna Weber <anna@example.com> a écrit :",
        "El lun, 16 nov 2026 a las 10:00, Anna Weber (<anna@example.com>) escribió:",
        "Em seg., 16 de nov. de 2026 às 10:00, Anna Weber <anna@example.com> escreveu:",
        "Il giorno lun 16 nov 2026 alle ore 10:00 Anna Weber <anna@example.com> ha scritto:",
        "Op ma 16 nov 2026 om 10:00 schreef Anna Weber <anna@example.com>:",
        "pon., 16 lis 2026 o 10:00 Anna Weber <anna@example.com> napisał(a):",
        "W dniu 16.11.2026 o 10:00, Anna Weber pisze:",
        "po 16. 11. 2026 v 10:00 odesílatel Anna Weber <anna@example.com> napsal:",
        "Den mån 16 nov. 2026 kl 10:00 skrev Anna Weber <anna@example.com>:",
        "пн, 16 нояб. 2026 г. в 10:00, Anna Weber <anna@example.com>:",
        "2026年11月16日(月) 10:00 Anna Weber <anna@example.com>:",
    ],
)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_what_a_mail_answers_is_history_in_many_languages(introduction: str, mark: str) -> None:
    assert (
        new_words(f"I take two.\n\n{introduction}\n\n{mark}How many?\n{mark}\n{mark}Anna") == "I take two.\n\n[history]"
    )


@pytest.mark.parametrize(
    "head",
    [
        "From: Anna Weber <anna@example.com>\nSent: Monday, 16 November 2026 10:00\nTo: Ben\nSubject: Bikes",
        "*From:* Anna Weber\n*Sent:* Monday\n*To:* Ben\n*Subject:* Bikes",
        "Von: Anna Weber\nGesendet: Montag, 16. November 2026 10:00\nAn: Ben\nBetreff: Räder",
        "De : Anna Weber\nEnvoyé : lundi 16 novembre 2026\nÀ : Ben\nObjet : Vélos",
        "De: Anna Weber\nEnviado el: lunes, 16 de noviembre\nPara: Ben\nAsunto: Bicis",
        "Da: Anna Weber\nInviato: lunedì 16 novembre\nA: Ben\nOggetto: Bici",
        "Van: Anna Weber\nVerzonden: maandag 16 november\nAan: Ben\nOnderwerp: Fietsen",
        "Od: Anna Weber\nWysłano: poniedziałek\nDo: Ben\nTemat: Rowery",
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "---------- Forwarded message ---------",
    ],
)
def test_what_follows_the_headers_of_a_mail_is_history(head: str) -> None:
    assert new_words(f"I take two.\n\n{head}\n\nHow many?") == "I take two.\n\n[history]"


def test_answers_between_quoted_lines_are_new() -> None:
    text = "On 16 Nov 2026, Anna wrote:\n> How many?\n\nTwo.\n\n> Which colour?\n> Anna\nRed."
    assert new_words(text) == "[history]\n\nTwo.\n\n[history]\nRed."


@pytest.mark.parametrize(
    "text",
    [
        "As I wrote on 3.4.2026:\nthe bike is red.",
        "He wrote:\nnothing.",
        "We open at 10:00:\nMonday\nTuesday",
        "From: Berlin\nTo: Hamburg\nI travel on Monday.",
        "two -- three",
        "From: Anna\nSent: Monday\nTo: Ben\nSubject: Bikes\n\nall of it was passed on",
        "---------- Forwarded message ---------\nall of it was passed on",
        "> all\n> of it",
        "",
    ],
)
def test_where_no_rule_is_certain_all_words_are_new(text: str) -> None:
    assert ranges_of(text) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Two.\n\n-- \nAnna Weber\n\nBikes Ltd", "Two.\n\n[signature]"),
        ("Two.\n--\nAnna", "Two.\n[signature]"),
        ("Two.\n--\n" + "more\n" * 30, "Two.\n--\n" + "more\n" * 30),
        ("Two.\n\nSent from my iPhone", "Two.\n\n[signature]"),
        ("Zwei.\n\nVon meinem iPhone gesendet", "Zwei.\n\n[signature]"),
        ("Two.\n" + "_" * 40 + "\nlist@example.com", "Two.\n[signature]"),
        ("Two.\n\n-- \nAnna\n\nOn 1 Nov 2026, Ben wrote:\n> How many?", "Two.\n\n[signature]\n\n[history]"),
        ("-- \nscanned by a gateway", "[signature]"),
    ],
)
def test_signatures_are_marked(text: str, shown: str) -> None:
    assert new_words(text) == shown


@pytest.mark.parametrize("how", ['type="cite"', 'class="gmail_quote"', 'style="border-left:1px solid"'])
def test_html_says_what_it_cites(how: str) -> None:
    markup = f"<p>Two.</p><blockquote {how}><p>How many?<blockquote {how}>Hi</blockquote></p></blockquote><p>Red.</p>"
    text, cited = html_words(markup)
    assert text == "Two.\n\nHow many?\nHi\n\nRed."
    [found] = ranges_of(text, cited)
    assert text[found.start : found.start + found.length] == "How many?\nHi"


def test_words_that_are_only_set_off_are_new() -> None:
    text, cited = html_words("<p>I need:</p><blockquote>two bikes</blockquote>")
    assert ranges_of(text, cited) == []


@pytest.mark.heavy
@pytest.mark.parametrize(
    "piece", ["> ", "From: x\n", "On 1.1.2026 10:00 a wrote:\n", ":\n", "--\n", "<a@", "Sent from my "]
)
def test_texts_made_to_take_long_do_not(piece: str) -> None:
    began = time.process_time()
    ranges_of(piece * (200_000 // len(piece)))
    html_words("<blockquote type=cite>" * 5_000 + piece)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "text",
    [
        "Please ship to:\nAnn, 2026 Main Street, ann@example.com:\nthanks, and two bells",
        "Our order 2026-03-02, copied to ann@example.com:\n\n3 bikes\n2 bells",
    ],
)
def test_a_year_and_an_address_before_a_colon_hide_nothing(text: str) -> None:
    assert new_words(text) == text


@pytest.mark.parametrize(
    "introduction",
    [
        "Vào Th 2, 2 thg 3, 2026 vào lúc 10:00 Anna Weber <anna@example.com> đã viết:",
        "Pada Sen, 2 Mar 2026 pukul 10.00 Anna Weber <anna@example.com> menulis:",
        "في الاثنين، 2 مارس 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Anna Weber <anna@example.com>:",
        "בתאריך יום ב׳, 2 במרץ 2026 ב-10:00 מאת Anna Weber <anna@example.com>:",
        "ในวันที่ จ. 2 มี.ค. 2026 เวลา 10:00 Anna Weber <anna@example.com> เขียนว่า:",
    ],
)
def test_an_introduction_with_date_time_and_address_is_known_in_any_language(introduction: str) -> None:
    assert new_words(f"OK\n\n{introduction}\n\n> How many?") == "OK\n\n[history]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Two.\n> a\n   > b\n    > c", "Two.\n[history]\n    > c"),
        ("Two.\n\n-----Original Message-----\nFrom: Ben\nHow many?", "Two.\n\n[history]"),
        ("Two.\n\n________\nFrom: Ben\nSent: Monday\nTo: Anna\nSubject: Bikes\n\nHow many?", "Two.\n\n[history]"),
        ("Two.\n\nFrom: Ben\nSent: Monday\nTo: Anna\n\nHow many?", "Two.\n\n[history]"),
        ("Two.\nThree\nFrom: Ben\nSent: Monday\nTo: Anna\n\nHow many?", "Two.\nThree\n[history]"),
        ("Two.\n\nFrom: Ben\nSent: Monday\n\nHow many?", "Two.\n\nFrom: Ben\nSent: Monday\n\nHow many?"),
        (
            "Two.\n\nTo: Ben\nFrom: Anna\nSent: Monday\nSubject: x",
            "Two.\n\nTo: Ben\n[history]",
        ),
        ("Two.\n\nFrom: Ben\n\n\n\n\n\nSent: Monday\nTo: Anna\nx", "Two.\n\n[history]"),
        (
            "Two.\n\nFrom: Ben\n\n\n\n\n\n\nSent: Monday\nTo: Anna",
            "Two.\n\nFrom: Ben\n\n\n\n\n\n\nSent: Monday\nTo: Anna",
        ),
    ],
)
def test_an_older_mail_begins_at_its_headers_or_at_a_line_that_says_so(text: str, shown: str) -> None:
    assert new_words(text) == shown


WROTE = "On 16 Nov 2026 at 10:00, Anna wrote:"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Two.\n\n{WROTE}\n> How many?", "Two.\n\n[history]"),
        (f"Two.\n\n{WROTE}\n\n\nHow many?", "Two.\n\n[history]"),
        (f"{WROTE}\n\nHow many?", f"{WROTE}\n\nHow many?"),
        (f"Two.\n\n{WROTE}", "Two.\n\n[history]"),
        ("Two.\nAnna wrote:\n> How many?\nThree.", "Two.\n[history]\nThree."),
        ("Two.\n\nAnna wrote:\nHow many?", "Two.\n\nAnna wrote:\nHow many?"),
        ("Two.\n\nOn 16 Nov 2026, Anna wrote:\nHow many?", "Two.\n\nOn 16 Nov 2026, Anna wrote:\nHow many?"),
        ("Two.\n\nOn 16 Nov 2026, a@x.example wrote:\nHow many?", "Two.\n\n[history]"),
        ("Two.\n\n2026, 10:00 a@x.example:\nHow many?", "Two.\n\n[history]"),
        ("Two.\n\n2026 a@x.example:\nHow many?", "Two.\n\n2026 a@x.example:\nHow many?"),
        ("Two.\n\n2026 a@x.example:\n> How many?", "Two.\n\n[history]"),
        ("Two.\n\nOn 16 Nov 2026, 10:00\nAnna\nwrote:\nHow many?", "Two.\n\n[history]"),
        (
            "Two.\n\nOn 16 Nov\n2026\nat Anna's\nwrote:\nHow many?",
            "Two.\n\nOn 16 Nov\n2026\nat Anna's\nwrote:\nHow many?",
        ),
    ],
)
def test_a_sentence_that_says_whose_words_follow_is_no_new_one(text: str, shown: str) -> None:
    assert new_words(text) == shown


def test_a_sentence_that_says_whose_words_follow_is_short() -> None:
    long = f"Two.\n\n{'x' * 400} {WROTE}\n> How many?"
    assert new_words(long).startswith("Two.\n\nx")
    assert new_words(f"Two.\n\n{'x' * 360} {WROTE}\n> How many?") == "Two.\n\n[history]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Two.\n\u2014\nAnna", "Two.\n[signature]"),
        ("Two.\n--\n" + "more\n" * 15, "Two.\n[signature]\n"),
        ("Two.\n--\n" + "more\n" * 16, "Two.\n--\n" + "more\n" * 16),
        ("Two.\n-- \n" + "more\n" * 40, "Two.\n[signature]\n"),
        ("Two.\n---\nAnna", "Two.\n---\nAnna"),
        ("Two.\n" + "_" * 19 + "\nx", "Two.\n" + "_" * 19 + "\nx"),
        ("Two.\n" + "_" * 20 + "\nx", "Two.\n[signature]"),
        ("Sent from my iPhone", "Sent from my iPhone"),
        ("Two.\nSent from my iPhone\nThree", "Two.\nSent from my iPhone\nThree"),
        ("Two.\nSent from my iPhone\n\n> old", "Two.\n[signature]\n\n[history]"),
        ("One.\n-- \nAnna\n-- \nBen", "One.\n-- \nAnna\n[signature]"),
    ],
)
def test_a_signature_stands_below_dashes_or_is_the_last_line(text: str, shown: str) -> None:
    assert new_words(text) == shown


def test_lines_of_one_kind_are_one_range_with_the_blank_ones_between_them() -> None:
    assert new_words("Two.\n> a\n\n> b\n\nThree.\n> c\n\n") == "Two.\n[history]\n\nThree.\n[history]\n\n"


@pytest.mark.parametrize(
    ("markup", "text", "cited"),
    [
        ("<p>a</p>", "a", []),
        ('<blockquote type="cite">a</blockquote>b', "a\n\nb", ["a"]),
        (
            'a<blockquote class="quote">b</blockquote>c<blockquote type="cite">d</blockquote>',
            "a\n\nb\n\nc\n\nd",
            ["b", "d"],
        ),
        ('a<blockquote><blockquote type="cite">b</blockquote>c</blockquote>', "a\n\nb\n\nc", ["b"]),
        ('a<blockquote type="cite"><blockquote>b</blockquote>c</blockquote>d', "a\n\nb\nc\n\nd", ["b\nc"]),
        ('</blockquote>a<blockquote type="cite">b', "a\n\nb", ["b"]),
        ("a\ufdd0b<blockquote>c</blockquote>\ufdd1", "ab\nc", []),
    ],
)
def test_html_says_where_it_cites(markup: str, text: str, cited: list[str]) -> None:
    words, found = html_words(markup)
    assert (words, [words[start:end] for start, end in found]) == (text, cited)


def test_what_html_cites_is_history_by_its_lines() -> None:
    text = "Two.\n\nHow many?\n\nThree."
    [found] = ranges_of(text, [(6, 15)])
    assert (found.start, found.length, found.kind) == (6, 9, "history")
    assert ranges_of("How many?", [(0, 9)]) == []

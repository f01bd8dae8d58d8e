import polars as pl
import pytest

from pipelines.match.comparison.names.romanisation import spelling_key
from pipelines.match.comparison.names.scripts import (
    key_names,
    known_spellings,
    parted,
    script_of,
    spelling,
    spelling_columns,
)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        *(
            ("mara", "latin"),
            ("o3", "latin"),
            ("иван", "cyrillic"),
            ("νικος", "greek"),
            ("王伟", "han"),
            ("田中", "han"),
        ),
        *(("さくら", "kana"), ("サクラ", "kana"), ("김민준", "hangul"), ("أحمد", "arabic"), ("דוד", "hebrew")),
        *(("สมชาย", "thai"), ("राहुल", "devanagari"), ("გიორგი", "georgian"), ("արամ", "armenian")),
    ],
)
def test_a_text_is_in_a_script(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        *(("щербакова", "shcherbakova"), ("παπαδοπουλοσ", "papadopoulos"), ("王", "wang"), ("小明", "xiaoming")),
        *(
            ("民", "min"),
            ("張", "zhang"),
            ("민준", "minjun"),
            ("김", "kim"),
            ("さくら", "sakura"),
            ("きょうこ", "kyoko"),
        ),
        *(("じゅん", "jun"), ("しょうた", "shota"), ("田中", "tanaka"), ("דוד", "david"), ("გიორგი", "giorgi")),
    ],
)
def test_a_name_is_spelt_in_latin_letters(name: str, latin: str) -> None:
    assert spelling(name).latin == latin


@pytest.mark.parametrize(
    ("name", "latin"),
    [("الأحمد", "ahmad"), ("عبدالرحمن", "abdelrahman"), ("שמעון", "shimon"), ("ใจดี", "jaidee"), ("शर्मा", "sharma")],
)
def test_scripts_without_vowels_share_their_consonants_with_latin_spellings(name: str, latin: str) -> None:
    assert spelling(name).consonants == spelling(latin).consonants != ""


# Names that have every letter of their alphabet among their sounds.
ARABIC = """بشير bashir, پرويز parviz, تامر tamer, ثامر thamer, جمال jamal, چنار chenar, حسن hasan, خالد khaled,
داود daud, ذاكر dhakir, رامي rami, زينب zaynab, ژرمن zarmin, سمير samir, شريف sharif, صابر sabir, ضامن damin,
طارق tariq, ظافر zafer, عمر omar, غسان ghassan, فريد farid, قاسم qasim, كريم karim, گلناز golnaz, لطيف latif,
محمود mahmoud, نادر nader, هادي hadi, وليد walid, ياسمين yasmin, أمير amir, إيمان iman, آمنة amina, ٱحمد ahmad,
هدى huda, رؤوف rauf, نائل nael, کریم karim, كـريم karim, مُحَمَّد muhammad, هبة hiba, ال al, الا ala"""
HEBREW = """גדעון gideon, דניאל daniel, הדס hadas, ורד vered, זמיר zamir, חנה hannah, טל tal, יוסף yosef, כרמל karmel,
ברוך baruk, מרים miriam, נעמי naomi, סמדר smadar, עמוס amos, פנינה pnina, פרץ perets, צפורה tsipora, קובי kobi,
רמי rami, שירה shira, תמר tamar, נתן natan, אסתר ester"""


@pytest.mark.parametrize("alphabet", [ARABIC, HEBREW], ids=["arabic", "hebrew"])
def test_every_letter_of_an_alphabet_without_vowels_has_its_sound(alphabet: str) -> None:
    names = [name.split() for name in alphabet.split(",")]
    assert {name: spelling(name).consonants for name, _ in names} == {
        name: spelling(latin).consonants for name, latin in names
    }


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        *(
            ("ひとみ", "hitomi"),
            ("ジャン", "jan"),
            ("ちょうじ", "choji"),
            ("ひょうま", "hyoma"),
            ("しゅん", "shun"),
            ("みゅ", "myu"),
            ("コーヒー", "kohi"),
        ),
        *(("ユウコ", "yuko"), ("おおの", "ono"), ("ゃ", "ya"), ("鈴木", "suzuki"), ("千葉", "chiba"), ("ъ", "ъ")),
        *(("μπαμπησ", "babis"), ("ντινα", "dina"), ("αγγελοσ", "angelos"), ("γκαρι", "gari"), ("αυρα", "avra")),
        *(("ουρανια", "ourania"), ("ευα", "eva"), ("οικονομου", "ikonomou"), ("ειρηνη", "irini")),
        *(("เดชา", "decha"), ("แก้ว", "kaew"), ("โสภา", "sopha"), ("ไพศาล", "phaisal"), ("иван-пётр", "ivanpetr")),
    ],
)
def test_letters_that_belong_together_are_spelt_together(name: str, latin: str) -> None:
    assert spelling(name).latin == latin


def test_too_few_consonants_tell_no_names_apart() -> None:
    assert spelling("ضياء").consonants == spelling("lea").consonants == spelling("wei").consonants == ""
    assert spelling("رامي").consonants == "rm"


def test_an_article_is_no_part_of_a_sound_unless_it_is_all_of_a_name() -> None:
    assert spelling("ibn sina").consonants == spelling("bin sina").consonants == spelling("sina").consonants == "sn"
    assert spelling("al").consonants == "Al"


def test_of_other_scripts_no_consonants_are_known() -> None:
    assert {spelling(name).consonants for name in ("иван", "νικοσ", "王伟", "さくら", "김민준")} == {""}


@pytest.mark.parametrize(
    ("name", "own"), [("張", "张"), ("アンナ", "アンナ"), ("أحمد", "احمد"), ("мария", "мария"), ("김", "김")]
)
def test_a_name_in_its_own_script_is_folded(name: str, own: str) -> None:
    assert spelling(name).own == own


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("诸葛亮", ("亮", "诸葛")), ("歐陽修", ("修", "歐陽")), ("歐陽", (None, "歐陽")), ("南宮民", ("宮民", "南"))),
        *(("長谷川希", ("希", "長谷川")), ("長谷川さくら", ("さくら", "長谷川")), ("王小明明", ("明明", "王小"))),
        *(("김민", ("민", "김")), ("남궁민수", ("민수", "남궁")), ("황보", (None, "황보")), ("김", None), ("々", None)),
        *(("가나다라마", ("나다라마", "가")), ("가나다라마바", None), ("王々", ("々", "王")), ("ひ高橋", None)),
        *(("山田ひろみなかた", None), ("高橋ひろみなか", ("ひろみなか", "高橋")), ("五十嵐太郎丸", None)),
    ],
)
def test_family_names_of_several_signs_are_known(name: str, expected: tuple[str | None, str] | None) -> None:
    assert parted(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(
            ("王伟", ("伟", "王")),
            ("司马光", ("光", "司马")),
            ("佐々木希", ("希", "佐々木")),
            ("황보민지", ("민지", "황보")),
        ),
        *(
            ("高橋ひろみ", ("ひろみ", "高橋")),
            ("王", (None, "王")),
            ("さくら", None),
            ("mara", None),
            ("東京電力株式会社", None),
        ),
    ],
)
def test_a_name_in_one_word_has_its_family_name_first(name: str, expected: tuple[str | None, str] | None) -> None:
    assert parted(name) == expected


def test_every_known_spelling_is_in_folded_latin_letters() -> None:
    spelt = [name for names in known_spellings().values() for name in names]
    assert all(name.isascii() and name.isalpha() and name.islower() for name in spelt)


def test_keys_meet_across_scripts_and_romanisations() -> None:
    schema = {"record": pl.UInt32, **dict.fromkeys(("given_name", "middle_name", "family_name"), pl.String)}
    rows = [(0, "юлия", None, "щербакова"), (1, "julia", None, "scherbakowa"), (2, None, "ann", None)]
    names = key_names(pl.DataFrame(rows, schema=schema, orient="row"))
    assert names["given_name"].to_list() == [spelling_key("julia"), spelling_key("julia"), None]
    assert names["family_name"].to_list() == [spelling_key("scherbakowa"), spelling_key("scherbakowa"), None]
    assert names["middle_name"].to_list() == [None, None, "ann"]


def test_spellings_are_columns_of_the_same_types_whatever_the_names() -> None:
    without, some = spelling_columns(pl.Series([], dtype=pl.String)), spelling_columns(pl.Series(["иван", "mara"]))
    assert without.schema == some.schema
    assert some["latin"].to_list() == ["ivan", "mara"]

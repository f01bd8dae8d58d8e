"""Names in the scripts of the world: which script a name is in, how it is spelt in Latin letters, how it is parted."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

import polars as pl
from anyascii import anyascii
from opencc import OpenCC

from pipelines.match.comparison.names.romanisation import REMEMBERED, consonants, spelling_key
from pipelines.match.comparison.names.word_lists import table

VOWELLESS = frozenset(
    {"arabic", "hebrew", "syriac", "thai", "lao", "khmer", "myanmar", "devanagari", "bengali", "gujarati", "gurmukhi"}
    | {"tamil", "telugu", "kannada", "malayalam", "sinhala", "oriya"}
)  # scripts that leave vowels out, or whose vowels romanisations write in many ways
WHOLE = frozenset({"han", "kana", "hangul"})  # scripts of whole syllables: one sign more or less is another name
NAMES_OF_SCRIPTS = {"cjk": "han", "hiragana": "kana", "katakana": "kana", "katakana-hiragana": "kana"}

ARABIC_LETTERS = str.maketrans(
    {**dict.fromkeys("أإآٱ", "ا"), "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ک": "ك", "ـ": "", "ء": ""}
)
VOWEL_SIGNS = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")  # points of Hebrew and Arabic
ARABIC_SOUNDS = str.maketrans(
    {
        "ب": "b",
        "پ": "p",
        "ت": "t",
        "ث": "t",
        "ج": "j",
        "چ": "j",
        "ح": "h",
        "خ": "k",
        "د": "d",
        "ذ": "d",
        "ر": "r",
        "ز": "z",
        "ژ": "z",
        "س": "s",
        "ش": "s",
        "ص": "s",
        "ض": "d",
        "ط": "t",
        "ظ": "z",
        "ع": "a",
        "غ": "g",
        "ف": "f",
        "ق": "k",
        "ك": "k",
        "گ": "g",
        "ل": "l",
        "م": "m",
        "ن": "n",
        "ه": "h",
        "و": "w",
        "ي": "y",
        "ا": "a",
    }
)
HEBREW_SOUNDS = str.maketrans(
    {
        "א": "a",
        "ב": "b",
        "ג": "g",
        "ד": "d",
        "ה": "h",
        "ו": "v",
        "ז": "z",
        "ח": "h",
        "ט": "t",
        "י": "y",
        "כ": "k",
        "ך": "k",
        "ל": "l",
        "מ": "m",
        "ם": "m",
        "נ": "n",
        "ן": "n",
        "ס": "s",
        "ע": "a",
        "פ": "p",
        "ף": "p",
        "צ": "s",
        "ץ": "s",
        "ק": "k",
        "ר": "r",
        "ש": "s",
        "ת": "t",
    }
)
ARTICLES = frozenset({"al", "el", "ul", "ar", "as", "ad", "an", "ash", "at", "az", "bin", "ben", "ibn"})
GREEK = {"μπ": "b", "ντ": "d", "γγ": "ng", "γκ": "g", "ου": "ou", "αυ": "av", "ευ": "ev", "οι": "i", "ει": "i"}
BEFORE_VOWEL = re.compile("([เแโใไ])(.)")  # vowels that Thai writes in front of the consonant they follow


class Spelling(NamedTuple):
    """One name as it is compared with names in other scripts."""

    script: str
    own: str  # in its own script, variants of its letters folded
    latin: str  # in Latin letters, as it is spelt most often
    spellings: tuple[str, ...]  # in Latin letters, every way that is known
    consonants: str  # of its Latin form; empty where too few to tell names apart


def script_of(text: str) -> str:
    """The script of a text, by its first letter beyond ASCII: `latin`, `han`, `kana`, `hangul` and others."""
    for sign in text:
        if sign.isalpha() and not sign.isascii():
            name = unicodedata.name(sign, "latin").split()[0].lower()
            return NAMES_OF_SCRIPTS.get(name, name)
    return "latin"


@cache
def _listed() -> tuple[tuple[str, str, str], ...]:
    """The lines of `spellings.tsv`: part, name in its own script, Latin spellings with commas between them."""
    read = table("spellings.tsv")
    return tuple((str(part), str(name), str(spelt)) for part, name, spelt in read.iter_rows())


@cache
def known_spellings() -> dict[str, tuple[str, ...]]:
    """Names whose Latin spellings no rule tells, each in its own script, with the most frequent spelling first."""
    return {name: tuple(spelt.split(",")) for _, name, spelt in _listed()}


@cache
def known_family_names() -> frozenset[str]:
    """Family names of `known_spellings`."""
    return frozenset(name for part, name, _ in _listed() if part == "family")


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(REMEMBERED)
def spelling(name: str) -> Spelling:
    """How a folded name is spelt. What is in Latin letters already is its own spelling."""
    script = script_of(name)
    if script == "latin":
        return Spelling(script, name, name, (name,), _telling(_consonants_of_words(name.split(" "))))
    own = own_form(name, script)
    spelt = known_spellings().get(own) or known_spellings().get(name) or (_romanised(own, script),)
    sounds = _consonants_of_words(_sounds(own, script)) if script in VOWELLESS else ""
    return Spelling(script, own, spelt[0], spelt, _telling(sounds))


def own_form(name: str, script: str) -> str:
    """A name in its own script without what people write in several ways: simplified Han, Arabic without hamza."""
    if script in ("han", "kana"):
        return str(_simplified().convert(name))
    if script in ("arabic", "hebrew"):
        return VOWEL_SIGNS.sub("", name).translate(ARABIC_LETTERS)
    return name


def _romanised(name: str, script: str) -> str:
    if script == "greek":
        for letters, sound in GREEK.items():
            name = name.replace(letters, sound)
    if script == "kana":
        return _syllables(name)
    spelt = anyascii(BEFORE_VOWEL.sub(r"\2\1", name) if script == "thai" else name)
    return re.sub("[^a-z ]", "", spelt.lower()).strip() or name


def _syllables(kana: str) -> str:
    """Kana in Latin letters, long vowels as short ones, as names are mostly spelt."""
    spelt = ""
    for sign in kana:
        sound = anyascii(sign).lower()
        if sign in "ゃゅょャュョ" and spelt.endswith("i"):
            spelt = spelt[:-1] + (sound[1:] if spelt.endswith(("ji", "shi", "chi")) else sound)
        elif sign != "ー":
            spelt += sound
    return re.sub("[^a-z ]", "", spelt.replace("ou", "o").replace("oo", "o").replace("uu", "u"))


def _sounds(name: str, script: str) -> list[str]:
    if script == "arabic":
        words = [re.sub("^ال(?=..)", "", word) for word in name.split(" ")]
        return [re.sub("(?<=.)[اع]|(?<=.)ه$", "", word).translate(ARABIC_SOUNDS) for word in words]
    if script == "hebrew":
        return [re.sub("(?<=.)[אע]|(?<=.)ה$", "", word).translate(HEBREW_SOUNDS) for word in name.split(" ")]
    return _romanised(name, script).split(" ")


def _consonants_of_words(words: list[str]) -> str:
    telling = [word for word in words if word not in ARTICLES] or words
    return re.sub("^Abdl(?=..)", "Abd", "".join(map(consonants, telling)))


def _telling(sounds: str) -> str:
    return sounds if len(sounds) > 1 else ""


def spelling_columns(names: pl.Series) -> pl.DataFrame:
    """`spelling` of each name as columns: script, own, latin (String), spellings (List(String)), consonants."""
    rows = [spelling(name) for name in names.to_list()]
    schema = {"script": pl.String, "own": pl.String, "latin": pl.String}
    return pl.DataFrame(rows, schema={**schema, "spellings": pl.List(pl.String), "consonants": pl.String}, orient="row")


def latin_keys(names: pl.Series) -> pl.Series:
    """`spelling_key` of distinct folded names, those in other scripts in Latin letters."""
    keys = [spelling_key(name if name.isascii() else spelling(name).latin) for name in names]
    return pl.Series(keys, dtype=pl.String)


def key_names(names: pl.DataFrame) -> pl.DataFrame:
    """Names of records with given and family name as `latin_keys`, of which blocking keys are made."""
    parts = {part: names[part].drop_nulls().unique() for part in ("given_name", "family_name")}
    words = pl.concat([part.alias("name") for part in parts.values()]).unique().to_frame()
    keys = words.with_columns(key=latin_keys(words["name"]).replace("", None))
    for part in parts:
        names = names.join(keys, left_on=part, right_on="name", how="left", maintain_order="left")
        names = names.with_columns(pl.coalesce("key", part).alias(part)).drop("key")
    return names


FULL_HAN = re.compile(r"^[\u3400-\u9fff々]{1,4}$")
FULL_HANGUL = re.compile(r"^[\uac00-\ud7a3]{2,5}$")
HAN_AND_KANA = re.compile(r"^([\u3400-\u9fff々]{1,3})([\u3041-\u30ff]{1,5})$")


def parted(name: str) -> tuple[str | None, str] | None:
    """Given and family name of a name in one word, the family name first; None where a name is not written so."""
    if mixed := HAN_AND_KANA.match(name):
        return mixed[2], mixed[1]
    if not FULL_HAN.match(name) and not FULL_HANGUL.match(name):
        return None
    known = known_family_names()
    if name in known or own_form(name, "han") in known:
        return None, name
    if len(name) == 1:
        return None
    for letters in (3, 2):
        family = name[:letters]
        if len(name) > letters and (family in known or own_form(family, "han") in known):
            return name[letters:], family
    if len(name) == 4 and FULL_HAN.match(name):
        return name[2:], name[:2]
    return name[1:], name[:1]

"""Latin spellings of one name: what romanisations write differently, folded away.

Shcherbakova, Scherbakowa and Ščerbakova are one name; so are Yuliya and Julia, Mohammed and Muhamad, Juergen and
Jürgen. Names are folded (`text.match_form`) and in Latin letters. Each function looks at one name, once: names are few
beside the pairs they make.
"""

import re
from functools import lru_cache
from typing import NamedTuple

SOUNDS = {  # capitals stand for sounds of several letters
    **dict.fromkeys(("schtsch", "shtsh", "shch", "stsch", "szcz", "chtch", "sch", "sh", "sz"), "S"),
    **dict.fromkeys(("tsch", "tch", "cz", "ch"), "C"),
    "zh": "Z",
    "kh": "h",
    "ph": "f",
    "th": "t",
    "dt": "t",
    "ck": "k",
    "q": "k",
    "c": "k",
    "x": "ks",
    "w": "v",
    "ce": "se",
    "ci": "si",
    "cy": "si",
    "j": "i",
    "y": "i",
    "ee": "i",
    "oo": "u",
    "ou": "u",
    **dict.fromkeys(("ts", "tz", "z"), "s"),
}
SOUND = re.compile("|".join(sorted(SOUNDS, key=len, reverse=True)))
BEFORE_E = re.compile(r"\bi+e")  # Yelena, Jelena, Elena
DOUBLED = re.compile(r"(.)\1+")
UMLAUT = re.compile(r"([aou])e(?=[bcdfghjklmnpqrstvwxz][a-z])|(a)a")  # Mueller, Joerg, Aase; not Samuel, Joel or Sue
ANY_UMLAUT = re.compile("([aou])e")
SERVANT = re.compile(r"^abd ?(?:[aeiu] ?[ldnrstz])? ?(\S{4,})$")  # abd el rahman, abdul rahman, abdelrahman
VOWELS = ((re.compile("[ae]i?"), "a"), (re.compile("[ou]"), "u"))
WITHOUT_VOWELS = str.maketrans("", "", "aeiou")
FEWEST_CONSONANTS = 3  # of names that vowels alone may part
SHORTEST = 5  # letters of names that vowels alone may part
REMEMBERED = 2**18  # names


class Forms(NamedTuple):
    """What a name has in common with its other spellings; two names are one where any of the forms are equal."""

    written: str  # umlauts, spaces and the Arabic article behind Abd aside: the same letters
    sounds: str  # as any romanisation would have it
    plain: str  # without e behind a vowel, wherever it stands
    vowels: str  # with the vowels that Arabic tells apart; the name itself where it is too short to be known by them


@lru_cache(REMEMBERED)
def forms(name: str) -> Forms:
    """The forms of a name."""
    joined = SERVANT.sub(r"abd\1", name) if name.startswith("abd") else name
    sounds = spelling_key(joined)
    plain = ANY_UMLAUT.sub(r"\1", joined) if "e" in joined else joined
    return Forms(_without_umlauts(joined).replace(" ", ""), sounds, plain, _vowels(sounds) or joined)


@lru_cache(REMEMBERED)
def spelling_key(name: str) -> str:
    """What all romanisations of a name have in common; spelt-out umlauts, doubled letters and spaces aside."""
    heard = SOUND.sub(lambda letters: SOUNDS[letters[0]], _without_umlauts(name))
    if "ie" in heard:
        heard = BEFORE_E.sub("e", heard)
    return DOUBLED.sub(r"\1", heard).replace(" ", "")


def _without_umlauts(name: str) -> str:
    spelt = "ue" in name or "oe" in name or "ae" in name or "aa" in name
    return UMLAUT.sub(r"\1\2", name) if spelt else name


def _vowels(sounds: str) -> str | None:
    if len(sounds) < SHORTEST or len(sounds.translate(WITHOUT_VOWELS)) < FEWEST_CONSONANTS:
        return None
    for vowels, one in VOWELS:
        sounds = vowels.sub(one, sounds)
    return DOUBLED.sub(r"\1", sounds)


CONSONANTS = (
    (re.compile("(?<=[ptkgbd])h"), ""),
    (re.compile("ck|[cq](?!h)|x"), "k"),
    (re.compile("ch|j"), "C"),
    (re.compile("sh|ts|tz|z"), "s"),
    (re.compile("f"), "p"),
    (re.compile("(?<=[aeiou])h$"), ""),
    (re.compile("^[aeiou]+"), "A"),
    (DOUBLED, r"\1"),
)
DROPPED = re.compile("(?<=.)[aeiouvwy]")


def consonants(word: str) -> str:
    """The consonants of a word, those that differ between romanisations as one; A for vowels at its beginning."""
    for letters, sound in CONSONANTS:
        word = letters.sub(sound, word)
    return DROPPED.sub("", word)

"""Words around a name that are no part of it: titles and salutations, degrees, and which generation somebody is.

Each list goes through the languages onecontact reads. A word that is also borne as a name (Don, Pan, Lady, Sri, Imam)
stands only with the dot that makes a title of it, or not at all.
"""

import re

# Before a name. Those with a dot are titles only with it.
TITLES = (
    *("mr", "mrs", "ms", "miss", "mx", "sir", "rev", "reverend", "madam", "dr", "prof", "professor", "doctor"),  # en
    *("herr", "frau", "hr", "fräulein", "herrn", "familie", "fam", "pfarrer"),  # de
    *("mme", "mlle", "monsieur", "madame", "mademoiselle", "docteur", "professeur", "maître"),  # fr
    *("sra", "srta", "señor", "señora", "señorita", "doña", "dña", "dra", "doctora", "licenciado", "licenciada"),  # es
    *("senhor", "senhora", "doutor", "doutora", "profa", "professora"),  # pt
    *(
        "signor",
        "signora",
        "signorina",
        "sig\\.ra",
        "sig\\.na",
        "dott",
        "dott\\.ssa",
        "dottor",
        "dottoressa",
        "avv",
    ),  # it
    *("mevr", "mevrouw", "dhr", "meneer", "mw", "drs", "ds"),  # nl
    *("pani", "paní", "mgr", "inż", "mudr", "judr", "phdr", "rndr", "mvdr", "paeddr", "thdr", "bc"),  # pl, cs
    *("fru", "fröken", "frøken", "herra", "rouva", "neiti"),  # sv, da, no, fi
    *("özv", "sayın", "bayan"),  # hu, tr
    *("г-н", "г-жа", "господин", "госпожа", "пан", "пані", "доктор", "профессор"),  # ru, uk
    *("κύριος", "κυρία", "κος", "δρ"),  # el
    *("السيد", "السيدة", "الدكتور", "الدكتورة", "الأستاذ", "الشيخ", "الحاج"),  # ar
    *("מר", "גב'", "גברת", 'ד"ר', "ד״ר", "פרופ'"),  # he
    *("ông", "chị", "bapak", "ibu", "sdr", "sdri"),  # vi, id
    *("shri", "shrimati", "smt", "श्री", "श्रीमती", "डॉ"),  # hi
)
DOTTED = (
    *(
        "fr",
        "sr",
        "ing",
        "mag",
        "dipl\\.-ing",
        "dipl\\.-kfm",
        "dipl\\.-kffr",
        "sig",
        "d",
        "st\\.-r",
        "capt",
        "lt",
        "col",
    ),
    *("maj", "gen", "eng", "arch", "lic", "doc", "hab", "lek", "ir", "hon", "κ", "д-р", "د", "أ", "م"),
)
DOCTOR = (
    r"dr\.? ?(?:med|phil|jur|iur|theol|rer\.? ?(?:nat|pol|oec)|-?ing|oec|h\.? ?c)\.?(?: ?(?:dent|vet|univ|habil)\.?)?"
)
HONORIFIC = rf"(?:{DOCTOR}|(?:{'|'.join(TITLES)})\.?|(?:{'|'.join(DOTTED)})\.)"
HONORIFICS = rf"(?i)^((?:{HONORIFIC} )+)"
ONLY_HONORIFICS = rf"(?i)^(?:{HONORIFIC} ?)+$"

# Behind a name.
DEGREE = (
    r"(?:, ?(?:m\.?d|m\.?a|b\.?a|dds|cpa|rn|jd|obe|mbe|cbe|qc|kc|csc|dis|dvm|pmp|cfa|frcs)\.?"
    r"|,? (?:ph\.? ?d|m\.?b\.?a|m\.?sc|b\.?sc|ll\.?m|esq)\.?)"
)
SUFFIX = (
    "(?:(?:さん|さま|様|様方|先生|女士|小姐|教授|老师|老師|님|씨|선생님)| (?:씨|님|様|氏|bey|hanım|efendi|úr|जी)"
    "|-(?:san|sama|kun|chan|sensei|ssi|nim|ji)|(?-i: ji))"
)
BEHIND = rf"(?i)(?:{DEGREE}|{SUFFIX}|, ?{HONORIFIC}| ?\([^()]*\))+$"

# Which of several people of one name somebody is, by the word that says so. Some are words only with their dot.
GENERATIONS = {
    "junior": (
        *(
            "jr",
            "jr.",
            "jnr",
            "jnr.",
            "jun.",
            "junior",
            "júnior",
            "ii",
            "ii.",
            "2nd",
            "filho",
            "hijo",
            "fils",
            "d.j.",
            "d. j.",
        ),
        *("der jüngere", "ml.", "mł.", "mladsi", "mladší", "d.y.", "d. y.", "den yngre", "nuorempi", "мл.", "младший"),
    ),
    "senior": (
        *("sr", "sr.", "snr", "snr.", "sen.", "senior", "sênior", "père", "d.ä.", "d. ä.", "der ältere", "st."),
        *("starsi", "starší", "d.æ.", "d. æ.", "den äldre", "den ældre", "vanhempi", "ст.", "старший"),
    ),
    "third": ("iii", "iii.", "3rd"),
    "fourth": ("iv", "iv.", "4th"),
    "grandson": ("neto", "nieto"),
    "nephew": ("sobrinho", "sobrino"),
}
GENERATIONS_BEFORE = {"junior": ("ifj.", "ifj"), "senior": ("id.",)}  # as Hungarian has them


def _pattern(words: dict[str, tuple[str, ...]]) -> str:
    each = sorted({word for group in words.values() for word in group}, key=len, reverse=True)
    return "|".join(re.escape(word) for word in each)


GENERATION = f"(?:{_pattern(GENERATIONS)})"
GENERATION_BEFORE = f"(?:{_pattern(GENERATIONS_BEFORE)})"

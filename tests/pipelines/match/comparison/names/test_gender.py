import polars as pl
import pytest

from pipelines.match.comparison.names.gender import differ_by_gender, female_family_names, female_forms

TWO_NAMES = [
    *(
        "paul/paula",
        "daniel/daniela",
        "jan/jana",
        "luis/luisa",
        "alexander/alexandra",
    ),
    *(
        "aleksandr/aleksandra",
        "peter/petra",
        "jon/jona",
        "stefan/stefanie",
        "stefan/stefania",
    ),
    *(
        "christian/christiane",
        "simon/simone",
        "martin/martine",
        "louis/louise",
        "michel/michelle",
    ),
    *(
        "marcel/marcelle",
        "gabriel/gabriele",
        "gabriel/gabriella",
        "andre/andrea",
        "jean/jeanne",
    ),
    *(
        "john/joan",
        "francis/frances",
        "mario/maria",
        "julius/julia",
        "konstantinos/konstantina",
    ),
    *(
        "frederic/frederique",
        "daniele/daniela",
        "wilhelm/wilhelmine",
        "amir/amira",
        "amir/amirah",
    ),
    *(
        "stanislaw/stanislawa",
        "evgeny/evgeniya",
    ),
]
ONE_NAME = [
    *(
        "ann/anna",
        "anna/anne",
        "maria/marie",
        "katharina/katharine",
        "katherina/katarina",
    ),
    *(
        "karin/karina",
        "kristin/kristina",
        "christin/christine",
        "helen/helena",
        "isabel/isabella",
    ),
    *(
        "judith/juditha",
        "carol/carola",
        "rajendra/rajendr",
        "krishna/krishn",
        "gabi/gabriele",
    ),
    *(
        "sasha/sascha",
        "jo/joe",
        "lukas/luka",
        "elias/elia",
        "tony/toni",
    ),
]


@pytest.mark.parametrize("names", TWO_NAMES)
def test_the_male_and_the_female_form_are_two_names(names: str) -> None:
    pairs = pl.DataFrame([names.split("/"), names.split("/")[::-1]], schema=["lo", "hi"], orient="row")
    assert differ_by_gender(pairs, female_forms).to_list() == [True, True]


@pytest.mark.parametrize("names", ONE_NAME)
def test_two_spellings_of_one_name_are_no_two_forms(names: str) -> None:
    pairs = pl.DataFrame([names.split("/"), names.split("/")[::-1]], schema=["lo", "hi"], orient="row")
    assert differ_by_gender(pairs, female_forms).to_list() == [False, False]


@pytest.mark.parametrize(
    "names",
    [
        *(
            "ivanov/ivanova",
            "kowalski/kowalska",
            "novak/novakova",
            "svoboda/svobodova",
            "novotny/novotna",
        ),
        *(
            "pavel/pavlova",
            "dostoevskiy/dostoevskaya",
            "papadopoulos/papadopoulou",
            "pappas/pappa",
            "jankauskas/jankauskiene",
        ),
        *("berzins/berzina",),
    ],
)
def test_a_family_name_follows_its_bearer(names: str) -> None:
    male, female = names.split("/")
    assert female in female_family_names(male)


@pytest.mark.parametrize("names", ["einarsson/einarsdottir", "petrov/petrovic", "hansen/hanson", "li/lia"])
def test_other_endings_are_other_families(names: str) -> None:
    male, female = names.split("/")
    assert female not in female_family_names(male)
    assert male not in female_family_names(female)

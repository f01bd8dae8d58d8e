import polars as pl
import pytest

from pipelines.normalise.name import kept_names

SCHEMA = {"name": pl.String, "first_name": pl.String, "last_name": pl.String}


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        *(("Frau Dr. rer. nat. Ute Quint", "Ute", "Quint"), ("Dipl.-Ing. Ute Quint", "Ute", "Quint")),
        *(("Mme Sophie Duval", "Sophie", "Duval"), ("Sra. Ana Mora", "Ana", "Mora"), ("Dra. Ana Mora", "Ana", "Mora")),
        *(
            ("Dott.ssa Giulia Conti", "Giulia", "Conti"),
            ("Mevrouw Anna Vos", "Anna", "Vos"),
            ("Fru Ida Dahl", "Ida", "Dahl"),
        ),
        *(
            ("mgr inż. Jan Lis", "Jan", "Lis"),
            ("Ing. Petr Malý, CSc.", "Petr", "Malý"),
            ("Rouva Aino Salo", "Aino", "Salo"),
        ),
        *(
            ("Ayşe Öztürk Hanım", "Ayşe", "Öztürk"),
            ("Г-жа Ольга Орлова", "Ольга", "Орлова"),
            ("Κύριος Νίκος Παππάς", "Νίκος", "Παππάς"),
        ),
        *(
            ("السيد محمد علي", "محمد", "علي"),
            ("Bapak Budi Santoso", "Budi", "Santoso"),
            ("Smt. Lakshmi Iyer", "Lakshmi", "Iyer"),
        ),
        *(
            ("佐藤さん", "佐藤", None),
            ("김민준님", "김민준", None),
            ("王先生", "王", None),
            ("Tanaka-san", "Tanaka", None),
        ),
    ],
)
def test_titles_of_many_languages_are_no_part_of_a_name(name: str, first: str, last: str | None) -> None:
    kept = kept_names(pl.DataFrame([(name, None, None)], schema=SCHEMA, orient="row"))
    assert kept.select("first_name", "last_name").row(0) == (first, last)


@pytest.mark.parametrize(
    "name", ["Pan Wei", "Don Quint", "Sri Lestari", "Jackie Chan", "Lady Mora", "Otto Bay", "Mara Hon", "Ji Sun"]
)
def test_words_that_are_names_as_well_stay(name: str) -> None:
    kept = kept_names(pl.DataFrame([(name, None, None)], schema=SCHEMA, orient="row"))
    assert kept.select("first_name", "last_name").row(0) == tuple(name.split(" "))

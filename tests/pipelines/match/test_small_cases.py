"""Small lists, and what somebody who looks after contacts wants of them, a line each.

A record is `name, phone, email, city, date of birth`, as far as it goes; records stand between ` | `. Wanted is that
all of them merge, that none does and a person is asked (`review`), or that they stay `apart` and nobody is asked.
"""

import polars as pl
import pytest

from pipelines.match.comparison.listed import by_role
from pipelines.match.engines.polars import IN_MEMORY, lazy
from pipelines.match.resolve import resolve_list
from schemas.project import Matching

ROLES = {"name": "full_name", "phone": "phone", "email": "email", "city": "city", "born": "date_of_birth"}

CASES = """
people who live together
apart   Karin Wolter; +49 4321 44110 | Jens Wolter; +49 4321 44110 | Lotte Wolter; +49 4321 44110
apart   Karin Wolter; +49 4321 44110; wolter@example.de | Jens Wolter; +49 4321 44110; wolter@example.de
apart   Piotr Zieliński; +48 22 510 22 33; ; Warszawa | Ewa Zielińska; +48 22 510 22 33; ; Warszawa
apart   Erik Lindqvist; +46 8 505 10 20; ; ; 1951-03-02 | Erik Lindqvist; +46 8 505 10 20; ; ; 1980-09-17
apart   Howard Pratt Sr.; +1 312 555 0161; ; Chicago | Howard Pratt Jr.; +1 312 555 0161; ; Chicago
apart   Henry Marsh II; +1 312 555 0162 | Henry Marsh III; +1 312 555 0162
apart   Simon Ebert; +49 4321 44120 | Simone Ebert; +49 4321 44120
apart   Luis Vega Prado; +34 91 555 0177; ; Madrid | Luisa Vega Prado; +34 91 555 0177; ; Madrid
apart   Sigurður Jónsson; +354 555 0202 | Anna Jónsdóttir; +354 555 0202
apart   Ngô Thị Nhung; +84 90 123 4477 | Ngô Thị Trang; +84 90 123 4477
apart   Pham Van Nam; +84 90 123 4478 | Pham Van Tuan; +84 90 123 4478
review  Juan Carlos Ruiz Ortega; +34 91 555 0188 | Juan José Ruiz Ortega; +34 91 555 0188
review  Martin Kolb; +49 4321 44140 | Marvin Kolb; +49 4321 44140
review  Christian Otto; +49 171 555 04 | Chris Otto; +49 171 555 04 | Christine Otto; +49 171 555 04
apart   李娜; +86 10 6505 9876 | 李强; +86 10 6505 9876
review  Mia Orth; +49 4321 44130; orth@example.de; ; 2008-02-01 | Lia Orth; +49 4321 44130; orth@example.de
review  B. Fenwick; +44 1865 555 033 | Beth Fenwick; +44 1865 555 033 | Bruce Fenwick; +44 1865 555 033
review  Papa; +49 171 555 0333 | Volker Ahrens; +49 171 555 0333

people who share a line or a mailbox at work
apart   Ulla Brehm; +49 30 901830 0 | Kurt Senft; +49 30 901830 0 | Inge Pohl; +49 30 901830 0
apart   Ulla Brehm; ; info@brehm-bau.example | Kurt Senft; ; info@brehm-bau.example
apart   Anke Voss; +49 431 5551201; anke.voss@nordbau.example | Ingo Rahn; +49 431 5551202; ingo.rahn@nordbau.example
apart   Nele Hartung; +49 160 555 4411; nele@example.com; Bonn | Dario Conti; +49 160 555 4411; d.conti@example.it; Ulm

one person
merge   Ottmar Sievers; +49 170 2223334; ottmar@example.com | Ottmar Sievers; +49 170 2223334; ottmar@example.com
merge   Bob; +1 617 555 0199 | Robert Hollister; +1 617 555 0199
merge   Bill Penhaligon; +44 7700 900456 | William Penhaligon; +44 7700 900456
merge   T. R. Hargrove; ; tr.hargrove@example.co.uk | Timothy Hargrove; ; tr.hargrove@example.co.uk
merge   Prof. Dr. Edmund Reiser; +49 89 5550 155 | Edmund Reiser; +49 89 5550 155
merge   Pemberton, Clara; ; clara@example.co.uk | Clara Pemberton; ; clara@example.co.uk
merge   Jörg Schäfer; +49 171 555 0404 | Joerg Schaefer; +49 171 555 0404
merge   Siobhan O’Keefe; +353 1 555 0144 | Siobhan OKeefe; +353 1 555 0144
merge   Elena Vidal Roca; +34 612 345 999 | Elena Vidal; +34 612 345 999
merge   Clara Horn; +49 151 2300 5511; clara.horn@example.com | Clara Voigt; +49 151 2300 5511; clara.horn@example.com
merge   Karl Weber; 0171 1234567; ; ; 1971-04-09 | Karl Weber; 0171 2234567; ; ; 1971-04-09
merge   Karl Weber; 0171 1234567; k.weber@example.com | Karl Weber; 0171 2234567; k.weber@example.com
merge   Ines Brandão; ; ines.brandao@gmail.com | Ines Brandao; ; inesbrandao+shop@googlemail.com

one person in two scripts, orders and spellings
merge   Олег Соколов; +7 495 123-88-11 | Oleg Sokolov; +7 495 123-88-11
merge   Νίκος Δημητρίου; +30 694 123 9876 | Nikos Dimitriou; +30 694 123 9876
merge   陳美玲; +886 912 345 111 | 陈美玲; +886 912 345 111
merge   刘洋; +86 138 0013 9911 | Liu Yang; +86 138 0013 9911
merge   박지훈; +82 10-2345-6789 | Park Ji-hoon; +82 10-2345-6789 | Jihoon Park; +82 10-2345-6789
merge   خالد المنصور; +971 50 123 9911 | Khaled Al-Mansour; +971 50 123 9911
merge   שרה לוי; +972 50-123-9911 | Sara Levi; +972 50-123-9911
merge   Trần Thị Mai; +84 90 123 9911 | Thi Mai Tran; +84 90 123 9911
merge   Szabó László; +36 30 123 9911 | László Szabó; +36 30 123 9911
merge   Mohamed Abdelkader; +20 100 123 9911 | Mohammed Abd El Kader; +20 100 123 9911

nobody can know
review  Walburga Zinser | Walburga Zinser
review  Ruth Isaksen; ; ; Bergen | Ruth Isaksen; ; ; Bergen
review  Kornelia Dahlmann; +49 171 2345678 | Kornelia Dahlmann; +49 171 2345687
review  Karl Weber; 0171 1234567 | Karl Weber; 0171 2234567
review  Karl Weber; 0171 1234567 | Karl Weber; 0171 1234467
review  Сергей Орлов; ; ; Казань | Sergey Orlov; ; ; Kazan
apart   Paul Smith; ; psmith77@example.com; London | Paul Smith; ; paul.smith@example.org; Leeds
"""


LINES = [line.partition(" ") for line in CASES.splitlines()]
WANTED = [(wanted, records.strip()) for wanted, _, records in LINES if wanted in ("apart", "review", "merge")]


def rows(records: str) -> pl.DataFrame:
    """The records of a line."""
    stated = [[cell.strip() or None for cell in record.split(";")] for record in records.split(" | ")]
    cells = [[*own, *[None] * (len(ROLES) - len(own))] for own in stated]
    return pl.DataFrame(cells, schema=dict.fromkeys(ROLES, pl.String), orient="row")


@pytest.mark.parametrize(("wanted", "records"), WANTED, ids=[records for _, records in WANTED])
def test_a_small_list_comes_out_as_somebody_who_knows_would_have_it(wanted: str, records: str) -> None:
    listed = by_role(rows(records).lazy().with_row_index("record"), ROLES).collect()
    found = resolve_list(IN_MEMORY, lazy(listed), Matching(), region="DE")
    clusters = IN_MEMORY.collect(found.clusters)["cluster"].n_unique()
    edges = IN_MEMORY.collect(found.edges).height

    came_out = "merge" if clusters == 1 else "review" if edges else "apart"
    assert (came_out, clusters) == (wanted, 1 if wanted == "merge" else listed.height)

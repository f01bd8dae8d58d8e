from pipelines.read.csv.ragged import fitted

HEADER = ["First Name", "Email", "Mobile Phone", "Notes"]
MAIL, PHONE = "ann@example.com", "+14155550101"


def fits(*rows: list[str], header: list[str] = HEADER, alone: bool = False) -> list[int]:
    return sorted(fitted([(number, number + 1, cells) for number, cells in enumerate(rows, 1)], header, alone=alone))


def test_blank_cells_at_the_end_may_be_missing_or_over() -> None:
    rows = [(1, 2, ["Ann", MAIL]), (2, 3, ["Bob", MAIL, PHONE, "x", "", " "])]
    assert fitted(rows, HEADER, alone=False) == {1: ["Ann", MAIL, "", ""], 2: ["Bob", MAIL, PHONE, "x"]}


def test_a_row_of_which_it_cannot_be_told_whether_it_was_shifted_fits_not() -> None:
    assert fits(["Ann"], ["Ann", PHONE, ""], ["Doe", "Ann", MAIL, "", ""], ["Ann", MAIL, PHONE, "x", "y"], [""]) == []


def test_a_row_cut_in_two_by_a_line_break_fits_not() -> None:
    assert fits(["Ann", MAIL, "+1415"], ["5550101", "x"]) == []


def test_a_delimiter_behind_every_row_is_none() -> None:
    rows = [["1", "Ann", ""], ["2", "Bob", ""]]
    assert fits(*rows, header=["a", "b"], alone=True) == [1, 2]
    assert fits(*rows, header=["a", "b"]) == []


def test_a_cell_below_no_header_may_be_missing() -> None:
    assert fits(["Ann", "x"], header=["First Name", "Notes", "column 3"]) == [1]


def test_a_row_is_cut_in_two_whichever_part_comes_first() -> None:
    assert fits(["5550101", "x"], ["Ann", MAIL, "+1415"]) == []

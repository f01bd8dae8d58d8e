from pathlib import Path

import pytest

from pipelines.read.contact_lists.facebook_leads import FORMAT
from pipelines.read.core.batch import Sample
from tests.one_batch import attributes, one_batch, points, skipped
from tests.small_project import SETTINGS, small_project

HEADER = "id\tcreated_time\tad_id\tform_id\tis_organic\tplatform\tfull_name\tphone_number\temail"
LINE = "l:42\t2026-03-12T15:05:13+05:30\tag:7\tf:9\tfalse\tfb\tJane Doe\tp:+447700900123\tjane@example.com"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8"])
def test_the_file_is_read_as_meta_writes_it(tmp_path: Path, encoding: str) -> None:
    batch = one_batch(FORMAT, tmp_path, f"{HEADER}\n{LINE}\n".encode(encoding))
    assert batch.contacts.select("record_id", "channel", "name", "observed_at").rows() == [
        ("42", "facebook", "Jane Doe", "2026-03-12T15:05:13+05:30")
    ]
    assert points(batch) == [(1, "phone", "+447700900123"), (1, "email", "jane@example.com")]
    assert attributes(batch) == {"ad_id": "7", "form_id": "9", "is_organic": "false"}


def test_what_excel_has_saved_anew_is_read(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, f"{HEADER}\n{LINE}\n".replace("\t", ","))
    assert batch.contacts["record_id"].to_list() == ["42"]


@pytest.mark.heavy
def test_leads_whose_ids_excel_has_cut_stay_apart(tmp_path: Path) -> None:
    sources = SETTINGS["sources"] | {"leads": {"format": "facebook_leads", "path": "landing/leads/*.csv"}}
    with small_project(tmp_path, sources=sources) as project:
        project.deliver(
            "leads",
            "2026-03-13",
            """id,created_time,ad_id,form_id,full_name,phone_number,email
            4.28018E+15,2026-03-12T09:14:00Z,1.2E+17,2E+15,Jane Doe,,jane@example.com
            4.28018E+15,2026-03-12T09:15:00Z,1.2E+17,2E+15,Joe Bloggs,4.47701E+11,joe@example.com""",
        )
        project.run()
        assert project.rows("SELECT count(*) AS contacts FROM contact") == [{"contacts": 2}]
        told = project.rows("SELECT row_number, code FROM problem WHERE code LIKE '%SCIENTIFIC%' ORDER BY ALL")
        assert [(each["row_number"], each["code"]) for each in told] == [
            (1, "ID_SCIENTIFIC_NOTATION"),
            (2, "ID_SCIENTIFIC_NOTATION"),
            (2, "PHONE_SCIENTIFIC_NOTATION"),
        ]


def test_a_test_of_the_form_is_skipped(tmp_path: Path) -> None:
    test = "l:43\t\t\tf:9\tfalse\tfb\tdummy\tp:<test lead: dummy data for phone_number>\ttest@example.com"
    other = "l:44\t\t\tf:9\tfalse\tfb\t<test lead: dummy data>\t\ttest@example.com"
    batch = one_batch(FORMAT, tmp_path, f"{HEADER}\n{test}\n{LINE}\n{other}\n")
    assert skipped(batch) == [(1, "skipped", "ROW_TEST"), (3, "skipped", "ROW_TEST")]
    assert batch.contacts["row"].to_list() == [2]


def test_the_fields_of_a_form_may_be_in_another_language(tmp_path: Path) -> None:
    header = "id\tcreated_time\tform_id\tnome_completo\ttelefone\tcidade"
    batch = one_batch(FORMAT, tmp_path, f"{header}\nl:1\t\tf:2\tJane Doe\tp:07700900123\tPorto\n")
    assert batch.contacts["name"].to_list() == ["Jane Doe"]
    assert points(batch) == [(1, "phone", "07700900123")]
    assert attributes(batch)["city"] == "Porto"


def test_a_question_is_an_attribute_where_the_source_says_so(tmp_path: Path) -> None:
    content = "id\tform_id\temail\twhat_do_you_need?\nl:1\tf:2\tj@example.com\tp: a demo\n"
    batch = one_batch(FORMAT, tmp_path, content, columns={"what_do_you_need?": "interest"})
    assert attributes(batch) == {"form_id": "2", "interest": "p: a demo"}


def test_instagram_is_no_channel_of_facebook(tmp_path: Path) -> None:
    batch = one_batch(FORMAT, tmp_path, f"{HEADER}\n{LINE}\n".replace("fb", "ig"))
    assert batch.contacts["channel"].to_list() == ["ig"]


@pytest.mark.parametrize(
    ("header", "sure"),
    [
        (("id", "created time", "ad id", "form id", "full name"), True),
        (("id", "created time", "full name", "email"), False),
    ],
)
def test_it_is_recognised_by_the_columns_of_ads_and_forms(header: tuple[str, ...], *, sure: bool) -> None:
    assert (FORMAT.detects(Sample("a.csv", b"", header)) > 0.8) is sure

import pytest

from pipelines.match.comparison.names.word_lists import listed, table


@pytest.mark.parametrize("kind", ["relation", "husband", "female", "given", "family"])
def test_every_list_has_words_and_each_of_them_once(kind: str) -> None:
    words = listed(kind)
    assert words
    assert len(set(words)) == len(words)


def test_a_table_has_its_columns() -> None:
    assert table("spellings.tsv").columns == ["part", "name", "spellings"]

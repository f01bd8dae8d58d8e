from pipelines.match.model.model import BEARERS, shipped_m, unfitted
from pipelines.match.priors import DUPLICATES, GIVEN, LIST_SIZE, STREET


def test_the_model_of_an_unknown_list_is_the_prior() -> None:
    model = unfitted()
    assert (model.records, model.duplicates, model.kind) == (LIST_SIZE, DUPLICATES, "people")
    assert model.m["given_name"] == {level: prior.m for level, prior in GIVEN.items()}
    assert model.shares == {}
    assert model.names.schema == BEARERS


def test_an_empty_list_counts_as_one_record() -> None:
    assert unfitted(0).records == 1


def test_organisations_have_priors_of_their_own() -> None:
    assert shipped_m("organisations")["street"] != {level: prior.m for level, prior in STREET.items()}

"""What other thresholds would make of contacts and segments, without changing anything."""

from pipelines.errors import ConfigurationError
from pipelines.match.priors import SURE
from pipelines.project import OpenProject
from pipelines.steps.preview import Preview, preview
from pipelines.store.matching import changed_edges
from pipelines.store.warehouse.connection import Connection
from schemas.project import Matching


def what_if(project: OpenProject, connection: Connection, auto: float, review: float | None = None) -> Preview:
    """What `auto` and `review` would change. No pair is compared again: kept edges have their probability.

    Raises:
        ConfigurationError: They cannot be thresholds, or lie below the `review` that the last run kept edges from.
        NeverMatched: There is nothing yet that could change.
    """
    configured = project.settings.matching.review
    kept_from = changed_edges.review_threshold_kept(connection) or configured
    wanted = thresholds(auto, min(configured, auto) if review is None else review)
    if wanted.review < kept_from:
        way_out = "run `onecontact run`, which looks for them"
        if wanted.review < configured:
            way_out = "set it in onecontact.yaml of a copy of the project, and run that"
        raise ConfigurationError(
            f"pairs below `review` ({kept_from:g}) were not kept in the last run, so what {wanted.review:g} would "
            f"change is not known: {way_out}"
        )
    settings = project.settings.model_copy(update={"matching": wanted})
    return preview(
        project._replace(settings=settings),
        connection,
        lambda: changed_edges.reclassify_edges(connection, wanted.auto, wanted.review, SURE),
    )


def thresholds(auto: float, review: float) -> Matching:
    """Two probabilities as thresholds. Raises ConfigurationError where they cannot be."""
    if not 0.5 < auto < 1:
        raise ConfigurationError("--auto must be a probability above 0.5 and below 1")
    if not 0 < review <= auto:
        raise ConfigurationError("--review must be a probability above 0, and not above --auto")
    return Matching(auto=auto, review=review)

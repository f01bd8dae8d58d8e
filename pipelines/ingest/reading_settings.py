"""Which settings the reading of a file depends on: the options of its source, and the attributes the file speaks of."""

from collections.abc import Collection, Mapping

from pipelines.project import digest
from pipelines.read.core.batch import Batch
from pipelines.store.ingest.deliveries import Delivery, EarlierDelivery
from schemas.attribute import Attribute


def attributes_in_batch(batch: Batch) -> set[str]:
    """Names of the attributes, defined or not, that a file has columns or values for."""
    columns = {meaning for meaning in batch.meanings.values() if meaning.startswith("attr.")}
    return {meaning.removeprefix("attr.") for meaning in columns} | set(batch.attributes["attribute"].unique())


def definitions(names: Collection[str], attributes: Mapping[str, Attribute]) -> dict[str, str | None]:
    """Fingerprints of what reading takes from the definitions of attributes; None for one that is not defined.

    By its exclusive attributes a row is known that has no record id. What matching and merging take is left out.
    """
    known = {name: attributes[name] for name in names if name in attributes}
    read = {name: (each.type, each.values, each.pattern, each.required, each.exclusive) for name, each in known.items()}
    return {name: digest(*read[name]) if name in read else None for name in sorted(names)}


def is_outdated(before: EarlierDelivery, delivery: Delivery, attributes: Mapping[str, Attribute]) -> bool:
    """Whether a file would be read otherwise now than it was before."""
    if before.config_digest not in ("", delivery.config_digest):
        return True
    return definitions(before.attributes, attributes) != dict(before.attributes)

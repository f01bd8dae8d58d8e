"""What becomes of contacts, as events: one for each contact that is created, changed or removed, field by field.

Fields are those of `contact_field`, `status`, and `identifier.<type>` for all that a contact is known by. Values stay
in `audit_value`, which goes with the contact; of a created contact they are not kept twice: what it was made of is what
its first change replaced, or what it still has.
"""

from datetime import UTC, datetime

import polars as pl

from pipelines.audit.commitments import contact_commitments, field_commitments
from pipelines.audit.events import EVENT, Action, Event, Outcome
from pipelines.audit.login import login
from pipelines.store.audit.record import append, record
from pipelines.store.audit.salts import salts_of
from pipelines.store.warehouse.connection import Connection, query, register

KEY = ["contact_id", "field"]
CELL = [*KEY, "value"]
BEFORE = """
    SELECT contact_id::VARCHAR AS contact_id, field, value FROM contact_field WHERE {0}
    UNION ALL SELECT DISTINCT contact_id::VARCHAR, 'identifier.' || type, value FROM contact_identifier WHERE {0}
    UNION ALL SELECT contact_id::VARCHAR, 'status', status FROM contact WHERE {0}"""


def record_contact_changes(
    connection: Connection,
    there: pl.Series,
    ids: pl.Series,
    origins: pl.Series,
    contacts: pl.DataFrame,
    fields: pl.DataFrame,
    identifiers: pl.DataFrame,
    run_id: str,
) -> None:
    """Record what contacts are to become; what they are until now is what is stored.

    Args:
        connection: The warehouse, in the transaction that replaces them.
        there: Ids of contacts that are replaced, also by nothing.
        ids: Ids of the contacts to come. In the frames, `contact_id` is a place in it.
        origins: Deliveries and decisions. In `fields`, `delivery_id` is a place in it.
        contacts: The golden records to come: contact_id, status.
        fields: Their values, in the order of CELL: contact_id, field, value, delivery_id.
        identifiers: What they are known by: contact_id, type, value.
        run_id: What does it.
    """
    known_by = identifiers.select("contact_id", field="identifier." + pl.col("type"), value="value").unique().sort(CELL)
    status = contacts.select("contact_id", field=pl.lit("status"), value="status")
    after = pl.concat([fields.select(CELL), known_by, status])
    if there.is_empty():
        _record_whole(connection, after, Action.CONTACT_CREATED, run_id, ids)
        return
    is_old = ids.is_in(there.implode())
    _record_whole(connection, after.filter(~is_old.gather(after["contact_id"])), Action.CONTACT_CREATED, run_id, ids)
    keyed, stated = (_keyed(each, is_old, ids) for each in (after, fields.select(*KEY, "delivery_id")))
    origin = stated.with_columns(delivery_id=origins.gather(stated["delivery_id"]))
    before = stored_values(connection, there)
    is_left = pl.col("contact_id").is_in(ids.implode())
    _record_changes(connection, before.filter(is_left), keyed, origin, run_id)
    _record_gone(connection, before.filter(~is_left), run_id)


def record_removed_contacts(connection: Connection, contacts: pl.Series, run_id: str) -> None:
    """Record that contacts are about to be removed, and nothing takes their place."""
    _record_gone(connection, stored_values(connection, contacts), run_id)


def record_status_changes(connection: Connection, changed: pl.DataFrame, run_id: str) -> None:
    """Record that contacts changed status because time passed: contact_id, status_before, status."""
    cells = [pl.col("contact_id"), pl.lit("status").alias("field")]
    turned = changed.filter(pl.col("status_before") != pl.col("status")).select(
        *cells,
        before=pl.concat_list("status_before"),
        after=pl.concat_list("status"),
        delivery_id=pl.lit(None, pl.String),
    )
    _record_changed(connection, turned, run_id)


def record_id_changes(connection: Connection, changes: pl.DataFrame, run_id: str) -> None:
    """Record where ids of contacts went: old_id, new_id (perhaps none), kind."""
    rows = changes.select("kind", "old_id", "new_id").iter_rows()
    record(
        connection,
        *(
            Event(Action(f"contact.{kind}"), "contact", str(old), run_id, related=(str(new),) if new else ())
            for kind, old, new in rows
        ),
    )


def stored_values(connection: Connection, contacts: pl.Series) -> pl.DataFrame:
    """What contacts have: CELL, each value once."""
    with register(connection, affected=contacts.alias("contact_id").to_frame()):
        return query(connection, BEFORE.format("contact_id IN (SELECT contact_id::UUID FROM affected)"))


def _keyed(cells: pl.DataFrame, chosen: pl.Series, ids: pl.Series) -> pl.DataFrame:
    """The cells of some contacts (`chosen` of `ids`), with ids in place of numbers."""
    own = cells.filter(chosen.gather(cells["contact_id"]))
    return own.with_columns(contact_id=ids.gather(own["contact_id"]))


def _record_changes(
    connection: Connection, before: pl.DataFrame, after: pl.DataFrame, origins: pl.DataFrame, run_id: str
) -> None:
    """An event for each contact of which a field has other values than before."""
    cells = pl.concat([before.join(after, on=CELL, how="anti"), after.join(before, on=CELL, how="anti")])
    touched = cells.select(KEY).unique()
    was, becomes = (
        each.join(touched, on=KEY, how="semi").group_by(KEY).agg(pl.col("value").sort().alias(name))
        for each, name in ((before, "before"), (after, "after"))
    )
    origin = origins.join(touched, on=KEY, how="semi").group_by(KEY).agg(pl.col("delivery_id").first())
    changed = touched.join(was, on=KEY, how="left").join(becomes, on=KEY, how="left").join(origin, on=KEY, how="left")
    _record_changed(connection, changed.with_columns(pl.col("before", "after").fill_null([])), run_id)


def _record_gone(connection: Connection, gone: pl.DataFrame, run_id: str) -> None:
    """An event for each contact that is no more; its values are kept as those before."""
    is_identifier, is_status = pl.col("field").str.starts_with("identifier."), pl.col("field") == "status"
    ordered = gone.sort("contact_id", is_status, is_identifier, "field", "value")
    seq = _record_whole(connection, ordered, Action.CONTACT_REMOVED, run_id)
    lost = gone.group_by(KEY).agg(before=pl.col("value").sort())
    nothing = {"after": pl.lit([], pl.List(pl.String)), "delivery_id": pl.lit(None, pl.String)}
    _keep_values(connection, lost.with_columns(**nothing), seq)


def _record_whole(
    connection: Connection, cells: pl.DataFrame, action: Action, run_id: str, ids: pl.Series | None = None
) -> pl.DataFrame:
    """An event for each contact with a commitment to all of it; their numbers: contact_id, seq.

    `cells`: of each contact in the order of `audit.commitments.in_order`.
    `ids`: those that the numbers in contact_id stand for, if they are numbers.
    """
    if cells.is_empty():
        return pl.DataFrame(schema={"contact_id": pl.String, "seq": pl.UInt32})
    whole = cells.group_by("contact_id", maintain_order=True).agg(
        contact=pl.struct("field", "value"), fields=pl.col("field").unique(maintain_order=True)
    )
    if ids is not None:
        whole = whole.with_columns(contact_id=ids.gather(whole["contact_id"]))
    salted = _salted(connection, whole)
    made = contact_commitments(salted).to_frame().select(pl.concat_list("commitment")).to_series()
    none = pl.lit([], pl.List(pl.Binary))
    is_new = action is Action.CONTACT_CREATED
    events = salted.with_columns(before=none if is_new else made, after=made if is_new else none)
    return _append(connection, events, action, run_id)


def _record_changed(connection: Connection, changed: pl.DataFrame, run_id: str) -> None:
    """An event for each contact with changed fields: contact_id, field, before, after (Lists), delivery_id."""
    if changed.is_empty():
        return
    ordered = changed.sort("contact_id", "field")
    salted = _salted(connection, ordered)
    events = (
        ordered.select("contact_id", "field", field_commitments(salted, "before"), field_commitments(salted, "after"))
        .group_by("contact_id", maintain_order=True)
        .agg(fields=pl.col("field"), before=pl.col("before"), after=pl.col("after"))
    )
    _keep_values(connection, ordered, _append(connection, events, Action.CONTACT_UPDATED, run_id))


def _salted(connection: Connection, cells: pl.DataFrame) -> pl.DataFrame:
    salts = salts_of(connection, cells["contact_id"].unique(maintain_order=True))
    return cells.join(salts, left_on="contact_id", right_on="object_id", how="left", maintain_order="left")


def _append(connection: Connection, contacts: pl.DataFrame, action: Action, run_id: str) -> pl.DataFrame:
    """Append an event for each contact (contact_id, fields, before, after); their numbers: contact_id, seq."""
    said = {
        "action": pl.lit(str(action)),
        "actor": pl.lit(login()),
        "object_id": pl.col("contact_id"),
        "object_type": pl.lit("contact"),
        "outcome": pl.lit(str(Outcome.OK)),
        "recorded_at": pl.lit(datetime.now(UTC)).cast(EVENT["recorded_at"]),
        "run_id": pl.lit(run_id),
    }
    empty = {name: pl.lit([] if isinstance(kind, pl.List) else None, kind) for name, kind in EVENT.items()}
    given = {name: pl.col(name) for name in ("fields", "before", "after")}
    events = contacts.select(**{name: (empty | said | given)[name] for name in EVENT})
    seq = append(connection, events)
    return contacts.select("contact_id").with_row_index("seq", offset=seq)


def _keep_values(connection: Connection, changed: pl.DataFrame, events: pl.DataFrame) -> None:
    if changed.is_empty():
        return
    with register(connection, kept=changed.join(events, on="contact_id")):
        connection.execute(
            """INSERT INTO audit_value
               SELECT seq, contact_id, field, before, after, delivery_id FROM kept ORDER BY seq, field"""
        )

"""Record ids that a source gives to another person: each of them has a record of its own."""

from typing import NamedTuple

import polars as pl

from pipelines.ids import Keyed
from pipelines.ingest.chunk import DeliveriesDepend
from pipelines.match.people_of_ids import MANY_NAMES, contradicting, people_of_ids
from pipelines.normalise.problems import PROBLEMS
from pipelines.project import OpenProject
from pipelines.read.catalogue.registry import FORMATS
from pipelines.store.ingest import reused_ids as store
from pipelines.store.ingest.deliveries import begin
from pipelines.store.runs.rule_changes import is_announced
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Action, Severity

KEY = ("id_key", "version")
EXPECTED = (
    "the person that is known under this id; this one is kept as another, with a record of its own. If the file is of "
    "another system, give that a source of its own: ids of two systems must not meet in one source"
)
SAME_PERSON = (
    "the name that is known under this id, with the same number or address: somebody who married, or another person; "
    "it is taken for the same one"
)
SEEN = pl.Schema(
    {
        **dict.fromkeys(KEY, pl.String()),
        "name_tokens": pl.List(pl.String),
        "at": pl.Datetime("us", "UTC"),
        "place": pl.UInt32(),
    }
)
ARRIVING = pl.Schema(  # what is read of rows and of their identifiers
    {
        **dict.fromkeys((*KEY, "record_key", "source", "record_id", "normalised"), pl.String()),
        **dict.fromkeys(("row", "line", "place"), pl.UInt32()),
        "match_keys": pl.List(pl.String),
        "name_tokens": pl.List(pl.String),
        "observed_at": pl.Datetime("us", "UTC"),
    }
)


class People(NamedTuple):
    """Rows with the records of their people, and what has to change for that in what is stored.

    `arriving` has `id_key`: null for a record of the first person with its id. `problems` (PROBLEMS): rows that bring
    another person under an id that is known, or another name for a person who is known by an identifier. The others are
    what `store.keep_people` takes.
    """

    arriving: pl.DataFrame
    problems: pl.DataFrame
    reused: pl.Series
    renamed: pl.DataFrame
    fresh: pl.Series
    newcomers: pl.DataFrame
    moves: pl.DataFrame
    heirs: pl.DataFrame

    def keep(self, connection: Connection) -> None:
        """Put what is stored where it belongs."""
        if not self.reused.is_empty():
            store.keep_people(connection, self.reused, self.renamed, self.fresh, self.newcomers, self.moves, self.heirs)


def tell_apart(connection: Connection, arriving: pl.DataFrame, identifiers: pl.DataFrame, ids: Keyed) -> People:
    """Tell people apart who come under one id, by what is stored and what arrives together.

    `arriving` and `identifiers` are what `pipelines.store.ingest.records.keep_records` takes.

    Raises:
        DeliveriesDepend: Several deliveries name an id that is in question.
    """
    own = arriving.filter(pl.col("record_id").is_not_null())
    in_question = store.ids_in_question(connection, own.with_columns(id_key="record_key"))
    if in_question.is_empty():
        return everybody_is_one(arriving)
    rows = own.filter(pl.col("record_key").is_in(in_question.implode()))
    if rows.filter(pl.col("delivery_id").n_unique().over("record_key") > 1).height:
        raise DeliveriesDepend
    return people_of(connection, in_question, arriving, rows, identifiers, ids)


def everybody_is_one(arriving: pl.DataFrame) -> People:
    """The people of rows that are as they are: of each id one."""
    none = arriving.clear().select(
        "record_key",
        "version",
        "source",
        "record_id",
        *(pl.lit(None, pl.String).alias(name) for name in ("id_key", "key")),
    )
    problems = PROBLEMS.to_frame()
    return People(arriving, problems, none["id_key"], none, none["key"], none, none, none)


def tell_apart_stored(project: OpenProject, connection: Connection, ids: Keyed) -> None:
    """Tell people apart in a warehouse of a version that took an id for one person; a run does that once."""
    if is_announced(connection, "reused_ids_are_told_apart"):
        return
    lists = [name for name, each in project.settings.sources.items() if FORMATS[each.format].holds == "contacts"]
    in_question = store.ids_with_several_names(connection, lists)
    none = pl.DataFrame(schema=ARRIVING)
    if not in_question.is_empty():
        with transaction(connection):
            begin(connection)
            people_of(connection, in_question, none, none, none, ids).keep(connection)


def people_of(
    connection: Connection,
    in_question: pl.Series,
    arriving: pl.DataFrame,
    rows: pl.DataFrame,
    identifiers: pl.DataFrame,
    ids: Keyed,
) -> People:
    """The people of ids (keys) by what is stored and what arrives; `rows` are those of `arriving` that name them."""
    rows = rows.with_columns(id_key="record_key")
    stored = store.stored_contents(connection, in_question)
    points = [
        store.stored_points(connection, stored["record_key"]).join(stored, on=["record_key", "version"]),
        identifiers.with_columns(pl.concat_list("match_keys", "normalised").alias("normalised"))
        .explode("normalised")
        .join(rows, on="row"),
    ]
    people = people_of_ids(contents_of(stored, rows), pl.concat(each.select(*KEY, "normalised") for each in points))
    several = people.filter(pl.col("person").n_unique().over("id_key") > 1)["id_key"]
    were_several = stored.filter(pl.col("record_key") != pl.col("id_key"))["id_key"]
    reused = pl.concat([several, were_several]).unique().sort()
    people = people.filter(pl.col("id_key").is_in(reused.implode()))
    keys = keys_of(people, stored, rows, ids)
    placed = people.join(keys, on="person").select(*KEY, "key")
    records = records_of(people, stored, keys, ids)
    own = stored.join(records.select("record_key", now="key"), on="record_key").join(placed, on=KEY)
    moved = (
        arriving.join(placed, left_on=["record_key", "version"], right_on=KEY, how="left", maintain_order="left")
        .with_columns(id_key=pl.when(pl.col("key") != pl.col("record_key")).then("record_key"))
        .with_columns(record_key=pl.coalesce("key", "record_key"))
        .drop("key")
    )
    fresh = keys.join(records, on="person", how="anti")
    begun = moved.filter(pl.col("record_key").is_in(fresh["key"].implode()))
    staying = own.filter(pl.col("now") == pl.col("key")).select("name_tokens", record_key="key")
    known = pl.concat([staying, stored.join(placed, on=KEY, how="anti").select(staying.columns)])
    renaming = moved.join(rows, on="row", how="semi").join(identifiers, on="row", how="semi")
    return People(
        moved,
        pl.concat([problems_of(begun, stored["id_key"]), name_problems(renaming, known)]),
        reused,
        records.filter(pl.col("record_key") != pl.col("key")).select("record_key", "key", "id_key"),
        fresh["key"],
        fresh.join(begun, left_on="key", right_on="record_key", how="anti").drop("person"),
        own.filter(pl.col("now") != pl.col("key")).select("version", "key", record_key="now"),
        records.filter("is_emptied").select("person", record_key="key").join(keys.select("person", "key"), on="person"),
    )


def records_of(people: pl.DataFrame, stored: pl.DataFrame, keys: pl.DataFrame, ids: Keyed) -> pl.DataFrame:
    """Whose the stored records are, and their keys from now on: record_key, person, key, id_key, is_emptied.

    A record is that of the person of its first content. Of several records of one person the one that came first stays;
    the others are emptied, and leave their keys to whoever may have them.
    """
    owned = (
        stored.join(people, on=KEY)
        .sort(~pl.col("is_certain"), "rank")
        .unique("record_key", keep="first", maintain_order=True)
        .select(
            "record_key",
            "person",
            "ingest_seq",
            is_emptied=pl.col("ingest_seq") > pl.col("ingest_seq").min().over("person"),
        )
        .join(keys.select("person", "key", "id_key"), on="person")
    )
    place = (pl.lit("emptied"), pl.col("record_key"), pl.col("ingest_seq").cast(pl.String))
    return owned.with_columns(key=pl.when("is_emptied").then(ids("record", *place)).otherwise("key"))


def contents_of(stored: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Contents with when each was first and last seen, as `people_of_ids` takes them."""
    seen = pl.concat(
        [
            stored.select(*KEY, "name_tokens", at="first_at", place="first_place").cast(SEEN),
            stored.select(*KEY, "name_tokens", at="last_at", place="last_place").cast(SEEN),
            rows.select(*KEY, "name_tokens", at="observed_at", place="place").cast(SEEN),
        ]
    ).sort("at", "place")
    return seen.group_by(KEY, maintain_order=True).agg(
        pl.col("name_tokens").first(),
        first_at=pl.col("at").first(),
        first_place=pl.col("place").first(),
        last_at=pl.col("at").last(),
        last_place=pl.col("place").last(),
    )


def keys_of(people: pl.DataFrame, stored: pl.DataFrame, rows: pl.DataFrame, ids: Keyed) -> pl.DataFrame:
    """Keys of the records of people, the first one first: person, key, id_key, source, record_id.

    The first person with an id has the record that it names, and no `id_key`; another has one by what was said of that
    person first. So whoever is told apart has the same key whichever list came first.
    """
    named = pl.concat([stored.select("id_key", "source", "record_id"), rows.select("id_key", "source", "record_id")])
    is_first = pl.col("rank") == pl.col("rank").min().over("id_key")
    of_content = ids("record", pl.col("source"), pl.col("record_id"), pl.col("version"))
    return (
        people.sort(~pl.col("is_certain"), "rank")
        .unique("person", keep="first", maintain_order=True)
        .join(named.unique("id_key"), on="id_key", maintain_order="left")
        .select(
            "person",
            pl.when(is_first).then("id_key").otherwise(of_content).alias("key"),
            pl.when(~is_first).then("id_key").alias("id_key"),
            "source",
            "record_id",
        )
    )


def problems_of(rows: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """The problem (PROBLEMS) of the first row of each person, but of the one who is the first with an id."""
    id_key = pl.coalesce("id_key", "record_key")
    first = rows.sort("row").unique("record_key", keep="first", maintain_order=True)
    another = first.filter(id_key.is_in(known.implode()) | ~id_key.is_first_distinct())
    return kept_with_warning(another, "record_id", ErrorCode.ID_REUSED, EXPECTED)


def name_problems(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The problem (PROBLEMS) of rows whose name is new for their record and contradicts every name it had before.

    `rows` state identifiers, and one of these has made them the person of the record. `known`: record_key, name_tokens,
    of what was said by records that keep it: a row that makes one record of two is doubtful even if the other one had
    its name.
    """
    key, words = ["record_key", "words"], pl.col("name_tokens").list.join(" ")
    said = rows.sort("row").with_columns(words=words, since=pl.col("row").cast(pl.Int64))
    before = known.select("record_key", "name_tokens", words=words, since=pl.lit(-1, pl.Int64)).unique(key)
    fresh = said.unique(key, keep="first", maintain_order=True).join(before, on=key, how="anti")
    names = pl.concat([before, fresh.select(before.columns)]).filter(
        pl.col("words") != "", pl.len().over("record_key") <= MANY_NAMES
    )
    pairs = (
        fresh.join(names, on="record_key", suffix="_hi")
        .filter(pl.col("words") != "", pl.col("since_hi") < pl.col("since"))
        .select("row", tokens_lo="name_tokens", tokens_hi="name_tokens_hi", lacks_points=pl.lit(value=False))
        .with_row_index("nth")
    )
    fits = pairs.join(contradicting(pairs), on="nth", how="anti")
    renamed = fresh.join(pairs, on="row", how="semi").join(fits, on="row", how="anti")
    return kept_with_warning(renamed, "name", ErrorCode.NAME_CONTRADICTS, SAME_PERSON)


def kept_with_warning(rows: pl.DataFrame, field: str, code: ErrorCode, expected: str) -> pl.DataFrame:
    """A problem (PROBLEMS) of each of these rows, which are taken in all the same."""
    return rows.select(
        "row",
        "line",
        field=pl.lit(field),
        code=pl.lit(code.value),
        severity=pl.lit(Severity.WARNING.value),
        action=pl.lit(Action.KEPT_WITH_WARNING.value),
        expected=pl.lit(expected),
        suggestion=pl.lit(None),
    ).cast(PROBLEMS)

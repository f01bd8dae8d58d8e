"""Who has borne a record id: an id that a source gives out again names several people, one after the other.

A person is all contents of an id that have an identifier in common, directly or through others, or names that do not
contradict each other. Who is told apart depends on which contents there are, and never on which came first.
"""

import polars as pl

from pipelines.match.clusters.components import components_of
from pipelines.match.comparison.name_words import judged_words

MANY_NAMES = 100  # an id that more names have borne is none: then only equal names are one person's
PEOPLE = pl.Schema(
    {"id_key": pl.String, "version": pl.String, "person": pl.UInt32, "is_certain": pl.Boolean, "rank": pl.UInt32}
)


def people_of_ids(contents: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """The people that ids have stood for, content by content (PEOPLE).

    `contents`: id_key, version, name_tokens, and when each was first and last seen, first_at, first_place, last_at,
    last_place. `points`: id_key, version, normalised: identifiers that contents state.

    `person` is a number that contents of one person share, `rank` puts contents in the order of their first sightings.
    A content without a name, or with one that fits several people who contradict each other, is not certain: it goes
    to whoever (of these) had the id when it was stated last.
    """
    nodes = _nodes(contents, points)
    pairs = _judged_pairs(nodes)
    fits = pairs.filter(~pl.col("contradicts")).select("id_key", "lo", "hi")
    either = pl.concat([fits, fits.select("id_key", lo="hi", hi="lo")])
    vague = _fit_several(either, pairs.filter("contradicts"))
    named = nodes.filter(pl.col("name_tokens").list.len() > 0)["node"].unique()
    certain = named.filter(~named.is_in(vague.implode()))
    firm = fits.filter(pl.all_horizontal(pl.col("lo", "hi").is_in(certain.implode())))
    people = _labelled(certain.to_frame("node"), firm)
    return _with_those_of_their_time(contents, nodes, people, either)


def contradicting(names: pl.DataFrame) -> pl.DataFrame:
    """Rows of `names` (tokens_lo, tokens_hi, lacks_points) that contradict each other.

    Both sides have a word that is none of the other's; and where one of them states no identifier (`lacks_points`), no
    word in common: who only changes a family name is the same person.
    """
    each = names.filter(pl.all_horizontal(pl.col("tokens_lo", "tokens_hi").list.len() > 0)).with_row_index("pair")
    words = (
        each.select("pair", lo="tokens_lo", hi="tokens_hi")
        .explode("lo", empty_as_null=True)
        .explode("hi", empty_as_null=True)
    )
    distinct = words.select("lo", "hi").unique().filter(pl.col("lo") != pl.col("hi"))
    met = distinct.with_columns(meets=judged_words("family_name", distinct) != "different")
    words = words.join(met, on=["lo", "hi"], how="left").with_columns(pl.col("meets").fill_null(value=True))
    unmet = [
        words.group_by("pair", side).agg(pl.col("meets").any()).group_by("pair").agg((~pl.col("meets")).any())
        for side in ("lo", "hi")
    ]
    judged = (
        words.group_by("pair")
        .agg(shares=pl.col("meets").any())
        .join(unmet[0].rename({"meets": "left"}), on="pair")
        .join(unmet[1].rename({"meets": "right"}), on="pair")
        .join(each.select("pair", "lacks_points"), on="pair")
        .filter(pl.col("left") & pl.col("right") & ~(pl.col("lacks_points") & pl.col("shares")))
    )
    return each.join(judged, on="pair", how="semi").select(names.columns)


def _nodes(contents: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Contents with `node`, which those share that have an identifier or a whole name in common; `lacks_points`."""
    numbered = contents.with_row_index("content")
    by_point = points.join(numbered, on=["id_key", "version"]).select("id_key", "content", known_by="normalised")
    by_name = numbered.filter(pl.col("name_tokens").list.len() > 0).select(
        "id_key", "content", known_by=pl.format("name {}", pl.col("name_tokens").list.join(" "))
    )
    known = pl.concat([by_point, by_name])
    shared = known.select(lo=pl.col("content").min().over("id_key", "known_by"), hi="content")
    nodes = _labelled(numbered.select(node="content"), shared).rename({"node": "content", "person": "node"})
    reached = by_point["content"].implode()
    return numbered.join(nodes, on="content").with_columns(
        lacks_points=(~pl.col("content").is_in(reached)).all().over("node")
    )


def _judged_pairs(nodes: pl.DataFrame) -> pl.DataFrame:
    """Pairs of named nodes of an id (lo, hi), and whether all their names contradict each other (`contradicts`)."""
    names = (
        nodes.filter(pl.col("name_tokens").list.len() > 0)
        .select("id_key", "node", "lacks_points", "name_tokens")
        .unique()
        .filter(pl.col("name_tokens").n_unique().over("id_key") <= MANY_NAMES)
    )
    pairs = (
        names.join(names, on="id_key", suffix="_hi")
        .filter(pl.col("node") < pl.col("node_hi"))
        .select(
            "id_key",
            lo="node",
            hi="node_hi",
            tokens_lo="name_tokens",
            tokens_hi="name_tokens_hi",
            lacks_points=pl.col("lacks_points") | pl.col("lacks_points_hi"),
        )
        .with_row_index("nth")
    )
    apart = contradicting(pairs)["nth"].implode()
    return pairs.group_by("id_key", "lo", "hi").agg(contradicts=pl.col("nth").is_in(apart).all())


def _fit_several(fits: pl.DataFrame, apart: pl.DataFrame) -> pl.Series:
    """Nodes that fit (lo, hi, either way) two others that contradict each other."""
    return (
        fits.join(fits, on="lo", suffix="_other")
        .join(apart.select(hi="lo", hi_other="hi"), on=["hi", "hi_other"], how="semi")["lo"]
        .unique()
    )


def _labelled(nodes: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Each node with the smallest one that pairs (lo, hi) lead to from it: node, person."""
    parts = components_of(pairs.select("lo", "hi").filter(pl.col("lo") != pl.col("hi")))
    return nodes.join(parts.select(node="record", person="component"), on="node", how="left").with_columns(
        pl.coalesce("person", "node")
    )


def _with_those_of_their_time(
    contents: pl.DataFrame, nodes: pl.DataFrame, people: pl.DataFrame, fits: pl.DataFrame
) -> pl.DataFrame:
    """All contents with their people (PEOPLE).

    Nodes that are nobody's yet go to whoever had the id when they were stated last.
    """
    key = ["id_key", "version"]
    first, last = (
        contents.select(*key, at=f"{which}_at", place=f"{which}_place", which=pl.lit(which))
        for which in ("first", "last")
    )
    seen = pl.concat([first, last]).sort("at", "place", "version", "which").with_row_index("rank")
    each = nodes.select(*key, "node").join(people, on="node", how="left")
    events = seen.join(each, on=key).sort("rank")
    known = events.drop_nulls("person").select("id_key", "rank", "person")
    nobodys = events.filter(pl.col("person").is_null())
    stated = nobodys.group_by("id_key", "node").agg(pl.col("rank").max())
    fitting = (
        stated.select("id_key", "node")
        .join(fits.select(node="lo", other="hi"), on="node")
        .join(people.select("person", other="node"), on="other")
        .select("id_key", "node", "person")
        .unique()
        .join(known, on=["id_key", "person"])
        .sort("rank")
    )
    found = _nearest(stated, fitting, ["id_key", "node"], "fitting").join(
        _nearest(stated, known, ["id_key"], "anybody"), on=["id_key", "node"]
    )
    placed = found.with_columns(
        pl.coalesce("fitting", "anybody", pl.col("node").min().over("id_key")).alias("found")
    ).select("node", "found")
    ranks = seen.filter(pl.col("which") == "first").select(*key, "rank")
    return (
        each.join(placed, on="node", how="left")
        .join(ranks, on=key)
        .select(
            *key,
            person=pl.coalesce("person", "found"),
            is_certain=pl.col("person").is_not_null(),
            rank="rank",
        )
        .cast(PEOPLE)
    )


def _nearest(stated: pl.DataFrame, events: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    """Nodes (id_key, node, rank) with the person of the last event before them, or else of the first after them."""
    stated = stated.sort("rank")
    right = events.select(*by, "rank", "person").sort("rank")
    before = stated.join_asof(right, on="rank", by=by, strategy="backward", check_sortedness=False)
    after = stated.join_asof(right, on="rank", by=by, strategy="forward", check_sortedness=False)
    return before.join(after.select("id_key", "node", after="person"), on=["id_key", "node"]).select(
        "id_key", "node", pl.coalesce("person", "after").alias(name)
    )

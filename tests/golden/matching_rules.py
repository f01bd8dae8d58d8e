"""What normalisation and matching make of fixed inputs. `python -m tests.golden.matching_rules` writes it anew."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl

from pipelines.derive.code_version import MATCHING, NORMALISATION
from pipelines.match import priors
from pipelines.match.blocking import reach
from pipelines.match.blocking.rules import PAIRS, RULES, blocking_keys
from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.comparison import addresses, foreign_words, name_words, prepare, whole_names
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.names import gender, generation, parts, romanisation, scripts, word_lists
from pipelines.match.comparison.records import encode
from pipelines.match.model import contradictions
from pipelines.match.model.model import unfitted
from pipelines.match.model.weigh import frequencies
from pipelines.match.score import score
from pipelines.normalise.identifiers import identifiers
from pipelines.normalise.name import names
from pipelines.normalise.text import clean, fold_case, is_placeholder, match_form
from schemas.project import Matching
from tests.resolved import resolve

FOLDER = Path(__file__).parent
TEXTS = ["  Große\u00a0Straße 5 ", "O’Neill-Žižek", "ＷＩＤＥ ﬁne", "n/a", "-", "Łódź", "名前", "a\u0301\u200b b"]
NAMES = [
    ("Dr. Anna Müller-Berg", None, None),
    ("BERG, ANNA", None, None),
    ("vincent van der meer", None, None),
    (None, "Jürgen", "Weiß"),
    (None, "McDonald, Ronald", None),
    ("~ Cem 🚲", None, None),
    ("+49 151 23456789", None, None),
    ("Facebook user", None, None),
    ("María José de la Cruz (Büro)", None, None),
    ("R. Smith PhD", None, None),
]
IDENTIFIERS = [
    ("phone", "0151 23456789"),
    ("phone", "+44 20 7946 0123"),
    ("phone", "+54 9 11 2345-6789"),
    ("phone", "+52 1 55 1234 5678"),
    ("phone", "0049 (0)30 901820 ext. 7"),
    ("phone", "12"),
    ("wa_id", "4915123456789"),
    ("wa_id", "5491123456789"),
    ("email", "Anna.Berg+shop@Example.COM"),
    ("email", "info@example.com"),
    ("email", "anna@gmial.com"),
    ("email", "anna@@example"),
    ("email", "bücher@bücher.example"),
    ("messenger_thread", "annaberg_1234567"),
    ("instagram_thread", "7654321"),
    ("external_id", " K-7 "),
]
PEOPLE = """given_name;family_name;phone;email;date_of_birth;city;postcode;street;company
Robert;Smith;+44 20 7946 0123;bob.smith@example.com;1980-02-01;London;N1 9GU;1 High Street;Acme Ltd
Bob;Smith;020 7946 0123;;01/02/1980;London;;1 High St;
Robert;Smyth;;bob.smith@example.com;;Londn;N1 9GU;;Acme
Smith;Robert;;;1980-02-01;London;N1 9GU;;
Mary;Smith;+44 20 7946 0123;;1982-07-09;London;N1 9GU;1 High Street;
R;Smith;;r.smith80@example.org;;London;;;Acme Limited
Anna;Müller-Berg;+49 151 23456789;anna@example.com;1990-12-24;Berlin;10115;Invalidenstraße 5;
Anna;Berg;+49 151 23456780;anna@example.com;1990-12-24;Berlin;10115;Invalidenstr. 5;
Ana;Berg;+49 151 23456789;anna80@example.com;1990-12-42;Berlin;;;
Bernd;Berg;+49 151 23456789;anna@example.com;1988-03-03;Berlin;10115;Invalidenstraße 5;
Vincent;van der Meer;;vincent@example.net;;Utrecht;3511;Oudegracht 1;Fietsen BV
Vincent;Meer;;v.meer@example.net;;Utrecht;3511;Oudegracht 1;Fietsen
;;+31 30 123 4567;info@example.net;;Utrecht;3511;Oudegracht 1;Fietsen BV
;;+31 30 123 4567;;;Utrecht;3511;Oudegracht 1-3;Fietsen B.V.
Cem;;;cem.arslan@example.com;;;;;
Cem;Arslan;;arslan.cem@example.com;;Köln;;;"""


def normalised() -> dict[str, Any]:
    """What the normalisation makes of the inputs above."""
    texts = pl.DataFrame({"text": TEXTS})
    written = pl.DataFrame(NAMES, schema=dict.fromkeys(("name", "first_name", "last_name"), pl.String), orient="row")
    points = pl.DataFrame(IDENTIFIERS, schema={"type": pl.String, "raw": pl.String}, orient="row").with_columns(
        row=pl.int_range(pl.len(), dtype=pl.UInt32), scope=pl.lit(""), field="type"
    )
    text = pl.col("text")
    forms = {"clean": clean(text), "fold_case": fold_case(text), "match_form": match_form(text)}
    return {
        "texts": texts.with_columns(**forms, is_placeholder=is_placeholder(text)).to_dicts(),
        "names": names(written).to_dicts(),
        "identifiers": identifiers(points, "crm", "DE").drop("row").to_dicts(),
    }


def matched() -> dict[str, Any]:
    """What matching makes of the people above: shared keys and evidence of every pair, contacts, and its priors."""
    people = pl.read_csv(io.StringIO(PEOPLE), separator=";", infer_schema=False)
    roles = {column: column for column in people.columns}
    own, facts = prepare_list(people, roles)
    records, model = encode(people.height, own, facts), unfitted()
    pairs = pl.DataFrame([(lo, hi) for hi in range(people.height) for lo in range(hi)], schema=PAIRS, orient="row")
    known = frequencies(records, model, count_shared_identifiers(own, facts))
    edges = score(records, known, model, pairs, Matching(review=1e-3), pl.DataFrame(schema=PAIRS))
    keys = blocking_keys(own, facts)
    shared = (
        keys.join(keys, on=["rule", "key"], suffix="_hi")
        .filter(pl.col("record") < pl.col("record_hi"))
        .group_by(lo="record", hi="record_hi")
        .agg(pl.col("rule").unique().sort())
        .sort("lo", "hi")
    )
    told = pl.format(
        "{} {} {} {} {} {} {}", "lo", "hi", "zone", "rule", pl.col("probability").round(4), "vague", "evidence"
    )
    contacts = resolve(people.with_row_index("record_id"), roles)
    return {
        "rules": [f"{' + '.join(rule.parts)} {rule.cap}" for rule in RULES],
        "keys": [f"{lo} {hi} {rules}" for lo, hi, rules in shared.rows()],
        "edges": edges.sort("lo", "hi").select(told).to_series().to_list(),
        "contacts": contacts["contact_id"].to_list(),
        "priors": {name: repr(value) for name, value in sorted(vars(priors).items()) if name.isupper()},
    }


LISTS = (
    *(reach, addresses, foreign_words, name_words, prepare, whole_names),
    *(gender, generation, parts, romanisation, scripts, word_lists, contradictions),
)


def words(modules: tuple[ModuleType, ...] = LISTS) -> dict[str, Any]:
    """The words that matching goes by: every collection of texts that is a constant of these modules."""
    return {
        f"{module.__name__}.{name}": plain(value)
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and not isinstance(value, str) and texts_in(value)
    }


def texts_in(value: Any) -> list[str]:
    """Texts that a constant is made of; none where it is made of anything else but numbers beside them."""
    if isinstance(value, str):
        return [str(value)]
    if isinstance(value, Mapping):
        values = [each for each in value.values() if not isinstance(each, int | float)]
        return texts_in([*value, *values])
    if not isinstance(value, list | tuple | set | frozenset):
        return []
    found = [texts_in(each) for each in value]
    return [text for texts in found for text in texts] if all(found) else []


def plain(value: Any) -> Any:
    """A constant as JSON has it; a set sorted."""
    if isinstance(value, Mapping):
        return {" ".join(texts_in(key)): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return str(value) if isinstance(value, str) else value


RESULTS = {"words": (MATCHING, words), "normalisation": (NORMALISATION, normalised), "matching": (MATCHING, matched)}

VERSIONS = {"normalisation": "NORMALISATION", "matching": "MATCHING", "words": "MATCHING"}


def golden(name: str) -> dict[str, Any]:
    """What the version in the file gives: version, results."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def write(name: str) -> None:
    """Write the results of today; refused where they are others under the same version."""
    version, results = RESULTS[name]
    file, now = FOLDER / f"{name}.json", results()
    if file.exists() and golden(name)["version"] == version and golden(name)["results"] != now:
        raise SystemExit(f"raise {VERSIONS[name]} in pipelines/derive/code_version.py: its results are others now")
    entries = json.dumps({"version": version, "results": now}, indent=1, ensure_ascii=False)
    file.write_text(entries + "\n", encoding="utf-8")


if __name__ == "__main__":
    for each in RESULTS:
        write(each)

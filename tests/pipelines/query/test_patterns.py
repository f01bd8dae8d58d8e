import duckdb
import polars as pl
import pytest

from pipelines.query.patterns import pattern_fault

FINE = [
    *("", "a", ".", "^anna$", "a|b", "(a(b)c)*", "(?:ab)+c", "()*", "(?:a|(b))d"),
    *("a*", "a+", "a?", "a*?b", "a+?b", "a??b", "a{2}", "a{2,5}", "a{2,}", "a{2}?b", "a{0}", "a{3,3}", ".*b"),
    *(r"\.\+\\", r"\.*", r"\/\-\!", r"\p{L}+", r"\P{Nd}*a", r"a\p{L}b"),
    *("[a-z]", "[^a-z0-9]+", "[a]*", "[-a]", "[a-]", "[^-]", "[b-b]", "[a&b~c]", r"[\p{L}-]+", r"[\]\[]{2}", r"[a\-z]"),
    *(r"[\\a-z]", r"[\--]", "[(|)*]b", "[a^]", r"[a-z\.A-Z]"),
    *("a{1000}", "(?:a{10}){100}", "a{1000}b?", "a{500}b{2}", "a{0}b{1000}", "a" * 1000),
]  # fmt: skip
TEXT = "anna berg [x] a.b-c 42"


@pytest.mark.parametrize("pattern", FINE)
def test_a_pattern_of_what_both_engines_know_means_the_same_in_both(pattern: str) -> None:
    assert pattern_fault(pattern) is None
    [(found,)] = duckdb.execute("SELECT regexp_matches(?, ?)", [TEXT, pattern]).fetchall()
    assert pl.Series([TEXT]).str.contains(pattern).item() is found


CATEGORIES = "C Cc Cf L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zs"


@pytest.mark.parametrize("category", CATEGORIES.split())
def test_a_category_of_characters_can_be_asked_for(category: str) -> None:
    assert pattern_fault(rf"\p{{{category}}}") is None
    assert pattern_fault(rf"[\P{{{category}}}a]") is None


RANGE = "a range within [...] is like a-z; to mean the sign, \\ has to stand before -"
CATEGORY = r"\p names a category of characters, such as \p{L} or \p{Nd}"
GROUP = "of groups that begin with (? only (?:...) is known here"
NUMBERS = "{ is followed by numbers, as in {2} or {2,5}; \\ has to stand before the sign"


def nothing(sign: str) -> str:
    return f"nothing stands before {sign} that could be repeated"


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("a" * 1001, "is longer than 1000 characters"),
        # brackets
        ("(", "( is not closed"),
        ("((a)", "( is not closed"),
        ("(?:a", "( is not closed"),
        (")", ") closes nothing"),
        ("(a))(", ") closes nothing"),
        ("a]", "\\ has to stand before ]"),
        ("}", "\\ has to stand before }"),
        ("(?i)a", GROUP),
        ("(?", GROUP),
        ("(?=a)", GROUP),
        # classes of characters
        ("[", "[ is not closed"),
        ("[a", "[ is not closed"),
        ("[^", "[ is not closed"),
        ("[]", "[] holds nothing"),
        ("[]a]", "[] holds nothing"),
        ("[^]", "[] holds nothing"),
        ("[[a]", "\\ has to stand before [ within [...]"),
        ("[a&&b]", "\\ has to stand before & within [...]"),
        ("[a~~b]", "\\ has to stand before ~ within [...]"),
        ("[b-a]", RANGE),
        ("[+-a]", RANGE),
        ("[a-+]", RANGE),
        (r"[\.-z]", RANGE),
        (r"[\p{L}-z]", RANGE),
        ("[a--b]", RANGE),
        ("[a-z-9]", "a range within [...] ends before -"),
        (r"[a\q]", r"\q is not known here"),
        # what stands behind a backslash
        ("a\\", "ends with \\"),
        ("[a\\", "ends with \\"),
        (r"\q", r"\q is not known here"),
        (r"\pL", CATEGORY),
        (r"\p", CATEGORY),
        (r"\p{Greek}", CATEGORY),
        (r"\P{Cs}", CATEGORY),
        # repetitions
        ("*a", nothing("*")),
        ("^*", nothing("*")),
        ("$+", nothing("+")),
        ("a|?", nothing("?")),
        ("(*a)", nothing("*")),
        ("(?:{2})", nothing("{")),
        ("a**", nothing("*")),
        ("a*??", nothing("?")),
        ("a{2}{3}", nothing("{")),
        ("a{", NUMBERS),
        ("a{x}", NUMBERS),
        ("a{,5}", NUMBERS),
        ("a{12345}", NUMBERS),
        ("a{5,2}", "{5,2} is never so"),
        ("a{1001}", "repeats more than 1000 times"),
        ("a{1,1001}", "repeats more than 1000 times"),
        ("a{1001,}", "repeats more than 1000 times"),
        ("(?:a{10}){101}", "repeats more than 1000 times"),
        ("a{0}b{1001}", "repeats more than 1000 times"),
        ("a{0,0}b{1001}", "repeats more than 1000 times"),
        ("a*b{1001}", "repeats more than 1000 times"),
    ],
)
def test_what_is_no_pattern_of_both_engines_is_told(pattern: str, says: str) -> None:
    assert pattern_fault(pattern) == says


@pytest.mark.parametrize(
    ("sign", "instead"),
    [
        *(("w", r"[\p{L}\p{N}_]"), ("W", r"[^\p{L}\p{N}_]"), ("d", r"\p{Nd}"), ("D", r"\P{Nd}")),
        *(("s", "a space"), ("S", "[^ ]"), ("b", r"(?:^|[^\p{L}\p{N}])"), ("B", r"[\p{L}\p{N}]")),
    ],
)
def test_what_engines_read_in_two_ways_is_refused_with_what_to_write_instead(sign: str, instead: str) -> None:
    says = f"\\{sign} does not mean the same everywhere; write {instead}"
    assert [pattern_fault(f"a\\{sign}"), pattern_fault(f"[\\{sign}]")] == [says, says]

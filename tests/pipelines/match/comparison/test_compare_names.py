"""Two full names, as a person who knows both languages would judge them: one line for each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.pipelines.match.comparison.names_of_pairs import levels

AGREEING = ("exact", "nickname", "short", "typo", "similar", "initial", "part")

ONE_PERSON = [
    # umlauts and accents, spelt out or left out
    *(("Jürgen Möller", "Juergen Moeller"), ("Günther Jäckel", "Gunther Jackel"), ("Groß, Ute", "Ute Gross")),
    *(("Søren Ørskov", "Soeren Oerskov"), ("Åse Lindgård", "Aase Lindgaard"), ("Łukasz Żak", "Lukasz Zak")),
    # particles, double names, and names written in one word or in several
    *(
        ("Jan van der Berg", "Jan Vanderberg"),
        ("Juan de la Cruz", "Juan Delacruz"),
        ("Ida St. James", "Ida Saint James"),
    ),
    *(("Sean O'Brien", "Seán Ó Briain"), ("Nadine Petersen-Albers", "Nadine Albers"), ("Xi Jin Ming", "Xi Jinming")),
    *(
        ("Anne-Marie Weber", "Annemarie Weber"),
        ("Paulo Souza da Costa", "Paulo Costa"),
        ("M. Jean Duval", "Jean Duval"),
    ),
    # two family names, and given names of which one is left out
    *(("María del Carmen Ruiz Ortega", "Carmen Ruiz"), ("José García López", "Jose Garcia")),
    *(("Anna Maria Quint", "Maria Quint"), ("Karl-Heinz Meier", "Karlheinz Meier")),
    # the family name first
    *(("Nguyễn Văn An", "Van An Nguyen"), ("Nguyễn Văn An", "An Nguyen"), ("Nagy István", "István Nagy")),
    *(("Tanaka Hiroshi", "Hiroshi Tanaka"), ("Featherstone, Imogen", "Imogen Featherstone")),
    # romanisations of one name
    *(("Yuliya Shcherbakova", "Julia Scherbakowa"), ("Wladimir Putschkow", "Vladimir Puchkov")),
    *(("Muhammad Abdelrahman", "Mohamed Abd El Rahman"), ("Ahmad Abdullah", "Ahmed Abdallah")),
    *(("Youssef Haddad", "Yusuf Haddad"), ("Chaim Levi", "Haim Levy"), ("Minjun Kim", "Kim Min-jun")),
    # the family names of a woman and of a man
    *(("Ivana Nováková", "Ivana Novák"), ("Maria Kowalska", "Maria Kowalski"), ("Olga Ivanova", "Olga Ivanov")),
    *(("Eleni Papadopoulou", "Eleni Papadopoulos"), ("Rasa Jankauskienė", "Rasa Jankauskas")),
    # titles, and words behind a name
    *(
        ("Shri Rahul Sharma", "Rahul Sharma ji"),
        ("Dr. rer. nat. Ute Weiß", "Ute Weiss"),
        ("Г-н Иван Петров", "Иван Петров"),
    ),
    *(("김민준 님", "김민준"), ("佐藤 花子様", "佐藤花子"), ("Bapak Budi Santoso", "Budi Santoso")),
    # other scripts beside Latin letters
    *(("Иван Петров", "Ivan Petrov"), ("Екатерина Смирнова", "Yekaterina Smirnova"), ("Щукин Пётр", "Pyotr Shchukin")),
    *(("Александр Иванов", "Alexander Iwanow"), ("Михайло Шевченко", "Mykhailo Shevchenko")),
    *(("Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos"), ("გიორგი მაისურაძე", "Giorgi Maisuradze")),
    *(("王小明", "Wang Xiaoming"), ("王小明", "Xiao-Ming Wang"), ("欧阳娜娜", "Nana Ouyang")),
    *(("김민준", "Kim Min-jun"), ("이서준", "Yi Seojun"), ("伊藤さくら", "Sakura Ito"), ("田中宏", "Tanaka Hiroshi")),
    *(("محمد الأحمد", "Mohammed Al-Ahmad"), ("عبد الرحمن السيد", "Abdelrahman El Sayed"), ("דוד כהן", "David Cohen")),
    *(("สมชาย ใจดี", "Somchai Jaidee"), ("राहुल शर्मा", "Rahul Sharma"), ("فاطمة حسن", "Fatima Hassan")),
    # two spellings in one script
    *(("張麗華", "张丽华"), ("أحمد علي", "احمد على"), ("Пётр Орлов", "Петр Орлов")),
]
TWO_PEOPLE = [  # of one family
    *(
        ("Paul Quint", "Paula Quint"),
        ("Daniel Foss", "Daniela Foss"),
        ("Jan Vos", "Jana Vos"),
        ("Luis Mora", "Luisa Mora"),
    ),
    *(("Alexander Brosch", "Alexandra Brosch"), ("Simon Roy", "Simone Roy"), ("Stefan Ott", "Stefanie Ott")),
    *(
        ("André Roy", "Andréa Roy"),
        ("Jean Roy", "Jeanne Roy"),
        ("Michel Roy", "Michelle Roy"),
        ("Amir Khan", "Amira Khan"),
    ),
    *(("Christian Ott", "Christiane Ott"), ("Aleksandr Popov", "Aleksandra Popova"), ("Mario Conti", "Maria Conti")),
    *(("Александр Иванов", "Александра Иванова"), ("דניאל כהן", "דניאלה כהן"), ("أمير حسن", "أميرة حسن")),
    *(("王伟", "王芳"), ("김민준", "김서연"), ("田中 宏", "田中 健"), ("Ana Ruiz Ortega", "Luis Ruiz Ortega")),
    *(("Νίκος Παππάς", "Μαρία Παππά"), ("Anna Sol Mora", "Luz Sol Mora"), ("Francis Bell", "Frances Bell")),
]
NOT_COMPARABLE = [
    *(
        ("Иван Петров", "Mara Schmidt"),
        ("王伟", "Peter Huber"),
        ("محمد علي", "Иван Петров"),
        ("Александр", "Aleksandra"),
    ),
    *(
        ("Mama", "Helga Neuhaus"),
        ("Office", "Helga Neuhaus"),
        ("sunny_girl92", "Helga Neuhaus"),
        ("Мама", "Ольга Орлова"),
    ),
    *(("Kovács Péterné", "Kovács Éva"), ("王先生", "王伟"), ("Oma Gerda", "Gerda Braun")),
]


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_both_parts_of_two_spellings_of_one_name_agree(one: str, other: str) -> None:
    given_name, family_name = levels([(one, other)])[0]
    assert given_name in AGREEING
    assert family_name in AGREEING


@pytest.mark.parametrize(("one", "other"), TWO_PEOPLE)
def test_given_names_of_one_family_differ_and_the_family_name_does_not(one: str, other: str) -> None:
    given_name, family_name = levels([(one, other)])[0]
    assert given_name == "different"
    assert family_name in AGREEING


@pytest.mark.parametrize(("one", "other"), NOT_COMPARABLE)
def test_given_names_that_say_nothing_about_each_other_are_not_compared(one: str, other: str) -> None:
    assert levels([(one, other)])[0][0] is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Anna", "Peter", ("different", None)),
        ("Jón Einarsson", "Guðrún Einarsdóttir", ("different", "distant")),
        ("Gabi Neuhaus", "Gabriele Neuhaus", ("nickname", "exact")),
        ("Lupita Mora", "Guadalupe Mora", ("nickname", "exact")),
        ("Katharina Wolf", "Katherina Wolf", ("typo", "exact")),
        ("Katharina Wolf", "Katharine Wolf", ("typo", "exact")),
        ("Lena Quint", "Lea Quint", ("typo", "exact")),
        ("Thomas Whitlock Sr.", "Thomas Whitlock Jr.", ("exact", "exact")),
        ("João da Silva Neto", "João da Silva", ("exact", "exact")),
        ("李小龙", "Bruce Lee", (None, "exact")),
    ],
)
def test_each_part_has_a_level_of_its_own(one: str, other: str, expected: tuple[str | None, str | None]) -> None:
    assert levels([(one, other)]) == [expected]


NAMES = sorted({name for pair in ONE_PERSON + TWO_PEOPLE + NOT_COMPARABLE for name in pair})


@pytest.mark.heavy
@settings(deadline=None, max_examples=examples(100, light=20))
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=30))
def test_it_makes_no_difference_which_name_comes_first(pairs: list[tuple[str, str]]) -> None:
    assert levels(pairs) == levels([(other, one) for one, other in pairs])


@pytest.mark.heavy
@settings(deadline=None, max_examples=examples(50, light=10))
@given(st.permutations(["Mara", "Lucia", "Ruiz", "Ortega"]))
def test_a_name_agrees_with_itself_in_any_order_of_its_words(words: list[str]) -> None:
    given_name, family_name = levels([("Mara Lucia Ruiz Ortega", " ".join(words))])[0]
    assert {given_name, family_name} <= set(AGREEING)


@pytest.mark.heavy
@settings(deadline=None, max_examples=examples(50, light=10))
@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=10))
def test_a_name_agrees_with_itself_exactly(names: list[str]) -> None:
    assert {level for pair in levels([(name, name) for name in names]) for level in pair} <= {"exact", None}

"""The strings of an access package, in English and German."""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("en", "de")
WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": ("Your data", "Ihre Daten"),
        "who": ("Who we think you are", "Für wen wir Sie halten"),
        "why": ("Why these records are one person", "Warum diese Datensätze eine Person sind"),
        "why_text": (
            """A program compared these records and decided that they are about the same person. You can ask a person \
to look at this again.""",
            """Ein Programm hat diese Datensätze verglichen und entschieden, dass sie dieselbe Person betreffen. \
Sie können verlangen, dass ein Mensch das überprüft.""",
        ),
        "values": ("What we know, and where from", "Was wir wissen, und woher"),
        "identifiers": ("What you are known by", "Woran Sie erkannt werden"),
        "messages": ("Messages", "Nachrichten"),
        "decisions": ("Decisions by people about you", "Entscheidungen von Menschen über Sie"),
        "notes": ("Notes and tags", "Notizen und Schlagwörter"),
        "consents": ("Your answers on consent", "Ihre Antworten zur Einwilligung"),
        "publications": ("To whom your data was given", "An wen Ihre Daten gegeben wurden"),
        "refused_rows": ("Rows that were refused", "Zurückgewiesene Zeilen"),
        "retention": ("How long data is kept", "Wie lange Daten aufbewahrt werden"),
        "retention_text": (
            """The program deletes nothing by itself after a time. The company you asked decides how long data is \
kept: ask it for its periods.""",
            """Das Programm löscht nichts von selbst nach einer Frist. Das Unternehmen, bei dem Sie angefragt haben, \
bestimmt, wie lange Daten aufbewahrt werden: Fragen Sie dort nach den Fristen.""",
        ),
        "rights": ("Your rights", "Ihre Rechte"),
        "rights_text": (
            """You can have your data corrected, erased, or its use restricted, object to its use, take it \
elsewhere, withdraw a consent, and complain to a supervisory authority.""",
            """Sie können Ihre Daten berichtigen, löschen oder ihre Nutzung einschränken lassen, der Nutzung \
widersprechen, die Daten mitnehmen, eine Einwilligung widerrufen und sich bei einer Aufsichtsbehörde beschweren.""",
        ),
        "masked": (
            "What is of other people was replaced.", "Angaben über andere Personen wurden ersetzt."
        ),
        "none": ("Nothing.", "Nichts."),
        "open": (
            "Open your-data.html to read, contact.json and the tables (CSV) to take your data elsewhere.",
            "Öffnen Sie your-data.html zum Lesen; contact.json und die Tabellen (CSV) sind zum Mitnehmen.",
        ),
        "staff": ("staff", "Mitarbeiter"),
        "as_staff": ("staff", "Mitarbeiter"),
        "as_other": ("[another person]", "[andere Person]"),
        "same": ("{one} and {other} agree in: {fields}", "{one} und {other} stimmen überein in: {fields}"),
        "decision": ("a person decided it", "ein Mensch hat es entschieden"),
        "source_merge": ("their source says so", "ihre Quelle sagt es"),
        "several": ("several things together", "mehreres zusammen"),
        "single": ("There is one record, so nothing was joined.", "Es gibt einen Datensatz; nichts wurde verbunden."),
        "likelihood": ("likelihood", "Wahrscheinlichkeit"),
        "field": ("Field", "Feld"), "value": ("Value", "Wert"), "is_used": ("In use", "Verwendet"),
        "source": ("Source", "Quelle"), "file_name": ("File", "Datei"), "seen_at": ("Time", "Zeitpunkt"),
        "type": ("Kind", "Art"), "kind": ("Kind", "Art"), "raw": ("As received", "Wie erhalten"),
        "happened_at": ("Time", "Zeitpunkt"), "channel": ("Channel", "Kanal"), "direction": ("Direction", "Richtung"),
        "actor": ("By", "Von"), "text": ("Text", "Inhalt"), "decided_at": ("Time", "Zeitpunkt"),
        "reason": ("Reason", "Grund"), "published_at": ("Time", "Zeitpunkt"), "segment": ("List", "Liste"),
        "purpose": ("Purpose", "Zweck"), "recipients": ("Recipients", "Empfänger"), "columns": ("Data", "Daten"),
        "received_at": ("Time", "Zeitpunkt"), "row_number": ("Row", "Zeile"), "reasons": ("Reasons", "Gründe"),
        "question": ("Question", "Frage"), "stated_at": ("Time", "Zeitpunkt"), "is_current": ("Current", "Aktuell"),
        "name": ("Name", "Name"), "first_name": ("First name", "Vorname"), "last_name": ("Last name", "Nachname"),
        "email": ("E-mail", "E-Mail"), "phone": ("Phone", "Telefon"), "tags": ("Tags", "Schlagwörter"),
        "status": ("Status", "Status"), "given_name": ("First name", "Vorname"), "country": ("Country", "Land"),
        "name_bearers": ("full name", "voller Name"), "email_domain": ("Domain of the e-mail", "Domain der E-Mail"),
        "middle_name": ("Middle name", "Zweiter Vorname"),
        "family_name": ("Last name", "Nachname"), "true": ("yes", "ja"), "false": ("no", "nein"),
        "inbound": ("from you", "von Ihnen"), "outbound": ("to you", "an Sie"), "contact_id": ("Id", "Kennung"),
    }
)  # fmt: skip


def words_of(language: str) -> dict[str, str]:
    """The strings of a language, by their names."""
    return {name: said[LANGUAGES.index(language)] for name, said in WORDS.items()}

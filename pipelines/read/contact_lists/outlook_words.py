"""Headers of Outlook's contacts in English, German, French and Spanish, and what the columns mean, by folded header."""

import re
from collections.abc import Sequence

from pipelines.read.contact_lists.own_columns import aliases
from pipelines.read.tables.header_words import fold

# Phones in the order in which somebody is best reached; in the file those of the company come first.
PHONES = aliases(
    {
        "mobile": "Mobile Phone|Mobiltelefon|Mobiltelefon 2|Tél. mobile|Téléphone mobile|Teléfono móvil"
        "|Número de teléfono móvil",
        "main": "Primary Phone|Haupttelefon|Téléphone principal|Teléfono principal",
        "home": "Home Phone|Home Phone 2|Telefon privat|Telefon privat 2|Telefon (privat)|Telefon (privat 2)"
        "|Téléphone (domicile)|Téléphone 2 (domicile)|Teléfono privado|Teléfono privado 2|Particular|Particular 2",
        "business": "Business Phone|Business Phone 2|Telefon geschäftlich|Telefon geschäftlich 2|Téléphone (bureau)"
        "|Téléphone 2 (bureau)|Teléfono del trabajo|Teléfono del trabajo 2",
        "other": "Other Phone|Car Phone|Weiteres Telefon|Autotelefon|Téléphone (autre)|Téléphone (voiture)"
        "|Otro teléfono|Teléfono del automóvil",
        "company": "Company Main Phone|Telefon Firma|Téléphone société|Número de centralita de la organización",
    }
)
# Addresses and the names that Outlook shows for them, by which of the three they are. Headers of a Spanish Outlook are
# partly English.
ADDRESSES = aliases(
    {
        "1": "E-mail Address|E-Mail-Adresse|Adresse de messagerie|Dirección de correo electrónico",
        "2": "E-mail 2 Address|E-Mail 2: Adresse|Adresse de messagerie 2|Dirección de correo electrónico 2"
        "|Dirección del correo electrónico 2",
        "3": "E-mail 3 Address|E-Mail 3: Adresse|Adresse de messagerie 3|Dirección de correo electrónico 3"
        "|Dirección del correo electrónico 3",
    }
)
SHOWN = aliases(
    {
        "1": "E-mail Display Name|E-Mail: Angezeigter Name|Nom complet de l'adresse de messagerie"
        "|Nombre de pantalla de correo electrónico",
        "2": "E-mail 2 Display Name|E-Mail 2: Angezeigter Name|Nom complet de l'adresse de messagerie 2"
        "|Nombre de pantalla de correo electrónico 2",
        "3": "E-mail 3 Display Name|E-Mail 3: Angezeigter Name|Nom complet de l'adresse de messagerie 3"
        "|Nombre de pantalla de correo electrónico 3",
    }
)
TYPES = aliases(
    {
        "ignore": "E-mail Type|E-mail 2 Type|E-mail 3 Type|E-Mail-Typ|E-Mail 2: Typ|E-Mail 3: Typ|Type de messagerie"
        "|Type de messagerie 2|Type de messagerie 3|Tipo de correo electrónico|Tipo de correo electrónico 2"
        "|Tipo de correo electrónico 3"
    }
)
MIDDLE = aliases({"ignore": "Middle Name|Weitere Vornamen|Deuxième prénom|Segundo nombre"})
COLUMNS = {
    **aliases(
        {
            "first_name": "First Name|Vorname|Prénom|Nombre",
            "last_name": "Last Name|Nachname|Nom|Apellidos",
            "tags": "Categories|Kategorien|Catégories|Categorías",
            "notes": "Notes|Notizen|Notas",
            "attr.salutation": "Title|Anrede|Titre|Trato|Tratamiento",
            "attr.company": "Company|Firma|Société|Compañía|Organización|Empresa",
            "attr.department": "Department|Abteilung|Service|Departamento",
            "attr.job_title": "Job Title|Position|Fonction|Titre (2)|Puesto|Cargo",
            "attr.birthday": "Birthday|Geburtstag|Anniversaire|Date de naissance|Cumpleaños",
            "attr.street": "Business Street|Home Street|Straße geschäftlich|Straße privat|Rue (bureau)|Rue (domicile)"
            "|Calle del trabajo|Calle particular",
            "attr.city": "Business City|Home City|Ort geschäftlich|Ort privat|Ville (bureau)|Ville (domicile)"
            "|Ciudad de trabajo|Ciudad del trabajo|Ciudad particular",
            "attr.region": "Business State|Home State|Region geschäftlich|Bundesland/Kanton geschäftlich|Region privat"
            "|Bundesland/Kanton privat|Dép/Région (bureau)"
            "|Dép/Région (domicile)|Provincia o estado de trabajo|Provincia o estado particular",
            "attr.postcode": "Business Postal Code|Home Postal Code|Postleitzahl geschäftlich|Postleitzahl privat"
            "|Code postal (bureau)|Code postal (domicile)|Código postal del trabajo|Código postal particular",
            "attr.country": "Business Country/Region|Home Country/Region|Business Country|Home Country"
            "|Land/Region geschäftlich|Land/Region privat|Pays/Région (bureau)|Pays/Région (domicile)"
            "|País o región del trabajo|País o región del domicilio",
            "attr.website": "Web Page|Personal Web Page|Webseite|Page Web|Página Web",
            "ignore": "Sensitivity|Priority|Private|Initials|Vertraulichkeit|Priorität|Privat|Initialen"
            "|Critère de diffusion|Priorité|Privé|Initiales|Confidencialidad|Prioridad|Privado|Iniciales",
        }
    ),
    **dict.fromkeys(PHONES, "phone"),
    **dict.fromkeys(ADDRESSES, "email"),
    **dict.fromkeys(SHOWN, "ignore"),
    **TYPES,
    **MIDDLE,
}
NO_PHONES = aliases(
    {
        "ignore": "Business Fax|Home Fax|Other Fax|Pager|Telex|TTY/TDD Phone|Radio Phone|Callback|ISDN"
        "|Assistant's Phone|Fax geschäftlich|Fax privat|Weiteres Fax|Telefon für Hörbehinderte|Rückmeldung"
        "|Telefon Assistent|Télécopie (bureau)|Télécopie (domicile)|Télécopie (autre)|Récepteur de radiomessagerie"
        "|Télex|Radio téléphone"
        "|Téléphone TDD/TTY|Rappel|RNIS|Téléphone de l'assistant(e)|Otro fax|Número de teletipo|Radioteléfono"
        "|Devolución de llamada|Fax del trabajo|Fax particular|Localizador"
        "|Teléfono del ayudante|Número de teléfono del ayudante"
    }
)

PARTS_OF_ADDRESS = ("attr.street", "attr.city", "attr.region", "attr.postcode", "attr.country", "attr.address")
HOME = re.compile(r"home|privat|domicil|particular")


def addresses(header: Sequence[str], meanings: Sequence[str]) -> list[list[int]]:
    """The places of the columns of the business address, and of the one at home."""
    parts = [place for place, meaning in enumerate(meanings) if meaning in PARTS_OF_ADDRESS]
    at_home = [place for place in parts if HOME.search(fold(header[place]))]
    at_work = [place for place in parts if place not in at_home]
    return [each for each in (at_work, at_home) if each]

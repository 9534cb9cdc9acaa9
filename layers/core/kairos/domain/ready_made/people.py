"""Ready-made segments by who customers are and where they live."""

from kairos.domain.ready_made.ready_made import Parameter, ReadyMade, Titles

PEOPLE = (
    ReadyMade(
        id="birthday_this_week",
        names=Titles(
            en="Birthday this week",
            de="Geburtstag diese Woche",
            fr="Anniversaire cette semaine",
            it="Compleanno questa settimana",
        ),
        description="Have their birthday today or within the six days after.",
        rule={"kind": "date_field", "name": "birthday", "next_days": 6},
    ),
    ReadyMade(
        id="young_urban",
        names=Titles(en="Young urban", de="Junge Städter", fr="Jeunes citadins", it="Giovani di città"),
        description="18 to 35 years old, living in a city.",
        rule={"all": [{"kind": "age", "at_least": 18, "at_most": 35}, {"kind": "area", "any_of": ["urban"]}]},
    ),
    ReadyMade(
        id="families",
        names=Titles(en="Families", de="Familien", fr="Familles", it="Famiglie"),
        description="35 to 49 years old, living in a residential area.",
        rule={
            "all": [
                {"kind": "age", "at_least": 35, "at_most": 49},
                {"kind": "area", "any_of": ["residential"]},
            ]
        },
    ),
    ReadyMade(
        id="seniors",
        names=Titles(en="Seniors", de="Senioren", fr="Seniors", it="Senior"),
        description="50 years old or older.",
        rule={"kind": "age", "at_least": 50},
    ),
    ReadyMade(
        id="high_end_devices",
        names=Titles(
            en="Mac and high-end device users",
            de="Mac- und Premiumgeräte-Nutzer",
            fr="Utilisateurs de Mac et d'appareils haut de gamme",
            it="Utenti di Mac e dispositivi di fascia alta",
        ),
        description="Visited the shop on a Mac or a tablet: a hint at their income.",
        rule={"kind": "device", "any_of": ["mac", "tablet"]},
    ),
    ReadyMade(
        id="local_customers",
        names=Titles(en="Local customers", de="Kunden im Inland", fr="Clients locaux", it="Clienti locali"),
        description="Live in the shop's own countries.",
        rule={"kind": "country", "any_of": {"parameter": "countries"}},
        parameters=(
            Parameter(
                name="countries",
                kind="countries",
                about='the countries that the shop calls its own, such as ["CH", "LI"].',
            ),
        ),
    ),
    ReadyMade(
        id="international_customers",
        names=Titles(
            en="International customers",
            de="Kunden im Ausland",
            fr="Clients internationaux",
            it="Clienti internazionali",
        ),
        description="Live in another country than the shop's own.",
        rule={
            "all": [
                {"kind": "hemisphere", "any_of": ["north", "south"]},
                {"not": {"kind": "country", "any_of": {"parameter": "countries"}}},
            ]
        },
        parameters=(
            Parameter(
                name="countries",
                kind="countries",
                about='the countries that the shop calls its own, such as ["CH", "LI"].',
            ),
        ),
    ),
    ReadyMade(
        id="near_the_shop",
        names=Titles(
            en="Near the shop", de="In der Nähe des Geschäfts", fr="Près du magasin", it="Vicino al negozio"
        ),
        description="Live within so many kilometres of a point.",
        rule={
            "kind": "near",
            "latitude": {"parameter": "latitude"},
            "longitude": {"parameter": "longitude"},
            "km": {"parameter": "km"},
        },
        parameters=(
            Parameter(
                name="latitude", kind="latitude", about="the shop's latitude in degrees, such as 47.3769."
            ),
            Parameter(name="longitude", kind="longitude", about="its longitude in degrees, such as 8.5417."),
            Parameter(name="km", kind="kilometres", about="the radius in kilometres, such as 25."),
        ),
    ),
)

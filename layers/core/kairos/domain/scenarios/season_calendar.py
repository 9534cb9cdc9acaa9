"""The calendar that shops begin with; each changes it as it likes. Where customs differ, countries are named.

Movable public holidays, and those by the moon, come from the package `holidays`. Names stand as within a
sentence.
"""

from kairos.domain.occasions import DayRule, Occasion

_MALAY = ("BN", "ID", "MY", "SG")
_ARAB = ("AE", "BH", "DZ", "EG", "IQ", "JO", "KW", "LB", "MA", "OM", "PS", "QA", "SA", "SY", "TN", "YE")
_EASTER = (
    *("AD", "AR", "AT", "AU", "BE", "BR", "CA", "CH", "CL", "CO", "CZ", "DE", "DK", "EE", "ES", "FI", "FR"),
    *("GB", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MT", "MX", "NL", "NO", "NZ", "PE"),
    *("PH", "PL", "PT", "SE", "SI", "SK", "SM", "US", "ZA"),
)
_CHRISTMAS_IN_JANUARY = ("BY", "ET", "GE", "MK", "RS", "RU")

OCCASIONS: tuple[Occasion, ...] = (
    Occasion(
        id="new_year",
        names={"en": "New Year", "de": "Neujahr", "fr": "le Nouvel An", "it": "Capodanno"},
        days=(DayRule(day="01-01"),),
    ),
    Occasion(
        id="lunar_new_year",
        names={
            "en": "Lunar New Year",
            "de": "das Mondneujahr",
            "fr": "le Nouvel An lunaire",
            "it": "il Capodanno lunare",
        },
        days=(
            DayRule(day="holiday Chinese New Year", countries=("MY", "SG")),
            DayRule(day="holiday Lunar New Year", countries=("ID",)),
        ),
    ),
    Occasion(
        id="valentines_day",
        names={
            "en": "Valentine's Day",
            "de": "Valentinstag",
            "fr": "la Saint-Valentin",
            "it": "San Valentino",
        },
        days=(DayRule(day="06-12", countries=("BR",)), DayRule(day="02-14")),
    ),
    Occasion(
        id="womens_day",
        names={
            "en": "Women's Day",
            "de": "Frauentag",
            "fr": "la Journée des femmes",
            "it": "la Festa della donna",
        },
        days=(DayRule(day="03-08", countries=("BG", "IT", "KZ", "MD", "RO", "UA", "UZ")),),
    ),
    Occasion(
        id="easter",
        names={"en": "Easter", "de": "Ostern", "fr": "Pâques", "it": "Pasqua"},
        days=(DayRule(day="easter", countries=_EASTER),),
    ),
    Occasion(
        id="mothers_day",
        names={
            "en": "Mother's Day",
            "de": "Muttertag",
            "fr": "la fête des Mères",
            "it": "la Festa della mamma",
        },
        days=(
            DayRule(day="easter-21", countries=("GB", "IE")),
            DayRule(
                day="last sunday of may",
                countries=("FR",),
                unless="easter+49",
                instead="first sunday of june",
            ),
            DayRule(day="last sunday of may", countries=("SE",)),
            DayRule(day="first sunday of may", countries=("ES", "HU", "LT", "PT", "RO", "ZA")),
            DayRule(day="second sunday of february", countries=("NO",)),
            DayRule(day="03-08", countries=("BG", "MK", "RS")),
            DayRule(day="03-21", countries=_ARAB),
            DayRule(day="third sunday of october", countries=("AR",)),
            DayRule(day="05-10", countries=("GT", "MX", "SV")),
            DayRule(day="05-26", countries=("PL",)),
            DayRule(day="08-12", countries=("TH",)),
            DayRule(day="12-22", countries=("ID",)),
            DayRule(day="second sunday of may"),
        ),
    ),
    Occasion(
        id="fathers_day",
        names={
            "en": "Father's Day",
            "de": "Vatertag",
            "fr": "la fête des Pères",
            "it": "la Festa del papà",
        },
        days=(
            DayRule(day="03-19", countries=("AD", "BO", "ES", "HN", "IT", "LI", "PT")),
            DayRule(day="easter+39", countries=("DE",)),
            DayRule(day="first sunday of june", countries=("CH", "LT")),
            DayRule(day="second sunday of june", countries=("AT", "BE")),
            DayRule(day="first sunday of september", countries=("AU", "NZ")),
            DayRule(day="second sunday of november", countries=("EE", "FI", "IS", "NO", "SE")),
            DayRule(day="second sunday of august", countries=("BR",)),
            DayRule(day="06-23", countries=("PL",)),
            DayRule(day="third sunday of june"),
        ),
    ),
    Occasion(
        id="hari_raya",
        names={"en": "Hari Raya", "de": "Hari Raya", "fr": "Hari Raya", "it": "Hari Raya"},
        days=(DayRule(day="holiday Eid al-Fitr", countries=_MALAY),),
    ),
    Occasion(
        id="eid_al_fitr",
        names={
            "en": "Eid al-Fitr",
            "de": "das Zuckerfest",
            "fr": "l'Aïd el-Fitr",
            "it": "la festa di Eid al-Fitr",
        },
        days=(
            DayRule(day="holiday Eid al-Fitr", countries=(*_ARAB, "IN", "TR")),
            DayRule(day="holiday Eid al-Fitr Holiday", countries=("SA",)),
        ),
    ),
    Occasion(
        id="summer",
        names={
            "en": "the first day of summer",
            "de": "Sommeranfang",
            "fr": "le début de l'été",
            "it": "l'inizio dell'estate",
        },
        days=(DayRule(day="06-21", hemisphere="north"), DayRule(day="12-21", hemisphere="south")),
    ),
    Occasion(
        id="diwali",
        names={"en": "Diwali", "de": "Diwali", "fr": "Diwali", "it": "Diwali"},
        days=(DayRule(day="holiday Diwali", countries=("IN", "SG")),),
    ),
    Occasion(
        id="thanksgiving",
        names={
            "en": "Thanksgiving",
            "de": "Thanksgiving",
            "fr": "Thanksgiving",
            "it": "il Ringraziamento",
        },
        days=(
            DayRule(day="fourth thursday of november", countries=("US",)),
            DayRule(day="second monday of october", countries=("CA",)),
        ),
    ),
    Occasion(
        id="christmas",
        names={"en": "Christmas", "de": "Weihnachten", "fr": "Noël", "it": "Natale"},
        days=(
            DayRule(day="01-07", countries=_CHRISTMAS_IN_JANUARY),
            DayRule(day="holiday Christmas Day"),
            DayRule(day="12-25", countries=("IN", "JP")),
        ),
    ),
)

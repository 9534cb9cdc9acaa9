"""Ready-made segments by what customers do with messages, and how content they are."""

from kairos.domain.ready_made.ready_made import ReadyMade, Titles

RECIPIENTS = (
    ReadyMade(
        id="newsletter_subscribers",
        names=Titles(
            en="Newsletter subscribers",
            de="Newsletter-Abonnenten",
            fr="Abonnés à la newsletter",
            it="Iscritti alla newsletter",
        ),
        description="Have consented to e-mails.",
        rule={"kind": "accepts_marketing", "channel": "email"},
    ),
    ReadyMade(
        id="messenger_buyers",
        names=Titles(
            en="Messenger subscribers who bought",
            de="Messenger-Abonnenten mit Käufen",
            fr="Abonnés Messenger acheteurs",
            it="Iscritti a Messenger che hanno comprato",
        ),
        description="Have consented to messages on Messenger, with more than 0 orders worth more than 0.",
        rule={
            "all": [
                {"kind": "accepts_marketing", "channel": "messenger"},
                {"kind": "order_count", "more_than": 0},
                {"kind": "revenue", "more_than": "0"},
            ]
        },
    ),
    ReadyMade(
        id="super_actives",
        names=Titles(en="Super actives", de="Superaktive", fr="Super actifs", it="Superattivi"),
        description="Opened 90 % or more of at least 5 messages in 90 days.",
        rule={"kind": "engagement", "any_of": ["super_active"]},
    ),
    ReadyMade(
        id="moderates",
        names=Titles(en="Moderates", de="Mäßig Aktive", fr="Modérés", it="Moderati"),
        description="Open some of our messages.",
        rule={"kind": "engagement", "any_of": ["moderate"]},
    ),
    ReadyMade(
        id="sleeping_recipients",
        names=Titles(
            en="Sleeping recipients",
            de="Schlafende Empfänger",
            fr="Destinataires endormis",
            it="Destinatari dormienti",
        ),
        description="Were mailed and have opened nothing for 180 days.",
        rule={"kind": "engagement", "any_of": ["sleeping"]},
    ),
    ReadyMade(
        id="unhappy_customers",
        names=Titles(
            en="Unhappy customers",
            de="Unzufriedene Kunden",
            fr="Clients mécontents",
            it="Clienti insoddisfatti",
        ),
        description="Low surveys, returns and complaints outweigh the good.",
        rule={"kind": "satisfaction", "any_of": ["unhappy"]},
    ),
    ReadyMade(
        id="very_satisfied_customers",
        names=Titles(
            en="Very satisfied customers",
            de="Sehr zufriedene Kunden",
            fr="Clients très satisfaits",
            it="Clienti molto soddisfatti",
        ),
        description="High surveys and repeated orders outweigh the bad.",
        rule={"kind": "satisfaction", "any_of": ["very_satisfied"]},
    ),
)

"""What the conditions of timelines found, and what their actions did, in each language."""

_TOLD: dict[str, tuple[str, str, str, str]] = {
    "ordered once": (
        "the customer has ordered once", "der Kunde hat einmal bestellt",
        "le client a commandé une fois", "il cliente ha ordinato una volta",
    ),
    "ordered again": (
        "the customer has ordered again", "der Kunde hat erneut bestellt",
        "le client a commandé de nouveau", "il cliente ha ordinato di nuovo",
    ),
    "no order since": (
        "there has been no order since", "seither gab es keine Bestellung",
        "il n'y a pas eu de commande depuis", "da allora non c'è stato alcun ordine",
    ),
    "ordered": (
        "the customer has ordered", "der Kunde hat bestellt",
        "le client a commandé", "il cliente ha ordinato",
    ),
    "last order was a big one": (
        "the last order was a big one", "die letzte Bestellung war eine große",
        "la dernière commande était importante", "l'ultimo ordine era consistente",
    ),
    "no big last order": (
        "the last order was not a big one", "die letzte Bestellung war keine große",
        "la dernière commande n'était pas importante", "l'ultimo ordine non era consistente",
    ),
    "loyal": (
        "the customer is loyal", "der Kunde ist treu",
        "le client est fidèle", "il cliente è fedele",
    ),
    "not loyal": (
        "the customer is not loyal", "der Kunde ist nicht treu",
        "le client n'est pas fidèle", "il cliente non è fedele",
    ),
    "a code may bring them back": (
        "a discount code may bring the customer back", "ein Gutschein kann den Kunden zurückholen",
        "un code de réduction peut faire revenir le client", "un codice sconto può far tornare il cliente",
    ),
    "left for no price": (
        "the customer left for another reason than the price",
        "der Kunde ging aus einem anderen Grund als dem Preis",
        "le client est parti pour une autre raison que le prix",
        "il cliente è andato via per un motivo diverso dal prezzo",
    ),
    "no cart": (
        "there is no cart", "es gibt keinen Warenkorb",
        "il n'y a pas de panier", "non c'è un carrello",
    ),
    "filled a cart": (
        "the customer has filled a cart", "der Kunde hat einen Warenkorb gefüllt",
        "le client a rempli un panier", "il cliente ha riempito un carrello",
    ),
    "never ordered": (
        "the customer has never ordered", "der Kunde hat noch nie bestellt",
        "le client n'a jamais commandé", "il cliente non ha mai ordinato",
    ),
    "young and urban": (
        "the customer is young and lives in a city", "der Kunde ist jung und lebt in der Stadt",
        "le client est jeune et citadin", "il cliente è giovane e vive in città",
    ),
    "not young and urban": (
        "the customer is not known to be young and living in a city",
        "vom Kunden ist nicht bekannt, dass er jung ist und in der Stadt lebt",
        "on ne sait pas si le client est jeune et citadin",
        "non risulta che il cliente sia giovane e viva in città",
    ),
    "a family": (
        "the customer seems to have a family", "der Kunde dürfte Familie haben",
        "le client semble avoir une famille", "il cliente sembra avere una famiglia",
    ),
    "not a family": (
        "the customer is not known to have a family", "von einer Familie des Kunden ist nichts bekannt",
        "on ne sait pas si le client a une famille", "non risulta che il cliente abbia una famiglia",
    ),
    "a senior": (
        "the customer is a senior", "der Kunde ist Senior",
        "le client est senior", "il cliente è senior",
    ),
    "no senior": (
        "the customer is not known to be a senior", "vom Kunden ist nicht bekannt, dass er Senior ist",
        "on ne sait pas si le client est senior", "non risulta che il cliente sia senior",
    ),
    "ordered so many days ago": (
        "the order is so many days old", "die Bestellung ist so viele Tage her",
        "la commande date d'autant de jours", "l'ordine risale a quei giorni fa",
    ),
    "the day is over, or ordered again": (
        "the day is over, or the customer has ordered again",
        "der Tag ist vorüber, oder der Kunde hat erneut bestellt",
        "le jour est passé, ou le client a commandé de nouveau",
        "il giorno è passato, o il cliente ha ordinato di nuovo",
    ),
    "an order was delivered": (
        "an order was delivered a while ago", "eine Bestellung wurde vor einiger Zeit geliefert",
        "une commande a été livrée il y a quelque temps", "un ordine è stato consegnato da qualche tempo",
    ),
    "no order to ask about": (
        "there is no delivered order to ask about",
        "es gibt keine gelieferte Bestellung, nach der zu fragen wäre",
        "il n'y a pas de commande livrée sur laquelle interroger",
        "non c'è un ordine consegnato su cui chiedere",
    ),
    "not asked lately": (
        "the customer was not asked lately", "der Kunde wurde zuletzt nicht gefragt",
        "le client n'a pas été interrogé récemment", "il cliente non è stato interpellato di recente",
    ),
    "asked lately": (
        "the customer was asked lately", "der Kunde wurde erst kürzlich gefragt",
        "le client a été interrogé récemment", "il cliente è stato interpellato di recente",
    ),
    "very satisfied": (
        "the customer is very satisfied", "der Kunde ist sehr zufrieden",
        "le client est très satisfait", "il cliente è molto soddisfatto",
    ),
    "not very satisfied any more": (
        "the customer is not very satisfied any more", "der Kunde ist nicht mehr sehr zufrieden",
        "le client n'est plus très satisfait", "il cliente non è più molto soddisfatto",
    ),
    "no open complaint": (
        "no complaint is open", "keine Beschwerde ist offen",
        "aucune réclamation n'est ouverte", "nessun reclamo è aperto",
    ),
    "complaint not settled": (
        "a complaint is not settled yet", "eine Beschwerde ist noch nicht geklärt",
        "une réclamation n'est pas encore réglée", "un reclamo non è ancora risolto",
    ),
    "enough points": (
        "the customer has enough points", "der Kunde hat genug Punkte",
        "le client a assez de points", "il cliente ha abbastanza punti",
    ),
    "too few points": (
        "the customer has too few points", "der Kunde hat zu wenige Punkte",
        "le client a trop peu de points", "il cliente ha troppo pochi punti",
    ),
    "some points": (
        "the customer has some points", "der Kunde hat einige Punkte",
        "le client a quelques points", "il cliente ha alcuni punti",
    ),
    "hardly any points": (
        "the customer has hardly any points", "der Kunde hat kaum Punkte",
        "le client n'a guère de points", "il cliente non ha quasi punti",
    ),
    "a big spender": (
        "the customer is among those who spend most", "der Kunde gehört zu den umsatzstärksten",
        "le client est parmi les plus gros dépensiers", "il cliente è tra i maggiori acquirenti",
    ),
    "no big spender any more": (
        "the customer is no longer among those who spend most",
        "der Kunde gehört nicht mehr zu den umsatzstärksten",
        "le client n'est plus parmi les plus gros dépensiers",
        "il cliente non è più tra i maggiori acquirenti",
    ),
    "buys with codes": (
        "the customer buys with discount codes", "der Kunde kauft mit Gutscheinen",
        "le client achète avec des codes de réduction", "il cliente compra con codici sconto",
    ),
    "running out": (
        "what was bought is running out", "das Gekaufte geht zur Neige",
        "ce qui a été acheté s'épuise", "ciò che è stato comprato sta finendo",
    ),
    "ordered again, or run out long ago": (
        "the customer has ordered again, or it ran out long ago",
        "der Kunde hat erneut bestellt, oder es ist längst aufgebraucht",
        "le client a commandé de nouveau, ou c'est épuisé depuis longtemps",
        "il cliente ha ordinato di nuovo, o è finito da tempo",
    ),
    "not bought": (
        "the customer has not bought", "der Kunde hat nicht gekauft",
        "le client n'a pas acheté", "il cliente non ha comprato",
    ),
    "reminded before": (
        "the customer was reminded before", "der Kunde wurde schon einmal erinnert",
        "le client a déjà reçu un rappel", "il cliente ha già ricevuto un promemoria",
    ),
    "not reminded before": (
        "the customer was not reminded before", "der Kunde wurde noch nicht erinnert",
        "le client n'a pas encore reçu de rappel", "il cliente non ha ancora ricevuto un promemoria",
    ),
    "has one, not the other": (
        "the customer has one, not the other", "der Kunde hat das eine, das andere nicht",
        "le client a l'un, pas l'autre", "il cliente ha l'uno, non l'altro",
    ),
    "has the other too": (
        "the customer has not the one without the other", "der Kunde hat nicht das eine ohne das andere",
        "le client n'a pas l'un sans l'autre", "il cliente non ha l'uno senza l'altro",
    ),
    "has not the better one": (
        "the customer has not the better one", "der Kunde hat das bessere nicht",
        "le client n'a pas le meilleur modèle", "il cliente non ha il modello migliore",
    ),
    "has the better one": (
        "the customer has the better one already", "der Kunde hat das bessere schon",
        "le client a déjà le meilleur modèle", "il cliente ha già il modello migliore",
    ),
    "satisfied": (
        "the customer is satisfied", "der Kunde ist zufrieden",
        "le client est satisfait", "il cliente è soddisfatto",
    ),
    "not satisfied enough": (
        "the customer is not satisfied enough", "der Kunde ist nicht zufrieden genug",
        "le client n'est pas assez satisfait", "il cliente non è abbastanza soddisfatto",
    ),
    "the day is near": (
        "the day is near", "der Tag ist nah",
        "le jour est proche", "il giorno è vicino",
    ),
    "the day is over": (
        "the day is over", "der Tag ist vorüber",
        "le jour est passé", "il giorno è passato",
    ),
    "opened or clicked": (
        "the customer has opened or clicked", "der Kunde hat geöffnet oder geklickt",
        "le client a ouvert ou cliqué", "il cliente ha aperto o cliccato",
    ),
    "opened and clicked nothing": (
        "the customer has opened and clicked nothing", "der Kunde hat nichts geöffnet und nichts geklickt",
        "le client n'a rien ouvert ni cliqué", "il cliente non ha aperto né cliccato nulla",
    ),
    "reason not known": (
        "the reason is not known", "der Grund ist nicht bekannt",
        "la raison n'est pas connue", "il motivo non è noto",
    ),
    "told the reason": (
        "the customer has told the reason", "der Kunde hat den Grund genannt",
        "le client a dit la raison", "il cliente ha detto il motivo",
    ),
    "opens nothing": (
        "the customer opens nothing", "der Kunde öffnet nichts",
        "le client n'ouvre rien", "il cliente non apre nulla",
    ),
    "stopped mailing": (
        "mailing was stopped, since the customer opened nothing for long",
        "der Versand ist eingestellt, da der Kunde lange nichts öffnete",
        "l'envoi est arrêté, car le client n'a rien ouvert depuis longtemps",
        "l'invio è sospeso, perché il cliente non ha aperto nulla a lungo",
    ),
    "tell support": (
        "support was told", "der Kundendienst wurde benachrichtigt",
        "le service client a été prévenu", "l'assistenza è stata avvisata",
    ),
    "tag gift": (
        "the order was marked for a gift", "die Bestellung wurde für ein Geschenk vorgemerkt",
        "la commande a été marquée pour un cadeau", "l'ordine è stato segnato per un omaggio",
    ),
    "flag priority support": (
        "the customer is served first by support", "der Kunde wird vom Kundendienst bevorzugt bedient",
        "le client est servi en priorité par le service client",
        "il cliente ha la precedenza presso l'assistenza",
    ),
    "stop mailing": (
        "mailing was stopped", "der Versand wurde eingestellt",
        "l'envoi a été arrêté", "l'invio è stato sospeso",
    ),
}  # fmt: skip

_LANGUAGES = ("en", "de", "fr", "it")


def conditions(language: str) -> dict[str, str]:
    """Each with its words in that language."""
    at = _LANGUAGES.index(language)
    return {reason: told[at] for reason, told in _TOLD.items()}

"""Mailing somebody no more who opens nothing."""

from kairos.services.acting.action import Acting
from kairos.services.mailing_stops import stop_mailing as stop


def stop_mailing(given: Acting) -> None:
    """No more e-mails to their address, until they show that they are there; see services.mailing_stops."""
    if given.profile.email is None:
        return
    node = given.key.node(given.shop.id, "email", given.profile.email)
    stop(given.items, given.shop.id, "email", node, given.clock.now())

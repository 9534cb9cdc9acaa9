"""Broadcasts that the calendar or the catalogue calls for, each at most once however often it is looked."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.broadcast import Subject, broadcast_id
from kairos.domain.campaign_content import CampaignContent
from kairos.domain.catalogue import Catalogue
from kairos.domain.cities import countries
from kairos.domain.scenarios import newsletter, season
from kairos.domain.shop import Shop
from kairos.ports import Delete, Items, Unchanged, Write
from kairos.services.broadcasts.featuring import why_not_shown
from kairos.services.broadcasts.newsletters import pending_since
from kairos.services.broadcasts.store import listed
from kairos.services.scenarios import Standing
from kairos.services.starting import BACKLOG

WEEK = timedelta(days=7)


class Occurrence(NamedTuple):
    """A broadcast that is due. at: since when. also: what is written with it, all or nothing."""

    id: str
    at: datetime
    subject: Subject = Subject()
    content: Mapping[str, CampaignContent] = {}
    also: tuple[Write, ...] = ()


class Looking(NamedTuple):
    """What looking needs. standing: of the scenario. catalogue: the shop's products, read only where they are
    asked for."""

    items: Items
    shop: Shop
    now: datetime
    standing: Standing
    catalogue: Callable[[], Catalogue]

    def is_due(self, at: datetime) -> bool:
        """The time has come, not too long ago (the backlog guard), and not before the scenario was on."""
        return self.is_lately(at) and self.standing.was_on(at)

    def is_lately(self, at: datetime) -> bool:
        """The time has come, and not too long ago."""
        return at <= self.now <= at + BACKLOG


def newsletters(of: Looking, settings: newsletter.NewsletterSettings) -> Iterator[Occurrence]:
    """This month's, if its content was prepared in time; with the content goes what was prepared."""
    prepared = of.items.get(keys.newsletter(of.shop.id))
    if prepared is None:
        return
    since = pending_since(prepared)
    local = of.now.astimezone(of.shop.zone)
    before = local.replace(day=1) - timedelta(days=1)
    for month in (local, before):
        at = newsletter.due_at(settings, month.year, month.month, of.shop.zone)
        if since <= at and of.is_due(at):
            yield Occurrence(
                id=broadcast_id(of.shop.id, "newsletter", f"{month:%Y-%m}"),
                at=at,
                content={
                    name: CampaignContent.model_validate(told)
                    for name, told in prepared.body["content"].items()
                },
                also=(Delete(prepared.key, Unchanged(prepared.version)),),
            )


def greetings(of: Looking, settings: season.SeasonSettings) -> Iterator[Occurrence]:
    """For each day that is near enough, to the countries that keep it then; once each."""
    today = of.now.astimezone(of.shop.zone).date()
    known = countries()
    for occasion in settings.occasions:
        for year in (today.year, today.year + 1):
            for day, where in occasion.dates(year, known).items():
                at = season.due_at(settings, day, of.shop.zone)
                if today <= day and of.is_due(at):
                    subject = Subject(
                        occasion=occasion.id, names=occasion.names, day=day.isoformat(), countries=where
                    )
                    named = broadcast_id(of.shop.id, "season", occasion.id, day.isoformat())
                    yield Occurrence(named, at, subject, occasion.content)


def launches(of: Looking, settings: Any) -> Iterator[Occurrence]:
    """Products whose launch has come within the last days, the newest first; each once, for ever.

    No more in a week than the shop wants. Where most of the catalogue was published just now, it was brought
    in, which is no news.
    """
    out = [one for one in of.catalogue().products.values() if one.launched_at and one.launched_at <= of.now]
    lately_out = [one for one in out if of.is_lately(one.launched_at or of.now)]
    fresh = [one for one in lately_out if of.is_due(one.launched_at or of.now)]
    fresh.sort(key=lambda one: (one.launched_at or of.now, one.id), reverse=True)
    if not fresh or len(lately_out) * 2 > len(out):
        return
    lately = [
        one.id
        for one in listed(of.items, of.shop.id)
        if one.scenario == "launch_announcement" and one.created_at > of.now - WEEK
    ]
    left = settings.most_a_week - len(lately)
    for product in fresh:
        named = broadcast_id(of.shop.id, "launch_announcement", product.id)
        subject = Subject(product=product.id)
        if named in lately or why_not_shown(of.items, of.shop.id, subject, settings) is not None:
            continue
        if left <= 0:
            return
        left -= 1
        yield Occurrence(named, product.launched_at or of.now, subject)


CALENDAR: Mapping[str, Callable[[Looking, Any], Iterator[Occurrence]]] = {
    "newsletter": newsletters,
    "season": greetings,
    "launch_announcement": launches,
}
"""What is looked for at each tick, by scenario."""

"""Criteria about behaviour on the site: what was viewed, visits, forms, talks, devices."""

from collections.abc import Callable
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kairos.domain.activity import ActivityKind, Device
from kairos.domain.catalogue import folded
from kairos.domain.codes import DEVICES, code_of, last_device
from kairos.domain.criteria.acts import Done, DoneOfKind, done_within, kind_sql, over_acts
from kairos.domain.criteria.choice import Choice
from kairos.domain.criteria.criterion import Criterion, Text
from kairos.domain.criteria.numbers import CountTest
from kairos.domain.criteria.pages import PageTest
from kairos.domain.criteria.query import Query, every, isin, some
from kairos.domain.criteria.times import TimeTest
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.visits import ActivityAct

_VIEWS: tuple[ActivityKind, ...] = ("page", "product", "category")


class Viewed(Choice, Done):
    """Pages, products and categories looked at; a view of any of those named counts, of anything if none is.

    page: by address. products: by id. categories: their own pages, as the tag names them, and their
    products. brands: their products. what: which of pages, products and categories, where none is named.
    """

    kind: Literal["viewed"] = "viewed"
    page: PageTest | None = None
    what: Annotated[tuple[Literal["page", "product", "category"], ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _names_or_kinds(self) -> Self:
        named = (self.page, self.products, self.categories, self.brands)
        if self.what is not None and any(one is not None for one in named):
            raise ValueError("stands beside what is named; leave out either what, or the names")
        return self

    def counted(self, moment: Moment) -> Callable[[ActivityAct], bool]:
        """See Done."""
        ids, page, categories = self.ids(moment), self.page, self._categories()

        def counts(act: ActivityAct) -> bool:
            if ids is None and page is None:
                return act.kind in (self.what or _VIEWS)
            if act.target is None:
                return False
            return (
                (act.kind == "page" and page is not None and page.passes(act.target))
                or (act.kind == "product" and ids is not None and act.target in ids)
                or (act.kind == "category" and folded(act.target) in categories)
            )

        return counts

    def counted_sql(self, query: Query) -> str:
        """See Done."""
        ids, categories = self.ids(query.moment), self._categories()
        if ids is None and self.page is None:
            return some(kind_sql(kind) for kind in self.what or _VIEWS)
        tests: list[tuple[ActivityKind, frozenset[int]]] = []
        if self.page is not None:
            tests.append(("page", query.codes("target", self.page.passes)))
        if ids is not None:
            tests.append(("product", query.codes("target", ids.__contains__)))
        if categories:
            tests.append(("category", query.codes("target", lambda target: folded(target) in categories)))
        return some(every([kind_sql(kind), isin("target", codes)]) for kind, codes in tests if codes)

    def _categories(self) -> frozenset[str]:
        return frozenset(map(folded, self.categories or ()))


class Visits(CountTest, Criterion):
    """How many visits began in the window."""

    kind: Literal["visits"] = "visits"
    window: TimeTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        begun = [act for act in profile.acts if act.starts_visit]
        return self.holds(len(done_within(begun, self.window, moment)))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return self.count_sql(over_acts(query, "count(*)", "starts_visit", self.window))


class LastVisit(TimeTest, Criterion):
    """When they were last on the site."""

    kind: Literal["last_visit"] = "last_visit"

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.holds(profile.last_visit, moment)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return self.time_sql(query, query.column("last_visit"))


class TimeOnSite(CountTest, Criterion):
    """Seconds for which pages were visible, added up over the window."""

    kind: Literal["time_on_site"] = "time_on_site"
    window: TimeTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return self.holds(sum(act.seconds for act in done_within(profile.acts, self.window, moment)))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        return self.count_sql(over_acts(query, "sum(seconds)", "true", self.window))


class Chatted(DoneOfKind):
    """Talked with the shop in its chat."""

    kind: Literal["chatted"] = "chatted"

    def of_kind(self) -> tuple[ActivityKind, str | None, str | None]:
        """See DoneOfKind."""
        return "chat", None, None


class SupportContact(DoneOfKind):
    """Turned to the support team. complaint: only to complain."""

    kind: Literal["support_contact"] = "support_contact"
    complaint: bool = False

    def of_kind(self) -> tuple[ActivityKind, str | None, str | None]:
        """See DoneOfKind."""
        return "support", None, "complaint" if self.complaint else None


class Form(DoneOfKind):
    """A form or landing page. name: any if left out. stage: how far it went, however far if left out."""

    kind: Literal["form"] = "form"
    name: Text | None = None
    stage: Literal["seen", "started", "sent"] | None = None

    def of_kind(self) -> tuple[ActivityKind, str | None, str | None]:
        """See DoneOfKind."""
        return "form", self.name, self.stage


class DeviceUsed(Criterion):
    """On one of the devices. which: used at any time of the window, or the one last used in it."""

    kind: Literal["device"] = "device"
    any_of: Annotated[tuple[Device, ...], Field(min_length=1)]
    which: Literal["any", "last"] = "any"
    window: TimeTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        known = done_within((act for act in profile.acts if act.device), self.window, moment)
        if self.which == "last":
            return last_device(known) in self._codes()
        return any(act.device in self.any_of for act in known)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        if self.which == "any":
            return f"{over_acts(query, 'count(*)', isin('device', self._codes()), self.window)} > 0"
        if self.window is None:
            return isin(query.column("last_device"), self._codes())
        # The latest time and, of those used in the same second, the later of the list, in one number.
        latest = over_acts(query, "max(ts::UBIGINT * 8 + device)", "device > 0", self.window)
        return isin(f"({latest} % 8)", self._codes())

    def _codes(self) -> set[int]:
        return {code_of(DEVICES, device) for device in self.any_of}

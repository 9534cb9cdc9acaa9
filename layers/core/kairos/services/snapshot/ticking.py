"""The tick: every shop that has anything due is recomputed; the others cost one read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from kairos import keys
from kairos.engine.manifest import ShopManifest
from kairos.ports import Executions
from kairos.services.snapshot.lease import is_held
from kairos.services.snapshot.manifests import is_wanted, load_manifests, needs_look, want_recompute
from kairos.services.snapshot.parts import Recomputing
from kairos.services.snapshot.searching import search_unknown
from kairos.services.snapshot.stepping import recompute_shop

MACHINE = "recompute_segments"

SCHEDULE = 5
"""Minutes between two ticks (template.yaml)."""

_SECONDS = 60


class Ticking(NamedTuple):
    """What a tick needs. holder: names this invocation. executions: of MACHINE, for shops of more than one
    partition."""

    recomputing: Recomputing
    executions: Executions
    holder: str


def tick(given: Ticking) -> list[str]:
    """Recompute the shops that need it, the longest overdue first, while there is time. Answers which.

    Those left are the first with the next tick. Then customers are looked for whom no snapshot knows.
    """
    items, now = given.recomputing.evaluating.items, given.recomputing.evaluating.clock.now()
    shops = [item.key.sk for item in items.query(keys.listed_shop("").pk)]
    manifests = load_manifests(items, shops)
    real = given.recomputing.watch.now()
    due = [one for one in shops if needs_look(manifests[one], now) and not _may_wait(manifests[one], real)]
    due.sort(key=lambda one: (manifests[one].next_due, one))
    done = []
    for shop in due:
        if given.recomputing.watch.has_time(_SECONDS):
            _recompute(given, shop, manifests[shop])
            done.append(shop)
    search_unknown(given.recomputing, shops)
    return done


def _may_wait(manifest: ShopManifest, real: datetime) -> bool:
    """Whether the shop wants its recomputes further apart. The schedule's own interval asks no longer."""
    if manifest.minutes <= SCHEDULE or manifest.looked_at is None or is_wanted(manifest):
        return False
    return real - manifest.looked_at < timedelta(minutes=manifest.minutes)


def recompute_wished(given: Ticking, shops: Sequence[str]) -> None:
    """Recompute these shops at once. What can't be done at once, the next tick does."""
    for shop in dict.fromkeys(shops):
        manifest = want_recompute(given.recomputing.evaluating.items, shop)
        if given.recomputing.watch.has_time(_SECONDS):
            _recompute(given, shop, manifest)


def _recompute(given: Ticking, shop: str, manifest: ShopManifest) -> None:
    if all(one.count == 1 for one in manifest.divisions):
        recompute_shop(given.recomputing, shop, given.holder)
    elif not is_held(given.recomputing.evaluating.items, shop, given.recomputing.watch.now()):
        name = f"{shop}-{given.holder}"[:80]
        given.executions.start(MACHINE, name, {"shop": shop, "holder": name})

"""The shop's products as rules ask about them: one object, replaced whole where anything in it changes."""

import gzip
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from kairos import keys
from kairos.domain.catalogue import Catalogue, ProductFact, product_fact
from kairos.domain.errors import NotFound
from kairos.domain.product import ProductSnapshot
from kairos.engine.manifest import SNAPSHOTS, FileRef, ShopManifest, SnapshotBroken
from kairos.ports import Files, Items
from kairos.services.snapshot.feeding import Feeding
from kairos.services.snapshot.manifests import change_manifest, load_manifest


class _Kept(NamedTuple):
    """Files as a key of a cache: the same ones are the same."""

    files: Files


def catalogue_of(manifest: ShopManifest) -> str:
    """What tells the shop's catalogue from any other."""
    return manifest.catalogue.key if manifest.catalogue else ""


def load_catalogue(files: Files, manifest: ShopManifest) -> Catalogue:
    """All products of the shop. Raises SnapshotBroken."""
    return Catalogue(_read(_Kept(files), manifest.catalogue) if manifest.catalogue else {})


def update_products(given: Feeding, shop: str, products: Iterable[str]) -> None:
    """Take the products over as they now are stored; who is gone is left out. Raises Conflict."""
    wanted = sorted(set(products))
    while True:
        before = load_manifest(given.items, shop).catalogue
        known = _known(given.files, before)
        facts = dict(known)
        for product, fact in _stored(given.items, shop, wanted).items():
            facts.pop(product, None)
            facts |= {product: fact} if fact else {}
        if facts == known or _replaced(given, shop, before, facts):
            return


def _replaced(given: Feeding, shop: str, before: FileRef | None, facts: Mapping[str, ProductFact]) -> bool:
    """Whether the products took the place of those before: not if others did meanwhile."""
    body = gzip.compress(_text(facts).encode(), mtime=0)
    after = FileRef(key=f"{SNAPSHOTS}/{shop}/catalogue-{given.unique()}", size=len(body))
    given.files.put(after.key, body, "application/gzip")

    def change(held: ShopManifest) -> ShopManifest | None:
        return held.model_copy(update={"catalogue": after}) if held.catalogue == before else None

    return change_manifest(given.items, shop, change).catalogue == after


def _known(files: Files, ref: FileRef | None) -> Mapping[str, ProductFact]:
    """The products of the object; none of a damaged one, which a rebuild fills anew."""
    try:
        return _read(_Kept(files), ref) if ref else {}
    except SnapshotBroken:
        return {}


def _stored(items: Items, shop: str, products: Iterable[str]) -> dict[str, ProductFact | None]:
    """The products as they are stored, as closures read them too; None for those that are not."""
    places = {keys.product(shop, one): one for one in products}
    held = items.get_many(places)
    return {
        one: product_fact(ProductSnapshot.model_validate(held[key].body)) if key in held else None
        for key, one in places.items()
    }


def _text(facts: Mapping[str, ProductFact]) -> str:
    return json.dumps([facts[one].as_json() for one in sorted(facts)], separators=(",", ":"))


@lru_cache(maxsize=2)
def _read(kept: _Kept, ref: FileRef) -> Mapping[str, ProductFact]:
    try:
        told = json.loads(gzip.decompress(kept.files.get(ref.key)))
        return {one["id"]: ProductFact.model_validate(one) for one in told}
    except NotFound as missing:
        raise SnapshotBroken(ref.key, "There is no such file.") from missing
    except (OSError, EOFError, ValueError, KeyError, TypeError) as wrong:
        raise SnapshotBroken(ref.key, "It is damaged.") from wrong

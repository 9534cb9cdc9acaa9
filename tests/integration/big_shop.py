"""A shop of a hundred thousand invented customers, put into the bucket as its snapshot."""

from pathlib import Path

import duckdb

from kairos.adapters.dynamodb.items import DynamoItems
from kairos.adapters.s3 import S3Objects
from kairos.engine.dictionaries import packed
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import NEVER, Base, PartitionManifest, folder_of
from kairos.engine.passing import words_for
from kairos.services.segments.shelf import load_segments
from kairos.services.shops import load_shop
from kairos.services.snapshot.manifests import change_manifest, change_partition, load_manifest
from local.bench.chances import DAY, SECONDS
from local.bench.shop_words import dictionaries as words
from local.bench.shops import HOT_DAYS, MEASURED, invent
from local.running_stack import RunningStack

CUSTOMERS = 100_000


def fill(stack: RunningStack, shop_id: str, folder: Path) -> None:
    """Let the shop have these customers, as if they had been counted just now. folder: to work in."""
    items = DynamoItems(stack.aws("dynamodb"), stack.told["outputs"]["TableName"])
    files = S3Objects(stack.aws("s3"), stack.told["outputs"]["BucketName"])
    shop = load_shop(items, shop_id)
    assert shop is not None
    positions = len(load_segments(items, shop).layout.positions)
    [number] = load_manifest(items, shop_id).numbers
    base = _base(LocalFiles(files, folder), folder_of(shop_id, number), folder, words_for(positions))
    now = stack.shown_now()

    def filled(held: PartitionManifest) -> PartitionManifest:
        told = {"base": base, "positions": positions, "passed_at": now, "next_due": NEVER}
        return held.model_copy(update={**told, "sequence": held.sequence + 1})

    change_partition(items, shop_id, number, filled)
    change_manifest(items, shop_id, lambda held: held.model_copy(update={"right_at": now, "next_due": NEVER}))


def _base(local: LocalFiles, place: str, folder: Path, wide: int) -> Base:
    [invented] = invent(CUSTOMERS).partitions
    tables = {name: local.store(f"{place}/{name}", _copy(invented, folder, name)) for name in MEASURED}
    hot = {
        name: local.store(f"{place}/{name}_hot", _copy(invented, folder, f"{name}_hot")) for name in HOT_DAYS
    }
    with duckdb.connect(":memory:") as connection:
        customers = connection.read_parquet(f"{invented}/customers.parquet").order("customer")
        named = "'c' || substr(md5(customer::VARCHAR), 1, 26) AS id, '1' AS version"
        customers.project(f"customer, {named}").write_parquet(f"{folder}/ids.parquet")
        none = ", ".join(f"0::UBIGINT AS w{word}" for word in range(wide))
        memberships = customers.project(f"customer, {none}, {NEVER}::UINTEGER AS due")
        memberships.write_parquet(f"{folder}/membership.parquet")
        [(last,)] = customers.aggregate("max(customer)").fetchall()
    return Base(
        tables=tables,
        hot=hot,
        hot_since={name: SECONDS - days * DAY for name, days in HOT_DAYS.items()},
        dictionaries=local.put(f"{place}/words", packed(words())),
        ids=local.store(f"{place}/ids", folder / "ids.parquet"),
        membership=local.store(f"{place}/membership", folder / "membership.parquet"),
        words=wide,
        customers=CUSTOMERS,
        last_number=last,
        folded=0,
    )


def _copy(invented: Path, folder: Path, name: str) -> Path:
    """A copy to be moved away."""
    copied = folder / f"{name}.parquet"
    copied.write_bytes((invented / f"{name}.parquet").read_bytes())
    return copied

"""The only place that joins services to adapters; handlers build what they need once, when imported."""

import functools
import os
import secrets as random
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from kairos.adapters.clients import client
from kairos.adapters.clock import ScaledClock, SystemClock
from kairos.adapters.dynamodb.items import DynamoItems
from kairos.adapters.dynamodb.sweep import TableSweep
from kairos.adapters.emf import PrintedCounts
from kairos.adapters.s3 import S3Objects
from kairos.adapters.secrets import SecretsManager
from kairos.adapters.sqs import ChannelQueues, SqsQueue
from kairos.adapters.step_functions import StepFunctionsExecutions
from kairos.domain.consent import Channel
from kairos.domain.identity import IdentityKey
from kairos.domain.shop import Shop
from kairos.ports import Clock, Files, Items, NotRead, PhoneEndpoints, Provider, Queue, ShopDocument
from kairos.services.checking import Checking, evaluate
from kairos.services.consenting import Consenting
from kairos.services.feedback import Feedbacks
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.privacy.erase_shop import ShopErasing
from kairos.services.privacy.requests import Privacy
from kairos.services.recording.batch import Batches
from kairos.services.recording.lag import LagWatch
from kairos.services.recording.record import Recorder
from kairos.services.segments.noticed_items import NoticedItems
from kairos.services.sending.deliver import Delivering
from kairos.services.sending.send import Sending
from kairos.services.starting import Starting
from kairos.settings import Settings, read_settings

if TYPE_CHECKING:
    from kairos.adapters.cognito import CognitoPeople
    from kairos.adapters.shop_apis.connecting import ShopApis
    from kairos.adapters.shop_apis.reading import ShopReaders
    from kairos.adapters.user_tokens import UserTokens
    from kairos.console.desk import Desk
    from kairos.console.parts import Parts
    from kairos.engine.local_files import LocalFiles
    from kairos.services.acting.action import TagOrder
    from kairos.services.broadcasts.audience import Open
    from kairos.services.broadcasts.deciding import Deciding
    from kairos.services.broadcasts.making import Making
    from kairos.services.broadcasts.paging import Paging
    from kairos.services.broadcasts.starting import Executing
    from kairos.services.broadcasts.ticking import Ticking as BroadcastTicking
    from kairos.services.codes.issuing import Issuing
    from kairos.services.dead_letters.keeping import Keeping
    from kairos.services.dead_letters.replaying import Replaying
    from kairos.services.endpoints import Registering
    from kairos.services.fetching.fetch import Fetching
    from kairos.services.forms.answering import Answering
    from kairos.services.importing.requests import Imports
    from kairos.services.importing.work import Importing
    from kairos.services.points import Redeeming
    from kairos.services.reconciling.looking import Reconciling
    from kairos.services.results.showing import Results
    from kairos.services.segments.evaluating import Evaluating
    from kairos.services.segments.parts import Segments
    from kairos.services.senders import Senders
    from kairos.services.sending.sweeping import Sweeping
    from kairos.services.sending.testing import TemplateTests
    from kairos.services.site.compacting import Compacting
    from kairos.services.site.showing import Showing
    from kairos.services.snapshot.feeding import Feeding
    from kairos.services.snapshot.parts import Watch
    from kairos.services.snapshot.reading import Snapshots
    from kairos.services.snapshot.ticking import Ticking
    from kairos.services.snapshot.updating import Updating
    from kairos.services.supporting import Supporting


@functools.cache
def settings() -> Settings:
    """The environment, read once per process."""
    return read_settings()


def logger() -> Logger:
    """Log lines in JSON; what they hold is up to the caller, and never who a customer is."""
    return Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME", "kairos"))


@functools.cache
def items() -> Items:
    """The one table."""
    return DynamoItems(client("dynamodb"), settings().table_name)


def noticed_items() -> Items:
    """The same, for who writes runs, messages and decisions: reports count them on the snapshot."""
    return NoticedItems(items(), snapshot_queue())


@functools.cache
def clock() -> Clock:
    """The one clock."""
    told = settings()
    if told.clock_real_anchor is None or told.clock_shown_anchor is None:
        return SystemClock()
    return ScaledClock(told.wait_scale, told.clock_real_anchor, told.clock_shown_anchor)


@functools.cache
def secrets() -> SecretsManager:
    """The vault: the shops' secrets by name, the deployment's by ARN."""
    return SecretsManager(client("secretsmanager"), settings().secrets_prefix)


@functools.cache
def identity_key() -> IdentityKey:
    """The secret under which identities are hashed, read once per process: it never changes."""
    return IdentityKey(secret=secrets().text(settings().identity_key_secret).encode())


@functools.cache
def counts() -> PrintedCounts:
    """Metrics."""
    return PrintedCounts()


def checking() -> Checking:
    """What `check` needs."""
    return Checking(noticed_items(), clock())


def starting() -> Starting:
    """What `start_scenario` needs."""
    machines = StepFunctionsExecutions(client("stepfunctions"), settings().scenario_machines)
    return Starting(noticed_items(), clock(), machines)


def sending() -> Sending:
    """What `send_message` needs."""
    return Sending(noticed_items(), clock(), identity_key(), evaluate, message_queues())


def message_queues() -> Queue:
    """Where reserved messages wait, each in the queue of its channel."""
    urls = settings().message_queues
    return ChannelQueues({channel: SqsQueue(client("sqs"), url) for channel, url in urls.items()})


def answering() -> "Answering":
    """What the hosted forms need."""
    from kairos.adapters.pages.choices import choice
    from kairos.adapters.pages.forms import wording
    from kairos.adapters.pages.notifications import notice
    from kairos.services.forms.answering import Answering

    return Answering(
        items(),
        clock(),
        identity_key(),
        message_queues(),
        snapshot_queue(),
        counts(),
        wording,
        settings().api_url,
        notice,
        choice,
    )


def testing() -> "TemplateTests":
    """What sending tests of templates needs."""
    from kairos.services.sending.testing import TemplateTests

    return TemplateTests(items(), clock(), identity_key(), message_queues(), lambda: random.token_hex(8))


def sweeping() -> "Sweeping":
    """What `sweep_messages` needs."""
    from kairos.services.sending.sweeping import Sweeping

    return Sweeping(noticed_items(), clock(), message_queues(), counts())


def registering() -> "Registering":
    """What registering phones and browsers needs."""
    from kairos.services.endpoints import Registering

    return Registering(items(), identity_key(), clock(), snapshot_queue())


def delivering() -> Delivering:
    """What `deliver_message` needs, for the one channel of its queue."""
    # Imported here: templates and their engine would cost every other function its cold start.
    from kairos.adapters.templates.engine import TemplateRenderer
    from kairos.services.codes.issuing import issue

    channel, vault = settings().channel, secrets()
    return Delivering(
        noticed_items(),
        clock(),
        identity_key(),
        {channel: _provider(channel)},
        TemplateRenderer(items()),
        functools.partial(issue, issuing()),
        lambda shop: vault.get(shop) or {},
        counts(),
        settings().api_url,
    )


def _provider(channel: Channel) -> Provider[Any]:
    """Who carries the channel's messages; imported alone, since each brings a client of its own."""
    on_this_machine = settings().stage == "local"  # anywhere else only public hosts are called
    match channel:
        case "sms" | "push":
            from kairos.adapters.sns import PushProvider, SmsProvider, sns_client

            return SmsProvider(sns_client()) if channel == "sms" else PushProvider(sns_client())
        case "web_push":
            from kairos.adapters.web_push import WebPushProvider

            return WebPushProvider(on_this_machine)
        case "webhook":
            from kairos.adapters.outgoing_webhook import WebhookProvider

            return WebhookProvider(on_this_machine)
        case _:
            from kairos.adapters.ses import SesProvider, ses_client

            return SesProvider(ses_client(), settings().configuration_set)


def issuing() -> "Issuing":
    """What having a shop make discount codes needs."""
    from kairos.services.codes.issuing import Issuing

    return Issuing(items(), clock(), secrets(), counts(), _shop_apis().connect)


def tagging() -> "TagOrder":
    """Tags orders in the shops' own systems, for `take_step`."""
    from kairos.services.acting.tagging import Tagging, tag_order

    return functools.partial(tag_order, Tagging(secrets(), counts(), _shop_apis().connect))


def _shop_apis() -> "ShopApis":
    from kairos.adapters.shop_apis.connecting import ShopApis

    # A laptop's shop is the laptop itself; anywhere else only public hosts are called.
    return ShopApis(time.monotonic, loopback=settings().stage == "local")


@functools.cache
def shop_readers() -> "ShopReaders":
    """The shops' APIs, as far as they are read; kept, since it knows whom to leave alone."""
    from kairos.adapters.shop_apis.reading import ShopReaders

    return ShopReaders(time.monotonic, loopback=settings().stage == "local")


def fetching(on_error: Callable[[str, Exception], None]) -> "Fetching":
    """What `fetch_documents` needs. on_error: is told which messages failed for now, and by what."""
    from kairos.adapters.platforms.platform import by_id, delivery_of
    from kairos.services.fetching.fetch import Documents, Fetching

    return Fetching(
        items(),
        secrets(),
        shop_readers().connect,
        Documents(delivery_of, by_id),
        objects(),
        SqsQueue(client("sqs"), settings().record_queue_url),
        SqsQueue(client("sqs"), settings().fetch_queue_url),
        SqsQueue(client("sqs"), settings().dead_letters_url),
        counts(),
        on_error,
    )


def feedbacks() -> Feedbacks:
    """What `record_feedback` needs."""
    return Feedbacks(items(), clock(), counts(), snapshot_queue())


reporting = feedbacks
"""What `record_push_events` and `record_sms_status` need."""


def genuine_notification() -> Callable[[Mapping[str, Any]], bool]:
    """Tells whether SNS signed a notification. The emulator on a laptop signs nothing."""
    if settings().stage == "local":
        return lambda _notification: True
    from kairos.adapters.sns_signature import fetched, is_genuine

    return lambda notification: is_genuine(notification, clock().now(), fetched)


def phone_endpoints() -> PhoneEndpoints:
    """Where phones are registered."""
    from kairos.adapters.sns import SnsEndpoints, sns_client

    return SnsEndpoints(sns_client())


@functools.cache
def snapshot_queue() -> Queue:
    """Where the snapshot is told whose facts have changed."""
    return SqsQueue(client("sqs"), settings().snapshot_queue_url)


@functools.cache
def objects() -> Files:
    """The one bucket."""
    return S3Objects(client("s3"), settings().bucket_name)


def privacy() -> Privacy:
    """What requests of privacy law need; its act_on is what recording calls."""
    sweep = TableSweep(client("dynamodb"), settings().table_name)
    shop_erasing = ShopErasing(items(), objects(), secrets(), sweep, time.monotonic)
    return Privacy(items(), objects(), identity_key(), clock(), counts(), shop_erasing, snapshot_queue())


def recording(on_error: Callable[[str, Exception], None]) -> Batches:
    """What `record_events` needs. on_error: is told which message failed for now, and by what."""
    # Imported here: the platforms' readers would cost every other function its cold start.
    from kairos.adapters.events import BusEvents
    from kairos.adapters.platforms.platform import read_delivery
    from kairos.services.recording.browsers import register_browser

    bus = BusEvents(client("events"), settings().bus_name)

    act_on = privacy().act_on
    browser = functools.partial(register_browser, registering())
    recorder = Recorder(
        items(), bus, identity_key(), clock(), read_delivery, act_on, _erase, objects(), register=browser
    )
    dead_letters = SqsQueue(client("sqs"), settings().dead_letters_url)
    lag = LagWatch(items(), clock())
    fetches = SqsQueue(client("sqs"), settings().fetch_queue_url)
    return Batches(recorder, objects(), dead_letters, counts(), lag, on_error, snapshot_queue(), fetches)


def reconciling(
    has_time: Callable[[], bool],
    on_error: Callable[[str, Exception], None],
    on_refusal: Callable[[str, NotRead], None],
) -> "Reconciling":
    """What `reconcile_shops` needs; see Reconciling."""
    # Imported here: the platforms' readers would cost every other function its cold start.
    from kairos.adapters.platforms.platform import delivery_of
    from kairos.services.fetching.queueing import enqueue
    from kairos.services.reconciling.looking import Reconciling
    from kairos.services.recording.reconciled import SOURCE
    from kairos.services.shop_access import open_reader

    queue = SqsQueue(client("sqs"), settings().record_queue_url)

    def queued(shop: Shop, document: ShopDocument) -> None:
        delivery = delivery_of(shop, document, datetime.now(UTC))
        enqueue(objects(), queue, delivery.model_copy(update={"source": SOURCE}))

    opened = functools.partial(open_reader, secrets(), shop_readers().connect)
    return Reconciling(items(), clock(), counts(), opened, queued, has_time, on_error, on_refusal)


def keeping_dead_letters(on_error: Callable[[str, Exception], None]) -> "Keeping":
    """What `keep_dead_letters` needs. on_error: see Keeping."""
    from kairos.services.dead_letters.keeping import Keeping

    return Keeping(items(), counts(), on_error)


def replaying() -> "Replaying":
    """What sending dead letters again needs."""
    from kairos.services.dead_letters.replaying import Replaying

    return Replaying(items(), clock(), SqsQueue(client("sqs"), settings().record_queue_url))


def senders() -> "Senders":
    """What checking a shop's sender needs."""
    from kairos.adapters.senders import Dns, SesIdentities
    from kairos.services.senders import Senders

    return Senders(SesIdentities(client("sesv2")), Dns())


def updating() -> "Updating":
    """What `update_snapshot` needs."""
    from kairos.services.snapshot.updating import Updating

    return Updating(_feeding(), _evaluating(), counts())


def _feeding() -> "Feeding":
    from kairos.services.snapshot.feeding import Feeding

    return Feeding(items(), S3Objects(client("s3"), settings().bucket_name), random.token_hex)


def _evaluating() -> "Evaluating":
    from kairos.adapters.events import BusEvents
    from kairos.services.segments.evaluating import Evaluating

    return Evaluating(items(), clock(), BusEvents(client("events"), settings().bus_name), objects())


@functools.cache
def snapshots() -> "Snapshots":
    """Opened snapshots, which stay from one invocation to the next."""
    # Imported here: DuckDB would cost every other function its cold start, and lies in a layer of its own.
    from kairos.engine.local_files import LocalFiles
    from kairos.services.snapshot.reading import Snapshots

    files = S3Objects(client("s3"), settings().bucket_name)
    return Snapshots(items(), LocalFiles(files, Path(tempfile.gettempdir()) / "snapshot"), counts())


def ticking(
    holder: str,
    watch: "Watch",
    on_error: Callable[[str, str, Exception], None],
    on_difference: Callable[[str, Collection[str]], None],
) -> "Ticking":
    """What `recompute_segments` needs. holder: names the invocation; the rest: see Recomputing."""
    from kairos.services.snapshot.parts import Recomputing
    from kairos.services.snapshot.ticking import MACHINE, Ticking

    sweep = TableSweep(client("dynamodb"), settings().table_name)
    recomputing = Recomputing(
        _feeding(),
        _evaluating(),
        snapshots(),
        snapshots().local,
        sweep,
        counts(),
        watch,
        on_error,
        on_difference,
    )
    machines = StepFunctionsExecutions(client("stepfunctions"), {MACHINE: settings().recompute_machine})
    return Ticking(recomputing, machines, holder)


def _erase(shop: str, nodes: Iterable[str], at: datetime) -> None:
    """Erase what came in about somebody who was being erased meanwhile."""
    erase_customer(Erasing(items(), objects(), shop, at, snapshot_queue()), nodes)


def imports() -> "Imports":
    """What the API of imports needs."""
    # Imported here: the readers of files would cost every other function its cold start.
    from kairos.adapters.uploads import S3Uploads, upload_client
    from kairos.services.importing.requests import Imports

    uploads = S3Uploads(upload_client(), settings().bucket_name)
    queue = SqsQueue(client("sqs"), settings().import_queue_url)
    return Imports(items(), uploads, queue, clock(), lambda: random.token_hex(8))


def importing(on_error: Callable[[str, Exception], None]) -> "Importing":
    """What `import_history` needs. on_error: is told in which phase something failed, and by what."""
    from kairos.services.importing.steps import Work
    from kairos.services.importing.work import Importing

    changed = SqsQueue(client("sqs"), settings().snapshot_queue_url)
    queue = SqsQueue(client("sqs"), settings().import_queue_url)

    def touched(shop: str, customers: Sequence[str]) -> None:
        changed.send({"shop": shop, "customers": list(customers), "cause": "import"})

    def again(shop: str, import_id: str) -> None:
        queue.send({"shop": shop, "import": import_id})

    files = S3Objects(client("s3"), settings().bucket_name)
    work = Work(items(), files, identity_key(), clock(), counts(), touched, _erase)
    return Importing(work, again, time.sleep, on_error)


def consenting() -> Consenting:
    """What stating consents needs."""
    return Consenting(items(), identity_key(), clock(), snapshot_queue())


def redeeming() -> "Redeeming":
    """What redeeming points needs."""
    from kairos.services.points import Redeeming

    return Redeeming(items(), clock(), snapshot_queue())


def supporting() -> "Supporting":
    """What taking in support contacts needs."""
    from kairos.services.supporting import Supporting

    return Supporting(items(), clock(), snapshot_queue())


def results() -> "Results":
    """What reports need; kept by whoever asks, since opened snapshots stay with it."""
    from kairos.services.results.showing import Results

    return Results(items(), clock(), snapshots())


def showing_sites() -> "Showing":
    """What showing sites needs; kept by whoever asks, since opened sites stay with it."""
    from kairos.services.site.showing import Showing, Sites

    return Showing(items(), clock(), Sites(items(), _site_files()))


def compacting_sites(
    has_time: Callable[[int], bool], on_error: Callable[[str, Exception], None]
) -> "Compacting":
    """What `compact_site` needs. has_time, on_error: see Compacting."""
    from kairos.services.site.compacting import Compacting

    local = _site_files()
    return Compacting(
        items(), objects(), local, clock(), counts(), lambda: datetime.now(UTC), has_time, on_error
    )


@functools.cache
def _site_files() -> "LocalFiles":
    from kairos.engine.local_files import LocalFiles

    return LocalFiles(objects(), Path(tempfile.gettempdir()) / "site")


def segments() -> "Segments":
    """What the API of segments needs; kept by whoever asks, since opened snapshots stay with it."""
    from kairos.services.segments.parts import Segments
    from kairos.services.segments.populating import Populating

    files = S3Objects(client("s3"), settings().bucket_name)
    return Segments(
        items(),
        files,
        identity_key(),
        clock(),
        Populating(items(), files, clock(), snapshots()),
        snapshot_queue(),
        SqsQueue(client("sqs"), settings().recompute_queue_url),
        time.monotonic,
    )


def paging() -> "Paging":
    """What `run_broadcast` needs; kept, since opened snapshots stay with it."""
    from kairos.services.broadcasts.paging import Paging

    return Paging(items(), clock(), _open_shop(), SqsQueue(client("sqs"), settings().broadcast_queue_url))


def deciding() -> "Deciding":
    """What `send_broadcast` needs."""
    from kairos.services.broadcasts.deciding import Deciding

    return Deciding(sending(), starting())


def executing() -> "Executing":
    """What starting and stopping broadcasts needs."""
    from kairos.services.broadcasts.starting import Executing

    machines = StepFunctionsExecutions(client("stepfunctions"), settings().scenario_machines)
    return Executing(noticed_items(), clock(), machines)


def making() -> "Making":
    """What making broadcasts by hand needs; kept, since opened snapshots stay with it."""
    from kairos.services.broadcasts.making import Making

    return Making(executing(), identity_key(), _open_shop(), lambda: random.token_hex(16))


def broadcast_ticking(on_error: Callable[[str, str, Exception], None]) -> "BroadcastTicking":
    """What `start_broadcasts` needs. on_error: is told the shop, what failed, and how."""
    from kairos.services.broadcasts.ticking import Ticking
    from kairos.services.snapshot.catalogue import load_catalogue
    from kairos.services.snapshot.manifests import load_manifest

    return Ticking(
        executing(), lambda shop: load_catalogue(objects(), load_manifest(items(), shop)), on_error
    )


def _open_shop() -> "Open":
    """Opens a shop's segments and snapshot."""
    from kairos.services.broadcasts.audience import Opened
    from kairos.services.segments.populating import Populating

    files = S3Objects(client("s3"), settings().bucket_name)
    populating = Populating(items(), files, clock(), snapshots())

    def opened(shop: str) -> Opened:
        shelf = populating.shelf(shop)
        return Opened(shelf, populating.population(shelf))

    return opened


def people() -> "CognitoPeople":
    """The directory of those who may sign in."""
    from kairos.adapters.cognito import CognitoPeople

    return CognitoPeople(client("cognito-idp"), settings().user_pool, settings().user_pool_client)


@functools.cache
def user_tokens() -> "UserTokens":
    """Judges people's tokens; kept, since it remembers the pool's keys."""
    # Imported here: keys are judged without the arithmetic of signatures.
    from kairos.adapters.user_tokens import tokens_of

    endpoint = os.environ.get("AWS_ENDPOINT_URL") if settings().stage == "local" else None
    return tokens_of(settings().user_pool, settings().user_pool_client, endpoint)


def console() -> "Parts":
    """What the console's pages need; each part is made when the first page asks for it, and kept."""
    from kairos.console.parts import Parts

    return Parts(
        items(),
        clock(),
        SystemClock(),
        people(),
        settings().api_url,
        settings().stage != "local",
        functools.cache(segments),
        functools.cache(results),
        functools.cache(making),
        functools.cache(testing),
        functools.cache(desk),
        functools.cache(showing_sites),
    )


def desk() -> "Desk":
    """What the console needs to look after a shop."""
    from kairos.console.desk import Desk

    return Desk(
        identity_key(),
        objects(),
        snapshot_queue(),
        secrets(),
        functools.cache(consenting),
        functools.cache(imports),
        functools.cache(replaying),
        functools.cache(senders),
        people,
    )

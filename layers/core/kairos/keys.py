"""Where everything is kept: one table, partition keys of shop and thing, each described in one line.

No partition is a shop, a day or a segment alone (a shop's own settings are few and small): whatever grows
has the customer, order, cart, product or message in its key.
"""

from kairos.ports import Key


def shop(shop_id: str) -> Key:
    """A shop's settings."""
    return Key(f"shop#{shop_id}", "shop")


def scenario_settings(shop_id: str, scenario: str) -> Key:
    """Whether a scenario is on, its settings and holdout."""
    return Key(f"shop#{shop_id}", f"scenario#{scenario}")


def shop_api_key(shop_id: str, key_id: str) -> Key:
    """One API key as its shop lists it; never the secret."""
    return Key(f"shop#{shop_id}", f"key#{key_id}")


def session(secret_hash: str) -> Key:
    """Who is signed in to the console, by the SHA-256 of what their browser holds; dropped when that ends."""
    return Key(f"session#{secret_hash}", "session")


def listed_shop(shop_id: str) -> Key:
    """That the deployment has this shop, for what goes through all of them."""
    return Key("shops", shop_id)


def segment(shop_id: str, segment_id: str) -> Key:
    """A segment that the shop made or changed; ready-made ones need no item."""
    return Key(f"shop#{shop_id}", f"segment#{segment_id}")


def persona(shop_id: str, persona_id: str) -> Key:
    """A named bundle of segments."""
    return Key(f"shop#{shop_id}", f"persona#{persona_id}")


def feed(token_hash: str) -> Key:
    """A feed by the SHA-256 of its token."""
    return Key(f"feed#{token_hash}", "feed")


def feed_pointer(shop_id: str, segment_id: str, feed_id: str) -> Key:
    """One feed as its segment lists it; never the token."""
    return Key(f"shop#{shop_id}", f"feed#{segment_id}#{feed_id}")


def feed_read(shop_id: str, feed_id: str, read_id: str) -> Key:
    """That a page of a feed was read, kept for a time."""
    return Key(f"{shop_id}#feed#{feed_id}", f"read#{read_id}")


def audience_reader(shop_id: str, segment_id: str, network: str, reader: str) -> Key:
    """What a reader of hashed lists was given so far: which objects in the bucket say it."""
    return Key(f"{shop_id}#audience#{segment_id}", f"{network}#{reader}")


def layout(shop_id: str) -> Key:
    """Which bit of a membership stands for which segment and rule."""
    return Key(f"shop#{shop_id}", "segments#layout")  # read by one query with the segments


def thresholds(shop_id: str) -> Key:
    """The figures that percentiles and averages compare with."""
    return Key(f"shop#{shop_id}", "segments#thresholds")  # likewise


def snapshot(shop_id: str) -> Key:
    """Into how many partitions the shop's snapshot is divided, and since when."""
    return Key(f"{shop_id}#snapshot", "manifest")


def partition(shop_id: str, number: int) -> Key:
    """The manifest of one partition of the snapshot: which files it is made of."""
    return Key(f"{shop_id}#snapshot#{number}", "manifest")


def site(shop_id: str) -> Key:
    """Which files hold what visitors did on the shop's site."""
    return Key(f"{shop_id}#site", "manifest")


def recompute_lease(shop_id: str) -> Key:
    """Who is recomputing the shop's segments, and until when."""
    return Key(f"{shop_id}#snapshot", "lease")


def build_progress(shop_id: str, first: int, part: int) -> Key:
    """How far the snapshot that begins with that partition is built, of one part of the table."""
    return Key(f"{shop_id}#snapshot", f"build#{first}#{part}")


def segment_day(shop_id: str, day: str) -> Key:
    """Size and value of every segment as one day of the shop's calendar began."""
    return Key(f"{shop_id}#history", day)


def comparison() -> Key:
    """How far the search for customers whom no snapshot knows has come; one for the whole deployment."""
    return Key("deployment", "comparison")


def template(shop_id: str, scenario: str, step: str, channel: str, language: str) -> Key:
    """A shop's own template."""
    return Key(f"shop#{shop_id}", f"template#{scenario}#{step}#{channel}#{language}")


def pool_pointer(shop_id: str, pool: str) -> Key:
    """That the shop has this pool of discount codes."""
    return Key(f"shop#{shop_id}", f"pool#{pool}")


def short_link(short: str) -> Key:
    """The token that a text message's link stands for."""
    return Key(f"link#{short}", "link")


def api_key(key_hash: str) -> Key:
    """An API key by the SHA-256 of its secret."""
    return Key(f"key#{key_hash}", "key")


def node(shop_id: str, node_id: str) -> str:
    """The partition of one identity node; everything of a customer hangs on their nodes."""
    return f"{shop_id}#node#{node_id}"


def identity(shop_id: str, node_id: str) -> Key:
    """The identity itself: its kind and value in clear."""
    return Key(node(shop_id, node_id), "identity")


def link(shop_id: str, node_id: str, other: str) -> Key:
    """This node and the other are one customer. Written in both partitions."""
    return Key(node(shop_id, node_id), f"link#{other}")


def attached_to(shop_id: str, node_id: str) -> Key:
    """For a phone or visitor node: the node that it belongs to, by the newest statement."""
    return Key(node(shop_id, node_id), "attached")


def attachment(shop_id: str, node_id: str, attached: str) -> Key:
    """The way back: a phone or visitor node that was ever attached to this node."""
    return Key(node(shop_id, node_id), f"attachment#{attached}")


def moved(shop_id: str, node_id: str, statement: str, former: str) -> Key:
    """This statement took the phone or visitor from the former node, whose profile is still to be folded."""
    return Key(node(shop_id, node_id), f"moved#{statement}#{former}")


def customer_record(shop_id: str, node_id: str) -> Key:
    """The platform's record of the customer, in the node of its platform id, else of its e-mail."""
    return Key(node(shop_id, node_id), "customer")


def profile(shop_id: str, node_id: str) -> Key:
    """The folded profile, at the customer's id alone."""
    return Key(node(shop_id, node_id), "profile")


def erasure(shop_id: str, node_id: str) -> Key:
    """This identity was erased at a time; what happened before must not come back."""
    return Key(node(shop_id, node_id), "erased")


def export_pointer(shop_id: str, node_id: str, export: str) -> Key:
    """An export of this customer's data that lies in the bucket."""
    return Key(node(shop_id, node_id), f"export#{export}")


def membership(shop_id: str, node_id: str) -> Key:
    """Which segments the customer is in, at the customer's id alone."""
    return Key(node(shop_id, node_id), "membership")


def on_list(shop_id: str, node_id: str, segment_id: str) -> Key:
    """The customer was put on this fixed list under this node."""
    return Key(node(shop_id, node_id), f"list#{segment_id}")


def order_pointer(shop_id: str, node_id: str, order_id: str) -> Key:
    """An order that once named this node; the order itself says whose it is now."""
    return Key(node(shop_id, node_id), f"order#{order_id}")


def cart_pointer(shop_id: str, node_id: str, cart_key: str) -> Key:
    """A cart that once named this node; the cart itself says whose it is now."""
    return Key(node(shop_id, node_id), f"cart#{cart_key}")


def activity_day(shop_id: str, node_id: str, day: str) -> Key:
    """A visitor's activity on one day."""
    return Key(node(shop_id, node_id), f"activity#{day}")


def sends(shop_id: str, node_id: str) -> Key:
    """The customer's version-checked counter of messages."""
    return Key(node(shop_id, node_id), "sends")


def send_pointer(shop_id: str, node_id: str, message_id: str) -> Key:
    """A message reserved for this customer."""
    return Key(node(shop_id, node_id), f"send#{message_id}")


def endpoint(shop_id: str, node_id: str, channel: str, address_node: str) -> Key:
    """A phone or browser of this customer that takes notifications."""
    return Key(node(shop_id, node_id), f"endpoint#{channel}#{address_node}")


def endpoint_owner(shop_id: str, value_hash: str) -> Key:
    """Whose a phone or browser is, by the SHA-256 of its address."""
    return Key(f"{shop_id}#endpoint#{value_hash}", "owner")


def orphaned_endpoint(value_hash: str) -> Key:
    """A phone's endpoint whose owner was erased, to be removed from SNS too."""
    return Key("orphaned_endpoints", value_hash)


def decision(shop_id: str, run_id: str, at: str, step: str) -> Key:
    """What was decided for a run at a moment, and on which facts."""
    return Key(f"{shop_id}#run#{run_id}", f"decision#{at}#{step}")


def points_redeemed(shop_id: str, node_id: str, redemption: str) -> Key:
    """Points that the customer gave for something."""
    return Key(node(shop_id, node_id), f"points#{redemption}")


def points_spent(shop_id: str, node_id: str) -> Key:
    """The version-checked counter of redemptions, so that two at once don't spend the same points."""
    return Key(node(shop_id, node_id), "redeemed")


def support_contact(shop_id: str, node_id: str, contact: str) -> Key:
    """An inquiry that the customer made with the shop's support."""
    return Key(node(shop_id, node_id), f"support#{contact}")


def answer(shop_id: str, node_id: str, form: str, answered: str) -> Key:
    """What the customer answered to a form, questionnaire or survey."""
    return Key(node(shop_id, node_id), f"answer#{form}#{answered}")


def sign_up(shop_id: str, node_id: str) -> Key:
    """That somebody asked to be mailed at this address, and has not confirmed it; dropped after a week."""
    return Key(node(shop_id, node_id), "signup")


def run_pointer(shop_id: str, node_id: str, run: str) -> Key:
    """A run of this customer."""
    return Key(node(shop_id, node_id), f"run#{run}")


def member_pointer(shop_id: str, node_id: str, run: str) -> Key:
    """A run of this customer as the member of a broadcast, which is in no registry: how it stands."""
    return Key(node(shop_id, node_id), f"member#{run}")


def entered(shop_id: str, node_id: str, scenario: str) -> Key:
    """The customer's last run of the scenario, so that two that begin at once don't both."""
    return Key(node(shop_id, node_id), f"entered#{scenario}")


def code_claim(shop_id: str, node_id: str, message_id: str) -> Key:
    """A discount code given to this customer with a message."""
    return Key(node(shop_id, node_id), f"code#{message_id}")


def subscriber_pointer(shop_id: str, node_id: str, record: str) -> Key:
    """A record of the shop's newsletter that once named this address."""
    return Key(node(shop_id, node_id), f"subscriber#{record}")


def subscriber(shop_id: str, record: str) -> Key:
    """Whose a record of the shop's newsletter is."""
    return Key(f"{shop_id}#subscriber#{record}", "address")


def order(shop_id: str, order_id: str) -> Key:
    """An order, the newest telling of it."""
    return Key(f"{shop_id}#order#{order_id}", "order")


def refund(shop_id: str, order_id: str, refund_id: str) -> Key:
    """A refund that came by itself."""
    return Key(f"{shop_id}#order#{order_id}", f"refund#{refund_id}")


def imported_order(shop_id: str, order_id: str) -> Key:
    """An order as a file of history told it; only imports write it."""
    return Key(f"{shop_id}#order#{order_id}", "imported")


def order_trace(shop_id: str, order_id: str) -> Key:
    """Every node that the order ever named, and the ids of the refunds that came by themselves."""
    return Key(f"{shop_id}#order#{order_id}", "trace")


def cart(shop_id: str, cart_key: str) -> Key:
    """The cart as a cart snapshot told it."""
    return Key(f"{shop_id}#cart#{cart_key}", "cart")


def cart_checkout(shop_id: str, cart_key: str, checkout: str) -> Key:
    """A checkout that came from this cart."""
    return Key(f"{shop_id}#cart#{cart_key}", f"checkout#{checkout}")


def cart_ordered(shop_id: str, cart_key: str, order_id: str) -> Key:
    """This cart became that order, whatever became of the order."""
    return Key(f"{shop_id}#cart#{cart_key}", f"order#{order_id}")


def cart_trace(shop_id: str, cart_key: str) -> Key:
    """Every node that the cart or a checkout of it ever named."""
    return Key(f"{shop_id}#cart#{cart_key}", "trace")


def checkout(shop_id: str, token: str) -> Key:
    """A checkout, the newest telling of it."""
    return Key(f"{shop_id}#checkout#{token}", "checkout")


def checkout_ordered(shop_id: str, token: str, order_id: str) -> Key:
    """This checkout became that order."""
    return Key(f"{shop_id}#checkout#{token}", f"order#{order_id}")


def checkout_trace(shop_id: str, token: str) -> Key:
    """Every cart that the checkout ever said it came from."""
    return Key(f"{shop_id}#checkout#{token}", "trace")


def product(shop_id: str, product_id: str) -> Key:
    """A product, the newest telling of it."""
    return Key(f"{shop_id}#product#{product_id}", "product")


def product_price(shop_id: str, product_id: str) -> Key:
    """What the product costs, what it cost before, and which telling changed it."""
    return Key(f"{shop_id}#product#{product_id}", "price")


def category(shop_id: str, category_id: str) -> Key:
    """A category or collection."""
    return Key(f"{shop_id}#category#{category_id}", "category")


def category_product(shop_id: str, category_id: str, product_id: str) -> Key:
    """A product that was once in this category; the product itself says whether it still is."""
    return Key(f"{shop_id}#category#{category_id}", f"product#{product_id}")


def consent(shop_id: str, channel: str, address_node: str) -> Key:
    """Consent for one address (as its identity node) and channel."""
    return Key(f"{shop_id}#address#{address_node}", f"consent#{channel}")


def suppression(shop_id: str, channel: str, address_node: str) -> Key:
    """Never send to this address on this channel (bounced, complained)."""
    return Key(f"{shop_id}#address#{address_node}", f"suppressed#{channel}")


def run(shop_id: str, run_id: str) -> Key:
    """A run in the registry."""
    return Key(f"{shop_id}#run#{run_id}", "run")


def message(shop_id: str, message_id: str) -> Key:
    """A message's entry in the send ledger."""
    return Key(f"{shop_id}#message#{message_id}", "message")


def test_message(shop_id: str, message_id: str) -> Key:
    """Where the test of a template goes; kept for a day."""
    return Key(f"{shop_id}#message#{message_id}", "test")


def attempts(shop_id: str, kind: str, who: str, window: str) -> Key:
    """How often somebody asked for something lately; dropped when the time is over."""
    return Key(f"{shop_id}#attempts#{kind}#{who}", window)


def trending(shop_id: str) -> Key:
    """The products most ordered and looked at of late, by the last daily count."""
    return Key(f"{shop_id}#trending", "products")


def engagement(shop_id: str, message_id: str, event_id: str) -> Key:
    """What the customer did with a message, one item per provider event."""
    return Key(f"{shop_id}#message#{message_id}", f"event#{event_id}")


def provider_message(provider_id: str) -> Key:
    """Which message of ours the provider means by its own id; where its reports carry none of ours."""
    return Key(f"provider#{provider_id}", "known")


def under_way(hour: str, shop_id: str, message_id: str) -> Key:
    """A message reserved in that hour of real time, to be looked for should it be forgotten."""
    return Key(f"under_way#{hour}#{message_id[0]}", f"{shop_id}#{message_id}")


def swept() -> Key:
    """Up to which hour forgotten messages have been looked for; one for the whole deployment."""
    return Key("deployment", "swept")


def free_code(shop_id: str, pool: str, code: str) -> Key:
    """A code not given to anybody yet."""
    return Key(f"{shop_id}#pool#{pool}", f"free#{code}")


def given_code(shop_id: str, pool: str, code: str) -> Key:
    """A code given with a message."""
    return Key(f"{shop_id}#pool#{pool}", f"given#{code}")


def pool_tally(shop_id: str, pool: str, share: int) -> Key:
    """How many codes of one share of the pool are free and given."""
    return Key(f"{shop_id}#pool#{pool}", f"tally#{share:02}")


def code_holder(shop_id: str, code: str) -> Key:
    """To whom a code was given, and with which message. code: case-folded."""
    return Key(f"{shop_id}#code#{code}", "holder")


def code_order(shop_id: str, code: str, order_id: str) -> Key:
    """An order that once named this code, whoever placed it; the order itself says whether it still does."""
    return Key(f"{shop_id}#code#{code}", f"order#{order_id}")


def history_import(shop_id: str, import_id: str) -> Key:
    """An import of history: what is wanted, how far it has come, and what was wrong; kept for 30 days."""
    return Key(f"{shop_id}#import#{import_id}", "import")


def listed_import(shop_id: str, import_id: str) -> Key:
    """That the shop made this import; kept as long as the import."""
    return Key(f"shop#{shop_id}", f"import#{import_id}")


def dead_letter(shop_id: str, name: str) -> Key:
    """What may be shown of a delivery that could not be recorded; kept for 14 days."""
    return Key(f"{shop_id}#dead", name)


def dead_letter_body(shop_id: str, name: str) -> Key:
    """The whole delivery, to be recorded again."""
    return Key(f"{shop_id}#dead#{name}", "message")


def broadcast(shop_id: str, broadcast_id: str) -> Key:
    """A broadcast: how it stands and how far it has come."""
    return Key(f"{shop_id}#broadcast#{broadcast_id}", "broadcast")


def listed_broadcast(shop_id: str, broadcast_id: str) -> Key:
    """That the shop made this broadcast, and when; kept as long as what was decided for its members."""
    return Key(f"shop#{shop_id}", f"broadcast#{broadcast_id}")


def broadcast_content(shop_id: str, broadcast_id: str) -> Key:
    """What the shop wrote for the broadcast, by language."""
    return Key(f"{shop_id}#broadcast#{broadcast_id}", "content")


def broadcast_customers(shop_id: str, broadcast_id: str) -> Key:
    """Whom the shop named for the broadcast, one by one."""
    return Key(f"{shop_id}#broadcast#{broadcast_id}", "customers")


def broadcast_batch(shop_id: str, broadcast_id: str, number: int) -> Key:
    """Some members of the broadcast that were queued; gone once they are decided for and counted."""
    return Key(f"{shop_id}#broadcast#{broadcast_id}", f"batch#{number:08}")


def broadcast_later(shop_id: str, broadcast_id: str, due: str, node_id: str) -> Key:
    """A member for whom a better moment is waited for, by the minute of it."""
    return Key(f"{shop_id}#broadcast#{broadcast_id}", f"later#{due}#{node_id}")


def last_broadcast(shop_id: str, scenario: str, subject: str) -> Key:
    """The latest broadcast of the scenario about this product."""
    return Key(f"{shop_id}#broadcasts_about#{scenario}#{subject}", "last")


def started_lately(shop_id: str, scenario: str) -> Key:
    """When the shop's last broadcasts of the scenario were started."""
    return Key(f"shop#{shop_id}", f"started#{scenario}")


def newsletter(shop_id: str) -> Key:
    """What was prepared for the next newsletter."""
    return Key(f"shop#{shop_id}", "newsletter")


def reconciliation(shop_id: str) -> Key:
    """How far the shop's own API has been asked for what its webhooks did not bring."""
    return Key(f"{shop_id}#reconciliation", "state")


def found_by_reconciling(shop_id: str, day: str, kind: str, found: str, name: str) -> Key:
    """A document, by a hash of its id, that was missing or out of date when the shop was asked for it."""
    return Key(f"{shop_id}#reconciliation", f"found#{day}#{kind}#{found}#{name}")


def privacy_request(shop_id: str, request: str) -> Key:
    """A request of privacy law that has been fulfilled."""
    return Key(f"{shop_id}#privacy#{request}", "done")


def shop_erasure(shop_id: str) -> Key:
    """How far the erasure of the whole shop has come."""
    return Key(f"shop#{shop_id}", "erasure")


def backlog() -> Key:
    """How long webhooks last queued before they were recorded; one for the whole deployment."""
    return Key("deployment", "backlog")

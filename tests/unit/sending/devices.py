"""Phones, browsers and a webhook for the world's customer, and a shop that has set them all up."""

from typing import Any

from kairos import keys
from kairos.adapters.web_push_encryption import new_private_key, public_key_of
from kairos.domain.channel_settings import ChannelSettings
from kairos.domain.consent import Consent, ConsentStatement
from kairos.domain.identity import Identities
from kairos.services.endpoints import Registering, register
from tests.unit.sending.world import EMAIL, SHOP, World

PRIVATE = new_private_key()
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PHONE_ARN = "arn:aws:sns:eu-central-1:123456789012:endpoint/GCM/lumen/1"
OTHER_ARN = "arn:aws:sns:eu-central-1:123456789012:endpoint/GCM/lumen/2"
BROWSER = "https://push.example.com/send/1"
BROWSER_KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
CHANNELS = ChannelSettings.model_validate(
    {
        "email": {"tenant": "lumen"},
        "sms": {"sender_id": "Lumen", "max_price": "0.50"},
        "push": {"ttl": 3600},
        "web_push": {"contact": "mailto:shop@example.com", "public_key": public_key_of(PRIVATE)},
        "webhook": {"url": "https://hooks.example.com/in"},
    }
)


def world_with_channels(**channels: Any) -> World:
    """A world whose shop has set up all channels; `channels` replaces parts of the settings."""
    settings = CHANNELS.model_copy(update=channels)
    world = World(shop=SHOP.model_copy(update={"channels": settings}))
    world.secret = {"vapid": PRIVATE, "outgoing_webhook": WEBHOOK_SECRET}
    return world


def registering(world: World) -> Registering:
    return Registering(world.items, world.key, world.clock, world.snapshot)


def has_device(world: World, channel: Any, value: str, **more: str) -> str:
    """Registered by the person themselves; answers its id."""
    at = world.clock.now()
    return register(
        registering(world), world.shop.id, world.node, channel, value, more, at, "page", "Tell me of carts"
    )


def has_platform_id(world: World) -> None:
    """The platform knows them as 7, and messages through the webhook are consented to."""
    shop, node = world.shop.id, world.key.node(world.shop.id, "platform_id", "7")
    record = keys.customer_record(shop, world.node)
    told = world.store.stored[record].body
    known = Identities(email=EMAIL, platform_id="7").as_json()
    world.put(record, told | {"identities": known})
    said = ConsentStatement(
        channel="webhook", address="7", state="granted", stated_at=world.clock.now(), source="api"
    )
    world.put(keys.consent(shop, "webhook", node), Consent(shop=said).as_json())

"""A shop's hosted forms over a store in memory, with the mails they ask for delivered for real."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlparse

from kairos import keys
from kairos.adapters.pages.choices import choice
from kairos.adapters.pages.forms import wording
from kairos.adapters.pages.notifications import notice
from kairos.adapters.templates.engine import TemplateRenderer
from kairos.domain.answer import FormAnswer
from kairos.domain.consent import Consent
from kairos.domain.pages import PageSettings
from kairos.domain.profile import Profile
from kairos.services.customers import load_profile
from kairos.services.forms.answering import Answering
from kairos.services.forms.showing import Page, Visit, visit
from kairos.services.forms.tokens import sign_up_token
from kairos.services.unsubscribing import Token, sign
from tests.unit.sending.world import SHOP, FakeQueue, NoCounts, World

NEWCOMER = "noel@example.org"
MESSAGE = "0" * 32


class Reception:
    """world: the shop with its one customer Anna, who was sent MESSAGE."""

    def __init__(self, **pages: Any) -> None:
        self.world = World(shop=SHOP.model_copy(update={"pages": PageSettings.model_validate(pages)}))
        self.world.render = TemplateRenderer(self.world.store)
        self.snapshot = FakeQueue()

    @property
    def given(self) -> Answering:
        world = self.world
        return Answering(
            world.items,
            world.clock,
            world.key,
            world.queue,
            self.snapshot,
            NoCounts(),
            wording,
            "https://api.example.com",
            notice,
            choice,
        )

    def link(self, form: str, message: str = MESSAGE) -> str:
        """The end of the address of a form about Anna, as a message to her carries it."""
        token = Token(shop="lumen", channel="email", address_node=self.world.node, message_id=message)
        return f"{form}.{sign(self.world.key, token)}"

    @property
    def public(self) -> str:
        return sign_up_token(self.world.key, "lumen")

    def get(self, token: str, accepts: str | None = "en") -> Page:
        return visit(self.given, Visit(token, accepts, "192.0.2.7"))

    def post(self, token: str, fields: Mapping[str, Sequence[str] | str], origin: str = "192.0.2.7") -> Page:
        posted = {name: [told] if isinstance(told, str) else list(told) for name, told in fields.items()}
        return visit(self.given, Visit(token, "en", origin, posted))

    def post_in(self, accepts: str, fields: Mapping[str, str]) -> Page:
        """The sign-up form, sent by a browser of that language."""
        posted = {name: [told] for name, told in fields.items()}
        return visit(self.given, Visit(self.public, accepts, "192.0.2.7", posted))

    def sign_up(self, email: str = NEWCOMER, origin: str = "192.0.2.7", **fields: str) -> Page:
        return self.post(self.public, {"email": email, "consent": "yes", **fields}, origin)

    def mails(self) -> list[Any]:
        """Every mail that was sent so far; the queue is worked off first."""
        self.world.deliver_all()
        return list(self.world.provider.calls)

    def confirm_token(self) -> str:
        """The end of the link in the last mail."""
        text = self.mails()[-1].text
        link = next(word for word in text.split() if "/v1/forms/confirm." in word)
        return urlparse(link).path.rpartition("/")[2]

    def node(self, email: str = NEWCOMER) -> str:
        return self.world.key.node("lumen", "email", email)

    def consent(self, node: str, channel: str = "email") -> Consent:
        held = self.world.store.get(keys.consent("lumen", channel, node))
        return Consent.model_validate(held.body) if held else Consent()

    def profile(self, node: str | None = None) -> Profile | None:
        return load_profile(self.world.items, "lumen", node or self.world.node)

    def answers(self, node: str | None = None) -> list[FormAnswer]:
        held = self.world.items.query(keys.node("lumen", node or self.world.node), "answer#")
        return [FormAnswer.model_validate(item.body) for item in held]

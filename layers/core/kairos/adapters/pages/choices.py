"""What the preferences page says beside the box of a channel, as proof of the consent."""

from kairos.adapters.pages.layout import form_words, known_language
from kairos.domain.consent import Channel
from kairos.domain.shop import Shop


def choice(shop: Shop, language: str, channel: Channel) -> str:
    """What one agrees to by ticking the channel: the page's first words, the question, and the answer."""
    words = form_words(known_language(language), shop.name)
    return f"{words['preferences_intro']} {words['channels']}: {words[f'channel_{channel}']}"

"""What the console's pages need beyond reading: to look after customers, files, deliveries, and the shop."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from kairos.domain.identity import IdentityKey
from kairos.ports import Directory, Objects, Queue, Secrets

if TYPE_CHECKING:
    from kairos.services.consenting import Consenting
    from kairos.services.dead_letters.replaying import Replaying
    from kairos.services.importing.requests import Imports
    from kairos.services.senders import Senders


class Desk(NamedTuple):
    """key: of identities. objects: the bucket. changed: where the snapshot is told who has changed.

    secrets: the shops'. What is called with () is made when it is first asked for.
    """

    key: IdentityKey
    objects: Objects
    changed: Queue
    secrets: Secrets
    consenting: "Callable[[], Consenting]"
    imports: "Callable[[], Imports]"
    replaying: "Callable[[], Replaying]"
    senders: "Callable[[], Senders]"
    directory: Callable[[], Directory]

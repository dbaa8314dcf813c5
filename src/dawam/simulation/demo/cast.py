"""Who may sign in to the demo's pages: customers with wallets, a staff of five, and sessions for all of them.

They are seated in Dawam's database before it starts, by the very services that its pages use. So the product
needs no back door, and the demo none into it.
"""

from typing import NamedTuple

import msgspec

from dawam.app import TABLES, system_world
from dawam.config import InstitutionSettings, Settings
from dawam.delivery import DeliverySettings, EmailSettings, Message, PushSettings
from dawam.kernel import id_to_text
from dawam.people import SYSTEM, Actor, Customer, Holding, How, Opening, People, PeopleSettings
from dawam.simulation.demo.people import AMINA, AMINA_SAVES, LAYLA, MOREAU, OMAR, SHOP
from dawam.status import IncidentSettings, SubscriptionSettings
from dawam.storage import Storage, Tx
from dawam.web import Locale
from dawam.web.pages import Kind, PageSettings, Role

_SESSIONS_EACH = 6
"""A sign-out ends a session; coming in again takes another."""
_DEVICE = "Chrome/Android"
_A_WEEK_S = 604_800.0
_NAMES: dict[Locale, str] = {"ar": "محفظة النيل", "fr": "Portefeuille du Nil", "en": "Nile Wallet"}
_SENDER = "Nile Wallet <news@nile.example>"
_INCIDENTS = IncidentSettings(notice_every_s=10.0)
"""The public is told again as soon as a reader of the guide would look."""
_SUBSCRIPTIONS = SubscriptionSettings(asks_at_once=100)
"""All visitors of a demo come from one address; each of them may subscribe."""
PUSH_KEY_VARIABLE = "DEMO_PUSH_KEY"
_PEOPLE = PeopleSettings(
    customer_idle_s=_A_WEEK_S,
    customer_longest_s=_A_WEEK_S,
    staff_idle_s=_A_WEEK_S,
    staff_longest_s=_A_WEEK_S,
)


class Persona(NamedTuple):
    """Somebody as whom a reader comes in; `place` is where they begin, after the language."""

    id: str
    kind: Kind
    place: str
    name: str
    role: Role | None = None


AMINA_HASSAN = Persona("amina", Kind.CUSTOMER, "home", "أمينة حسن")
VIEWER = Persona("viewer", Kind.STAFF, "console", "Nour Adel", Role.VIEWER)
OPERATOR = Persona("operator", Kind.STAFF, "console", "Tarek Aziz", Role.OPERATOR)
APPROVER = Persona("approver", Kind.STAFF, "console/approvals", "Salma Said", Role.APPROVER)
COMMUNICATOR = Persona("communicator", Kind.STAFF, "console/incidents", "هاني رجب", Role.COMMUNICATOR)
ADMINISTRATOR = Persona("administrator", Kind.STAFF, "console/staff", "Mona Zaki", Role.ADMINISTRATOR)
PERSONAS = (AMINA_HASSAN, VIEWER, OPERATOR, APPROVER, COMMUNICATOR, ADMINISTRATOR)
_OTHERS = (
    ("omar", "عمر عبد الله", "+201001110002", "", "ar", OMAR),
    ("layla", "Layla Mansour", "+201001110003", "layla@example.org", "en", LAYLA),
    ("moreau", "Jean-Pierre Moreau", "+201001110004", "moreau@example.org", "fr", MOREAU),
    ("noor", "متجر النور", "+201001110005", "", "ar", SHOP),
)


def furnished(settings: Settings, *, institution: str, public_url: str, letters_port: int) -> Settings:
    """Settings with pages at an address, names that the public knows, news and sessions at a demo's pace.

    Messages leave by e-mail, to the relay at a port of this machine, and by web push with the key that
    `PUSH_KEY_VARIABLE` holds.
    """
    named: InstitutionSettings = msgspec.structs.replace(settings.institutions[institution], names=_NAMES)
    return msgspec.structs.replace(
        settings,
        pages=PageSettings(public_url=public_url),
        people=_PEOPLE,
        incidents=_INCIDENTS,
        subscriptions=_SUBSCRIPTIONS,
        delivery=DeliverySettings(
            email=EmailSettings(host="127.0.0.1", port=letters_port, tls="none", sender=_SENDER),
            push=PushSettings(contact="mailto:news@nile.example", key_env=PUSH_KEY_VARIABLE),
        ),
        institutions={**settings.institutions, institution: named},
    )


class Cast:
    """Keys to every persona's sessions."""

    def __init__(self, keys: dict[str, list[str]]) -> None:
        self._keys = keys

    @classmethod
    async def seated(cls, database_url: str, *, institution: str, public_url: str) -> "Cast":
        """Write everybody into a database that nobody else has open."""
        world = system_world()
        storage = Storage.open(database_url, tables=TABLES)
        try:
            people = People(
                storage, world, _PEOPLE, page_settings=PageSettings(public_url=public_url), send=_unsent
            )
            await storage.write(lambda tx: people.customers.add(tx, *customers(institution)))
            for persona in PERSONAS:
                if persona.role is not None:
                    await people.staff.invite(
                        Actor(SYSTEM), name=persona.name, roles=[persona.role], identifier=persona.id
                    )
            keys: dict[str, list[str]] = {persona.id: [] for persona in PERSONAS}

            def begin(tx: Tx) -> None:
                for persona in PERSONAS:
                    keys[persona.id] = [people.sessions.fresh_key() for _ in range(_SESSIONS_EACH)]
                    for key in keys[persona.id]:
                        opening = Opening(
                            id=id_to_text(world.ids.next()),
                            key=key,
                            kind=persona.kind,
                            person=persona.id,
                            how=How.PASSKEY,
                            device=_DEVICE,
                        )
                        people.sessions.begin(tx, opening, replaces="", now=world.clock.now())

            await storage.write(begin)
        finally:
            storage.close()
        return cls(keys)

    def keys(self, persona: Persona) -> list[str]:
        """Cookies of somebody's sessions; one that was signed out does not hold any more."""
        return self._keys[persona.id]


def customers(institution: str) -> list[Customer]:
    """Amina and the others; those with an e-mail address read what is sent to it."""
    amina = Customer(
        id=AMINA_HASSAN.id,
        name=AMINA_HASSAN.name,
        phone="+201001110001",
        email="amina@example.org",
        locale="ar",
        holdings=(
            Holding(institution=institution, account=AMINA, label="اليومية"),
            Holding(institution=institution, account=AMINA_SAVES, label="Savings"),
        ),
    )
    return [
        amina,
        *(
            Customer(
                id=identifier,
                name=name,
                phone=phone,
                email=email,
                locale=locale,  # type: ignore[arg-type]  # literals above
                holdings=(Holding(institution=institution, account=account),),
            )
            for identifier, name, phone, email, locale, account in _OTHERS
        ),
    ]


def _unsent(tx: Tx, message: Message) -> None:
    """Nobody is written to: everybody is seated by hand."""

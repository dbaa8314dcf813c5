"""What customers read, over real HTTP, in each language."""

import pytest

from dawam.standin import Mode

from .client import Client
from .fake_desk import FakeDesk

WITHHELD = {
    "ar": (
        "لا يُعرض رصيد لأنه لا يمكن إثبات أي رصيد في الوقت الحالي: "
        "\u2068آخر القيود التي وصلتنا قديمة أكثر مما يجوز\u2069."
    ),
    "fr": (
        "Aucun solde n’est affiché, car aucun ne peut être prouvé pour le moment\u00a0: "
        "les dernières écritures qui nous sont parvenues sont trop anciennes."
    ),
    "en": (
        "No balance is shown, because none can be proved at the moment: "
        "the last bookings that reached us are too old."
    ),
}


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_a_withheld_balance_is_explained_in_the_language_asked_for(client: Client, locale: str) -> None:
    answer = client.get("/v1/accounts/old/balance", accept_language=locale)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == locale
    assert answer.body["detail"] == WITHHELD[locale]
    assert answer.body["reason"] == "too_old"
    assert answer.body["action"]


def test_a_problem_comes_in_arabic_when_arabic_is_asked_for(client: Client) -> None:
    answer = client.get("/v1/accounts/unknown/balance", accept_language="ar")
    assert (answer.status, answer.headers["content-language"]) == (404, "ar")
    assert (answer.body["title"], answer.body["detail"]) == ("غير موجود", "لا يوجد حساب كهذا.")


def test_a_notice_comes_in_french_when_french_is_asked_for(client: Client, desk: FakeDesk) -> None:
    desk.mode = Mode.RECOVERING
    answer = client.get("/v1/accounts/EG-1/balance", accept_language="fr")
    assert answer.headers["content-language"] == "fr"
    assert answer.body["notice"].startswith("Le système de l’établissement fonctionne de nouveau. Les soldes")

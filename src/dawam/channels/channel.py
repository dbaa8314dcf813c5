"""What every route of the channel contract needs: the desks, the time, who may ask, the language."""

from functools import cache

from dawam.channels.access import Access, Headers
from dawam.channels.commanders import Commanders
from dawam.channels.desks import Desks
from dawam.channels.notices import notice
from dawam.kernel import Clock
from dawam.standin import Capability, Mode, Reason
from dawam.web import Locale, negotiate

_LOCALES_KEPT = 1_000


class Channel:
    """The contract's surroundings; `operators` is empty when nobody may command this node."""

    def __init__(
        self, desks: Desks, clock: Clock, *, access: Access, operators: Commanders, default_locale: Locale
    ) -> None:
        self.desks = desks
        self.clock = clock
        self.operators = operators
        self._access = access
        self._default_locale = default_locale
        self._locales: dict[bytes, Locale] = {}
        self._notice = cache(notice)

    def admit(self, headers: Headers) -> None:
        """Let an app in.

        Raises: Forbidden `token_missing`, `token_wrong`.
        """
        if not self._access.open:
            self._access.name_of(headers)

    def locale_of(self, headers: Headers) -> Locale:
        """The language to answer in."""
        for name, value in headers:
            if name == b"accept-language":
                return self._locales.get(value) or self._negotiated(value)
        return self._default_locale

    def notice(self, capability: Capability, mode: Mode, reason: Reason, locale: Locale) -> str | None:
        """What a customer is told about a capability; nothing when all is well."""
        return self._notice(capability, mode, reason, locale)

    def _negotiated(self, value: bytes) -> Locale:
        locale = negotiate(value.decode("latin-1"))
        if len(self._locales) < _LOCALES_KEPT:  # what clients send is not ours to keep without end
            self._locales[value] = locale
        return locale

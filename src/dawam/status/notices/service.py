"""The verbs of notices: publish, withdraw, look up, check."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from dawam.kernel import Conflict, IntegrityBroken, InvalidInput, NotFound, World, id_to_text
from dawam.status.notices import store
from dawam.status.notices.answering import said
from dawam.status.notices.codes import CODE_BITS, code_of, codes_in, visible
from dawam.status.notices.comparing import Words, closest, pieces, same, words_of
from dawam.status.notices.keys import signing_key, verifying_keys
from dawam.status.notices.model import (
    Checked,
    Notice,
    NoticeText,
    Verdict,
    canonical,
    checked_texts,
)
from dawam.status.notices.settings import NoticeSettings
from dawam.status.notices.wording import NameOf, Wording, plain_name
from dawam.storage import Storage, Tx, outbox
from dawam.web import LOCALES, Locale

PUBLISHED, WITHDRAWN = "notice_published", "notice_withdrawn"
MESSAGE_MAX = 8_000
_UTC = ZoneInfo("UTC")
_WORDS_BESIDE_A_CODE = 3
_WEIGHT = (Verdict.WITHDRAWN, Verdict.GENUINE, Verdict.ALTERED, Verdict.UNKNOWN)


class Notices:
    """Promise: what was published never changes, has its number, its code and our signature."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        settings: NoticeSettings | None = None,
        *,
        origin: str = "http://localhost:8080",
        name_of: NameOf = plain_name,
        zone: ZoneInfo = _UTC,
    ) -> None:
        """`origin` is where browsers reach the pages; `name_of` says how institutions are called; dates in
        answers are those of `zone`.

        Raises: InvalidInput `file_missing`, `file_unreadable`, `signing_key_malformed`,
        `verifying_key_malformed`.
        """
        self.settings = settings or NoticeSettings()
        self.wording = Wording(origin, name_of)
        self._zone = zone
        self._storage = storage
        self._world = world
        self._key = signing_key(storage, world, self.settings)
        self._keys = verifying_keys(self._key, self.settings)

    @property
    def public_key(self) -> str:
        """What verifies the signatures of notices: `name+id+base64`."""
        return self._key.verifying.text

    def publish(
        self,
        tx: Tx,
        *,
        institution: str,
        kind: str,
        subject_id: str,
        texts: Mapping[Locale, NoticeText],
        capabilities: Sequence[str],
        now: datetime,
        id: str | None = None,
    ) -> Notice:
        """Say something in public, within the transaction of the fact; news for `notice_published`.

        It replaces the subject's notice before it. With an `id` that was published already it is that
        notice, and nothing is said twice.
        Raises: InvalidInput `notice_text_missing`, `notice_text_too_long`.
        """
        kept = checked_texts(texts)
        if id is not None and (there := store.notice(tx, id)) is not None:
            return there
        before = store.last_of(tx, subject_id)
        unsigned = Notice(
            id=id or id_to_text(self._world.ids.next()),
            institution=institution,
            kind=kind,
            subject_id=subject_id,
            sequence=before.sequence + 1 if before else 1,
            texts=kept,
            capabilities=tuple(capabilities),
            published_at=now,
            code=self._new_code(tx),
            replaces=before.id if before else None,
            signature="",
        )
        signature = b64encode(self._key.sign(canonical(unsigned))).decode()
        notice = msgspec.structs.replace(unsigned, signature=signature)
        store.add(tx, notice)
        outbox.put(tx, PUBLISHED, notice.id.encode(), now=now)
        return notice

    def withdraw(self, tx: Tx, notice_id: str, *, now: datetime) -> None:
        """Take a notice back: whoever checks it learns that; news for `notice_withdrawn`.

        Raises: NotFound `notice_not_found`; Conflict `notice_withdrawn_already`.
        """
        notice = store.notice(tx, notice_id)
        if notice is None:
            raise NotFound("notice_not_found")
        if notice.withdrawn_at is not None:
            raise Conflict("notice_withdrawn_already")
        store.withdraw(tx, notice_id, now=now)
        outbox.put(tx, WITHDRAWN, notice_id.encode(), now=now)

    def notice(self, notice_id: str) -> Notice | None:
        """The notice of an id."""
        return self._storage.read(lambda rows: store.notice(rows, notice_id))

    def recent(
        self,
        institution: str | None = None,
        limit: int = 50,
        before: str | None = None,
        *,
        capability: str | None = None,
    ) -> list[Notice]:
        """The newest notices, newest first; `before` is the id of the last one seen."""
        return self._storage.read(
            lambda rows: store.recent(rows, institution, limit=limit, before=before, capability=capability)
        )

    def of_subject(self, subject_id: str) -> list[Notice]:
        """All that was said about something, oldest first."""
        return self._storage.read(lambda rows: store.of_subject(rows, subject_id))

    def last_of(self, subject_id: str) -> Notice | None:
        """What was said last about something."""
        return self._storage.read(lambda rows: store.last_of(rows, subject_id))

    def verifies(self, notice: Notice) -> bool:
        """Whether the notice carries our signature."""
        signature = b64decode(notice.signature)
        message = canonical(notice)
        return any(key.verifies(message, signature) for key in self._keys)

    def check(self, text: str) -> Checked:
        """Whether a code, or a whole message with its code in it, is ours and says what we said.

        Raises: InvalidInput `message_empty`, `message_too_long`; IntegrityBroken `notice_signature_broken`,
        when a notice in our books does not carry our signature.
        """
        if not text.strip():
            raise InvalidInput("message_empty")
        if len(text) > MESSAGE_MAX:
            raise InvalidInput("message_too_long", limit=MESSAGE_MAX)
        seen = visible(text)
        places = codes_in(seen)
        codes = [code for code, _ in places]
        known = {one.code: one for one in self._storage.read(lambda rows: store.by_code(rows, codes))}
        found = [
            self._compared(known[code], seen[:start] + " " + seen[end:])
            for code, (start, end) in places
            if code in known
        ]
        return min(
            found, key=lambda one: _WEIGHT.index(one.verdict), default=Checked(verdict=Verdict.UNKNOWN)
        )

    def answer_sms(self, text: str, locale: Locale) -> str:
        """The answer to an SMS with a code or a message in it; whoever sends it limits how often.

        Raises: IntegrityBroken `notice_signature_broken`.
        """
        try:
            checked = self.check(text)
        except InvalidInput:
            checked = Checked(verdict=Verdict.UNKNOWN)
        return said(checked, locale, name_of=self.wording.name_of, zone=self._zone)

    def _compared(self, notice: Notice, rest: str) -> Checked:
        if not self.verifies(notice):
            raise IntegrityBroken("notice_signature_broken", notice=notice.id)
        newer = self.notice(notice.replaced_by) if notice.replaced_by else None
        verdict = Verdict.GENUINE if notice.withdrawn_at is None else Verdict.WITHDRAWN
        origin = self.wording.origin
        given = words_of(rest, origin=origin)
        if _is_bare(given):
            return Checked(verdict=verdict, notice=notice, newer=newer)
        forms: list[tuple[Locale, Words]] = [
            (locale, words_of(visible(form), origin=origin))
            for locale in LOCALES
            for form in self.wording.forms(notice, locale)
        ]
        best = closest(given, [form for _, form in forms])
        locale = next(locale for locale, form in forms if form is best)
        if not same(given, best):
            verdict = Verdict.ALTERED
        told = pieces(given, best) if verdict is Verdict.ALTERED else ()
        return Checked(verdict=verdict, notice=notice, newer=newer, locale=locale, whole=True, pieces=told)

    def _new_code(self, tx: Tx) -> str:
        while True:
            code = code_of(self._world.entropy.getrandbits(CODE_BITS))
            if not store.by_code(tx, [code]):
                return code


def _is_bare(given: Words) -> bool:
    """Whether there is nothing to compare: no more than a few plain words beside the code."""
    plain = all(key.isalpha() for key, _ in given)
    return len(given) <= _WORDS_BESIDE_A_CODE and plain

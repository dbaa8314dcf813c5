"""The key that signs notices: from its file, else made once and kept. It is never shown and never logged."""

from pathlib import Path

from dawam.kernel import World
from dawam.ledger import SigningKey, VerifyingKey, read_signing_key
from dawam.status.notices import store
from dawam.status.notices.settings import NoticeSettings
from dawam.storage import Storage, Tx

_NAME = "dawam-notices"
_SEED_BYTES = 32


def signing_key(storage: Storage, world: World, settings: NoticeSettings) -> SigningKey:
    """The key of new notices.

    Raises: InvalidInput `file_missing`, `file_unreadable`, `signing_key_malformed`.
    """
    if settings.signing_key_file is not None:
        return read_signing_key(Path(settings.signing_key_file))
    seed = world.entropy.randbytes(_SEED_BYTES)

    def kept(tx: Tx) -> str:
        found = store.key(tx, _NAME)
        if found is None:
            found = SigningKey.generate(_NAME, seed).text
            store.keep_key(tx, _NAME, found)
        return found

    there = storage.read(lambda rows: store.key(rows, _NAME))
    return SigningKey.parse(there or storage.write_now(kept))


def verifying_keys(key: SigningKey, settings: NoticeSettings) -> list[VerifyingKey]:
    """Whose signatures are ours: this key's and the former ones'.

    Raises: InvalidInput `verifying_key_malformed`.
    """
    return [key.verifying, *(VerifyingKey.parse(text) for text in settings.former_keys)]

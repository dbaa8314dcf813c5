"""`GET /v1/accounts/{account}/proof`: what anybody can verify, without trusting whoever answers."""

from typing import Protocol

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.channels.answers import Asked, answer
from dawam.channels.channel import Channel
from dawam.channels.messages import ProofBody
from dawam.channels.requests import account_of
from dawam.kernel import from_ns
from dawam.ledger import AccountProof
from dawam.web.pages import FOR_APPS, ruled


class Prover(Protocol):
    """What proves; `dawam.ledger.Proofs` is one."""

    def prove(self, account_id: int) -> AccountProof:
        """The balance of an account of the ledger at the last checkpoint that says what all accounts had.

        Raises: NotFound `newer_than_checkpoint`; Unavailable `proof_not_available`.
        """
        ...


def proof_route(channel: Channel, proofs: Prover) -> HTTPRouteHandler:
    """The proof of an account's balance; for whoever may see the balance."""

    @get("/v1/accounts/{account:str}/proof", opt=ruled(FOR_APPS))
    async def proof(request: Asked, account: FromPath[str]) -> Response[bytes]:
        channel.admit(request.scope["headers"])
        known = account_of(account)
        found = proofs.prove(channel.desks.ledger_id(known))
        as_of = None if found.time_ns is None else from_ns(found.time_ns)
        return answer(
            ProofBody(
                known, found.currency, found.balance_minor, as_of, found.size, found.proof, found.checkpoint
            )
        )

    return proof

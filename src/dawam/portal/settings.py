"""What an operator may set about the portal. Page: docs/configuration.md."""

from typing import Annotated

import msgspec

from dawam.portal.console.acts.model import Act
from dawam.portal.customer.settings import CustomerSettings


class PortalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What customers may do how often; which acts of the console need a second person, and for how long.

    `secret_env` names the variable with the secret under which cash-out codes are kept; without one, a code
    does not outlive the node's process. `two_people` lists acts (`take_over`, `hand_back`, `pause`, `resume`)
    that wait until an approver agrees.
    """

    two_people: tuple[Act, ...] = (Act.HAND_BACK,)
    secret_env: str | None = None
    customers: CustomerSettings = CustomerSettings()
    approval_within_s: Annotated[float, msgspec.Meta(gt=0)] = 1_800.0

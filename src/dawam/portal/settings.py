"""What an operator may set about the portal. Page: docs/configuration.md."""

from typing import Annotated

import msgspec

from dawam.portal.console.acts.model import Act


class PortalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which acts of the console need a second person, and how long their word may take.

    `two_people` lists acts (`take_over`, `hand_back`, `pause`, `resume`) that wait until an approver agrees.
    """

    two_people: tuple[Act, ...] = (Act.HAND_BACK,)
    approval_within_s: Annotated[float, msgspec.Meta(gt=0)] = 1_800.0

"""Is this number true? Judges every balance that the primary answers, and whole snapshots.

Promises: an answer is called proved only for a moment at which the feed gives its amount; a primary that
tells one consistent story is never contradicted; one bad account is not a storm, and a storm is seen within a
few dozen answers and named; nothing logged or reported holds an account or an amount. Page: docs/guard.md.
"""

from dawam.guard.gate import GateReport, gate
from dawam.guard.model import Cause, Judgement, Mirrored, Verdict, judge, judge_absence, shown
from dawam.guard.pattern import Contradiction, Lookups, Naming, Pattern, name_pattern
from dawam.guard.ports import FeedPlace, GuardObserver, MirrorView
from dawam.guard.service import Absent, Contradicted, Failed, Guard, NotProved, Proved, Verdicted
from dawam.guard.settings import GateSettings, GuardSettings
from dawam.guard.snapshot import read_snapshot
from dawam.guard.storm import (
    CALM,
    StormDetector,
    StormEvidence,
    StormTest,
    step_contradicted,
    step_proved,
)

__all__ = [
    "CALM",
    "Absent",
    "Cause",
    "Contradicted",
    "Contradiction",
    "Failed",
    "FeedPlace",
    "GateReport",
    "GateSettings",
    "Guard",
    "GuardObserver",
    "GuardSettings",
    "Judgement",
    "Lookups",
    "MirrorView",
    "Mirrored",
    "Naming",
    "NotProved",
    "Pattern",
    "Proved",
    "StormDetector",
    "StormEvidence",
    "StormTest",
    "Verdict",
    "Verdicted",
    "gate",
    "judge",
    "judge_absence",
    "name_pattern",
    "read_snapshot",
    "shown",
    "step_contradicted",
    "step_proved",
]

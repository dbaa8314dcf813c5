"""Settings written for a child are read back as they were."""

from dawam.config import Settings, read
from dawam.simulation import FaultKind
from dawam.simulation.demo.pace import FAST, institution
from dawam.simulation.real.configuration import toml_of
from dawam.simulation.scenario import scenario


def test_what_is_written_is_what_is_read() -> None:
    for one in (institution(FAST), scenario(7, FaultKind.ZERO).institution):
        settings = Settings(operators={"amal": "ab" * 32}, institutions={"bank": one})
        assert read(toml_of(settings)) == settings

"""`python -m dawam`."""

from dawam.cli import main

main()

"""What every test relies on: one language at the terminal, whatever this machine speaks."""

import os

os.environ["LC_ALL"] = "C"

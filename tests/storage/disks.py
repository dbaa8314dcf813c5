"""Disks that are small, or can be made read-only, for tests that run as root."""

import subprocess


def mount(*arguments):
    """Whether it failed, as a number."""
    return subprocess.run(["mount", *arguments], capture_output=True, timeout=10).returncode


def unmount(folder):
    subprocess.run(["umount", str(folder)], check=True)

"""What the public is told: maintenance, incidents, notices, and how each reaches its readers.

Promises: what happened is said by itself, with nature, scope, since when and until when; nothing is said
twice; every notice can be checked; nothing published is changed in silence. Page: docs/status.md.
"""

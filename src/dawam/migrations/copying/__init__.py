"""A database copied to another place or engine: in bounded batches, resumable, compared at the end."""

from dawam.migrations.copying.service import CopiedTable, CopyReport, copy

__all__ = ["CopiedTable", "CopyReport", "copy"]

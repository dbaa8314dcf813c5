"""Columns of words that mean something: the kind, the direction, whether a row was refused."""

import polars as pl

from dawam.kernel import InvalidInput
from dawam.primary.extracts.files import ROW
from dawam.primary.extracts.mapping import KindSection, RefusedSection
from dawam.primary.extracts.sequence import line_of

KIND, REFUSED, REFERENCE = "kind_word", "is_refused", "reference"
_UNNAMED_KIND = "booking"


def with_words(
    frame: pl.DataFrame, kind: KindSection | None, refused: RefusedSection | None, *, file: str
) -> pl.DataFrame:
    """Add the kind, whether refused, and the reference: the row's own or its place in the file.

    Raises: InvalidInput `extract_kind_unknown`.
    """
    refusal = pl.lit(False)
    if refused:
        refusal = pl.col("refused.column").str.strip_chars().is_in(refused.values)
    own = pl.col("rows.reference").str.strip_chars() if "rows.reference" in frame.columns else None
    reference = own if own is not None else pl.lit("row:") + pl.col(ROW).cast(pl.String)
    frame = frame.with_columns(refusal.alias(REFUSED), reference.alias(REFERENCE))
    return frame.with_columns(_kinds(frame, kind, file=file).alias(KIND))


def _kinds(frame: pl.DataFrame, kind: KindSection | None, *, file: str) -> pl.Series:
    if kind is None:
        return pl.Series([_UNNAMED_KIND] * frame.height, dtype=pl.String)
    told = frame["kind.column"].str.strip_chars()
    if kind.map:
        meant = told.replace_strict(kind.map, default=kind.other, return_dtype=pl.String)
    else:
        meant = pl.select(pl.when(told != "").then(told).otherwise(pl.lit(kind.other))).to_series()
    if meant.null_count():
        word = told[meant.is_null().arg_max() or 0]
        raise InvalidInput(
            "extract_kind_unknown",
            file=file,
            line=line_of(frame, meant.is_null()),
            column=kind.column,
            value=word[:40],
        )
    return meant

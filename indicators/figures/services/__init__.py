"""Publishing a round, correcting a published figure."""

from indicators.figures.services.publications import (
    digest_of,
    keep_files,
    preview_correction,
    preview_publication,
    publish_round,
)

__all__ = ["digest_of", "keep_files", "preview_correction", "preview_publication", "publish_round"]

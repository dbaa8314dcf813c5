"""What a server writes about itself: one JSON object a line, on standard error."""

import sys

import structlog


def configure_logging() -> None:
    """Log JSON lines on stderr, with level and UTC time; standard output is for what was asked."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )

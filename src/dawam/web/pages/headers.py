"""What every page tells the browser to refuse. Source: OWASP Secure Headers Project; CSP Level 3.

What is no page is never guessed to be one, is kept nowhere unless it says so itself, and runs nothing.
"""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
TLS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}

_DOCUMENTS = ("html", "xml")
"""What a browser may show as a document; a worker's script has a policy of its own in these headers."""


async def completed(message: Message, scope: Scope) -> None:
    """Give every answer of the application, failures too, what it did not say itself."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cache-Control", "no-store")
    if any(one in headers.get("content-type", "") for one in _DOCUMENTS):
        headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    if scope["litestar_app"].state.get("secure"):
        for name, value in TLS_HEADERS.items():
            headers.setdefault(name, value)

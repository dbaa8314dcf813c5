"""Where messages arrive: an HTTP server that keeps what it gets."""

from dataclasses import dataclass

from aiohttp import web


@dataclass
class Got:
    path: str
    headers: dict
    body: bytes


class HttpSink:
    """Answers with `status` and `headers`."""

    def __init__(self):
        self.got: list[Got] = []
        self.status = 200
        self.headers = {}

    async def __aenter__(self):
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()

    async def _take(self, request):
        self.got.append(Got(request.path, dict(request.headers), await request.read()))
        return web.Response(status=self.status, headers=self.headers)

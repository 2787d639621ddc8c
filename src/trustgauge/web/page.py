"""Page: the label page over HTTP. Only who holds the token gets in, and nothing of it runs that we did not write.

What models wrote is escaped; no script, style or address from elsewhere is loaded (Content-Security-Policy); a page of
another origin can neither read (the cookie is SameSite=Strict; Host must be ours, against DNS rebinding) nor post
(Origin must be ours).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from trustgauge.errors import StoreError
from trustgauge.labelling import Position, labeller_name
from trustgauge.safe import plain
from trustgauge.web.desk import Desk
from trustgauge.web.view import HEIGHT, LEFT, RIGHT, WIDTH, curve, exhibit, shown

HERE = Path(__file__).parent
LONGEST_FORM = 64 * 1024  # bytes of a posted form: a label and a note
LONGEST_NOTE = 2000  # characters
JOINERS = "\u200c\u200d"  # hidden, but part of how Persian, Hindi and emoji are written
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with "no-referrer" our own forms would come without their origin
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


@cache
def _templates() -> Environment:
    settings: Any = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(autoescape=True, finalize=_harmless, loader=FileSystemLoader(HERE / "templates"), **settings)


def _harmless(value: object) -> object:
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(part if part in JOINERS else plain(part) for part in re.split(f"([{JOINERS}])", value))


class Gate:
    """Lets through what comes from our own page; puts our headers on whatever goes out.

    hosts: what the Host header may be, None where the server listens beyond this machine under names not known
    here; then the token alone guards it.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: frozenset[str] | None) -> None:
        self._app, self._token, self._hosts = app, token, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *ours]}
            await send(message)

        request = Request(scope, receive)
        answer = self._refusal(request)
        await (answer or self._app)(scope, receive, sending)

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if self._hosts is not None and host not in self._hosts:
            return _refuse(f"this page is not served as '{host[:80]}': open the address that trustgauge printed")
        if request.method not in ("GET", "HEAD") and request.headers.get("origin") != f"http://{host}":
            return _refuse("this did not come from the label page")
        token = request.query_params.get("token", "")
        if request.url.path == "/" and token and _same(token, self._token):
            response = RedirectResponse("/", 303)
            response.set_cookie(_cookie(request, "token"), token, httponly=True, samesite="strict")
            return response
        if not _same(request.cookies.get(_cookie(request, "token"), ""), self._token):
            return _refuse("open the whole address that trustgauge printed, with its token")
        return None


def _same(given: str, token: str) -> bool:
    return secrets.compare_digest(given.encode(), token.encode())


def _refuse(why: str) -> Response:
    return Response(f"Refused: {plain(why)}.\n", 403, media_type="text/plain")


def _cookie(request: Request, what: str) -> str:
    """Cookies are shared by all ports of a host: each server has names of its own."""
    return f"trustgauge-{what}-{request.url.port or 80}"


class Pages:
    """The pages over a desk. All of it runs on the event loop's thread, which is the store's."""

    def __init__(self, desk: Desk, labeller: str = "") -> None:
        self._desk, self._named = desk, labeller_name(labeller)

    # pages

    async def home(self, request: Request) -> Response:
        """The reply to judge now; without a name, the page that asks for one."""
        if not self._who(request):
            return self._ask_name()
        return self._show(request)

    async def name(self, request: Request) -> Response:
        """Asks who labels; keeps the name in this browser."""
        if request.method == "GET":
            return self._ask_name(self._who(request))
        who = labeller_name((await _form(request)).get("name", ""))
        if not who:
            return self._ask_name(problem="Please give a name: your labels are kept under it.")
        response = RedirectResponse("/", 303)
        response.set_cookie(_cookie(request, "labeller"), quote(who), httponly=True, samesite="strict")
        return response

    async def say(self, request: Request) -> Response:
        """Keeps a label, or passes the reply over."""
        form, who = await _form(request), self._who(request)
        if refused := _not_theirs(form, who):
            return refused
        try:
            at = Position(form["task"], int(form["place"]), int(form["draw"]))
            if form["label"] == "skip":
                self._desk.skip(who, at)
            else:
                self._desk.say(who, at, form["label"], plain(form.get("note", "").strip())[:LONGEST_NOTE])
        except (KeyError, ValueError):
            return _rendered("sorry", 400, why="That was no label of a reply that is asked for here.")
        return RedirectResponse("/", 303)

    async def undo(self, request: Request) -> Response:
        """Takes back the last label of this session."""
        who = self._who(request)
        if refused := _not_theirs(await _form(request), who):
            return refused
        self._desk.undo(who)
        return RedirectResponse("/", 303)

    async def again(self, request: Request) -> Response:
        """Lays before the labeller what was passed over."""
        who = self._who(request)
        if refused := _not_theirs(await _form(request), who):
            return refused
        self._desk.take_up(who)
        return RedirectResponse("/", 303)

    async def panel(self, request: Request) -> Response:
        """The panel alone, for the page to show anew while others label."""
        return _rendered("panel", **self._board(self._who(request), request.query_params.get("task", "")))

    # of what they are made

    def _who(self, request: Request) -> str:
        return labeller_name(unquote(request.cookies.get(_cookie(request, "labeller"), ""))) or self._named

    def _ask_name(self, name: str = "", problem: str = "") -> Response:
        run, n = self._desk.run, len(self._desk.queue)
        return _rendered("name", name=name or self._named, problem=problem, run=run, n=n)

    def _show(self, request: Request) -> Response:
        who = self._who(request)
        wanted, (done, passed, total) = self._desk.next(who), self._desk.progress(who)
        task = wanted.at.task if wanted else ""
        record = self._desk.records[wanted.at] if wanted else None
        return _rendered(
            "label",
            who=who,
            run=self._desk.run,
            done=done,
            passed=passed,
            total=total,
            at=wanted.at if wanted else None,
            it=exhibit(record) if record else None,
            last=self._desk.last(who),
            undoable=bool(self._desk.sitting(who).done),
            **self._board(who, task),
        )

    def _board(self, who: str, task: str) -> Mapping[str, Any]:
        board = self._desk.board(who)
        here = next((found for found in board.tasks if found.task == task), board.tasks[-1] if board.tasks else None)
        size = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT}
        return {"board": board, "here": here, "curve": curve(here) if here else None, "size": size, "share": shown}


def _rendered(page: str, status: int = 200, /, **values: Any) -> Response:
    text = _templates().get_template(f"{page}.html.jinja").render(**values)
    return Response(text, status, media_type="text/html")


def _not_theirs(form: Mapping[str, str], who: str) -> Response | None:
    """Why nothing is done for this labeller: none is named, or the page in this tab was made for another one."""
    if not who:
        return RedirectResponse("/", 303)
    if form.get("who", who) == who:
        return None
    why = f"Not kept: this page was {form['who']}'s, and in this browser {who} labels now. Use a browser profile each."
    return _rendered("sorry", 409, why=why)


async def _form(request: Request) -> dict[str, str]:
    """A posted form's fields, the last of each name; nothing of one that is too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            return {}
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:  # more fields than any form of ours has
        return {}
    return {name: values[-1] for name, values in fields.items()}


def label_app(desk: Desk, token: str, hosts: frozenset[str] | None, labeller: str = "") -> ASGIApp:
    """The application: GET / with ?token= opens it in a browser, everything else needs the cookie that this sets."""
    pages = Pages(desk, labeller)

    async def store_failed(request: Request, error: Exception) -> Response:
        return _rendered("sorry", 503, why=f"Not kept: {error}.")

    routes = [
        Route("/", pages.home),
        Route("/name", pages.name, methods=["GET", "POST"]),
        Route("/say", pages.say, methods=["POST"]),
        Route("/undo", pages.undo, methods=["POST"]),
        Route("/again", pages.again, methods=["POST"]),
        Route("/panel", pages.panel),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return Gate(Starlette(routes=routes, exception_handlers={StoreError: store_failed}), token, hosts)


def address(host: str, port: int, token: str = "") -> str:
    """The page's address, as it is opened the first time where the token is given."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/" + (f"?token={token}" if token else "")


def own_hosts(host: str, port: int) -> frozenset[str] | None:
    """What the Host header may be: the names of this machine for itself; None where others may reach the page."""
    if not is_loopback(host):
        return None
    names = {host, "127.0.0.1", "localhost", "[::1]"}
    return frozenset(
        f"{f'[{name}]' if re.fullmatch('[0-9a-f:]+', name) and ':' in name else name}:{port}" for name in names
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server there."""
    return host in ("localhost", "::1") or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))

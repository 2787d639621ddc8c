"""A real browser without a window: Chromium over the DevTools protocol, driven by key presses.

`with browser(folder) as chromium`, then `chromium.page(url)` for a page in a context of its own: cookies are not shared.
"""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage")  # fmt: skip
NAMED = {"Enter": (13, "\r"), "Escape": (27, ""), "Tab": (9, "")}


class Page:
    """One page. Whatever it logs is in `problems`, whatever it asks for in `requests`."""

    def __init__(self, chromium: Chromium, session: str) -> None:
        self._chromium, self._session = chromium, session
        self.problems: list[str] = []
        self.requests: list[str] = []

    def do(self, method: str, **params: Any) -> Any:
        """One DevTools command, and its result."""
        return self._chromium.do(method, params, self._session)

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        found = self.do("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait(self, script: str, timeout: float = 30) -> Any:
        """Wait until an expression holds; during a navigation there is nothing to ask."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                if found := self.run(script):
                    return found
            except RuntimeError:  # the page is on its way out
                pass
            time.sleep(0.03)
        raise AssertionError(f"never came true: {script}\n{self.run('document.body.innerText')}")

    def open(self, url: str) -> None:
        """Go there and wait for it."""
        self.do("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def press(self, key: str, **more: Any) -> None:
        """Press and let go one key, as a keyboard does: a character, Enter, Escape or Tab."""
        # Only letters and digits have the code of their character: that of "'" is the arrow's.
        code, text = NAMED[key] if key in NAMED else (ord(key.upper()) if key.isalnum() and key.isascii() else 0, key)
        about = {"key": key, "windowsVirtualKeyCode": code, **more}
        self.do(
            "Input.dispatchKeyEvent",
            type="keyDown" if text else "rawKeyDown",
            **about,
            **({"text": text} if text else {}),
        )
        self.do("Input.dispatchKeyEvent", type="keyUp", **about)

    def hold(self, key: str, times: int = 30) -> None:
        """Hold a letter's key down, so that it repeats, across whatever pages it leads to; then let it go."""
        about = {"key": key, "windowsVirtualKeyCode": ord(key.upper())}
        for i in range(times):
            self.do("Input.dispatchKeyEvent", type="keyDown", text=key, autoRepeat=i > 0, **about)
            time.sleep(0.03)
        self.do("Input.dispatchKeyEvent", type="keyUp", **about)

    def type(self, text: str) -> None:
        """Press the keys of a text."""
        for sign in text:
            self.press(sign)

    def press_and_load(self, key: str) -> None:
        """Press a key that leads to another page, and wait for that."""
        self.run("window.before = true")
        self.press(key)
        self.wait("!window.before && document.readyState === 'complete'")

    def shot(self, file: Path, width: int = 1280, height: int = 900, *, dark: bool = False) -> None:
        """A picture of the page at that size."""
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.do("Emulation.setEmulatedMedia", features=features)
        file.write_bytes(base64.b64decode(self.do("Page.captureScreenshot", format="png")["data"]))

    def heard(self, method: str, params: dict[str, Any]) -> None:
        """An event of the page."""
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.problems.append(json.dumps(params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.problems.append(json.dumps(params["entry"]))


class Chromium:
    """The browser: its connection lives in a thread of its own."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._pages: dict[str, Page] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._call(self._connect())

    def _call(self, coroutine: Awaitable[Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)  # type: ignore[arg-type]

    async def _connect(self) -> None:
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(self._address, max_msg_size=0)
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                self._waiting.pop(said["id"]).set_result(said)
            elif page := self._pages.get(said.get("sessionId", "")):
                page.heard(said["method"], said["params"])

    def do(self, method: str, params: dict[str, Any] | None = None, session: str = "") -> Any:
        """One command and its result; RuntimeError where the browser refuses it."""

        async def ask() -> Any:
            self._number += 1
            number = self._number
            self._waiting[number] = self._loop.create_future()
            ask = {"id": number, "method": method, "params": params or {}} | ({"sessionId": session} if session else {})
            await self._socket.send_json(ask)
            return await asyncio.wait_for(self._waiting[number], 30)

        said = self._call(ask())
        if "error" in said:
            raise RuntimeError(said["error"]["message"])
        return said["result"]

    def page(self, url: str) -> Page:
        """A page in a context of its own, at that address."""
        context = self.do("Target.createBrowserContext")["browserContextId"]
        target = self.do("Target.createTarget", {"url": "about:blank", "browserContextId": context})["targetId"]
        session = self.do("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = self._pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.do(f"{domain}.enable")
        page.open(url)
        return page

    def close(self) -> None:
        """End the connection."""

        async def end() -> None:
            await self._socket.close()
            await self._reader
            await self._http.close()

        self._call(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextmanager
def browser(folder: Path) -> Iterator[Chromium]:
    """A fresh Chromium with its profile in the folder; skips the test where none is installed."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser: install one of {', '.join(NAMES)}")
    words = [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        chromium = Chromium(_address(folder / "DevToolsActivePort"))
        try:
            yield chromium
        finally:
            chromium.close()
    finally:
        process.terminate()
        process.wait(20)


def _address(file: Path) -> str:
    """Where the browser listens, once it has written it down."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        lines = file.read_text().split() if file.exists() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    raise AssertionError("the browser did not start")

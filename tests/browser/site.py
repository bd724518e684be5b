"""The dashboard served as `make app` does, and Chromium to look at it: for tests and for measuring.

Screenshots go to `build/screenshots`. Chromium is Debian's, or the one that the variable CHROMIUM names.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
DESKTOP = {"width": 1440, "height": 1600}
PHONE = {"width": 390, "height": 1600}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# A run of edge of care takes seconds; a machine that does other things at once takes longer.
PATIENCE = 60_000


@contextmanager
def serving() -> Iterator[str]:
    """Serve the dashboard on a free port of this machine; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += [
        "--server.address",
        "127.0.0.1",
        "--server.headless",
        "true",
        "--server.fileWatcherType",
        "none",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _healthy(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _healthy(address: str, process: subprocess.Popen[bytes]) -> None:
    # Straight to this machine, whatever proxy the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the server stopped"
        try:
            with opener.open(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server was not healthy within a minute")


@contextmanager
def browsing() -> Iterator[Any]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is not here: install it (Debian: apt-get install chromium), or name it in CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


def settled(page: Any) -> None:
    """Wait until the script has stopped, nothing on the page is of an earlier run of it, and no simulation goes on."""
    page.wait_for_selector("h1")
    page.wait_for_function(
        """() => {
          const app = document.querySelector('[data-testid=stApp]');
          const stop = [...document.querySelectorAll('button')].some(each => each.innerText.trim() === 'Stop');
          return app && app.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-stale=true]') && !stop
            && !document.querySelector('[data-testid=stSkeleton]');
        }"""
    )
    page.wait_for_timeout(300)  # a page that is about to be drawn again has begun by now
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def screenshot(page: Any, name: str) -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path)
    return path

"""Starts everything on one machine: database, reference data, demonstration, web and worker, with progress shown."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import config as configuration

ROOT = Path(__file__).resolve().parent.parent
STARTED_WITHIN_SECONDS = 60


def main() -> int:
    """Prepare, start, wait; returns the exit code. Ctrl-C stops both processes cleanly."""
    signal.signal(signal.SIGTERM, _stop)
    address = configuration.chosen().BASE_URL
    _step("資料庫更新 database", lambda: _flask("db", "upgrade"))
    _step("基本資料 reference data", lambda: _flask("seed"))
    _step("示範機關 demonstration", lambda: _flask("demo"))
    bind = address.split("//", 1)[1]
    python = sys.executable
    web = [python, "-m", "gunicorn", "--bind", bind, "--workers", "2", "--threads", "4", "--log-level", "warning"]
    processes = [
        subprocess.Popen([*web, "run:app"], cwd=ROOT),
        subprocess.Popen([python, "-m", "flask", "--app", "run", "worker"], cwd=ROOT),
    ]
    try:
        _step("網站 web and worker", lambda: _answering(f"{address}/portal/", processes))
        _announce(address)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(timeout=30)


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _step(words: str, work: Callable[[], None]) -> None:
    print(f"  {words} …", end="", flush=True)
    started = time.monotonic()
    work()
    print(f" {time.monotonic() - started:.1f} s", flush=True)


def _flask(*command: str) -> None:
    environment = {**os.environ, "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING")}
    result = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "run", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        print(f"\n{result.stdout}{result.stderr}", file=sys.stderr)
        raise SystemExit(result.returncode)


def _answering(address: str, processes: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < until:
        if any(process.poll() is not None for process in processes):
            raise SystemExit("a process stopped while starting (is the port taken?)")
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                if response.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{address} did not answer within {STARTED_WITHIN_SECONDS} seconds")


def _announce(address: str) -> None:
    from app.seeds import demo_people as people

    staff = "\n".join(f"    {name:<8} {role.label}" for name, _, _, role in people.STAFF)
    code = f"{os.path.relpath(sys.executable)} -m flask --app run staff code"
    lawyers = "\n".join(f"    {mail:<22} {name}" for name, mail, _ in people.LAWYERS)
    relatives = "\n".join(f"    {mail:<22} {name}" for name, mail, *_ in people.RELATIVES)
    print(
        f"""
  便民服務入口網      {address}/portal/
  便民服務後臺管理系統  {address}/backoffice/
  便民服務稽核查詢系統  {address}/auditor/
  本機寄件匣（示範）   {address}/portal/outbox

  示範帳號
  機關人員（密碼皆為 {people.STAFF_PASSWORD}；登入時的驗證碼由下列指令取得）：
{staff}
    {code} officer
  律師（以電子郵件登入，密碼皆為 {people.PASSWORD}）：
{lawyers}
  家屬（登入方式同上）：
{relatives}

  按 Ctrl-C 停止。""",
        flush=True,
    )

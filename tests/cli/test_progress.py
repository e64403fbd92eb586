"""How far a long act is: drawn at a terminal, and nowhere else."""

import os
import pty
import subprocess
import sys

from billing_ui.cli.frontend import ROOT

PLAY = """
import time
from billing_ui.cli.progress import Progress
progress = Progress("importing", 200, 100)
for done in (110, 150, 200):
    time.sleep(0.11)
    progress.tell(done, (done - 100) * 10)
progress.end()
"""


def test_a_terminal_sees_share_pace_and_time_left_and_a_clean_line_in_the_end() -> None:
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", PLAY], cwd=ROOT, stderr=theirs, check=True, timeout=30)
    os.close(theirs)
    seen = os.read(ours, 10_000).decode()
    os.close(ours)
    first, half, whole, cleared = seen.split("\r\x1b[K")[1:]
    assert first.startswith("importing █") and "55 %" in first and "/s" in first and " left" in first
    assert "75 %" in half
    assert "100 %" in whole and "0:00 left" in whole and "░" not in whole
    assert cleared == ""


def test_a_log_is_spared() -> None:
    told = subprocess.run([sys.executable, "-c", PLAY], cwd=ROOT, capture_output=True, check=True, timeout=30)
    assert told.stderr == b""

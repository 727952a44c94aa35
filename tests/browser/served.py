"""The program as the browser tests serve it: the real one, with its clock stopped.

``gunicorn tests.browser.served:app`` serves it; ``python -m tests.browser.served worker`` delivers its messages.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime

from app import clock
from app.factory import create_app
from tests.stillness import STOPPED_AT

clock.stop_everywhere(datetime.fromisoformat(os.environ[STOPPED_AT]))
app = create_app()

if __name__ == "__main__":
    result = app.test_cli_runner().invoke(args=sys.argv[1:])
    print(result.output, flush=True)
    sys.exit(result.exit_code)

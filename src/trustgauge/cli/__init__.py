"""The command line: thin, over the same functions that the Python API has. The contract is in docs/cli.md."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; every foreseen problem is one sentence on stderr and an exit code."""
    from trustgauge.cli.app import app
    from trustgauge.cli.say import complain
    from trustgauge.errors import TrustgaugeError

    try:
        app(standalone_mode=True)
    except TrustgaugeError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)

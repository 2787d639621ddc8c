"""trustgauge measures how far a large language model can be trusted, finely enough to decide on.

Everything the command line does is here too: `trustgauge.run(models=["openai/gpt-5-mini"])`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "Case": "types",
    "Failure": "types",
    "Gold": "types",
    "Judge": "judges",
    "Message": "types",
    "Options": "types",
    "Profile": "reports",
    "Record": "types",
    "Reply": "types",
    "Store": "store",
    "SubCategory": "suites",
    "Task": "suites",
    "TrustgaugeError": "errors",
    "Verdict": "types",
    "align": "loop",
    "calibrate": "api",
    "compare": "api",
    "disclose": "disclosure",
    "doctor": "api",
    "export": "api",
    "gate": "api",
    "generate_cases": "writing",
    "import_recorded": "imports",
    "judge": "api",
    "leaderboard": "api",
    "leaks": "loop",
    "plan": "api",
    "report": "api",
    "run": "api",
    "study": "api",
    "tasks": "suites",
    "validate": "api",
    "weak": "loop",
}

__all__ = sorted(_PUBLIC)  # noqa: PLE0605  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    """Public names are loaded on first use, so that `import trustgauge` stays light."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'trustgauge' has no attribute '{name}'")
    return getattr(import_module(f"trustgauge.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return __all__

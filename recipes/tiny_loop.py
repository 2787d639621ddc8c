"""The whole loop on a tiny base model, or on yours: python recipes/tiny_loop.py --out DIR (docs/tiny-loop.md)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, from wherever

from recipes.tiny.running import main_loop

if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--out", type=Path, default=Path("tiny-loop"), help="folder for everything that is made")
    asked.add_argument("--model", default="", help="ORG/NAME or a folder: a causal model in place of the tiny base")
    asked.add_argument("--lora", action="store_true", help="train an adapter only (with --model)")
    asked.add_argument("--short", action="store_true", help="the same chain in about a minute, for CI: shows little")
    asked.add_argument("--ablate", action="store_true", help="without twins, without balance, with a biased judge too")
    asked.add_argument("--write", type=Path, metavar="FILE", help="write the page of results there")
    main_loop(asked.parse_args())

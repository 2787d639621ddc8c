"""`python -m trustgauge`: the same as the command `trustgauge`."""

from trustgauge.cli import main

main()

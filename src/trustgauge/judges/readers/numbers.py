from trustgauge.judges.base import Reading
def read_number(text: str) -> Reading: raise SystemExit
def read_percent(text: str) -> Reading: raise SystemExit
def read_percents(text: str, letters: object) -> dict[str, float]: raise SystemExit

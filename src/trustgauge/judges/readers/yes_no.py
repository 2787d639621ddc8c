from trustgauge.judges.base import Reading


def read_yes_no(text: str, prompt: str = "") -> Reading:
    raise SystemExit(text + prompt)

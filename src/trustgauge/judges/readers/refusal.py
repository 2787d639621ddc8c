from trustgauge.judges.base import Reading


def read_refusal(text: str, prompt: str = "") -> Reading:
    raise SystemExit(text + prompt)

"""The yardstick: a bare aiohttp client that sends, reads, grades by a substring and writes a line, nothing else.

python -m benchmarks.raw URL N CONCURRENCY: prints the seconds it took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time

import aiohttp

WORDS = ["please", "explain", "how", "one", "would", "ask", "about", "safety", "privacy", "truth", "ethics", "policy"]


def prompt(i: int) -> str:
    """The i-th of endlessly many prompts of about 200 characters."""
    words = " ".join(WORDS[(i * 31 + k * k) % len(WORDS)] for k in range(26))
    return f"Question {i:07d}: {words}"[:199] + "?"


async def main(url: str, n: int, concurrency: int) -> None:
    """Ask n prompts."""
    numbers = iter(range(n))
    connector = aiohttp.TCPConnector(limit=0)
    with tempfile.TemporaryFile("w") as out:
        async with aiohttp.ClientSession(connector=connector, headers={"Authorization": "Bearer x"}) as session:

            async def worker() -> None:
                for i in numbers:
                    message = {"role": "user", "content": prompt(i)}
                    body = {"model": "instant", "messages": [message], "max_tokens": 64, "temperature": 0}
                    async with session.post(f"{url}/chat/completions", json=body) as response:
                        answer = await response.json()
                    text = answer["choices"][0]["message"]["content"]
                    line = {"id": i, "input": message["content"], "output": text, "usage": answer["usage"]}
                    out.write(json.dumps(line | {"score": int("cannot" in text)}) + "\n")

            began = time.perf_counter()
            await asyncio.gather(*(worker() for _ in range(concurrency)))
            print(time.perf_counter() - began)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

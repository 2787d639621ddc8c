"""Several endpoints for one model: shares by weight, circuits, failing over, and one that must wait."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from support.model_client import KEY, PLAIN
from support.model_server import ModelServer, Seen, refuse, reply
from support.ports import own_port
from trustgauge.errors import ModelError
from trustgauge.models.endpoints import FAILURES, FIRST_S, LONGEST_S, Endpoints
from trustgauge.models.http import Answer, Http
from trustgauge.models.providers import is_local, open_http
from trustgauge.types import Case, Failure, Options, Outcome, Reply

GONE = Failure(kind="connect", message="no connection to it", transient=True)
LATE = Failure(kind="timeout", message="no answer from it within 9 s", transient=True)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Stub:
    """In place of Http: answers what `say` makes of the call's number, from 1."""

    timeout_s = 9.0

    def __init__(self, where: str, say: Callable[[int], Any] = lambda _: 200) -> None:
        self.where, self.say = where, say
        self.calls = 0
        self.times: list[float] = []
        self.closed = False

    async def post(self, body: bytes, timeout_s: float) -> Answer | Failure:
        self.calls += 1
        self.times.append(timeout_s)
        said = self.say(self.calls)
        if isinstance(said, Awaitable):
            said = await cast("Awaitable[Any]", said)
        return Answer(said, b"{}", 0.1, self.where) if isinstance(said, int) else said

    async def close(self) -> None:
        self.closed = True


def limited(where: str, wait: float | None) -> Answer:
    return Answer(429, b"{}", 0.1, where, retry_after_s=wait)


def ends(*stubs: Stub, weights: tuple[int, ...] = (), clock: Clock | None = None) -> Endpoints:
    pairs = [(cast("Http", stub), weight) for stub, weight in zip(stubs, weights or (1,) * len(stubs), strict=True)]
    return Endpoints(pairs, clock or Clock())


async def post(endpoints: Endpoints, times: int = 1) -> Answer | Failure:
    """The outcome of the last of some calls, one after the other."""
    outcome: Any = None
    for _ in range(times):
        outcome = await endpoints.post(b"{}")
    return outcome


def test_one_after_the_other_calls_go_round_by_weight() -> None:
    stubs = Stub("a"), Stub("b"), Stub("c")
    asyncio.run(post(ends(*stubs, weights=(3, 2, 1)), 60))
    assert [stub.calls for stub in stubs] == [30, 20, 10]


def test_at_once_calls_go_where_the_fewest_are_under_way_for_the_weight() -> None:
    async def run() -> list[int]:
        hold = asyncio.Event()
        slow, quick, double = Stub("slow", lambda _: held()), Stub("quick"), Stub("double", lambda _: held())

        async def held() -> int:
            await hold.wait()
            return 200

        endpoints = ends(slow, quick, double, weights=(1, 1, 2))
        calls = [asyncio.ensure_future(endpoints.post(b"{}")) for _ in range(40)]
        for _ in range(50):
            await asyncio.sleep(0)
        hold.set()
        await asyncio.gather(*calls)
        return [slow.calls, quick.calls, double.calls]

    slow, quick, double = asyncio.run(run())
    assert slow + quick + double == 40
    assert quick > slow
    assert double >= 2 * (slow - 1)


@pytest.mark.parametrize("bad", [GONE, 500, 503, 429], ids=str)
def test_a_call_that_fails_goes_on_to_another_endpoint_at_once(bad: Any) -> None:
    a, b, c = Stub("a", lambda _: bad), Stub("b", lambda _: bad), Stub("c")
    endpoints = ends(a, b, c)
    for _ in range(3):
        outcome = asyncio.run(post(endpoints))
        assert isinstance(outcome, Answer)
        assert (outcome.status, outcome.where) == (200, "c")
    assert c.calls == 3
    assert max(a.calls, b.calls) <= 3, "each at most once a call"


@pytest.mark.parametrize("said", [LATE, 200, 400, 401, 404, Failure(kind="malformed", message="odd")], ids=str)
def test_other_outcomes_are_the_calls_own(said: Any) -> None:
    a, b = Stub("a", lambda _: said), Stub("b", lambda _: said)
    asyncio.run(post(ends(a, b)))
    assert a.calls + b.calls == 1


def test_where_all_fail_the_last_failure_is_the_calls() -> None:
    a, b = Stub("a", lambda _: GONE), Stub("b", lambda _: 503)
    outcome = asyncio.run(post(ends(a, b)))
    assert isinstance(outcome, Answer)
    assert (outcome.status, a.calls, b.calls) == (503, 1, 1)


def test_failing_over_shares_one_time_limit() -> None:
    clock = Clock()

    def slowly(seconds: float) -> Callable[[int], Any]:
        def say(_: int) -> Failure:
            clock.now += seconds
            return GONE

        return say

    stubs = Stub("a", slowly(5)), Stub("b", slowly(4)), Stub("c", slowly(1))
    asyncio.run(post(ends(*stubs, clock=clock)))
    assert [stub.times for stub in stubs] == [[9.0], [4.0], []]


@pytest.mark.parametrize("bad", [GONE, LATE, 500], ids=str)
def test_a_circuit_opens_doubles_its_rest_and_closes(bad: Any) -> None:
    clock, well = Clock(), False
    stub = Stub("a", lambda _: 200 if well else bad)
    endpoints = ends(stub, clock=clock)
    asyncio.run(post(endpoints, FAILURES - 1))
    assert endpoints.state() == ""
    asyncio.run(post(endpoints, 10))
    assert stub.calls == FAILURES
    rest, calls = FIRST_S, FAILURES
    for _ in range(9):
        assert f"a: circuit open, next try in {rest:.0f} s, last: " in endpoints.state()
        clock.now += rest - 0.01
        asyncio.run(post(endpoints, 3))
        assert stub.calls == calls, "it rests"
        clock.now += 0.02
        asyncio.run(post(endpoints, 3))
        calls += 1
        assert stub.calls == calls, "one call is let through"
        rest = min(2 * rest, LONGEST_S)
    well = True
    clock.now += LONGEST_S
    asyncio.run(post(endpoints, 3))
    assert stub.calls == calls + 3
    assert endpoints.state() == ""
    well = False
    asyncio.run(post(endpoints, FAILURES + 3))
    assert stub.calls == calls + 3 + FAILURES, "it takes as many failures again"


def test_failures_must_be_in_a_row() -> None:
    stub = Stub("a", lambda n: 200 if n % FAILURES == 0 else GONE)
    asyncio.run(post(ends(stub), 40))
    assert stub.calls == 40


def test_exactly_one_call_tries_a_resting_endpoint_again() -> None:
    clock = Clock()

    async def run() -> None:
        hold: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        stub = Stub("a", lambda n: GONE if n <= FAILURES else hold)
        endpoints = ends(stub, clock=clock)
        await post(endpoints, FAILURES)
        clock.now += FIRST_S
        calls = [asyncio.ensure_future(endpoints.post(b"{}")) for _ in range(8)]
        await asyncio.sleep(0.01)
        assert stub.calls == FAILURES + 1
        others = [call.result() for call in calls if call.done()]
        assert len(others) == 7
        assert all(isinstance(other, Failure) and other.retry_after_s is None for other in others), "on trial"
        # The trial is cancelled: another may be made at once.
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        hold = asyncio.get_running_loop().create_future()
        hold.set_result(200)
        assert isinstance(await post(endpoints), Answer)
        assert endpoints.state() == ""

    asyncio.run(run())


def test_calls_sent_before_a_circuit_opened_do_not_lengthen_its_rest() -> None:
    async def run() -> str:
        stub = Stub("a", lambda _: fail())

        async def fail() -> Failure:
            await asyncio.sleep(0.01)
            return GONE

        endpoints = ends(stub)
        await asyncio.gather(*[endpoints.post(b"{}") for _ in range(50)])
        return endpoints.state()

    assert asyncio.run(run()) == "a: circuit open, next try in 1 s, last: no connection to it"


@pytest.mark.parametrize(
    "bad", [GONE, LATE, Failure(kind="connect", message="no TLS connection to a: expired")], ids=lambda bad: bad.message
)
def test_a_single_endpoint_at_rest_says_what_it_rests_for(bad: Failure) -> None:
    clock = Clock()
    endpoints = ends(Stub("a", lambda _: bad), clock=clock)
    before = asyncio.run(post(endpoints, FAILURES))
    clock.now += 0.4
    after = asyncio.run(post(endpoints))
    assert before == bad
    assert isinstance(after, Failure)
    assert (after.kind, after.message, after.transient) == (bad.kind, bad.message, bad.transient)
    assert after.retry_after_s == pytest.approx(FIRST_S - 0.4)
    assert after.attempts == 0, "nothing was sent"


def test_a_429_with_a_time_rests_its_endpoint_until_then() -> None:
    clock = Clock()
    a, b = Stub("a", lambda n: limited("a", 7) if n == 1 else 200), Stub("b")
    endpoints = ends(a, b, clock=clock)
    asyncio.run(post(endpoints, 4))
    assert (a.calls, b.calls) == (1, 4)
    assert endpoints.state() == "a: told to wait, 7 s more, last: a answered 429 (Too Many Requests)"
    clock.now += 7
    assert endpoints.state() == ""
    asyncio.run(post(endpoints, 4))
    assert a.calls == 3


def test_a_429_without_a_time_rests_nothing() -> None:
    stub = Stub("a", lambda _: limited("a", None))
    asyncio.run(post(ends(stub), 20))
    assert stub.calls == 20


def test_a_single_endpoint_told_to_wait_gives_the_same_answer_until_then() -> None:
    clock = Clock()
    stub = Stub("a", lambda _: limited("a", 7))
    endpoints = ends(stub, clock=clock)
    asyncio.run(post(endpoints))
    clock.now += 3
    outcome = asyncio.run(post(endpoints))
    assert isinstance(outcome, Answer)
    assert (outcome.status, outcome.retry_after_s, outcome.sent, stub.calls) == (429, 4, False, 1)


@pytest.mark.parametrize(
    ("bad", "kind", "words"),
    [
        (GONE, "connect", "last: no connection to it"),
        (LATE, "timeout", "last: no answer"),
        (503, "server", "last: a answered 503 (Service Unavailable)"),
        (limited("a", 2.0), "rate_limit", "last: a answered 429"),
    ],
)
def test_where_all_rest_the_answer_is_a_failure_at_once(bad: Any, kind: str, words: str) -> None:
    clock = Clock()
    stubs = Stub("a", lambda _: bad), Stub("b", lambda _: bad)
    endpoints = ends(*stubs, clock=clock)
    asyncio.run(post(endpoints, 2 * FAILURES))
    sent = sum(stub.calls for stub in stubs)
    clock.now += 0.75
    outcome = asyncio.run(post(endpoints))
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.transient, outcome.attempts) == (kind, True, 0)
    assert outcome.message.startswith("none of the 2 endpoints takes calls now, ")
    assert words in outcome.message
    assert outcome.retry_after_s == pytest.approx(1.25 if kind == "rate_limit" else 0.25)
    assert sum(stub.calls for stub in stubs) == sent
    assert endpoints.state().count("; ") == 1


def test_closing_closes_all() -> None:
    stubs = Stub("a"), Stub("b")
    asyncio.run(ends(*stubs).close())
    assert all(stub.closed for stub in stubs)


# Through real servers and the variables that name them.


async def asked(env: dict[str, str], times: int, model: str = "ok") -> tuple[list[Outcome], str]:
    opened: Any = open_http(f"openai-api/test/{model}", Options(), env=env, timeout_s=5)
    outcomes = [await opened.reply(PLAIN, Case(messages=()), 0) for _ in range(times)]
    state = opened.state()
    await opened.close()
    return outcomes, state


def test_replicas_share_a_models_calls_each_with_its_own_key() -> None:
    with ModelServer(key="sk-first-0123") as first, ModelServer(key="sk-second-0123") as second:
        env = {"TEST_BASE_URL": f"{first.url}*3, {second.url}", "TEST_API_KEY": "sk-first-0123, sk-second-0123"}
        outcomes, _ = asyncio.run(asked(env, 20))
        assert all(isinstance(outcome, Reply) for outcome in outcomes)
        assert (first.count(), second.count()) == (15, 5)


def test_a_dead_replica_costs_no_reply_and_is_named() -> None:
    with ModelServer(key=KEY) as server:
        dead = f"127.0.0.1:{own_port()}"
        env = {"TEST_BASE_URL": f"http://{dead}/v1,{server.url}", "TEST_API_KEY": KEY}
        outcomes, state = asyncio.run(asked(env, 20))
        assert all(isinstance(outcome, Reply) for outcome in outcomes)
        assert state.startswith(f"{dead}: circuit open, next try in ")
        assert KEY not in state


def test_an_error_names_the_endpoint_that_answered() -> None:
    with ModelServer() as first, ModelServer() as second:

        async def broken(_: object, seen: Seen) -> Any:
            return refuse(503, "out of order") if seen.number else reply(seen, "")

        for server in (first, second):
            server.script("broken", broken)
        outcomes, _ = asyncio.run(asked({"TEST_BASE_URL": f"{first.url},{second.url}"}, 2, "broken"))
        said = Counter(cast("Failure", outcome).message for outcome in outcomes)
        assert said == {
            f"127.0.0.1:{port} answered 503 (Service Unavailable): out of order": 1
            for port in (first.port, second.port)
        }


def opened(env: dict[str, str]) -> Any:
    return open_http("openai-api/test/m", Options(), env=env)


def test_the_first_address_is_the_models_identity() -> None:
    alone = opened({"TEST_BASE_URL": "http://127.0.0.1:1/v1"})
    beside = opened({"TEST_BASE_URL": "http://127.0.0.1:1/v1*2,http://10.0.0.1:2/v1"})
    assert (alone.revision, alone.address) == (beside.revision, beside.address)
    assert opened({"TEST_BASE_URL": "http://10.0.0.1:2,http://127.0.0.1:1/v1"}).revision != alone.revision


def test_addresses_are_this_machines_only_where_all_are() -> None:
    assert is_local("openai-api/test/m", {"TEST_BASE_URL": "http://127.0.0.1:1,http://localhost:2"})
    assert not is_local("openai-api/test/m", {"TEST_BASE_URL": "http://127.0.0.1:1,http://10.0.0.1:2"})


@pytest.mark.parametrize(
    ("urls", "keys", "words"),
    [
        ("http://a,,http://b", "", "TEST_BASE_URL holds a comma without an address before or after it"),
        ("http://a,", "", "TEST_BASE_URL holds a comma without an address"),
        ("http://a*0,http://b", "", "TEST_BASE_URL holds a '*' without a whole number from 1 to 9999 after it"),
        ("http://a*x", "", "TEST_BASE_URL holds a '*' without"),
        ("http://a*2*2", "", "TEST_BASE_URL holds a '*' without"),
        ("http://a*99999", "", "TEST_BASE_URL holds a '*' without"),
        ("http://a,b:8000", "", "TEST_BASE_URL holds no usable address"),
        ("http://a..b/v1", "", "TEST_BASE_URL holds no usable address"),
        ("http://a,http://me:pw-secret@b", "", "TEST_BASE_URL holds a user name or password"),
        ("http://a,http://b", "sk-1-01234,sk-2-01234,sk-3-01234", "TEST_API_KEY holds 3 keys for 2 addresses"),
        ("http://a,http://b", "sk-1-01234,", "TEST_API_KEY holds a comma without a key before or after it"),
    ],
)
def test_what_is_wrong_with_the_variables_is_one_sentence(urls: str, keys: str, words: str) -> None:
    with pytest.raises(ModelError) as error:
        opened({"TEST_BASE_URL": urls, "TEST_API_KEY": keys})
    assert words in str(error.value)
    assert "01234" not in str(error.value)
    assert "secret" not in str(error.value)


def test_a_key_for_one_address_may_hold_a_comma() -> None:
    http = opened({"TEST_BASE_URL": "http://a", "TEST_API_KEY": "sk-0123,4567"})._http._all[0].http
    assert http._headers["authorization"] == "Bearer sk-0123,4567"

"""Token buckets: never more than they promise, and never less to who keeps to it."""

import re
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.limits import Bucket, Buckets, Limiter, Rate, SignIns, network_of, rate_limited

rates = st.builds(Rate, st.floats(0.1, 1000), st.integers(1, 100))
waits = st.lists(st.floats(0, 10), min_size=1, max_size=200)


class TestBucket:
    @given(rates, waits)
    def test_in_any_stretch_of_time_no_more_is_let_through_than_burst_and_rate_allow(
        self, rate, waits
    ):
        bucket, now, taken = Bucket(), 0.0, []
        for wait in waits:
            now += wait
            if bucket.take(rate, now) == 0:
                taken.append(now)
        for first, start in enumerate(taken):
            for last, end in enumerate(taken[first:], first):
                allowed = rate.burst + rate.per_second * (end - start)
                assert last - first + 1 <= allowed * (1 + 1e-6) + 1e-6

    @given(rates, st.integers(1, 200))
    def test_who_waits_as_told_is_let_through(self, rate, times):
        bucket, now = Bucket(), 0.0
        for _ in range(times):
            if wait := bucket.take(rate, now):
                now += wait
                assert bucket.take(rate, now) == 0
        assert now == pytest.approx(max(0, times - rate.burst) / rate.per_second, abs=1e-6)

    @given(rates)
    def test_a_fresh_bucket_is_full(self, rate):
        bucket = Bucket()
        assert [bucket.take(rate, 1000.0) for _ in range(rate.burst)] == [0.0] * rate.burst
        assert bucket.take(rate, 1000.0) > 0

    def test_a_refusal_takes_nothing(self):
        bucket, rate = Bucket(), Rate(per_second=1, burst=1)
        assert bucket.take(rate, 0) == 0
        for _ in range(100):
            assert bucket.take(rate, 0.5) == pytest.approx(0.5)
        assert bucket.take(rate, 1) == 0

    def test_who_is_idle_saves_up_no_more_than_a_burst(self):
        bucket, rate = Bucket(), Rate(per_second=10, burst=3)
        bucket.take(rate, 0)
        taken = [bucket.take(rate, 1_000_000) for _ in range(5)]
        assert [wait == 0 for wait in taken] == [True, True, True, False, False]


class TestBuckets:
    rate = Rate(per_second=1, burst=1)

    def test_each_key_has_a_bucket_of_its_own(self):
        buckets = Buckets()
        assert buckets.take("ana", self.rate, 0) == 0
        assert buckets.take("ion", self.rate, 0) == 0
        assert buckets.take("ana", self.rate, 0) > 0

    def test_the_longest_unused_is_forgotten_when_there_are_too_many(self):
        buckets = Buckets()
        with mock.patch("chat.rules.limits.MAX_BUCKETS", 2):
            buckets.take("ana", self.rate, 0)
            buckets.take("ion", self.rate, 0)
            buckets.take("ana", self.rate, 0)
            buckets.take("eva", self.rate, 0)
            assert buckets.take("ana", self.rate, 0) > 0
            assert buckets.take("ion", self.rate, 0) == 0


class TestLimiter:
    configuration = SimpleNamespace(person_rate=1, person_burst=2, address_rate=1, address_burst=3)

    def waits(self, limiter: Limiter, *senders: tuple[str, str]) -> list[bool]:
        rates = self.configuration
        return [limiter.wait(*sender, 0.0, rates) > 0 for sender in senders]

    def test_a_person_is_measured_wherever_they_are(self):
        senders = [("ana", "here"), ("ana", "there"), ("ana", "elsewhere")]
        assert self.waits(Limiter(enabled=True), *senders) == [False, False, True]

    def test_an_address_is_measured_whoever_is_there(self):
        senders = [("ana", "here"), ("ion", "here"), ("eva", "here"), ("dan", "here")]
        assert self.waits(Limiter(enabled=True), *senders) == [False, False, False, True]

    def test_the_addresses_that_one_customer_has_are_measured_as_one(self):
        senders = [(f"p{number}", f"2001:db8:0:1::{number}") for number in range(4)]
        assert self.waits(Limiter(enabled=True), *senders) == [False, False, False, True]

    def test_whoever_moves_within_a_network_is_counted_there_until_the_last_is_gone(self):
        limiter, configuration = Limiter(enabled=True), SimpleNamespace(address_sockets=1)
        here, there = "2001:db8::1", "2001:db8::2:3:4:5"
        limiter.come(here)
        assert (
            limiter.crowded(here, 0, SimpleNamespace(address_sockets=1, person_sockets=1)) is None
        )
        limiter.come(there)
        assert limiter.crowded(there, 0, configuration)
        limiter.go(here)
        limiter.go(there)
        assert not limiter._at_address

    def test_people_and_addresses_have_a_rate_and_a_burst_each(self):
        limiter = Limiter(enabled=True)
        rates = SimpleNamespace(person_rate=1, person_burst=2, address_rate=0.1, address_burst=3)
        as_person = [limiter.wait_as_person("ana", 0.0, rates) for _ in range(3)]
        at_address = [limiter.wait_at_address("here", 0.0, rates) for _ in range(4)]
        assert as_person == pytest.approx([0, 0, 1])
        assert at_address == pytest.approx([0, 0, 0, 10])

    def test_switched_off_it_lets_everything_through(self):
        assert not any(self.waits(Limiter(enabled=False), *[("ana", "here")] * 100))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_counted_as_what_one_customer_has(address, network):
    assert network_of(address) == network


def test_another_address_of_the_same_network_gives_no_more_attempts_to_sign_in():
    sign_ins = SignIns()
    waits = [sign_ins.wait(f"2001:db8::{number}", "mara", 0.0) for number in range(11)]
    assert [wait > 0 for wait in waits] == [False] * 10 + [True]


@given(st.floats(0, 10_000))
def test_a_refusal_names_a_time_after_which_it_will_do(seconds):
    error = rate_limited(seconds)
    assert error.code == "rate_limited"
    assert error.retry_after >= max(seconds - 0.005, 0.01)
    assert int(re.search(r"(\d+) s\.", error.message)[1]) >= max(seconds, 1)

"""Token buckets allow no more than their rate, and no less to those who keep to it."""

from itertools import permutations
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.limits import (
    Bucket,
    Buckets,
    Limiter,
    Rate,
    Refusals,
    Use,
    network_of,
    rate_limited,
)

rates = st.builds(Rate, st.floats(0.1, 1000), st.integers(1, 100))
waits = st.lists(st.floats(0, 10), min_size=1, max_size=200)


class TestBucket:
    @given(rates)
    def test_a_token_that_is_given_back_can_be_taken_again(self, rate):
        bucket = Bucket()
        taken = [bucket.take(rate, 0.0) for _ in range(int(rate.burst))]
        assert not any(taken)
        bucket.give_back(rate)
        assert bucket.take(rate, 0.0) == 0
        assert bucket.take(rate, 0.0) > 0

    @given(rates, waits)
    def test_no_period_has_more_than_burst_and_rate_allow(self, rate, waits):
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
    def test_a_sender_who_waits_as_told_is_admitted(self, rate, times):
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

    def test_an_idle_sender_saves_up_no_more_than_a_burst(self):
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
        return [limiter.wait(*sender, Use.WRITING, 0.0, rates) > 0 for sender in senders]

    def test_a_person_has_one_rate_at_all_addresses(self):
        senders = [("ana", "here"), ("ana", "there"), ("ana", "elsewhere")]
        assert self.waits(Limiter(enabled=True), *senders) == [False, False, True]

    def test_an_address_has_one_rate_for_all_its_people(self):
        senders = [("ana", "here"), ("ion", "here"), ("eva", "here"), ("dan", "here")]
        assert self.waits(Limiter(enabled=True), *senders) == [False, False, False, True]

    def test_the_addresses_of_one_customer_count_as_one(self):
        senders = [(f"p{number}", f"2001:db8:0:1::{number}") for number in range(4)]
        assert self.waits(Limiter(enabled=True), *senders) == [False, False, False, True]

    def test_connections_are_counted_by_network_until_the_last_ends(self):
        limiter, configuration = Limiter(enabled=True), SimpleNamespace(address_sockets=1)
        here, there = "2001:db8::1", "2001:db8::2:3:4:5"
        limiter.add_connection(here)
        assert (
            limiter.refusal_to_connect(
                here, 0, SimpleNamespace(address_sockets=1, person_sockets=1)
            )
            is None
        )
        limiter.add_connection(there)
        assert limiter.refusal_to_connect(there, 0, configuration)
        limiter.remove_connection(here)
        limiter.remove_connection(there)
        assert not limiter._connections

    def test_people_and_addresses_have_a_rate_and_a_burst_each(self):
        limiter = Limiter(enabled=True)
        rates = SimpleNamespace(person_rate=1, person_burst=2, address_rate=0.1, address_burst=3)
        as_person = [limiter.wait_as_person("ana", Use.READING, 0.0, rates) for _ in range(3)]
        at_address = [limiter.wait_at_address("here", Use.READING, 0.0, rates) for _ in range(4)]
        assert as_person == pytest.approx([0, 0, 1])
        assert at_address == pytest.approx([0, 0, 0, 10])

    @pytest.mark.parametrize(("flood", "other"), list(permutations(Use, 2)))
    def test_a_flood_of_one_use_does_not_stop_the_other(self, flood, other):
        limiter, rates = Limiter(enabled=True), self.configuration
        flooded = [limiter.wait("ana", "here", flood, 0.0, rates) for _ in range(20)]
        assert flooded[-1] > 0
        assert limiter.wait("ana", "here", other, 0.0, rates) == 0
        assert limiter.wait("ion", "here", other, 0.0, rates) == 0

    def test_people_refused_for_their_address_are_a_line_in_the_log(self, caplog):
        limiter = Limiter(enabled=True)
        limits = SimpleNamespace(
            address_sockets=87, person_sockets=10, address_rate=1, address_burst=9
        )
        for _ in range(100):
            limiter.add_connection("192.0.2.1")
            limiter.refusal_to_connect("192.0.2.1", 0, limits)
        for _ in range(100):
            limiter.wait_at_address("192.0.2.1", Use.READING, 0.0, limits)
        [full, busy] = caplog.messages
        assert "A connection from 192.0.2.1 was refused: it has 87" in full
        assert "A command from 192.0.2.1 was refused" in busy

    def test_a_disabled_limiter_admits_everything(self):
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
def test_an_address_counts_as_its_customers_network(address, network):
    assert network_of(address) == network


@given(st.floats(0, 10_000))
def test_a_refusal_says_when_to_try_again(seconds):
    error = rate_limited(seconds)
    assert error.code == "rate_limited"
    assert seconds <= error.retry_after <= max(seconds, 0) + 1
    assert error.retry_after >= 1


@given(st.floats(0, 10_000))
def test_the_sentence_and_the_number_of_a_refusal_are_the_same(seconds):
    error = rate_limited(seconds)
    assert error.message.endswith(f" {error.retry_after:g} s.")


class TestRefusals:
    def test_thirty_at_once_are_forgiven_and_more_are_flooding(self):
        refusals = Refusals()
        assert not any(refusals.is_flooding(1, 0.0) for _ in range(30))
        assert refusals.is_flooding(1, 0.0)

    @given(st.integers(1, 30), st.floats(1, 20))
    def test_commands_that_wait_side_by_side_are_never_flooding(self, commands, retry_after):
        refusals, now = Refusals(), 0.0
        for _ in range(200):
            for number in range(commands):
                # Each a little after the one before, and timers are not exact.
                assert not refusals.is_flooding(retry_after, now + number / 1000)
            now += retry_after - 0.05

    def test_whoever_comes_back_before_the_time_is_flooding(self):
        refusals = Refusals()
        outcomes = [refusals.is_flooding(1, number / 50) for number in range(100)]
        assert any(outcomes)

    def test_a_wait_that_was_heeded_excuses_one_command_only(self):
        refusals = Refusals()
        refusals.is_flooding(1, 0.0)
        outcomes = [refusals.is_flooding(1, 5.0) for _ in range(40)]
        assert outcomes == [False] * 31 + [True] * 9

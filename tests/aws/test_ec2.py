"""What AWS says of burstable instances, and how its packet rules are read."""

import pytest

from awsnb.aws.ec2 import Burstable, Stage, draw, loading_s, peer
from awsnb.aws.ec2.packet_rules import acl_pieces, acl_rule, is_peer, read_acl, read_group

ACL = """out 100 allow tcp 2000-3000 0.0.0.0/0
out 50 deny tcp 2500-2600 203.0.113.0/24
out 200 allow udp all 0.0.0.0/0  # no TCP
in 100 allow all all 0.0.0.0/0"""


def test_the_pieces_of_a_range_are_what_each_port_says():
    rules = read_acl(ACL, "network_acl")
    pieces = acl_pieces(rules, "out", (1024, 4000), "203.0.113.7")
    assert [piece[:2] for piece in pieces] == [
        (1024, 1999), (2000, 2499), (2500, 2600), (2601, 3000), (3001, 4000),
    ]  # fmt: skip
    for first, last, rule in pieces:
        for port in range(first, last + 1):
            assert acl_rule(rules, "out", port, "203.0.113.7") == rule
    assert [piece[2].number if piece[2] else None for piece in pieces] == [None, 100, 50, 100, None]


def test_a_rules_peer_is_a_block_or_a_group():
    assert is_peer("10.0.0.0/8", "10.1.2.3", ())
    assert not is_peer("10.0.0.0/8", "11.1.2.3", ("sg-a",))
    assert is_peer("sg-a", "192.0.2.1", ("sg-b", "sg-a")) and not is_peer("sg-a", "192.0.2.1", ())


def test_bits_beyond_the_prefix_are_dropped_as_at_aws():
    (rule,) = read_group("in tcp 22 100.68.0.18/18", "security_group")
    assert rule.peer == "100.68.0.0/18"


def test_only_t2_in_standard_mode_has_launch_credits():
    assert Burstable("t2.xlarge", "standard").launch_credits == 120
    assert Burstable("t2.xlarge", "unlimited").launch_credits == 0
    assert Burstable("t3.xlarge", "standard").launch_credits == 0


@pytest.mark.parametrize(
    ("name", "other"),
    [("t3.nano", "m5.large"), ("t2.2xlarge", "m5.2xlarge"), ("t4g.xlarge", "m7g.xlarge")],
)
def test_the_peer_is_as_large_or_the_smallest_there_is(name, other):
    assert peer(name) == other


# --- launches


def test_stages_are_drawn_with_their_mean_and_spread():
    stages = [Stage("a", 100.0, 0.4), Stage("b", 50.0), Stage("c", 0.0, 0.4)]
    a, b, c = draw(stages, 100_000, seed=1)
    assert a.mean() == pytest.approx(100, rel=0.01)
    assert a.std() == pytest.approx(40, rel=0.02)
    assert set(b.tolist()) == {50.0} and not c.any()


def test_a_stage_draws_the_same_whatever_else_is_drawn():
    one, two = Stage("a", 100.0, 0.4), Stage("b", 50.0, 0.4)
    assert draw([one], 9, 1)[0].tolist() == draw([two, one], 9, 1)[1].tolist()
    assert draw([one], 9, 1)[0].tolist() != draw([one], 9, 2)[0].tolist()


def test_measured_times_are_drawn_as_they_are():
    (drawn,) = draw([Stage("a", 0.0, measured_s=[3.0, 5.0])], 1000, 1)
    assert set(drawn.tolist()) == {3.0, 5.0}


def test_blocks_load_at_their_rate():
    assert loading_s(3.0, 30.0) == pytest.approx(102.4)

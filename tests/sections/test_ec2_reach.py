"""The path of a packet, compared with an evaluator that tries every rule on every single port."""

from ipaddress import ip_address, ip_network

import numpy as np
import pytest

from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.ec2.reach.options import compare
from awsnb.sections.ec2.reach.presets import PRESETS
from awsnb.sections.ec2.reach.scenario import PORTS, ReachScenario
from awsnb.sections.ec2.reach.simulate import simulate

REACH = section("ec2").view("reach")
RANGES = {"Linux": (32768, 61000), "Windows": (49152, 65535), "NAT gateway": (1024, 65535)}


def answer(**values):
    return REACH.simulate(ReachScenario(**values))


# --- the slow twin: packets, one port at a time, rules read word by word


def lines(text):
    return [line.split() for line in text.splitlines() if line.split()]


def fits(protocol, port, ports):
    first, _, last = ports.replace("all", "0-65535").partition("-")
    return protocol in ("tcp", "all") and int(first) <= port <= int(last or first)


def acl_of(text, direction, address):
    """Give a function of a port: whether a packet passes the ACL."""
    rules = sorted((int(rule[1]), *rule[2:]) for rule in lines(text) if rule[0] == direction)
    near = [rule for rule in rules if ip_address(address) in ip_network(rule[4])]

    def lets(port):
        for _, verdict, protocol, ports, _ in near:
            if fits(protocol, port, ports):
                return verdict == "allow"
        return False

    return lets


def group_lets(text, direction, port, address, carried):
    return any(
        way == direction
        and fits(protocol, port, ports)
        and (peer in carried if peer[:3] == "sg-" else ip_address(address) in ip_network(peer))
        for way, protocol, ports, peer in lines(text)
    )


def twin(asked):
    """Open a connection from every port that the system may choose; say what came of each."""
    port, inside = PORTS[asked.service], asked.other.startswith("10.0.")
    same = asked.other.startswith("10.0.1.")
    carried = asked.other_groups.split() if inside else []
    opened_by_other = asked.direction == "to the instance"
    there, back = ("in", "out") if opened_by_other else ("out", "in")
    first, last = RANGES[asked.system]
    lost = not group_lets(asked.security_group, there, port, asked.other, carried)
    lost |= not (same or acl_of(asked.network_acl, there, asked.other)(port))
    if not inside and opened_by_other:
        lost |= not asked.public_address or asked.route != "internet gateway"
    elif not inside:
        lost |= asked.route == "none"
        lost |= asked.route == "internet gateway" and not asked.public_address
    lets = acl_of(asked.network_acl, back, asked.other)
    share = 0.0
    if not lost:
        share = float(np.mean([same or lets(number) for number in range(first, last + 1)]))
    if share == 0:
        return "timed out", 0.0
    if opened_by_other and not asked.listening:
        return "refused", 0.0
    return ("connected" if share == 1 else "partly"), share


def drawn(rng):
    """Draw a connection with rules of which some fit and some do not."""
    blocks = ["0.0.0.0/0", "203.0.113.0/24", "203.0.113.7/32", "10.0.0.0/16", "198.51.100.0/24"]
    ports = ["all", "22", "80", "20-443", "1024-65535", "32768-61000", "50000-50100", "49152-65535"]

    def pick(options):
        return options[int(rng.integers(len(options)))]

    def rule(number=None):
        protocol, port = pick(["tcp", "tcp", "tcp", "udp", "all"]), pick(ports)
        port = "all" if protocol == "all" else port
        if number is None:
            return f"{pick(['in', 'out'])} {protocol} {port} {pick([*blocks, 'sg-a', 'sg-b'])}"
        verdict = pick(["allow", "allow", "deny"])
        return f"{pick(['in', 'out'])} {number} {verdict} {protocol} {port} {pick(blocks)}"

    numbers = rng.permutation(200)[: rng.integers(1, 5)] + 1
    acl, group = [rule(number) for number in numbers], [rule() for _ in range(rng.integers(1, 4))]
    if rng.integers(4):
        acl += ["in 300 allow all all 0.0.0.0/0", "out 300 allow tcp 1024-61000 0.0.0.0/0"]
        group += ["in tcp 22-80 0.0.0.0/0", "out all all 0.0.0.0/0"]
    return ReachScenario(
        direction=pick(["to the instance", "to the instance", "from the instance"]),
        other=pick(["203.0.113.7", "198.51.100.4", "10.0.2.30", "10.0.1.30"]),
        other_groups=pick(["", "sg-a", "sg-a sg-b"]),
        service=pick(list(PORTS)),
        system=pick(list(RANGES)),
        security_group="\n".join(group),
        network_acl="\n".join(acl),
        route=pick(["internet gateway", "internet gateway", "NAT gateway", "none"]),
        public_address=bool(rng.integers(4)),
    )


def test_every_packet_meets_the_fate_that_a_port_by_port_evaluator_gives_it():
    rng = np.random.default_rng(2)
    seen = []
    for _ in range(60):
        asked = drawn(rng)
        outcome = simulate(asked)
        end, share = twin(asked)
        assert (outcome.end, outcome.share) == (end, pytest.approx(share)), asked
        seen.append(end)
    assert {"timed out", "connected", "partly"} <= set(seen)


def test_the_changes_open_every_connection():
    rng = np.random.default_rng(3)
    for _ in range(30):
        best = compare(drawn(rng)).best
        assert best.holds and twin(best.scenario)[0] == "connected"


def test_a_change_finds_room_where_rule_1_is_taken():
    best = compare(ReachScenario(network_acl="in 1 deny all all 0.0.0.0/0")).best
    assert best.holds and "in 1 allow tcp 22 203.0.113.7/32" in best.scenario.network_acl


# --- what is said

SAYS = {
    "My new address": ("It times out. No rule of the security group allows tcp 22", "ACL"),
    "The forgotten answer": ("its answer is stopped", "security group allows"),
    "Works from Linux, not from Windows": (
        "let the answer out to 72 % of these ports",
        "is stopped",
    ),
    "Over a bastion": ("It connects.", "It times out"),
    "Updates in a private subnet": ("It connects.", "public address"),
    "Refused, not timed out": ("no program listens on port 80", "times out"),
}


@pytest.mark.parametrize("preset", PRESETS, ids=[preset.name for preset in PRESETS])
def test_a_preset_says_what_it_teaches(preset):
    why = answer(**preset.values).why
    must, must_not = SAYS[preset.name]
    assert must in why and must_not not in why


def test_an_answer_needs_no_rule_of_the_group_but_one_of_the_acl():
    assert answer(security_group="in tcp 22 0.0.0.0/0").summary["end"] == "connected"
    shut = answer(network_acl="in 100 allow all all 0.0.0.0/0")
    assert shut.summary["end"] == "timed out"
    assert shut.summary["stopped_by"] == "network ACL, on the way back"


def test_the_lowest_number_decides_whatever_the_order():
    rules = "in 200 allow all all 0.0.0.0/0\nin 100 deny tcp 22 0.0.0.0/0"
    shut = answer(network_acl=rules)
    assert "its rule 'in 100 deny tcp 22 0.0.0.0/0' denies it" in shut.why


def test_without_a_way_back_the_packet_still_gets_there():
    for route in ("none", "NAT gateway"):
        found = answer(route=route)
        assert found.summary["stopped_by"] == "route, on the way back"
        assert "gets to the program, but its answer does not come back" in found.why


def test_in_the_subnet_neither_acl_nor_route_nor_address_counts():
    group = "in tcp 22 10.0.1.0/24"
    nothing = {"network_acl": "", "route": "none", "public_address": False}
    assert answer(other="10.0.1.30", security_group=group, **nothing).summary["end"] == "connected"
    assert answer(other="10.0.2.30", security_group=group, **nothing).summary["end"] == "timed out"


def test_a_group_of_a_host_on_the_internet_counts_for_nothing():
    asked = {"security_group": "in tcp 22 sg-a", "other_groups": "sg-a"}
    assert answer(other="10.0.2.30", **asked).summary["end"] == "connected"
    outside = answer(other="203.0.113.7", **asked)
    assert outside.summary["end"] == "timed out" and "count for nothing" in str(outside)


def test_a_reset_that_is_lost_on_the_way_back_is_no_refusal():
    found = answer(listening=False, network_acl="in 100 allow all all 0.0.0.0/0")
    assert found.summary["end"] == "timed out" and "no program listens" not in found.why


# --- what is refused


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"other": "example.com"}, "other = 'example.com': must be an IPv4 address"),
        ({"other": "10.0.1.20"}, "is the instance itself"),
        ({"security_group": "in tcp 22"}, "security_group, line 1"),
        ({"security_group": "in tcp 22 0.0.0.0/0\ndeny tcp 80 0.0.0.0/0"}, "allow rules only"),
        ({"security_group": "in tcp 22-20 0.0.0.0/0"}, "the port is all"),
        ({"security_group": "in tcp 22 1.2.3.4"}, "with its prefix length"),
        ({"security_group": "in icmp 8 0.0.0.0/0"}, "with tcp or udp"),
        ({"network_acl": "in 100 allow tcp 22 sg-a"}, "never security groups"),
        ({"network_acl": "in 0 allow tcp 22 0.0.0.0/0"}, "from 1 to 32,766"),
        ({"network_acl": "in 5 allow all all 0.0.0.0/0\nin 5 deny all all 0.0.0.0/0"}, "twice"),
        ({"network_acl": "up 5 allow all all 0.0.0.0/0"}, "begins with in or out"),
    ],
)
def test_what_is_no_rule_is_refused_in_a_sentence(values, says):
    with pytest.raises(ScenarioError) as caught:
        ReachScenario(**values)
    assert says in str(caught.value) and caught.value.field == next(iter(values))


def test_a_refusal_names_the_line():
    with pytest.raises(ScenarioError) as caught:
        ReachScenario(security_group="# mine\nin tcp 22 0.0.0.0/0\nin tpc 80 0.0.0.0/0")
    assert caught.value.line == 3


# --- the moving picture


def places_seen(**values):
    """Where the packet and its answer get to, in the order of the picture."""
    scene = answer(**values).scene
    assert all(len(flow.rate) == len(scene.words) for flow in scene.flows)
    return [flow.target for flow in scene.flows], scene.words[-1][1]


def test_the_picture_ends_where_the_packet_does():
    way, last = places_seen()
    assert way == [
        "Gateway", "Network ACL", "Security group", "Instance",
        "Security group", "Network ACL", "Gateway", "Other host",
    ]  # fmt: skip
    assert last == "The answer gets to the other host."
    way, last = places_seen(other="203.0.113.99")
    assert way == ["Gateway", "Network ACL", "Security group"]
    assert last == "The packet is stopped at the security group."
    way, last = places_seen(other="10.0.1.30", security_group="in tcp 22 10.0.1.0/24")
    assert way == ["Security group", "Instance", "Security group", "Other host"]
    way, last = places_seen(direction="from the instance", service="HTTP", route="none")
    assert way[-1] == "Gateway" and last == "The packet is stopped at the gateway."

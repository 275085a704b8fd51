"""Situations that teach which rule stops a packet, and on which way."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "My new address",
        "The provider gave you another address overnight. The group knows only yesterday's.",
        {"other": "203.0.113.99"},
    ),
    Preset(
        "The forgotten answer",
        "The network ACL lets HTTP in and out. See where the answer wants to go.",
        {
            "service": "HTTP",
            "network_acl": "in 100 allow tcp 80 0.0.0.0/0\nout 100 allow tcp 80 0.0.0.0/0",
        },
    ),
    Preset(
        "Works from Linux, not from Windows",
        "Another system, other ports for answers. Which rule opens those of both?",
        {
            "service": "HTTP",
            "system": "Windows",
            "network_acl": "in 100 allow tcp 80 0.0.0.0/0\nout 100 allow tcp 32768-61000 0.0.0.0/0",
        },
    ),
    Preset(
        "Over a bastion",
        "The group names a group, not an address. Give the other host another group.",
        {
            "other": "10.0.2.30",
            "other_groups": "sg-bastion",
            "security_group": "in tcp 22 sg-bastion\nout all all 0.0.0.0/0",
        },
    ),
    Preset(
        "Updates in a private subnet",
        "No public address, and still it reaches the internet. Try the same the other way.",
        {
            "direction": "from the instance",
            "service": "HTTPS",
            "route": "NAT gateway",
            "public_address": False,
            "security_group": "out tcp 443 0.0.0.0/0",
        },
    ),
    Preset(
        "Refused, not timed out",
        "An error that comes at once is good news for the rules.",
        {"service": "HTTP", "listening": False},
    ),
)

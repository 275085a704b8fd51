"""Situations that teach what a delay is for."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Requests all alike",
        "Every request takes 10 s. See what is left after half of that, and after all of it.",
        {"request_times": "all alike", "mean_s": 10.0, "delay_s": 5, "requests_per_s": 20.0},
    ),
    Preset(
        "A heavy tail",
        "The same mean, another tail. Compare the two lines of the first plot after 30 s.",
        {"request_times": "Pareto", "delay_s": 30},
    ),
    Preset(
        "No delay",
        "Targets are pulled at once. All that is in flight is cut, and nothing else.",
        {"delay_s": 0},
    ),
    Preset(
        "WebSockets",
        "Twenty thousand sockets that live for half an hour. Lengthen the delay: what does it buy?",
        {"long_connections": 20_000, "delay_s": 60},
    ),
    Preset(
        "NLB with kept connections",
        "The delay ends, and connections are open. Find out who closes them, and when.",
        {"balancer": "NLB", "long_connections": 2000, "connection_s": 300.0, "delay_s": 60},
    ),
    Preset(
        "NLB and a hook that waits",
        "The same, but a lifecycle hook holds the instance for half an hour more.",
        {
            "balancer": "NLB",
            "long_connections": 2000,
            "connection_s": 300.0,
            "delay_s": 60,
            "hook_s": 1800,
        },
    ),
    Preset(
        "CLB",
        "The same delay as an ALB's, another deploy time. A CLB says when it is done.",
        {"balancer": "CLB"},
    ),
)

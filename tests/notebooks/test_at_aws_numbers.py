"""Each number and each length of time under *Do it at AWS* is a fact of `data/`, or a choice.

The text is that of the steps card, of what AWS does besides, and of the comments in the walk. What
stands in backticks is a name or a parameter: the walk-through runs it.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from typing import Any

import build_notebooks
import nbformat
import pytest

from awsnb import facts
from awsnb.sections import SECTIONS

SLUGS = [section.slug for section in SECTIONS if section.ready]
each_slug = pytest.mark.parametrize("slug", SLUGS)

COUNTS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
ORDINALS = ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth"]
NUMBER = re.compile(
    r"(?<![\w.])\d[\d.,:]*\b(?: ?%)?|\bone (?:a|an|per)\b"
    rf"|\b({'|'.join(COUNTS[2:] + ORDINALS[3:])})\b"
    r"|\b(?:seconds|(?:minute|hour|day|week|month|year)s?)\b"
    r"|\b(?:hourly|daily|weekly|monthly|yearly|Friday)\b",
    re.IGNORECASE,
)
LENGTHS = {60: "minute", 3600: "hour", 86_400: "day"}  # s


def value(service: str, subject: str, key: str) -> Any:
    return facts.load(service).value(subject, key)


def word(service: str, subject: str, key: str) -> str:
    """Say a count of the data as a word."""
    return COUNTS[value(service, subject, key)]


def noted(service: str, subject: str, key: str, words: str) -> str:
    """Return words that stand in the note of a fact."""
    assert words in facts.load(service).get(subject, key).note
    return words


def a_period(service: str, key: str = "metric_period") -> str:
    return f"value a {LENGTHS[value(service, 'monitoring', key)]}"


FROM_DATA = {
    "iam": [f"`AssumeRole`, for an {LENGTHS[60 * value('iam', 'session', 'default')]}"],
    "ec2": [f"every {word('ec2', 'cpu_credits', 'metric_period')} minutes"],
    "ebs": [f"up to {value('ebs', 'archive', 'restore_time_max')} hours"],
    "ebs-volume-types": [
        f"{word('ebs', 'modification', 'max_modifications')} changes a day",
        f"a {ORDINALS[1 + value('ebs', 'modification', 'max_modifications')]} change in a "
        + LENGTHS[3600 * value("ebs", "modification", "modification_window")],
        f"{COUNTS[len(value('ec2', 'ebs_optimized', 'burst_metrics').split(' and '))]} buckets",
    ],
    "ami": [
        f"up to {value('ec2', 'image', 'create_at_most')} hours for large volumes",
        noted("ec2", "image", "create_at_most", "several minutes as a rule"),
    ],
    "efs": [
        f"TCP port {value('efs', 'mount_target', 'nfs_port')}",
        f"There is {word('efs', 'mount_target', 'per_az')} per zone",
        f"{word('efs', 'mount_target', 'per_az')} a zone",
        f"A bare call still makes a {value('efs', 'file_system', 'throughput_mode_default')} one",
        f"A value every {LENGTHS[value('efs', 'monitoring', 'metric_period')]}",
    ],
    "elb": [
        f"resolve it again after a {LENGTHS[value('elb', 'elb', 'dns_ttl')]}",
        f"One {a_period('elb')} while requests come",
    ],
    "alb": [
        f"`unhealthy` after {word('elb', 'health_check', 'unhealthy_threshold')} checks",
        f"unhealthy after {word('elb', 'health_check', 'unhealthy_threshold')} failed checks",
        f"One {a_period('elb')} while requests come",
    ],
    "nlb": [f"One {a_period('elb')} while there are connections"],
    "sticky-sessions": [f"One {a_period('elb')} while requests come"],
    "tls-certificates": [
        f"`{value('elb', 'tls', 'default_policy_console')}`",
        f"the API takes `{value('elb', 'tls', 'default_policy_api')}`",
        f"`AddListenerCertificates`, {word('elb', 'tls', 'certificates_per_call')} a call",
    ],
    "scaling-policies": [
        f"one-{LENGTHS[value('autoscaling', 'monitoring', 'detailed_period')]} metrics",
        f"names the {word('autoscaling', 'target_tracking', 'alarms')} alarms it made",
        f"names {word('autoscaling', 'target_tracking', 'alarms')} alarms",
        f"by the {LENGTHS[3600 * value('autoscaling', 'predictive', 'forecast_period')]}",
        f"One {a_period('autoscaling', 'request_period')} while requests come",
    ],
    "rds": [f"A {a_period('rds')}"],
    "read-replicas": [
        "`BackupRetentionPeriod` of "
        + noted("rds", "read_replica", "needs_backups", "a day or more"),
        f"One {a_period('rds')}",
    ],
    "rds-proxy": [f"One {a_period('rds')}"],
    "aurora": [
        "`BacktrackWindow` (" + noted("aurora", "backtrack", "max_window", "in seconds"),
        noted("aurora", "backtrack", "off_for_good", "window set to 0 can't be set again"),
        f"DNS answers for {value('aurora', 'endpoints', 'dns_ttl')} s at most",
        f"count per {word('aurora', 'monitoring', 'io_metric_period')} minutes",
    ],
    "elasticache": [
        f"one a {value('elasticache', 'backup', 'window').replace('daily', 'day')} is made",
        f"{value('elasticache', 'backup', 'retention_default')} makes none",
        f"in the {value('elasticache', 'maintenance', 'window')} `PreferredMaintenanceWindow`",
        noted("elasticache", "durability", "options", "Valkey 9.0 and later"),
    ],
    "memorydb": [
        noted("elasticache", "durability", "options", "Valkey 9.0"),
    ],
    "cascade": [
        "Rates are " + value("ebs", "modification", "optimizing_performance").split()[0],
        f"{word('autoscaling', 'target_tracking', 'alarms').capitalize()} alarms are made",
    ],
}

CHOSEN = {  # by who does it, by the walk-through, by the calendar; and what moto says
    "iam": ["`AccountMFAEnabled` = 1", "should be 0", "The two codes must be right"],
    "ec2": ["port 22", "port 80"],
    "ebs": ["for a day", "of 1 day", "moto says 100 %"],
    "ebs-volume-types": ["below 20 %", "Export a month of it"],
    "elb": ["each of three zones", "Connect the two"],
    "alb": [
        "Launch two instances", "in two zones", "port 80", "action, 404", "checks every 5 s",
        "two web servers",
    ],
    "gwlb": ["One of the two"],
    "cross-zone": ["A month later", "The month's bill"],
    "tls-certificates": ["Route 53", "for 90 days"],
    "auto-scaling-groups": ["its size of 2"],
    "scaling-policies": [
        "Amazon Linux 2023", "CPU pass 40 %", "from 1 to 3", "3 go back to 1",
        "every Friday at 17:00 UTC",
    ],
    "read-replicas": ["until the lag is 0"],
    "elasticache": ["for `SnapshotRetentionLimit` days"],
}  # fmt: skip


@cache
def prose(slug: str) -> str:
    """Return all that a reader sees of the steps at AWS but the calls."""
    (path,) = (section.notebook for section in SECTIONS if section.slug == slug)
    notebook = nbformat.read(build_notebooks.NOTEBOOKS / path.name, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    card = cells["steps"].outputs[0].data["text/plain"]
    return "\n".join([cells["at-aws"].source, card, *said(cells["walk"].source)])


def said(walk: str) -> Iterator[str]:
    """Give the comments of a walk-through, and what it says of AWS."""
    for token in tokenize.generate_tokens(io.StringIO(walk).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(walk)):
        if isinstance(node, ast.keyword) and node.arg == "at_aws":
            yield ast.literal_eval(node.value)


def listed(slug: str) -> list[str]:
    return [*FROM_DATA.get(slug, ()), *CHOSEN.get(slug, ())]


@each_slug
def test_a_number_at_aws_is_a_fact_or_a_choice(slug: str) -> None:
    left = prose(slug)
    for phrase in sorted(listed(slug), key=len, reverse=True):
        left = left.replace(phrase, "")
    left = re.sub(r"`[^`\n]*`|steps? \d+( to \d+)?", "", left)
    assert [found.group() for found in NUMBER.finditer(left)] == []


@each_slug
def test_what_is_listed_is_said(slug: str) -> None:
    assert [phrase for phrase in listed(slug) if phrase not in prose(slug)] == []


def test_a_number_without_a_fact_is_found() -> None:
    text = "It takes hours, up to 24 hours; one a call, four alarms, 20 % on gp3, a fifth time."
    found = [match.group() for match in NUMBER.finditer(text)]
    assert found == ["hours", "24", "hours", "one a", "four", "20 %", "fifth"]

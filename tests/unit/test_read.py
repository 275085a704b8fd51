"""A reader's file is read again only when it has changed."""

import json
import os

import pytest

from awsnb.aws.autoscaling import read_history, read_refreshes
from awsnb.aws.elb import read_counts, read_durations
from awsnb.sections.ami.launch.durations import read_durations as read_boots
from awsnb.trace import read_every


def launches(count):
    entry = {
        "Description": "Launching a new EC2 instance: i-1",
        "StartTime": "2026-11-28T12:00:00Z",
        "EndTime": "2026-11-28T12:01:00Z",
    }
    return json.dumps({"Activities": [entry] * count})


def refreshes(count):
    entry = {
        "Status": "Successful",
        "StartTime": "2026-11-28T12:00:00Z",
        "EndTime": "2026-11-28T12:30:00Z",
    }
    return json.dumps({"InstanceRefreshes": [entry] * count})


READERS = {
    "refreshes": (read_refreshes, refreshes, lambda found: found.ended),
    "targets of a log": (
        read_counts,
        lambda count: "http t elb 192.0.2.1:1 10.0.0.1:80 0 0 0\n" * count,
        lambda found: found.by_target.sum(),
    ),
    "every series": (
        read_every,
        lambda count: (
            "timestamp,a,b\n" + "".join(f"2026-01-01T00:0{i}:00Z,1,2\n" for i in range(count))
        ),
        lambda found: found[0].value.size,
    ),
    "activities": (read_history, launches, lambda found: len(found.steps)),
    "request times": (
        read_durations,
        lambda count: "1.5\n" * count,
        lambda found: found.seconds.size,
    ),
    "boot times": (read_boots, lambda count: "42s\n" * count, len),
}


@pytest.mark.parametrize("name", READERS)
def test_a_file_is_read_once_until_it_changes(name, tmp_path):
    read, written, count = READERS[name]
    path = tmp_path / "own.txt"
    path.write_text(written(2))
    first = read(str(path))
    assert count(first) == 2
    assert read(str(path)) is first
    path.write_text(written(3))
    os.utime(path, ns=(1, 1))
    assert count(read(str(path))) == 3

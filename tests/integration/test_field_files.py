"""Files that are no metrics, as people bring them: logs, durations, activities, block lists."""

import gzip
import json

import pytest

from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.trace import TraceError

DRAINING, STICKY, AMI, EBS, GROUPS, REFRESH, ALB = (
    section(slug)
    for slug in (
        *("connection-draining", "sticky-sessions", "ami", "ebs", "auto-scaling-groups"),
        *("instance-refresh", "alb"),
    )
)
ALB_ENTRY = (
    "https 2026-03-02T08:00:00.123456Z app/x/1 1.2.3.4:51234 10.0.0.1:80 0.001 0.199 0.0 200 200 "
    '34 366 "GET https://a.example:443/ HTTP/2.0" "curl/8.5" - -\n'
)
LOGS = {
    "an access log of a Classic Load Balancer": (
        "2026-03-02T08:00:00.945958Z my-lb 192.168.131.39:2817 10.0.0.1:80 0.000073 0.201048 "
        '0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl" - -\n'
    ),
    "an access log of an NLB": (
        "tls 2.0 2026-03-02T08:00:00 net/my-nlb/c6e77e28c25b2234 g3d4b5e8bb8464cd "
        "192.0.2.1:51341 192.0.2.2:443 5 2 98 246 -\n"
    ),
    "a connection log of an ALB": (
        '2026-03-02T08:00:00.123456Z 192.0.2.1 51234 443 TLSv1.2 ECDHE 4.036 "CN=x" - - Success\n'
    ),
    "a table of an ALB's access log": '"type","time","elb","client_ip","client_port"\n',
    "a VPC flow log": (
        "2 123456789010 eni-1235b8ca 192.0.2.1 192.0.2.2 20641 22 6 20 4249 1418530010 1418530070 "
        "ACCEPT OK\n"
    ),
    "a server access log of S3": f"{'79a5' * 16} bucket [02/Mar/2026:00:00:38 +0000] 192.0.2.3 -\n",
    "a log of CloudFront": "#Version: 1.0\n#Fields: date time x-edge-location\n",
    "an access log of a web server": (
        '192.0.2.3 - - [02/Mar/2026:08:05:32 +0000] "GET / HTTP/1.1" 304 0 "-" "curl" 0.201\n'
    ),
}


@pytest.fixture
def written(tmp_path):
    def write(content, name="file"):
        content = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return write


def answer(found, **values):
    return found.simulate(found.scenario(**values))


def refusal(found, **values):
    with pytest.raises((TraceError, ScenarioError)) as caught:
        answer(found, **values)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- logs


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_refused_by_its_name_wherever_it_is_given(written, name):
    path = written(LOGS[name] * 9)
    assert f"seems to be {name}" in refusal(DRAINING, durations=path)
    assert f"seems to be {name}" in refusal(STICKY, log=path)
    said = refusal(ALB, trace=path)
    assert f"seems to be {name}" in said and "export the metric from CloudWatch" in said


def test_the_log_of_an_alb_is_no_metric(written):
    path = written(ALB_ENTRY * 9)
    assert "seems to be an access log of an ALB: export the metric" in refusal(ALB, trace=path)
    assert answer(DRAINING, durations=path).summary["mean_s"] == pytest.approx(0.2)


@pytest.mark.parametrize(
    "content", ["timestamp,TargetResponseTime\n2026-03-02T08:00:00Z,0.2\n", '{"duration": 0.2}\n']
)
def test_means_over_a_period_are_no_request_times(written, content):
    assert "seems to be metrics or JSON" in refusal(DRAINING, durations=written(content))
    assert "seems to be metrics or JSON" in refusal(STICKY, log=written(content))


# --- durations


@pytest.mark.parametrize(
    "lines",
    ["0.1\n0.2\n0.3\n", "100ms\n0.2 s\n300 ms\n", "1e-1\n2.0E-01\n3e-1\n", ALB_ENTRY],
)
@pytest.mark.parametrize("pack", [str.encode, lambda t: gzip.compress(t.encode()),
                                  lambda t: t.encode("utf-16")])  # fmt: skip
def test_request_times_may_name_their_unit(written, lines, pack):
    found = answer(DRAINING, durations=written(pack(lines * 20)))
    assert found.summary["mean_s"] == pytest.approx(0.2)
    assert any("200 ms on average" in note for note in found.notes)


def test_what_plain_numbers_were_taken_for_is_said(written):
    notes = answer(DRAINING, durations=written("100\n200\n300\n" * 20)).notes
    assert any("60 request times from the file: 3.3 min on average" in note for note in notes)


@pytest.mark.parametrize("line", ["duration_ms", "0,1", "2026-03-02T08:00:00Z,0.2", "nan"])
def test_a_line_that_is_no_duration_is_named(written, line):
    said = refusal(DRAINING, durations=written(f"{line}\n0.2\n"))
    assert f"line 1: '{line}' is no number of seconds" in said and "250ms" in said


def test_websockets_are_no_requests(written):
    path = written(ALB_ENTRY.replace("https", "wss", 1) * 9)
    assert "only WebSockets" in refusal(DRAINING, durations=path)


@pytest.mark.parametrize("pack", [str.encode, lambda t: gzip.compress(t.encode()),
                                  lambda t: t.encode("utf-16")])  # fmt: skip
def test_boot_times_are_said_with_their_mean(written, pack):
    text = "Startup finished in 2.1s (kernel) + 8.0s (userspace) = 10.1s\n" * 4
    notes = answer(AMI, measured=written(pack(text))).notes
    assert "4 measured times, 10 s on average, in place of: boot." in notes


# --- what the command line writes of a group


def activity(number, description, minute, lasts_min=2, **more):
    return {
        "ActivityId": str(number),
        "AutoScalingGroupName": "web",
        "Description": f"{description}: i-{number}",
        "Cause": "At 2026-03-02T08:00:00Z an instance was started, increasing the capacity from 4 "
        "to 5.",
        "StartTime": f"2026-03-02T08:{minute:02d}:00+00:00",
        "EndTime": f"2026-03-02T08:{minute + lasts_min:02d}:00+00:00",
        "StatusCode": "Successful",
        **more,
    }


LAUNCH, TERMINATE = "Launching a new EC2 instance", "Terminating EC2 instance"
ACTIVITIES = [activity(2, TERMINATE, 30), activity(1, LAUNCH, 0)]
REFRESH_ENTRY = {
    "InstanceRefreshId": "1",
    "AutoScalingGroupName": "web",
    "Status": "Successful",
    "StartTime": "2026-03-02T08:00:00+00:00",
    "EndTime": "2026-03-02T08:50:00+00:00",
    "PercentageComplete": 100,
}


def own_instances(found):
    return found.data["own_instances"][-1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_command_lines_json_is_read_as_shells_write_it(written, encoding):
    """PowerShell redirects as UTF-16."""
    text = json.dumps({"Activities": ACTIVITIES})
    for packed in (text.encode(encoding), gzip.compress(text.encode(encoding))):
        found = answer(GROUPS, activities=written(packed))
        assert own_instances(found) == 4  # four, one launched, one terminated
    refreshes = written(json.dumps({"InstanceRefreshes": [REFRESH_ENTRY]}).encode(encoding))
    assert answer(REFRESH, refreshes=refreshes).why.startswith("Your refresh took 50 min")


@pytest.mark.parametrize(
    ("description", "left"),
    [
        ("Moving EC2 instance to Standby", 3),
        ("Detaching EC2 instance", 3),
        ("Moving EC2 instance out of Standby", 5),
        ("Attaching an existing EC2 instance", 5),
        ("Launching a new EC2 instance into warm pool", 4),
    ],
)
def test_what_leaves_or_joins_the_instances_in_service_counts(written, description, left):
    entries = [activity(3, description, 40), *ACTIVITIES]
    assert own_instances(answer(GROUPS, activities=written(json.dumps(entries)))) == left


def test_an_activity_that_is_listed_twice_counts_once(written):
    twice = answer(GROUPS, activities=written(json.dumps(ACTIVITIES * 2)))
    assert own_instances(twice) == 4
    assert any("2 changes in 30 min" in note for note in twice.notes)


def test_an_incomplete_history_says_so(written):
    path = written(json.dumps({"Activities": ACTIVITIES, "NextToken": "abc"}))
    assert any("incomplete (NextToken)" in note for note in answer(GROUPS, activities=path).notes)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Activities:\n- ActivityId: a\n", "the YAML that the AWS command line writes.*json"),
        ("ACTIVITIES\tabc\tweb\n", "what --output text writes.*--output json"),
        ("-----------\n|Describe|\n", "a table drawn for reading"),
        ("{'Activities': [{'Progress': 100}]}", "a Python object.*json.dump"),
        (json.dumps({"Activities": ACTIVITIES})[:300], "ends in the middle, as if cut off"),
        ("", "the file is empty"),
        (json.dumps({"InstanceRefreshes": []}), "no list of Activities"),
        (json.dumps([*ACTIVITIES, activity(9, LAUNCH, 5, AutoScalingGroupName="api")]),
         "of 2 groups, such as 'api' and 'web'"),
        (json.dumps([activity(1, LAUNCH, 10, -5)]), "activity 1 ends before it starts"),
    ],
)  # fmt: skip
def test_what_is_no_history_of_a_group_is_refused_by_name(written, content, says):
    with pytest.raises(ScenarioError, match=f"activities: .*{says}"):
        answer(GROUPS, activities=written(content))


def test_a_refresh_that_did_not_succeed_says_how_it_ended(written):
    entry = {**REFRESH_ENTRY, "Status": "Cancelled", "PercentageComplete": 10}
    why = answer(REFRESH, refreshes=written(json.dumps([entry]))).why
    assert why.startswith("Your refresh ended as Cancelled at 10 %, after 50 min; the model's ")
    entry["PercentageComplete"] = 250
    assert "250, above 100" in refusal(REFRESH, refreshes=written(json.dumps([entry])))


# --- block lists: 2,048 blocks of 512 KiB are 1 GiB, 512 are a quarter


def blocks(count, key="Blocks", **more):
    token = {"BlockToken": "x"} if key == "Blocks" else {"SecondBlockToken": "x"}
    return json.dumps({key: [{"BlockIndex": i, **token} for i in range(count)], **more})


@pytest.fixture
def folder(tmp_path):
    def make(**files):
        (tmp_path / "lists").mkdir()
        for name, content in files.items():
            content = content if isinstance(content, bytes) else content.encode()
            (tmp_path / "lists" / f"{name}.json").write_bytes(content)
        return str(tmp_path / "lists")

    return make


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_are_read_in_order_of_their_numbers(folder, encoding):
    path = folder(snap_2=blocks(2048).encode(encoding), snap_10=blocks(512, "ChangedBlocks"))
    found = answer(EBS, blocks=path)
    assert found.summary["stored_gib"] == pytest.approx(1.25)
    assert "0.25 GiB more for each later one" in found.why


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (blocks(9, NextToken="abc"), blocks(9, "ChangedBlocks"), "a.json is incomplete"),
        (blocks(9), blocks(9), "b.json has no list of ChangedBlocks"),
        (blocks(9, "ChangedBlocks"), blocks(9, "ChangedBlocks"), "a.json has no list of Blocks"),
        (blocks(9)[:99], blocks(9), "a.json: is JSON that ends in the middle"),
    ],
)
def test_lists_of_another_kind_are_refused(folder, first, second, says):
    said = refusal(EBS, blocks=folder(a=first, b=second))
    assert says in said and "list-snapshot-blocks (the first)" in said

"""What the notebook states is what facts and models say."""

import pytest

from awsnb.aws.ebs import EBS
from awsnb.sections import section
from awsnb.sections.cascade.options import FEW
from awsnb.sections.cascade.site import KEYS, PUBLISHES_S

SITE = section("cascade")
NIGHT = SITE.scenario()


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("three I/Os a second for each GiB", EBS.value("gp2", "baseline_iops_per_gib") == 3),
        ("up to 5.4 million in a bucket", EBS.value("gp2", "bucket_capacity") == 5_400_000),
        ("it does 3,000 a second", EBS.value("gp2", "burst_iops") == 3000),
        ("keeps 200,000 keys", KEYS == 200_000),
        ("for an hour each", NIGHT.ttl_min == 60),
        ("At 06:30 it writes every key anew", PUBLISHES_S == 4.5 * 3600),
        ("the volume earns 450", NIGHT.storage_type == "gp2" and 3 * NIGHT.size_gib == 450),
        ("5,400,000 / 2,550 = 2,118 s, 35 minutes", 5_400_000 // 2550 == 2117),
        ("over the same three nights", FEW == 3),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_what_the_predictions_and_worked_answers_say_is_so(prose):
    summary = SITE.simulate(SITE.scenario(sets=2)).summary
    assert "takes 38" in prose and round(summary["credits_out_min"]) == 38
    assert summary["connections"] == 700
    sizes = {gib: SITE.simulate(SITE.scenario(size_gib=gib, sets=2)) for gib in (175, 200)}
    assert "200 GiB. It earns 600 a second" in prose
    assert sizes[175].summary["failed_most_pct"] > 1 > sizes[200].summary["failed_most_pct"]
    assert len(SITE.compare(SITE.scenario(sets=1, storage_type="gp3")).options) == 16

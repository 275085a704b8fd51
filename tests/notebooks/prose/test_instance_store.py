"""What the notebook states is what facts and models say."""

import pytest

from awsnb.aws.ec2.life_cycle import DATA_VOLUME, STORE
from awsnb.aws.instance_store import EVENTS, INSTANCE_STORE, keeps
from awsnb.sections import section

ROOM = section("instance-store")


def stated(key):
    return INSTANCE_STORE.value("instance_store", key)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("| reboot, wanted or not | kept | kept |", keeps("reboot", STORE)),
        ("| stop, also for a change of type | lost | kept |", not keeps("stop and start", STORE)),
        ("| stop, also for a change of type | lost | kept |", not keeps("change of type", STORE)),
        ("| hibernate | lost; only memory is saved", not keeps("hibernate and start", STORE)),
        ("| terminate | lost | as DeleteOnTermination says |", not keeps("terminate", STORE)),
        ("| a drive fails | that drive's data is lost | kept |", not keeps("drive failure", STORE)),
        ("| the host fails or is retired | lost | kept |", not keeps("host failure", STORE)),
        ("| the host fails or is retired | lost | kept |", not keeps("retirement", STORE)),
        ("drives can only be had at launch", not stated("attach_after_launch")),
        ("no AMI holds their data", not stated("in_ami")),
        ("Its price is part of the instance's", stated("price") == "included in the instance's"),
        ("| lost | kept |", all(keeps(event, DATA_VOLUME) for event in EVENTS)),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_what_the_worked_answers_say_is_so(prose):
    weekly = ROOM.scenario(losses_per_year=52.0, accepted_pct=1.0)
    assert "the second extra copy is enough" in prose
    assert ROOM.simulate(weekly).summary["needed_copies"] == 4
    assert "a copy is missing for an hour" in prose
    assert ROOM.simulate(weekly).summary["window_s"] == pytest.approx(3600, rel=0.1)
    assert "about a 160th of a week" in prose
    assert 7 * 86_400 / ROOM.simulate(weekly).summary["window_s"] == pytest.approx(160, rel=0.02)

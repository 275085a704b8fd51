import pytest

from awsnb.aws.ec2.life_cycle import DATA, DATA_VOLUME, RAM, ROOT_VOLUME, STORE, fate
from awsnb.aws.instance_store import (
    EVENTS,
    STORE_TYPES,
    iops,
    keeps,
    size_gib,
)


def kept(thing, **settings):
    return {event for event in EVENTS if keeps(event, thing, **settings)}


def test_what_keeps_the_data_on_an_instance_store():
    assert kept(STORE) == {"reboot", "power failure"}


def test_memory_outlives_only_what_saves_it_or_leaves_the_instance_running():
    assert kept(RAM) == {"hibernate and start", "drive failure"}


@pytest.mark.parametrize("volume", [ROOT_VOLUME, DATA_VOLUME])
def test_only_termination_takes_a_volume_and_only_if_that_is_set(volume):
    assert kept(volume) == set(EVENTS)
    assert kept(volume, delete_on_termination=True) == set(EVENTS) - {"terminate"}


def test_every_event_is_stated_for_every_thing():
    stated = {fate(event, thing) for event in EVENTS.values() for thing in DATA}
    assert stated == {"kept", "lost"}


def test_a_store_is_as_large_as_its_drives_together():
    assert size_gib("i3.large") == 442  # 475 GB
    assert size_gib("i4i.32xlarge") == int(8 * 3750e9 / 2**30)


@pytest.mark.parametrize("instance_type", STORE_TYPES)
def test_drives_write_more_slowly_than_they_read(instance_type):
    assert 0 < iops(instance_type, "writes") < iops(instance_type, "reads")

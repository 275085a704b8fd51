import pytest

from awsnb.aws.instance_store import (
    DATA_VOLUME,
    EVENTS,
    INSTANCE_STORE,
    MEMORY,
    ROOT_VOLUME,
    STORE,
    STORE_TYPES,
    THINGS,
    iops,
    keeps,
    size_gib,
)


def kept(thing, **settings):
    return {event for event in EVENTS if keeps(event, thing, **settings)}


def test_what_keeps_the_data_on_an_instance_store():
    assert kept(STORE) == {"reboot", "power failure"}


def test_memory_outlives_only_what_saves_it_or_leaves_the_instance_running():
    assert kept(MEMORY) == {"hibernate and start", "drive failure"}


@pytest.mark.parametrize("volume", [ROOT_VOLUME, DATA_VOLUME])
def test_only_termination_takes_a_volume_and_only_if_that_is_set(volume):
    assert kept(volume) == set(EVENTS)
    assert kept(volume, delete_on_termination=True) == set(EVENTS) - {"terminate"}


def test_every_event_is_stated_for_every_thing():
    stated = {INSTANCE_STORE.value(event, thing) for event in EVENTS for thing in THINGS}
    assert stated == {"kept", "lost", "as set"}


def test_a_store_is_as_large_as_its_drives_together():
    assert size_gib("i3.large") == 442  # 475 GB
    assert size_gib("i4i.32xlarge") == int(8 * 3750e9 / 2**30)


@pytest.mark.parametrize("instance_type", STORE_TYPES)
def test_drives_write_more_slowly_than_they_read(instance_type):
    assert 0 < iops(instance_type, "writes") < iops(instance_type, "reads")

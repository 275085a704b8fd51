"""Live HAProxys as the nodes of zones give each server the share that the model gives it."""

import asyncio

import pytest
from record_zones import CASES, SERVER, record

from awsnb.sections.cross_zone.scenario import CrossZoneScenario
from awsnb.sections.cross_zone.simulate import spread

REQUESTS = 1000


@pytest.mark.skipif(SERVER is None, reason="haproxy is not installed")
@pytest.mark.parametrize("case", [one for one in CASES if len(one.targets) == 2], ids=str)
def test_a_server_gets_the_models_share(case):
    _, each_pct = asyncio.run(record(case, REQUESTS))
    few, many = case.targets
    scenario = CrossZoneScenario(targets_a=few, targets_b=many)
    each = 100 * spread(scenario, case.switch == "on", case.lost_in_a).each_target
    draws = 100 * 0.5 / REQUESTS**0.5  # one sigma of a node's part, points
    assert each_pct[0] * case.healthy[0] == pytest.approx(each[0] * case.healthy[0], abs=4 * draws)
    assert each_pct[1] * many == pytest.approx(each[1] * many, abs=4 * draws)

import numpy as np
import pytest

from awsnb.sections.aurora.failover import VIEW
from awsnb.sections.aurora.failover.scenario import FailoverScenario
from awsnb.sections.aurora.failover.simulate import client_s, server_s


def summary(**values):
    return VIEW.simulate(FailoverScenario(**values)).summary


@pytest.mark.parametrize(("readers", "typical", "upper"), [(1, 30, 60), (0, 300, 600)])
def test_failovers_are_as_aws_says(readers, typical, upper):
    away = server_s(FailoverScenario(readers=readers))
    assert np.median(away) == pytest.approx(typical, rel=0.02)
    assert np.mean(away < upper) == pytest.approx(0.95, abs=0.005)


def test_a_client_that_keeps_addresses_waits_longest_and_a_proxy_least():
    cluster = FailoverScenario(client="keeps addresses", address_kept_s=60.0)
    kept, anew, proxy = (
        client_s(cluster, name) for name in ("keeps addresses", "resolves anew", "RDS Proxy")
    )
    assert (kept > anew).all() and (anew > proxy).all()
    server = server_s(cluster)
    assert np.mean(kept - server) == pytest.approx(30 + 0.5, rel=0.02)
    assert np.mean(anew - server) == pytest.approx(2.5 + 0.5, rel=0.02)


def test_the_readers_of_the_promoted_one_are_cut():
    assert summary(readers=4)["readers_cut_pct"] == 25
    assert summary(readers=0)["readers_cut_pct"] == 0

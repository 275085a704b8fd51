import numpy as np
import pytest

from awsnb.sections.aurora.failover import VIEW
from awsnb.sections.aurora.failover.scenario import FailoverScenario
from awsnb.sections.aurora.failover.simulate import outage, server_s


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
        outage(cluster, name).outage_s for name in ("keeps addresses", "resolves anew", "RDS Proxy")
    )
    assert (kept > anew).all() and (anew > proxy).all()
    server = server_s(cluster)
    assert np.mean(kept - server) == pytest.approx(30 + 0.5, rel=0.02)
    assert np.mean(anew - server) == pytest.approx(2.5 + 0.5, rel=0.02)


def test_the_readers_of_the_promoted_one_are_cut():
    assert summary(readers=4)["readers_cut_pct"] == 25
    assert summary(readers=0)["readers_cut_pct"] == 0


# --- a pool that went stale


def read_only_of(expires_s, back_s, life_s):
    """One client, connection by connection: how long it writes to a reader."""
    now = back_s
    while now < expires_s:  # the address leads to the old writer
        now = now + life_s if life_s else expires_s
    return now - back_s


@pytest.mark.parametrize("life_s", [None, 7.0, 120.0, 1800.0])
@pytest.mark.parametrize("back_s", [0.0, 10.0, 45.0, 600.0])
def test_read_only_errors_last_as_a_client_meets_them(life_s, back_s):
    values = {"client": "keeps addresses", "old_writer_back_s": back_s}
    if life_s:
        values |= {"on_read_only": "keeps the connection", "connection_life_s": life_s}
    scenario = FailoverScenario(**values)
    drawn = outage(scenario, "keeps addresses")
    plain = outage(FailoverScenario(client="keeps addresses"), "keeps addresses").outage_s
    phase = np.random.default_rng([1, 2]).random((2, drawn.outage_s.size))[0]
    for i in range(0, 2000, 7):
        lasts = read_only_of(60 * phase[i], back_s, life_s)
        assert drawn.read_only_s[i] == pytest.approx(lasts, abs=1e-9)
        longer = max(back_s + lasts - 60 * phase[i], 0.0) if lasts else 0.0
        assert drawn.outage_s[i] == pytest.approx(plain[i] + longer)


def test_without_a_reader_the_old_writer_is_the_new_one():
    said = VIEW.simulate(
        FailoverScenario(readers=0, client="keeps addresses", address_kept_s=600.0)
    )
    assert said.summary["read_only_pct"] == 0 and "read-only" not in str(said.why)
    assert not any("comes back as a reader" in note for note in said.notes)


def test_a_pool_with_short_lives_is_as_good_as_one_that_connects_anew():
    anew = FailoverScenario(client="keeps addresses")
    short = anew.replace(on_read_only="keeps the connection", connection_life_s=1.0)
    later = outage(short, anew.client).outage_s - outage(anew, anew.client).outage_s
    assert later.min() > -1e-9 and 0.9 < later.max() < 1.0 + 1e-9


# --- true sentences


def told(name):
    return VIEW.simulate(
        next(FailoverScenario(**preset.values) for preset in VIEW.presets if preset.name == name)
    )


def test_who_keeps_the_address_is_told_whose_doing_the_outage_is():
    said = told("The application keeps the address")
    assert "holds on to the old address for up to 600 s, and that adds 301.3 s" in said.why
    assert "leads to the old writer, a reader by then" in said.why and "pool" not in said.why
    assert "every open connection to the old writer breaks" in said.why


def test_a_stale_pool_is_not_blamed_on_the_address_alone():
    said = told("A pool that went stale")
    assert "and its pool to the old writer: together they add" in said.why
    assert "fails as read-only for 30 min at the median" in said.why
    assert "and that adds" not in said.why and said.summary["read_only_s"] == 1800


def test_behind_a_proxy_idle_connections_stay_open():
    said = told("Behind a proxy")
    assert "idle connections to it stay open, and the 10 % in a transaction break." in said.why
    assert "every open connection" not in said.why and "read-only" not in said.why
    assert said.summary["broken_pct"] == 10
    assert VIEW.simulate(FailoverScenario()).summary["broken_pct"] == 100


def test_a_plot_that_ends_before_the_last_client_is_back_says_so():
    values = {"client": "keeps addresses", "address_kept_s": 3600.0}
    stays = {"on_read_only": "keeps the connection", "connection_life_s": 7200.0}
    (beyond,) = (n for n in VIEW.simulate(FailoverScenario(**values, **stays)).notes if "plot" in n)
    assert "after 2 h, 100 % of the clients can't write yet." in beyond
    assert not any("plot" in note for note in VIEW.simulate(FailoverScenario(**values)).notes)

import ssl

import numpy as np
import pytest
import record_tls
from hypothesis import given
from hypothesis import strategies as st

from awsnb.aws.elb.certificates import ECDSA, HASHES, KEYS, RSA, Certificate, choose
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.tls_certificates import handshake, selection, year
from awsnb.sections.tls_certificates.handshake import HandshakeScenario
from awsnb.sections.tls_certificates.selection import SelectionScenario
from awsnb.sections.tls_certificates.truth import HABITS, expiries, handshakes, names
from awsnb.sections.tls_certificates.year import YearScenario, habit

ROOM = section("tls-certificates")


def preset(view, name):
    (found,) = [one for one in view.presets if one.name == name]
    return view.scenario(**found.values)


def said(view, name):
    return view.simulate(preset(view, name))


# --- which certificate


@pytest.mark.parametrize(
    ("name", "sent", "verdict", "must", "must_not"),
    [
        ("The bare domain", "wild", "wrong name", "one label only", "accepts"),
        ("Two labels deep", "wild", "wrong name", "one label only", "accepts"),
        ("An old client", "wild", "accepted", "its key is the longest", "ECDSA comes"),
        ("No name is told", "main", "wrong name", "tells no name", "one label"),
        (
            "One of two has expired",
            "ec",
            "expired",
            "ec is sent: ECDSA comes before RSA",
            "accepts",
        ),
        ("Listener made by API", "wild", "accepted", "Only wild in the list", "exact"),
    ],
)
def test_presets_of_the_selection(name, sent, verdict, must, must_not):
    answer = said(selection.VIEW, name)
    assert (answer.summary["sent"], answer.summary["verdict"]) == (sent, verdict)
    assert must in answer.why and must_not not in answer.why


def test_a_console_listener_has_its_default_in_the_list():
    api = preset(selection.VIEW, "Listener made by API")
    assert selection.VIEW.simulate(api.replace(made_with="console")).summary["sent"] == "exact"


def test_a_clb_sends_what_it_has():
    answer = ROOM.simulate(SelectionScenario(balancer="CLB"))
    assert answer.summary["sent"] == "main" and "A CLB has one certificate" in answer.why


def test_keys_that_nobody_shares_and_dates_that_aws_does_not_rank():
    lines = "one, www.example.com, RSA 2048, SHA-256, 10\ntwo, www.example.com, RSA 2048, SHA-256, "
    old = SelectionScenario(client="ECDSA only", certificates=lines + "20")
    answer = ROOM.simulate(old)
    assert answer.summary["sent"] == "none" and "handshake fails" in answer.why
    alike = ROOM.simulate(old.replace(client="RSA only"))
    assert alike.summary["sent"] == "one or two" and "without saying which way" in alike.why


certificates = st.builds(
    Certificate,
    st.uuids().map(str),
    st.sampled_from([("www.example.com",), ("*.example.com",), ("example.net",)]),
    st.sampled_from(list(KEYS)),
    st.sampled_from(HASHES),
    st.integers(-5, 5),
)


@given(
    listener=st.lists(certificates, min_size=1, max_size=8),
    client=st.sampled_from([(RSA,), (ECDSA,), (RSA, ECDSA)]),
    listed=st.booleans(),
)
def test_the_choice_is_the_first_of_a_sorted_list(listener, client, listed):
    """AWS's criteria as one sort key."""
    *_, (_, sent) = choose(listener, "www.example.com", client, listed)
    able = [
        one
        for one in (listener if listed else listener[1:])
        if one.names[0].endswith("example.com")
    ]
    if not able:
        assert sent == (listener[0],)
        return
    able = [one for one in able if one.key.split()[0] in client]
    if not able:
        assert sent == ()
        return
    order = ["ECDSA P-384", "ECDSA P-256", "RSA 4096", "RSA 3072", "RSA 2048"]

    def rank(one):
        kind, hashed = one.key[:3], -HASHES.index(one.signed_with)
        return (kind != "ECD", one.left_days < 0, hashed, order.index(one.key))

    assert [rank(one) for one in sent] == [min(map(rank, able))] * len(sent)
    assert len(sent) == sum(rank(one) == min(map(rank, able)) for one in able)


@pytest.mark.parametrize(
    ("field", "values", "match"),
    [
        ("host", {"host": ""}, "host name of letters"),
        ("host", {"host": "10.0.0.1"}, "SNI carries no addresses"),
        ("host", {"host": "a" * 64 + ".com"}, "host name"),
        ("certificates", {"certificates": "a, w*.example.com, RSA 2048, SHA-256, 1"}, "line 1"),
        ("certificates", {"certificates": "a, *.com, RSA 2048, SHA-256, 1"}, "two labels"),
        ("certificates", {"certificates": "a, b.de, RSA 512, SHA-256, 1"}, "ECDSA P-384"),
        ("certificates", {"certificates": "a, b.de, RSA 2048, SHA-3, 1"}, "SHA-512"),
        ("certificates", {"certificates": "a, b.de, RSA 2048, MD5, soon"}, "whole days"),
        ("certificates", {"certificates": "a, b.de, RSA 2048, MD5, 1\n" * 2}, "no other line"),
        ("certificates", {"certificates": "\n".join(
            f"c{n}, b.de, RSA 2048, MD5, 1" for n in range(27))}, "1 to 26 lines"),
    ],
)  # fmt: skip
def test_what_is_no_listener_is_refused(field, values, match):
    with pytest.raises(ScenarioError, match=match) as refused:
        SelectionScenario(**values)
    assert refused.value.field == field


# --- compared with OpenSSL


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("*.example.com", "www.example.com"),
        ("*.example.com", "example.com"),
        ("*.example.com", "a.login.example.com"),
        ("www.example.com", "WWW.Example.com"),
        ("www.example.com", "example.com"),
        ("w*.example.com", "www.example.com"),
    ],
)
def test_openssl_accepts_the_names_that_the_model_does(name, host):
    pem = record_tls.certificate([name])
    pair = record_tls.Pair(record_tls.client_context(pem), record_tls.server_context(pem), host)
    try:
        accepted = bool(pair.handshake())
    except ssl.SSLCertVerificationError as error:
        accepted = "mismatch" in str(error) and False
    assert Certificate("", (name,), "ECDSA P-256", "SHA-256", 1).has(host) is accepted


@pytest.mark.parametrize("client", ["RSA and ECDSA", "RSA only", "ECDSA only"])
def test_openssl_sends_the_key_that_the_client_verifies_and_ecdsa_first(client):
    pems = {key: record_tls.certificate(["www.example.com"], key)
            for key in ("RSA 2048", "ECDSA P-256")}  # fmt: skip
    caller = record_tls.client_context(*pems.values())
    caller.maximum_version = ssl.TLSVersion.TLSv1_2  # where ciphers say which keys are verified
    caller.set_ciphers({"RSA only": "ECDHE+aRSA", "ECDSA only": "ECDHE+aECDSA"}.get(
        client, "ECDHE+aECDSA:ECDHE+aRSA"))  # fmt: skip
    pair = record_tls.Pair(caller, record_tls.server_context(*pems.values()), "www.example.com")
    pair.handshake()
    scenario = SelectionScenario(
        client=client,
        certificates="\n".join(f"{k}, www.example.com, {k}, SHA-256, 9" for k in pems),
    )
    sent = ROOM.simulate(scenario).summary["sent"]
    assert pair.client.getpeercert(True) == ssl.PEM_cert_to_DER_cert(
        pems[sent].decode().partition("PRIVATE KEY-----\n")[2].partition("PRIVATE KEY-----\n")[2]
    )


def test_openssl_refuses_what_has_expired():
    pem = record_tls.certificate(["www.example.com"], left_days=-3)
    pair = record_tls.Pair(
        record_tls.client_context(pem), record_tls.server_context(pem), "www.example.com"
    )
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        pair.handshake()


def test_round_trips_are_openssls_today_and_as_recorded():
    for version, way, trips in record_tls.round_trips():
        recorded, model = handshakes().loc[(version, way)]
        assert trips == recorded == model
    assert (handshakes().loc[("1.3", "returning, 0-RTT")] == 0).all()


def test_names_of_the_rfc_and_of_aws():
    table = names()
    assert (table["source says"] == table["model"]).all() and set(table["model"]) == {
        "match",
        "no match",
    }


# --- the handshake


@pytest.mark.parametrize(
    ("name", "trips", "must", "must_not"),
    [
        ("A visitor far away", 4, "2 round trips", "HelloRetryRequest"),
        ("The curve does not fit", 4, "HelloRetryRequest", "Resuming"),
        ("Back on TLS 1.2", 3, "Resuming saves one.", "no round trip"),
        ("Back on TLS 1.3", 3, "saves the signature, and no round trip", "HelloRetry"),
        ("0-RTT at a load balancer", 3, "does not take 0-RTT", "replayed"),
        ("Service to service", 3, "Cryptography is 8", "HelloRetry"),
    ],
)
def test_presets_of_the_handshake(name, trips, must, must_not):
    answer = said(handshake.VIEW, name)
    assert answer.summary["round_trips"] == trips
    assert must in answer.why and must_not not in answer.why


def test_early_data_reaches_another_server_in_one_trip_less():
    early = HandshakeScenario(visit="returning, 0-RTT", ends_at="another server")
    answer = ROOM.simulate(early)
    assert answer.summary["round_trips"] == 2 and "replayed" in answer.why
    refused = ROOM.simulate(early.replace(curve_fits=False))
    assert refused.summary["round_trips"] == 4 and "refused with the curve" in refused.why
    assert "TLS 1.2 has no 0-RTT" in ROOM.simulate(early.replace(version="1.2")).why


def test_a_wrong_guess_costs_nothing_on_tls_1_2():
    answer = ROOM.simulate(HandshakeScenario(version="1.2", curve_fits=False))
    assert answer.summary["round_trips"] == 4 and "costs nothing" in answer.why


def test_another_address_starts_anew():
    back = HandshakeScenario(version="1.2", visit="returning", same_address_pct=25.0)
    answer = ROOM.simulate(back)
    assert answer.summary["round_trips"] == pytest.approx(0.25 * 3 + 0.75 * 4)
    assert "75 % of the returning visits" in answer.why
    never = ROOM.simulate(back.replace(same_address_pct=0.0))
    assert "starts anew" in never.why and "saves" not in never.why


def test_milliseconds_are_trips_times_distance_and_work():
    for scenario in handshake.VIEW.situations():
        summary = ROOM.simulate(scenario).summary
        assert summary["first_byte_ms"] == pytest.approx(
            summary["round_trips"] * scenario.rtt_ms + summary["crypto_ms"]
        )


def test_the_bars_are_the_number():
    answer = ROOM.simulate(HandshakeScenario())
    bars = answer.data
    total = bars["tcp_ms"] + bars["tls_ms"] + bars["crypto_ms"] + bars["request_ms"]
    assert total[list(bars["way"]).index("1.3 first")] == pytest.approx(
        answer.summary["first_byte_ms"]
    )


# --- a fleet's year


def test_a_chain_day_by_day_says_the_same():
    """Follow the age of a certificate day by day, from its stationary distribution."""
    for asked in HABITS:
        one = habit(asked, asked.validity_days)
        assert 1 - one.safe() == pytest.approx(walked(one), abs=1e-9)


def walked(one):
    """Return the chance of an expiry by each day, by small steps through the ages."""
    last = one.lengths[-1]
    reach = [sum(c for n, c in zip(one.lengths, one.chances, strict=True) if n > age)
             for age in range(last)]  # fmt: skip
    ends = dict(zip(one.lengths, one.chances, strict=True))
    age_share = np.array(reach) / sum(reach)
    gone = [0.0]
    for _ in range(year.YEAR_DAYS):
        after, lost = np.zeros(last), 0.0
        for age in np.flatnonzero(age_share):
            share, older = age_share[age], age + 1
            ending = ends.get(older, 0.0) / reach[age]
            if older == last:
                lost += share * ending
            else:
                after[0] += share * ending
                after[older] += share * (1 - ending)
        gone.append(gone[-1] + lost)
        age_share = after
    return np.array(gone)


@pytest.mark.statistical
def test_drawn_histories_agree():
    one = habit(HABITS[0], HABITS[0].validity_days)
    drawn = expiries(one, 40_000, seed=3)
    assert (drawn > 0).mean() == pytest.approx(1 - one.safe()[-1], abs=0.006)
    assert drawn.mean() == pytest.approx(one.expiries_a_year, abs=0.006)


@given(
    reminders=st.integers(0, 6),
    acted=st.floats(0, 100),
    unread=st.floats(0, 100),
    days=st.integers(47, 825),
)
def test_a_habit_is_a_distribution(reminders, acted, unread, days):
    one = habit(
        YearScenario(reminders=reminders, acted_pct=acted, unread_pct=unread, validity_days=days),
        days,
    )
    assert sum(one.chances) == pytest.approx(1.0)
    safe = one.safe()
    assert safe[0] == pytest.approx(1.0) and (np.diff(safe) <= 1e-12).all()
    assert 1 - safe[-1] <= one.expiries_a_year + 1e-9


@pytest.mark.parametrize(
    ("name", "must", "must_not"),
    [
        ("All from ACM", "ACM renews its own by itself, but for 1 %", "by hand"),
        ("All imported", "ACM does not renew these", "Of all expiries"),
        ("Twice the reminders", "further reminders do not help", "put off"),
        ("The mailbox of a leaver", "nobody reads", "put off"),
        ("2029", "Of all expiries", "put off"),
    ],
)
def test_presets_of_the_year(name, must, must_not):
    answer = said(year.VIEW, name)
    assert must in answer.why and must_not not in answer.why


def test_nobody_and_everybody():
    assert "Nobody is reminded" in ROOM.simulate(YearScenario(reminders=0)).why
    sure = ROOM.simulate(YearScenario(acted_pct=100.0, unread_pct=0.0))
    assert sure.summary["outage_pct"] == 0 and "renewed in time" in sure.why
    none = ROOM.simulate(YearScenario(imported=0, by_acm=0))
    assert none.summary["between_outages_years"] is None
    careless = ROOM.simulate(YearScenario(reminders=0, imported=1, by_acm=0))
    assert careless.summary["outage_pct"] == pytest.approx(100.0)  # 200 days, unattended


def test_what_no_public_authority_issues_is_said_to_be_private():
    """CA/Browser Forum, ballot SC-081v3: at most 200 days from 2026-03-15."""
    for days, imported, is_said in ((200, 10, False), (201, 10, True), (398, 0, False)):
        answer = year.VIEW.simulate(YearScenario(validity_days=days, imported=imported))
        assert any("200 days since 2026-03" in note for note in answer.notes) is is_said


def test_shorter_validity_never_makes_the_same_habits_safer():
    chances = ROOM.simulate(YearScenario(reminders=2)).data["later_pct"]
    assert (np.diff(chances) > 0).all()


@pytest.mark.parametrize("scenario", year.VIEW.situations(), ids=lambda one: one.text)
def test_the_comparison_says_what_each_way_says_alone(scenario):
    for option in year.VIEW.compare(scenario).options:
        alone = ROOM.simulate(option.scenario).summary
        assert {n.name: n.value for n in option.numbers}.items() <= alone.items()

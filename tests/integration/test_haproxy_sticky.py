"""A live HAProxy's cookies lead sessions to the servers to which the model binds them."""

import asyncio

import pytest
from record_sticky import SERVER, record

from awsnb.sections.sticky_sessions.truth import by_moment


@pytest.mark.skipif(SERVER is None, reason="haproxy is not installed")
def test_sessions_are_where_the_model_binds_them():
    _, counts = asyncio.run(record())
    assert counts == by_moment()

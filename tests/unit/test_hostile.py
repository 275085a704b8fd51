"""Questions that nobody should ask: each is answered, or refused in one sentence.

This is a tenth of `python tools/hostile.py`, which asks all of them.
"""

import hostile
import numpy as np
import pytest

from awsnb.scenario import ScenarioError

TENTH = hostile.COUNT // 10
VIEWS = hostile.views()


@pytest.mark.parametrize(("name", "view"), VIEWS, ids=[name for name, _ in VIEWS])
def test_what_nobody_should_ask_is_answered_or_refused_in_a_sentence(name, view, tmp_path):
    rng = np.random.default_rng([7, *name.encode()])
    asked = hostile.questions(view, rng, tmp_path)
    for _ in range(TENTH // len(VIEWS)):
        question = next(asked)
        assert hostile.ask(view, question)[0] == "", question


def test_what_is_no_refusal_is_a_fault():
    class View:
        compare = None

        def __init__(self, error):
            self.error = error

        def scenario(self):
            raise self.error

    def fault(view):
        return hostile.ask(view, {})[0]

    assert fault(View(ScenarioError("a = 1: must be 2."))) == ""
    assert fault(View(ValueError("a."))) == "ValueError: a."
    assert fault(View(KeyError("a"))) == "KeyError: 'a'"
    assert fault(View(ScenarioError("no end"))).startswith("no sentence")

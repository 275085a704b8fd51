"""Lessons: commit to a prediction, see what the model says, check an exercise, tick off a step.

Answers come from the models; none is written down here. Without a kernel, each part stands as
text. What a reader has done is kept, and comes back.
"""

from awsnb.lessons.course import Course, course
from awsnb.lessons.exercises import Checked, Exercise, check
from awsnb.lessons.ledger import Ledger, ledger
from awsnb.lessons.loading import get_ready
from awsnb.lessons.predictions import Plot, Prediction, estimate, nearest, predict, sketch
from awsnb.lessons.progress import Progress, progress
from awsnb.lessons.sketches import Paper
from awsnb.lessons.steps import Steps, steps

__all__ = [
    "Checked",
    "Course",
    "Exercise",
    "Ledger",
    "Paper",
    "Plot",
    "Prediction",
    "Progress",
    "Steps",
    "check",
    "course",
    "estimate",
    "get_ready",
    "ledger",
    "nearest",
    "predict",
    "progress",
    "sketch",
    "steps",
]

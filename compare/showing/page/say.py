"""What a report says, in whole sentences of the page's language.

Sentences are made from a record's fields; English text that the harness
stored for people is not used, so nothing stays half translated. What an
exception said is data and stays as it is.
"""

from __future__ import annotations

import numpy as np
from babel.support import NullTranslations

from compare.judging import ratios
from compare.records import (
    SIDES,
    Convergence,
    Mode,
    Note,
    Theory,
    Trajectory,
    Verdict,
)
from compare.records.report import LessonReport
from compare.records.timing import IteratorCost, Ratio
from compare.showing.page.texts import (
    ANSWERS,
    NO_ROUNDING,
    NOT_SETTLED,
    OUTCOMES,
    ROUNDING,
    SETTLES,
    SETTLES_NOT,
)
from compare.showing.terminal.formats import digits, seconds
from compare.showing.terminal.timing import WORTH_A_REASON


class Speaker:
    """Says what records hold."""

    def __init__(self, translations: NullTranslations) -> None:
        self.translations = translations
        self.gettext = translations.gettext

    def say(self, text: str, /, **values: object) -> str:
        """Translate a text and fill in its values."""
        return str(self.gettext(text).format(**values))

    def note(self, note: Note) -> str:
        """Say a note."""
        return note.fill(self.gettext(note.text))

    def verdict(self, verdict: Verdict, lesson: LessonReport) -> str:
        """Say why a verdict is what it is."""
        if verdict.outcome == "could not run":
            return self._why_not(lesson)
        if verdict.outcome != "identical":
            return self.difference(verdict)
        if not _moves(lesson, verdict):
            return self.gettext(
                "Every parameter has the same bits after each update, but "
                "none has moved: the learning rate is too small."
            )
        return self.say(
            "Every parameter has the same bits after each of {updates} "
            "updates.",
            updates=f"{verdict.updates[0]:,}",
        )

    def difference(self, verdict: Verdict) -> str:
        """Say where two runs part, and whether that is rounding."""
        parts = []
        manual, keras = (f"{count:,}" for count in verdict.updates)
        if manual != keras:
            parts.append(
                self.say(
                    "By hand {manual} updates were made, in Keras {keras}.",
                    manual=manual,
                    keras=keras,
                )
            )
        if found := verdict.divergence:
            place = "".join(f"[{i}]" for i in found.index)
            parts.append(
                self.say(
                    "They part at update {update} in {name}: by hand {left}, "
                    "in Keras {right}.",
                    update=f"{found.step:,}",
                    name=found.parameter + place,
                    left=f"{found.left:.9g}",
                    right=f"{found.right:.9g}",
                )
            )
        if verdict.float64_difference is not None:
            text = ROUNDING if verdict.agree else NO_ROUNDING
            size = f"{verdict.float64_difference:.1e}"
            parts.append(self.say(text, size=size))
        return " ".join(parts)

    def _why_not(self, lesson: LessonReport) -> str:
        limit = lesson.theory and lesson.theory.largest_learning_rate
        if limit and lesson.learning_rate > limit and not lesson.failures:
            return self.say(
                "The training overshoots to infinity: the learning rate "
                "{rate} is beyond {limit}, the largest that converges.",
                rate=f"{lesson.learning_rate:g}",
                limit=f"{limit:.4g}",
            )
        return self.gettext("A side gave no result that can be compared.")

    def code(self, lesson: LessonReport) -> str:
        """Say why the code is as long as it is."""
        manual, keras = (lesson.sizes[side].statements for side in SIDES)
        values = {"manual": manual, "keras": keras}
        if keras < manual:
            return self.say(
                "{manual} statements by hand are {keras} in Keras, which "
                "writes the loop, the gradients and the update itself.",
                **values,
            )
        return self.say(
            "{manual} statements by hand are {keras} in Keras: what it would "
            "write itself has to be bent here.",
            **values,
        )

    def speed(self, ratio: Ratio) -> str:
        """Say how sure the ratio of speeds is."""
        if ratio.low is None or ratio.high is None:
            return self.gettext(
                "Time per epoch, Keras against the loop by hand; an interval "
                "needs more processes."
            )
        interval = self.say(
            "Time per epoch, Keras against the loop by hand; the 95-percent "
            "interval is {low} to {high}.",
            low=digits(ratio.low),
            high=digits(ratio.high),
        )
        return f"{interval} {self.gettext(ANSWERS[ratio.answer])}"

    def times(self, ratio: Ratio) -> str:
        """Show a ratio, with its interval where it has one."""
        if ratio.low is None or ratio.high is None:
            return digits(ratio.value)
        return self.say(
            "{value} ({low} to {high})",
            value=digits(ratio.value),
            low=digits(ratio.low),
            high=digits(ratio.high),
        )

    def why_slow(self, lesson: LessonReport) -> str:
        """Say where Keras's time goes, where that was measured."""
        cost = iterator_cost(lesson)
        if cost is None:
            return ""
        return self.say(
            "{share} of the time that fit takes goes into opening data "
            "iterators, {iterators} per epoch; the update itself is cheap.",
            share=f"{cost.seconds / cost.epoch_seconds:.0%}",
            iterators=f"{cost.iterators:.3g}",
        )

    def noise(self, lesson: LessonReport, mode: Mode) -> str:
        """Say what the manual loop against itself shows, if it was timed."""
        floor = ratios.noise_floor(lesson.timings, mode)
        if floor is None or floor.low is None or floor.high is None:
            return ""
        return self.say(
            "{mode}: the manual loop against itself: {times}; a difference "
            "below {noise} would be noise here.",
            mode=mode,
            times=self.times(floor),
            noise=f"{max(1 - floor.low, floor.high - 1):.0%}",
        )

    def even(self, even: ratios.BreakEven, side: str) -> str:
        """Say when a slower start has paid for itself."""
        return self.say(
            "{side}: {mode} has paid for its slower start after {updates} "
            "updates, against eager.",
            side=side,
            mode=even.mode,
            updates=f"{even.updates:,}",
        )

    def limit(self, theory: Theory) -> str:
        """Say at which learning rate training tips over."""
        return self.say(
            "Gradient descent on all rows converges for learning rates below "
            "{limit}, which is 2 / {curvature}, the largest eigenvalue of "
            "the Hessian of the mean squared error.",
            limit=f"{theory.largest_learning_rate or 0:.4g}",
            curvature=f"{theory.largest_curvature:.4g}",
        )

    def convergence(self, found: Convergence) -> str:
        """Say whether both sides settle at the closed form."""
        first = self.gettext(
            "With a constant learning rate mini-batches never settle: each "
            "pulls towards a minimum of its own."
        )
        if not found.distance:
            return f"{first} {self.gettext(NOT_SETTLED)}"
        single, double = (
            max(sides[dtype] for sides in found.distance.values())
            for dtype in ("float32", "float64")
        )
        values = {
            "updates": f"{found.updates:,}",
            "single": f"{single:.1e}",
            "double": f"{double:.1e}",
        }
        text = SETTLES if found.reached else SETTLES_NOT
        return f"{first} {self.say(text, **values)}"

    def imports(self, seconds_taken: float, size: int) -> str:
        """Say what starting TensorFlow costs."""
        return self.say(
            "Importing TensorFlow and Keras took {seconds} and {size} MiB "
            "once.",
            seconds=seconds(seconds_taken),
            size=f"{size / 2**20:.0f}",
        )


def _moves(lesson: LessonReport, verdict: Verdict) -> bool:
    """Whether any parameter of the verdict's runs moved; True if unknown."""
    runs: list[Trajectory] = [
        run for run in lesson.trajectories if run.mode == verdict.mode
    ]
    return not runs or any(
        bool(np.any(values != values[0]))
        for run in runs
        for values in run.parameters.values()
    )


def iterator_cost(lesson: LessonReport) -> IteratorCost | None:
    """Return what iterators cost where that explains an epoch's length.

    Where they seem to cost more than the epoch the machine was too busy.
    """
    for cost in lesson.iterators:
        if WORTH_A_REASON <= cost.seconds / cost.epoch_seconds <= 1:
            return cost
    return None


def headline(lesson: LessonReport) -> tuple[Verdict, Ratio | None]:
    """Return the worst verdict, and the ratio that a page is headed by.

    It is that of graph mode, Keras's own, where that was timed and agrees.
    """
    order = list(OUTCOMES)
    worst = max(lesson.verdicts, key=lambda v: order.index(v.outcome))
    agreeing = [v.mode for v in lesson.verdicts if v.agree]
    for mode in sorted(agreeing, key=lambda m: m != "graph"):
        found = ratios.keras_to_manual(lesson.timings, mode)
        if found:
            return worst, found
    return worst, None

"""What is said of a mistake that was made, from its report."""

from __future__ import annotations

from collections.abc import Iterator

from compare.records.mistakes import MistakeReport
from compare.showing.language import Speaker


def what_happened(report: MistakeReport, speaker: Speaker) -> str:
    """Say what was seen, from the fields of the record."""
    return " ".join(_happened(report, speaker))


def _happened(report: MistakeReport, speaker: Speaker) -> Iterator[str]:
    raised, bad, mended = report.raised, report.bad, report.mended
    yield from map(speaker.note, report.broken)
    if raised:
        yield speaker.say(
            "It raises {error} in update {update}: {message}"
            if raised.message
            else "It raises {error} in update {update}.",
            error=raised.error,
            update=f"{raised.updates + 1:,}",
            message=raised.message,
        )
    elif report.mistake.kind == "error" and not report.broken:
        yield speaker.say("Nothing was raised.")
    if bad and mended:
        yield speaker.say(
            "The parameters are equal; for {updates} updates Python ran the "
            "step {runs} times (without the mistake {fewer_runs}), and "
            "{iterators} data iterators were opened (without it "
            "{fewer_iterators}).",
            updates=bad.updates,
            runs=bad.python_runs,
            fewer_runs=mended.python_runs,
            iterators=bad.iterators,
            fewer_iterators=mended.iterators,
        )
        if bad.fits != mended.fits:
            yield speaker.say(
                "`fit` was called {fits} times, not {fewer}.",
                fits=bad.fits,
                fewer=mended.fits,
            )
    elif report.verdict and not report.broken:
        yield speaker.say("{why}.", why=speaker.why(report.verdict))
    if report.ratio:
        yield speaker.say(
            "An update takes {times} times as long.",
            times=speaker.times(report.ratio),
        )


def first_ratios(report: MistakeReport) -> str:
    """Show how long the first update is, in units of the right one."""
    return ", ".join(
        f"{name} {ratio:.4g}" for name, ratio in report.first_update.items()
    )


def update_of(report: MistakeReport) -> str:
    """Return the update at which the mistake can first be seen, or ""."""
    verdict = report.verdict
    if report.raised:
        return f"{report.raised.updates + 1:,}"
    if not verdict or report.mistake.kind != "silent":
        return ""
    if verdict.divergence:
        return f"{verdict.divergence.step:,}"
    return f"{min(verdict.updates) + 1:,}"


def in_short(report: MistakeReport, speaker: Speaker) -> str:
    """Return the shortest telling fact."""
    verdict = report.verdict
    if report.raised:
        return report.raised.error
    if report.ratio:
        return speaker.say(
            "{times} times as long per update",
            times=speaker.times(report.ratio),
        )
    if not report.caught or not verdict or report.mistake.kind == "slow":
        return what_happened(report, speaker)
    manual, keras = (f"{count:,}" for count in verdict.updates)
    if manual != keras:
        return speaker.say(
            "{manual} updates by hand, {keras} in Keras",
            manual=manual,
            keras=keras,
        )
    parting = verdict.divergence
    if not parting:
        return what_happened(report, speaker)
    if parting.step == 1 and report.first_update:
        return speaker.say(
            "first update: {ratios} of the right one",
            ratios=first_ratios(report),
        )
    return speaker.say(
        "{name}: off by {difference}",
        name=parting.parameter,
        difference=f"{abs(parting.difference):.2g}",
    )

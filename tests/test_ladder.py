"""The ladder: what features cost, the sum's check, the chart."""

from __future__ import annotations

from compare.judging.codesize import MEASURES
from compare.lessons.problems import LESSONS
from compare.showing.figures.ladder import ladder_chart
from compare.showing.figures.style import write_chart
from compare.studies.ladder import IN_ALL_AT_ONCE, ladder


def test_rungs_are_the_lessons_and_differences_add_up():
    """Each rung's size is its base's plus what it adds, on both sides."""
    rungs = ladder()
    sizes = {rung.lesson: rung.sizes for rung in rungs.rungs}
    sizes["linear_regression"] = rungs.first
    assert set(sizes) | {"full_loop"} == set(LESSONS)
    for rung in rungs.rungs:
        for side in ("manual", "keras"):
            for name in MEASURES:
                base = getattr(sizes[rung.base][side], name)
                added = getattr(rung.added[side], name)
                assert base + added == getattr(rung.sizes[side], name)


def test_the_running_sum_counts_what_full_loop_has():
    """First lesson plus every counted feature is the last running sum."""
    rungs = ladder()
    counted = [rung for rung in rungs.rungs if rung.counted]
    assert tuple(rung.lesson for rung in counted) == IN_ALL_AT_ONCE
    for side in ("manual", "keras"):
        total = rungs.first[side].statements + sum(
            rung.added[side].statements for rung in counted
        )
        assert counted[-1].running[side].statements == total


def test_the_chart_is_written_as_png_and_svg(tmp_path):
    """Both files are there, the SVG is text with every lesson's name."""
    figure = ladder_chart(ladder(), "statements")
    paths = write_chart(figure, tmp_path, "ladder")
    assert [path.name for path in paths] == ["ladder.png", "ladder.svg"]
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    assert paths[1].read_bytes().startswith(b"<?xml")


def test_no_label_of_the_chart_overlaps_another():
    """Labels keep clear of each other, and the titles inside the figure."""
    figure = ladder_chart(ladder(), "statements")
    figure.canvas.draw()
    for axes in figure.axes:
        boxes = [
            text.get_window_extent()
            for text in (*axes.texts, *axes.get_yticklabels())
            if text.get_text()
        ]
        for i, one in enumerate(boxes):
            assert not any(one.overlaps(other) for other in boxes[i + 1 :])
        title = axes.title.get_window_extent()
        assert title.x0 >= 5 and title.x1 <= figure.bbox.width - 5

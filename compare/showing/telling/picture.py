"""What is told of a lesson's own picture: what was learnt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compare.records.json_form import to_json
from compare.records.picture import Curves, Images, Picture
from compare.records.report import LessonReport
from compare.showing.blocks import Block, Chart, Code, Heading, Paragraph
from compare.showing.language import Speaker


def pictures_of(lesson: LessonReport) -> dict[str, Picture]:
    """Return what each side has learnt, under "" what both have alike."""
    pictures = {str(side): each for side, each in lesson.pictures.items()}
    alike = len({repr(to_json(each)) for each in pictures.values()}) == 1
    return {"": next(iter(pictures.values()))} if alike else pictures


def tell_picture(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    """Show what was learnt, once if both sides have learnt the same."""
    for side, picture in pictures_of(lesson).items():
        if side:
            yield Heading(speaker.side(side))
        else:
            yield speaker.paragraph(
                "Both sides have learnt the same, number by number; the page "
                "draws it once.",
                "quiet",
            )
        yield from _blocks(picture, speaker)


def _blocks(picture: Picture, speaker: Speaker) -> Iterator[Block]:
    for title, text in picture.texts:
        yield Paragraph(speaker.gettext(title))
        yield Code(text)
    for images in picture.images:
        yield _chart("images", images, _images(images, speaker), speaker)
    for curves in picture.curves:
        names = tuple(speaker.gettext(each.name) for each in curves.curves)
        scene = _curves(curves, names, speaker)
        yield _chart("curves", curves, scene, speaker)


def _chart(
    kind: str, drawn: Images | Curves, scene: dict[str, Any], speaker: Speaker
) -> Chart:
    title = speaker.gettext(drawn.title)
    return Chart(kind, title, scene, title=title)


def _images(images: Images, speaker: Speaker) -> dict[str, Any]:
    """Return the numbers as shades of 0 to 100."""
    values = images.values.astype(float)
    low, high = values.min(), values.max()
    shades = (values - low) / (high - low or 1) * 100
    return {
        "shades": shades.round().astype(int).tolist(),
        "low": float(f"{low:.3g}"),
        "high": float(f"{high:.3g}"),
        "captions": images.captions,
        "rows": images.rows,
        "columns": images.columns,
        "down": speaker.gettext(images.down),
        "across": speaker.gettext(images.across),
    }


def _curves(
    curves: Curves, names: tuple[str, ...], speaker: Speaker
) -> dict[str, Any]:
    return {
        "across": speaker.gettext(curves.across),
        "up": speaker.gettext(curves.up),
        "curves": [
            {
                "name": name,
                "dots": each.dots,
                "points": [
                    [float(f"{v:.5g}") for v in point] for point in each.points
                ],
            }
            for name, each in zip(names, curves.curves, strict=True)
        ],
    }

"""A file -> the report in it, which can then be shown."""

from __future__ import annotations

from pathlib import Path

from compare.judging.soundness import check_report
from compare.records import UsageError
from compare.records.files import read_json
from compare.records.json_form import check_version, from_json
from compare.records.report import Report


def read_report(path: Path) -> Report:
    """Read a report that a command wrote.

    Raises:
        UsageError: it is not there or not a report; says what to do.
    """
    advice = "give a JSON file that a command of `python -m compare` wrote"
    content = read_json(path, advice)
    try:
        check_version(content)
        report = from_json(Report, content)
        check_report(report)
    except UsageError as error:
        raise UsageError(f"cannot show {path}: {error}; {advice}") from error
    return report

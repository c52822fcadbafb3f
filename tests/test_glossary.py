"""The Korean texts keep to the words of Korean textbooks."""

from __future__ import annotations

import re

import pytest

from compare.showing import catalogue

NEVER = {
    "점선": "a dashed line is 파선",
    "매개변수": "a parameter is 파라미터",
    "형상": "a shape is 형태",
    "닫힌 해": "the closed form is 해석해",
    "공통 노름": "the global norm is 전역 노름",
    "절반 정밀도": "half precision is 반정밀도",
    "목표값": "a target is 목푯값",
    "경사 하강": "gradient descent is 경사하강법",
    "문장 [0-9{]|[0-9}]개 문장": "a statement is 실행문",
    "[0-9}] %": "a percent sign follows its number at once",
    "십시오": "advice ends in 세요",
    r"[은는이가을를와과]\([은는이가을를와과]\)|\(으\)로": (
        "a text depends on no final consonant"
    ),
}
"""Pattern that no Korean text has -> why."""

ONLY_FOR = {
    "이동 평균": "moving|moves them|Adam|[Mm]omentum|running mean|statistics",
    "기울기": "slope",
    "실수": "mistake|[Cc]aught|rai[sn]e|slow|Silent|made for real|same error",
    "발산": "tips? over|overshoots?|Overshoots?",
}
"""Pattern in Korean -> what the English text has then."""

AT_HOME = {
    r"\bfloats?\b": "부동소수점",
    "[Oo]vershoots": "오버슈팅",
    "[Dd]ashed|dashes": "파선",
    "half precision": "반정밀도",
    "closed form": "해석해",
    r"\b[Rr]ank\b": "랭크",
}
"""Pattern in English -> what its translation says."""


def forms(text):
    """Return the forms of a text: one, or one per plural."""
    return text if isinstance(text, tuple | list) else (text,)


def faults(english, korean):
    """Return why a Korean text does not keep to the glossary."""
    found = [why for bad, why in NEVER.items() if re.search(bad, korean)]
    if english:
        found += [
            f"{word} belongs to {told}"
            for word, told in ONLY_FOR.items()
            if re.search(word, korean) and not re.search(told, english)
        ]
        found += [
            f"{word} is missing"
            for told, word in AT_HOME.items()
            if re.search(told, english) and word not in korean
        ]
        polite = re.compile(r"[다요까][.?)]|[가-힣]\)?[.]$|[^가-힣][.)]$")
        if english.endswith(".") and not polite.search(korean[-3:]):
            found.append("a sentence ends like one")
    return found


def test_the_catalogue_keeps_to_the_glossary():
    """Every entry uses the words that Korean textbooks use."""
    found = {
        korean: why
        for message in catalogue.read("ko")
        if message.id
        for korean in forms(message.string)
        if (why := faults(forms(message.id)[0], korean))
    }
    assert not found


def test_every_plural_is_told():
    """Korean has one form for all numbers, and it shows the number."""
    for message in catalogue.read("ko"):
        if isinstance(message.id, tuple):
            (korean,) = forms(message.string)
            assert "{count}" in korean


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("Keras's weights are floats.", "Keras의 가중치는 실수입니다."),
        ("Dashed lines: Keras.", "점선은 Keras입니다."),
        ("within {share} %", "{share} % 이내"),
        ("fit keeps running totals.", "fit은 이동 평균을 유지합니다."),
        ("{side} has no mask.", "{side}은(는) 마스크가 없습니다."),
        ("overshoots", "발산"),
    ],
)
def test_planted_slips_are_found(english, korean):
    """A word that textbooks do not use is named."""
    assert faults(english, korean)

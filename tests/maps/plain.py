"""How plain a text is: its sentences, how easily it reads, and whether it says more than evidence can."""

import re

FORBIDDEN = re.compile(
    r"\b(prevented|prevents|proves|proved|will be committed|will happen|will occur|will offend|guarantee\w*|"
    r"eliminat\w*|"
    r"caused by|thanks to|because of patrol\w*|cut crime|stops crime|offenders live|criminals?|suspects?|predicts?|"
    r"predictive|optimal|artificial intelligence|undoubtedly|certainly|clearly|obviously)\b",
    re.IGNORECASE,
)
VOWELS = re.compile(r"[aeiouy]+")
ESTIMATES = re.compile(r"\b(expect|expects|we forecast)\b", re.IGNORECASE)
NUMBER = re.compile(r"\d")
INTERVAL = re.compile(r"\d[\d,.]*(\s%)? to [−+]?\d|interval")
# A full stop inside a number, a file's name or an initial ends no sentence.
END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z0-9])")


def sentences(text: str) -> list[str]:
    return [each for each in END.split(text.replace("\N{NO-BREAK SPACE}", " ")) if re.search("[A-Za-z]", each)]


def syllables(word: str) -> int:
    """As a count of groups of vowels, the silent last e taken off."""
    held = word.lower()
    groups = len(VOWELS.findall(held))
    silent = held.endswith("e") and not held.endswith(("le", "ee", "ye")) and groups > 1
    return max(1, groups - silent)


def reading_ease(texts: list[str]) -> float:
    """
    Flesch's reading ease: 60 and more is plain English, below 30 is for scholars.

    Flesch, R. (1948). A new readability yardstick. Journal of Applied Psychology 32(3), 221-233. Numbers count as words
    of one syllable.
    """
    held = [each for text in texts for each in sentences(text)]
    words = [word for each in held for word in re.findall(r"[A-Za-z][A-Za-z’'-]*|\d[\d,.]*", each)]
    counted = sum(1 if word[0].isdigit() else syllables(word) for word in words)
    return 206.835 - 1.015 * len(words) / len(held) - 84.6 * counted / len(words)


def overstated(texts: list[str]) -> list[str]:
    """Sentences with a verb that evidence cannot bear, unless they deny it."""
    denied = re.compile(r"\b(not|no|nor|never|none|nothing|whether|cannot)\b", re.IGNORECASE)
    return [each for text in texts for each in sentences(text) if FORBIDDEN.search(each) and not denied.search(each)]


def unsure_without_interval(texts: list[str]) -> list[str]:
    """Sentences that give an estimate as a number and no interval."""
    return [
        each for text in texts for each in sentences(text)
        if ESTIMATES.search(each) and NUMBER.search(each) and not INTERVAL.search(each)
    ]  # fmt: skip

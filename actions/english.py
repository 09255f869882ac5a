"""Whether a text is in English, the only language that the encoders and the books of rules know."""

from __future__ import annotations

from spacy.lang.en.stop_words import STOP_WORDS

#: With fewer English function words than this share, a text is in another language.
ENGLISH = 0.12
#: Shorter texts tell nothing of their language.
FEWEST_WORDS = 6
#: Common English words that are no stop words, so that a short, plain text is known as English.
COMMON = frozenset(
    {"sorry", "apologise", "apologize", "im", "ive", "id", "dont", "didnt", "u", "ur",
     "lied", "hurt", "wrong", "know", "love", "money", "told", "said", "feel", "fault"}
)  # fmt: skip


def words_of(text: str) -> list[str]:
    """The words of a text, without marks and capitals."""
    return [word.strip(".,;:!?\"'()").lower() for word in text.split()]


def is_foreign(text: str) -> bool:
    """Whether a text is surely in another language, or in none."""
    letters = [sign for sign in text if sign.isalpha()]
    if sum(ord(sign) > 0x24F for sign in letters) > len(letters) / 2:
        return True
    words = words_of(text)
    known = sum(word in STOP_WORDS or word in COMMON for word in words)
    return len(words) >= FEWEST_WORDS and known / len(words) < ENGLISH

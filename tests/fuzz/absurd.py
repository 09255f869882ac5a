"""Values and texts that no sane program sends, for wherever something comes in."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

#: Lengths around what Telegram permits, up to a megabyte.
LENGTHS = (4095, 4096, 4097, 32_767, 32_768, 32_769, 1_000_000)
DEEP = 3000

SIGNS = st.characters(exclude_categories=())  # half surrogates and control characters among them
#: Each plane of Unicode by itself, for most draws come from the first.
PLANES = [
    st.text(st.characters(min_codepoint=plane << 16, max_codepoint=plane << 16 | 0xFFFF, exclude_categories=()))
    for plane in range(17)
]
ODD = (
    "", " ", "\n", "\0", "\ud83d", "\udc00\ud800", "\u202e", "\u200b\ufeff", "e\u0301" * 50, "²", "٣", "１２", "½",
    "/", "//", "/start", "/start x", "/START@mend_bot", "/skip\u00a0", "/restart", '/inform{"role":"hurt"}', "@", "#",
    "<b>", "</i>", "&", "&amp;", "{words}", "{0.__class__}", "%s", "%", "' OR 1=1 --", "$(reboot)", "\\", '"',
    "delete_yes", "answer:hurt", "set_role:hurt", "1", "-1", "0", "null", "NaN", "[]", "{}", "true",
    "../../etc/passwd", "Europe/../x", "+99:99", "31 feb", "9" * 400, "utc +" * 60, "a/" * 200, "(" * 500,
)  # fmt: skip

long_texts = st.builds(lambda sign, length: sign * length, SIGNS, st.sampled_from(LENGTHS))
short_texts = st.one_of(st.sampled_from(ODD), st.text(SIGNS), st.sampled_from(PLANES).flatmap(lambda plane: plane))
texts = st.one_of(short_texts, short_texts, short_texts, long_texts)
#: Words that may hold an hour, a place or a day.
spoken = st.lists(
    st.one_of(
        short_texts, st.sampled_from(["at 9", "half past", "in Paris", "12/13", "feb 30", "21:30", "a fortnight"])
    )
).map(" ".join)

numbers = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**52, 2**63 - 1, 2**63, -(2**63), 10**40]),
    st.floats(),
)
plain = st.one_of(st.none(), st.booleans(), numbers, short_texts)


def nested(depth: int, inside: Any, *, as_list: bool) -> Any:
    """A value so many lists or documents deep."""
    for _ in range(depth):
        inside = [inside] if as_list else {"message": inside, "chat": inside}
    return inside


#: Any JSON there is, also what is nested deeper than any program can follow.
values = st.one_of(
    plain,
    st.recursive(plain, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=9), one, max_size=3)),
    st.builds(nested, st.sampled_from([1, 30, DEEP]), plain, as_list=st.just(True)),
    st.builds(nested, st.sampled_from([1, 5]), plain, as_list=st.just(False)),
    long_texts,
)  # fmt: skip

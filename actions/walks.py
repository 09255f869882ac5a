"""The walks that are none of the ten exercises."""

#: The first questions, before the programme.
INTAKE = "intake"
#: The question of one evening; it is over with the evening.
REFLECTION = "reflection"
#: Settling when that question comes; what is answered there is kept as settings, not as words.
SETTLING = "settling"
#: Looking for words in the journal.
SEARCHING = "searching"
#: Walks that are over once something else begins.
PASSING = (REFLECTION, SETTLING, SEARCHING)
#: Writing freely, and words that came outside of any question: no questions, and no end of its own.
NOTE = "note"
#: Practising an apology: a few questions, then a draft, what the coach sees in it, and the next version.
PRACTICE = "practice"
#: Its two last steps come again with each version: "draft", "review", then "draft.2", "review.2".
DRAFT, REVIEW = "draft", "review"
#: The private questions before the programme; their answers are not kept, only what follows from them.
SCREENING = "screening"
#: A plan for safety, in the person's own words.
PLAN = "plan"

"""The walks that are none of the ten exercises."""

#: The first questions, before the programme.
INTAKE = "intake"
#: Writing freely, and words that came outside of any question: no questions, and no end of its own.
NOTE = "note"

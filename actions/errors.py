"""The one kind of error that is meant for an operator's eyes."""


class OperatorError(Exception):
    """Something that whoever runs Mend can mend; the message is one line that says what is wrong and what to do."""

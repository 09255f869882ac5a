"""What Mend can do: the programme, what is kept, and the Rasa actions that join the two."""

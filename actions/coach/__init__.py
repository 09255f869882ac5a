"""The apology coach: a draft in, the phrases that dodge and the parts that own out. Knows neither Rasa nor Telegram."""

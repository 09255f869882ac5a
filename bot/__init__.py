"""How Mend talks: settings, the command line, the channels, and the Rasa agent they share."""

"""The trackers that trackd is timed against: how to install them, how to call them, and the process they run in."""

"""What this machine does with a model: `trackd bench` measures, and says what to expect and what to set."""

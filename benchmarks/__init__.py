"""Questions about speed and endurance, one file each. Every answer comes with machine, commit and command."""

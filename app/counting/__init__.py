"""What a stream's zones and lines count: numbers only, from boxes, identities and times."""

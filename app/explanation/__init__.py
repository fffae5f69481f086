"""Telling why tracks are as they are: the story of an id, what one frame looked at, and the switches of ids."""

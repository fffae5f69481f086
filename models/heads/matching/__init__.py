"""What a model answered to its test card, and the layouts that fit it."""

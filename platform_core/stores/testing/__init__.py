"""What a store has to promise, as a model, checks against it, and a suite that is run on every store found."""

"""What a component's manifest means for saved elements, apart from any app or database."""

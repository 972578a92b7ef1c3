"""What a row of each kind of table means as events."""

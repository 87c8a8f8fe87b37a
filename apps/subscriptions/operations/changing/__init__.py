"""Changes of what is subscribed to: product, seats, units, discount; now, later, or once paid."""

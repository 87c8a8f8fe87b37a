"""What is sold: products and their prices. Not what a buyer owes: that is checkouts and orders."""

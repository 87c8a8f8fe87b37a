"""What was bought: orders, items, totals and invoice numbers."""

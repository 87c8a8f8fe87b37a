"""The merchant API of benefits, and the customer's own."""

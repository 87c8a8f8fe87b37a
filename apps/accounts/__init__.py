"""People who sign in: staff and merchant users, and the roles of staff."""

"""The only way to Stripe: the client, the inbox of its events, and their replay."""

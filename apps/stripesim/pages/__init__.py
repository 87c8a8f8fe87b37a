"""What the sandbox shows to a browser: Stripe.js, the payment element, the challenge page."""

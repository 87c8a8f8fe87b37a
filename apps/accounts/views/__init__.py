"""The pages of the door, and of what people look after themselves."""

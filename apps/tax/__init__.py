"""
Tax: whether a price contains it, how it is split and explained, who is asked for it.

It owns the rules of tax numbers and billing addresses. It keeps no rows and knows neither
products nor customers: whoever asks brings what is needed.
"""

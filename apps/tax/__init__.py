"""
Tax: whether a price contains it, how it is split and explained, who is asked for it.

It owns the rules of tax numbers and billing addresses, and the record of tax: a row for each entry
of the ledger that moves what is owed. It knows neither products nor customers: whoever asks brings
what is needed.
"""

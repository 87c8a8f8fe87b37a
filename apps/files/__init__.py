"""Files of merchants: uploads in parts with checksums, storage, signed downloads.

Does not know what a file is for: products, benefits and organizations point at it.
"""

"""
The dossier: what speaks against a dispute, gathered by itself, and the document that says it.

`evidence` is what is gathered, `sources` gather it, `fields` are the processor's places for it,
`document` makes the PDF of it. Nothing here writes.
"""

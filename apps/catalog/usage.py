"""Whether a product is in use, asked of the apps above."""

from apps.core.questions import Question

_use = Question()
# An app that refers to products registers the query that finds those references.
register_use = _use.register
is_used = _use.answer

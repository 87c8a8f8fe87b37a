"""Whether a use of a discount was paid back, asked of the apps above."""

from apps.core.questions import Question

_refund = Question()
# Who knows of orders registers the query that finds those of a redemption, all of them refunded.
register_refund = _refund.register
was_refunded = _refund.answer

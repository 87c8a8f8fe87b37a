"""Whether a customer is active, asked of the apps above: those who sell what lasts."""

from apps.core.questions import Question

_activity = Question()
# An app with subscriptions registers the query that finds a customer's living ones.
register_activity = _activity.register
is_active = _activity.answer

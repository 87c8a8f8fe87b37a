"""Webhooks."""

from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Rows

ROWS: Rows = {
    "webhooks.list_webhook_endpoints": OF_LIST,
    "webhooks.create_webhook_endpoint": {
        "HTTPValidationError": lambda call, scene: call(
            url="https://10.0.0.1/", format="raw", events=[]
        )
    },
    "webhooks.get_webhook_endpoint": OF_ONE,
    "webhooks.update_webhook_endpoint": OF_ONE,
    "webhooks.delete_webhook_endpoint": OF_ONE,
    "webhooks.reset_webhook_endpoint_secret": OF_ONE,
    "webhooks.list_webhook_deliveries": OF_LIST,
    "webhooks.redeliver_webhook_event": OF_ONE,
}

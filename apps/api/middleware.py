"""What happens to a request of the merchant API before and after its view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ApiMiddleware:
    """Applies the conventions of the API to paths under `/v1`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

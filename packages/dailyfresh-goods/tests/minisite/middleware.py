"""Middleware of a careless site."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


class Careless:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        self.spoil(request, response)
        return response

    def spoil(self, request: HttpRequest, response: HttpResponse) -> None:
        raise NotImplementedError


class SetsCookie(Careless):
    def spoil(self, request: HttpRequest, response: HttpResponse) -> None:
        response.set_cookie("seen", "1")


class ReadsUser(Careless):
    def spoil(self, request: HttpRequest, response: HttpResponse) -> None:
        response["Vary"] = "Accept-Encoding, Cookie"
        response.content = response.content.replace(b"<main>", b"<main>Hello, you")


class CarriesToken(Careless):
    def spoil(self, request: HttpRequest, response: HttpResponse) -> None:
        response.content += b'<input name="csrfmiddlewaretoken">'


class Fails(Careless):
    def spoil(self, request: HttpRequest, response: HttpResponse) -> None:
        response.status_code = 503

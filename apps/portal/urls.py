"""Routes of the customers' pages."""

from django.urls import path

from apps.portal.views import cards, home, orders, signing, subscriptions

app_name = "portal"
_AT = "portal/<slug:slug>"

urlpatterns = [
    path("<slug:slug>/portal", signing.enter, name="enter"),
    path(_AT, home.home, name="home"),
    path(f"{_AT}/sign-in", signing.sign_in, name="sign_in"),
    path(f"{_AT}/code", signing.code, name="code"),
    path(f"{_AT}/sign-out", signing.sign_out, name="sign_out"),
    path(f"{_AT}/address", signing.address, name="address"),
    path(f"{_AT}/email", signing.email, name="email"),
    path(f"{_AT}/orders", orders.listed, name="orders"),
    path(f"{_AT}/orders/<uuid:id>", orders.one, name="order"),
    path(f"{_AT}/orders/<uuid:id>/invoice", orders.invoice, name="invoice"),
    path(f"{_AT}/orders/<uuid:id>/receipt", orders.receipt, name="receipt"),
    path(f"{_AT}/orders/<uuid:id>/pay", orders.pay, name="pay"),
    path(f"{_AT}/subscriptions/<uuid:id>", subscriptions.one, name="subscription"),
    path(f"{_AT}/cards", cards.listed, name="cards"),
    path(f"{_AT}/cards/add", cards.add, name="add_card"),
    path(f"{_AT}/cards/added", cards.added, name="added_card"),
    path(f"{_AT}/cards/<uuid:id>", cards.one, name="card"),
    path(f"{_AT}/access", home.access, name="access"),
]

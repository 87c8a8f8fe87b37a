"""Routes of pages for people of merchants."""

from django.urls import path

from apps.organizations import views

app_name = "organizations"
urlpatterns = [path("invitations/<str:token>", views.invitation, name="invitation")]

"""The API of vendors and their papers."""

from django.urls import path

from vendors.api.views import ApplicationDoor, OwnDocumentDoor, RegistrationDoor, VendorDocumentDoor, VendorDoor

DOCUMENT = "vendors/<str:reference>/documents/<str:document>"

urlpatterns = [
    path("vendor/register", RegistrationDoor.as_view({"post": "register"})),
    path("vendor/application/<str:token>", ApplicationDoor.as_view({"get": "retrieve", "patch": "update"})),
    path("vendor/documents", OwnDocumentDoor.as_view({"get": "list", "post": "create"})),
    path("vendors", VendorDoor.as_view({"get": "list"})),
    path("vendors/<str:reference>", VendorDoor.as_view({"get": "retrieve"})),
    path("vendors/<str:reference>/approve", VendorDoor.as_view({"post": "approve"})),
    path("vendors/<str:reference>/reject", VendorDoor.as_view({"post": "reject"})),
    path("vendors/<str:reference>/suspend", VendorDoor.as_view({"post": "suspend"})),
    path("vendors/<str:reference>/reinstate", VendorDoor.as_view({"post": "reinstate"})),
    path(f"{DOCUMENT}/file", VendorDocumentDoor.as_view({"get": "file"}), name="vendor_document_file"),
    path(f"{DOCUMENT}/approve", VendorDocumentDoor.as_view({"post": "approve"})),
    path(f"{DOCUMENT}/reject", VendorDocumentDoor.as_view({"post": "reject"})),
]

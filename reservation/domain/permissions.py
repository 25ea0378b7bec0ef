"""The permissions of staff. All staff may read everything; each change needs a permission."""

from enum import StrEnum


class Permission(StrEnum):
    """Django's permissions by their code names, so that the admin and the API check the same ones."""

    RESERVE = "add_reservation"
    CHANGE_RESERVATION = "change_reservation"
    OFFER = "add_appointment"
    WITHDRAW = "delete_appointment"
    ADD_CLIENT = "add_client"
    CHANGE_CLIENT = "change_client"
    ERASE_CLIENT = "delete_client"
    EXPORT_CLIENT = "export_client"
    ADD_PROVIDER = "add_provider"
    CHANGE_PROVIDER = "change_provider"
    ADD_SERVICE = "add_service"
    CHANGE_SERVICE = "change_service"

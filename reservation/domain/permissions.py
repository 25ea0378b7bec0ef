"""What of staff's work an account may do. Reading is every member's of staff; each change needs its right."""

from enum import StrEnum


class Permission(StrEnum):
    """Django's permissions by their code names, so that the admin and the API go by the same."""

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

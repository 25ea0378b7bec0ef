"""How a state looks: a word, and a colour of the theme's."""

from reservation.policy import Status

LABELS = {
    Status.PENDING: "warning",
    Status.CONFIRMED: "success",
    Status.COMPLETED: "info",
    Status.NO_SHOW: "danger",
    Status.CANCELLED: "",
    Status.EXPIRED: "",
}
WORDS = {
    Status.PENDING: "Held",
    Status.CONFIRMED: "Booked",
    Status.COMPLETED: "Completed",
    Status.NO_SHOW: "No-show",
    Status.CANCELLED: "Cancelled",
    Status.EXPIRED: "Lapsed",
}

from typing import Any

class UnmountedType:
    # The parameters of the Field, InputField or Argument as which it is mounted.
    def __init__(
        self, *, required: bool = False, description: str | None = None, default_value: Any = None
    ) -> None: ...

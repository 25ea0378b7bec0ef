from typing import Any, ClassVar

class BaseOptions:
    name: str

class BaseType:
    _meta: ClassVar[BaseOptions]
    def __init_subclass__(cls, **meta_options: Any) -> None: ...

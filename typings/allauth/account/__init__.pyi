class _AppSettings:
    REAUTHENTICATION_TIMEOUT: int

app_settings: _AppSettings

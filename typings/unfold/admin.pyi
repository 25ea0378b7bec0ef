from typing import Any

from django.contrib import admin

class ModelAdmin(admin.ModelAdmin[Any]):
    list_before_template: str | None
    list_disable_select_all: bool
    list_filter_submit: bool
    list_fullwidth: bool
    warn_unsaved_form: bool

class TabularInline(admin.TabularInline[Any, Any]): ...

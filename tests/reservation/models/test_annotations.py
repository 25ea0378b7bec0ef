"""The annotations of models, which tell type checkers what Django adds to a class, are true (decision 46)."""

from inspect import get_annotations

import pytest
from django.apps import apps

MODELS = list(apps.get_app_config("reservation").get_models())


@pytest.mark.parametrize("model", MODELS)
def test_a_model_has_what_it_annotates(model):
    annotated = get_annotations(model)
    assert "id" in annotated
    assert [name for name in annotated if not hasattr(model, name)] == []


@pytest.mark.parametrize("model", MODELS)
def test_an_annotation_says_whether_a_field_may_be_null(model):
    annotated = get_annotations(model)
    said = {
        name: "None" in str(annotated[name])
        for field in model._meta.concrete_fields
        for name in {field.name, field.attname} & annotated.keys()
        if "Any" not in str(annotated[name])
    }
    assert said == {name: model._meta.get_field(name).null for name in said}


@pytest.mark.parametrize("model", MODELS)
def test_a_model_annotates_the_keys_and_relations_of_this_app(model):
    own = {field.attname for field in model._meta.concrete_fields if field.is_relation}
    reverse = {
        relation.get_accessor_name()
        for relation in model._meta.related_objects
        if relation.related_model in MODELS and not relation.hidden
    }
    assert own | reverse <= get_annotations(model).keys()

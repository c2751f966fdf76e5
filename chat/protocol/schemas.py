"""The JSON schemas of commands, events and objects, made from their types."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

TEMPLATE = "#/components/schemas/{model}"


class WireSchema(GenerateJsonSchema):
    """Schemas of events as they are sent: an optional field is absent, never null; all others are
    always present."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        if self.mode == "serialization":
            return "serialization_exclude_if" not in field
        return super().field_is_required(field, total)

    def model_field_schema(self, schema: Any) -> dict[str, Any]:
        made = super().model_field_schema(schema)
        if self.mode == "serialization" and "serialization_exclude_if" in schema:
            made.pop("default", None)
            return without_null(made)
        return made


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field that is absent instead of null."""
    choices = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
    return schema | (choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {})


def schemas(
    received: tuple[type[BaseModel], ...], sent: tuple[type[BaseModel], ...]
) -> dict[str, dict]:
    """Return the schemas of what the server receives and sends, and of all they use, by name."""
    _, made = models_json_schema(
        [(each, "validation") for each in received] + [(each, "serialization") for each in sent],
        ref_template=TEMPLATE,
        schema_generator=WireSchema,
    )
    return made["$defs"]


def reference(model: type[BaseModel]) -> dict[str, str]:
    """Return the JSON reference to the schema of `model`."""
    return {"$ref": TEMPLATE.format(model=model.__name__)}

"""What every section of a configuration file is made of."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Configuration: unknown keys are errors, values cannot be changed afterwards, inputs stay out of messages."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

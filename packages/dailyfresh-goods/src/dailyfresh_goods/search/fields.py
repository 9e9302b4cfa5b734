"""Fields of the index: what is in a document, and what a word found in each of them weighs."""

from typing import Any

from haystack import indexes
from haystack.inputs import BaseInput


class TokensField(indexes.CharField):  # type: ignore[misc]
    """Tokens with a space between them, taken as they stand: they were cut before they came here."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"stored": False, "default": "", **options})

    def prepare(self, obj: Any) -> str:
        """Nothing: the index class knows what its tokens are made from."""
        return ""


class Tokens(BaseInput):  # type: ignore[misc]
    """Tokens that a field must all hold, as the value of an SQ.

    `weight` is the score of a match. Of matches with the same `part` the best one counts, those of different parts add up;
    haystack's own backends, which score by themselves, look at neither.
    """

    input_type_name = "tokens"
    post_process = True

    def __init__(self, tokens: list[str], *, weight: float, part: int) -> None:
        super().__init__(" ".join(tokens))
        self.tokens, self.weight, self.part = tokens, weight, part

    def __deepcopy__(self, memo: Any) -> "Tokens":
        # haystack copies the whole tree at every step of a chain; these never change.
        return self

    def prepare(self, query_obj: Any) -> Any:
        return query_obj.clean(self.query_string)

"""A cover that is there before the storage changes."""

from visitors import given

given(2)

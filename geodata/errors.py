"""The two errors a user can cause; every other exception is a slip of ours."""


class InputError(ValueError):
    """A rule that the input breaks: one sentence, the rule first, then the finding; never a row of data."""


class NotFoundError(LookupError):
    """A name that is not kept: a file, a base, a run."""

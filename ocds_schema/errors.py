"""Every exception this project raises.

```
PipelineError                       what to do
├── ConfigurationError              a setting, or a country's declaration, is wrong: a person edits it
├── PortalError
│   ├── PortalUnavailableError      time-out, 429, 5xx: wait and run again
│   ├── PortalRefusedError          401, 403, a token that has run out: a person renews it
│   └── PortalChangedError          an answer in a shape we have not seen: a developer looks at the kept answer
├── MappingError                    a value cannot be carried over: a problem on its field, or a quarantined record
├── MergeError                      releases of one process contradict one another in kind: a person looks at them
├── QualityError                    data failed a check: a person explains; nothing is published
├── StoreError                      the database cannot be reached or used
│   ├── StoreSetupError             its address or its tables are not for this version: a person mends it
│   └── SourceBusyError             another run of the same source is at work: wait for it
├── StorageError                    the object storage cannot be reached or used
│   ├── StorageBusyError            another publisher of the same source is at work: wait for it
│   └── StorageConflictError        somebody else wrote the object first: look at it again
└── PublishError                    what was read back is not what was written
```

The command line leaves with the class's `exit_code`; a scheduler tries again where `retryable` is true.
"""


class PipelineError(Exception):
    """Any error of ours; catch it only where a step or a command ends."""

    exit_code = 1
    retryable = False


class ConfigurationError(PipelineError):
    """Raised when a setting is missing or wrong, or a country's declaration does not hold together."""

    exit_code = 2


class PortalError(PipelineError):
    """Any trouble with a portal."""

    exit_code = 3


class PortalUnavailableError(PortalError):
    """Raised when a portal does not answer, or answers that it cannot, after every retry."""

    retryable = True


class PortalRefusedError(PortalError):
    """Raised when a portal refuses us; asking again would not help."""

    exit_code = 4


class PortalChangedError(PortalError):
    """Raised when an answer has a shape that we do not know; the answer is kept in the archive."""

    exit_code = 5


class MappingError(PipelineError):
    """Raised by a rule when a source value cannot be carried over."""


class MergeError(PipelineError):
    """Raised when releases of one process cannot be merged: a field is a list in one and a text in another."""


class QualityError(PipelineError):
    """Raised when data fails a check that guards a publication."""


class StoreError(PipelineError):
    """Raised when the database cannot be reached or used."""

    exit_code = 3
    retryable = True


class StoreSetupError(StoreError):
    """Raised when the database's address is of a kind we do not know, or its tables are of a newer version."""

    exit_code = 2
    retryable = False


class SourceBusyError(StoreError):
    """Raised when another run of the same source is at work."""


class StorageError(PipelineError):
    """Raised when the object storage cannot be reached or used."""

    exit_code = 3
    retryable = True


class StorageConflictError(StorageError):
    """Raised when an object is not in the version that a conditional write expected."""


class StorageBusyError(StorageError):
    """Raised when another publisher of the same source is at work."""


class PublishError(PipelineError):
    """Raised when what was read back is not what was written."""

    retryable = True

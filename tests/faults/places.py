"""Where `tests.faults.dying` may die, and what else a file in its folder tells it."""

RESERVED = "reserved"  # goods are promised, nothing is committed
PLACING = "placing"  # the one statement that places an order waits for its goods
COMMITTED = "committed"  # an order is committed, nobody knows of it
CHARGED = "charged"  # the bank has answered, nothing of it is written
MAILED = "mailed"  # a mail is taken by the server, and not noted
REFUNDED = "refunded"  # the bank has given money back, nothing of it is written
FIVEFOLD = "fivefold"  # each task is given to the broker five times

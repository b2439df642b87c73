"""Words that travel up from payments, sent inside the transaction with `send`."""

from django.dispatch import Signal

# payment, actor, outcome ("paid" or "failed"), reason. Raised once, when the payment's fate is settled by the gateway or by time.
payment_settled = Signal()

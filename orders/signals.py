"""Words that travel up from orders, sent inside the transaction with `send`."""

from django.dispatch import Signal

# order, actor: the vendor made it ready; deliveries may assign a partner.
order_ready = Signal()
# order, actor: it ended before pick-up; deliveries cancel what was assigned.
order_closed = Signal()

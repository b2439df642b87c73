"""Everything that can happen to a cart and an order, by concern.

cart        put_in, take_out, clear
placing     place_order, check_out
life        accept, reject, make_ready, cancel, then mark_picked_up, mark_out_for_delivery, mark_completed, mark_returned
settling    mark_paid, mark_failed: what a payment's fate means for its orders
expiry      expire_unpaid, cancel_unaccepted, remind_unaccepted
reordering  reorder
locking     lock_cart, lock_order: the order in which rows are locked
moving      move, the one mover; what an end gives back
"""

"""The table, part one: orders, money, deliveries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aqad.notifications import audiences as to
from aqad.notifications import things as about
from aqad.notifications.rows import By, Row

TRADE: dict[str, list[Row]] = {
    # Orders
    "orders.placed": [
        Row(
            to.retailer,
            "order_placed",
            about.PURCHASE,
            _("Order Successfully Created"),
            _("Your order {order} with {vendor} over {total} was placed."),
            _("{after_placing}"),
        ),
        Row(
            to.vendor_of_cash_order,
            "order_placed",
            about.SALE,
            _("New Order Received"),
            _("{retailer} ordered for {total}, cash on delivery: {order}."),
            _("Please accept or reject it by {accept_by}; after that it is cancelled by itself."),
            button=_("Accept or reject it"),
        ),
    ],
    "orders.paid": [
        Row(
            to.vendor,
            "order_placed",
            about.SALE,
            _("New Order Received"),
            _("{retailer} ordered and paid {total}: {order}."),
            _("Please accept or reject it by {accept_by}; after that it is cancelled by itself and the shop gets its money back."),
            button=_("Accept or reject it"),
        ),
        Row(
            to.retailer,
            "payment_paid",
            about.PURCHASE,
            _("Payment received for {order}"),
            _("We received {total} for your order {order}."),
            _("There is nothing for you to do. {vendor} is to accept it by {accept_by}; if it does not, you get your money back."),
        ),
    ],
    "orders.acceptance_due": [
        Row(
            to.vendor,
            "acceptance_due",
            about.SALE,
            _("{order} still waits for you"),
            _("Please accept or reject {order} of {retailer}; it is cancelled by itself at {accept_by}."),
            _("If you cannot deliver it, reject it and say why, so that the shop can buy elsewhere in time."),
            button=_("Accept or reject it"),
        ),
    ],
    "orders.accepted": [
        Row(
            to.retailer,
            "order_accepted",
            about.PURCHASE,
            _("Order {order} was accepted"),
            _("{vendor} accepted your order {order}."),
            _("It is being packed now. We write again when it is ready and when it is on its way."),
        ),
        Row(to.vendor, "order_accepted", about.SALE, _("Order {order} was accepted"), _("You accepted {order}."), by=By.APP),
    ],
    "orders.rejected": [
        Row(
            to.retailer,
            "order_rejected",
            about.PURCHASE,
            _("Order {order} was rejected"),
            _("{vendor} could not take your order {order}: {reason}"),
            _("{money_back} You can order the same from its page again, or look for another vendor."),
        ),
        Row(to.vendor, "order_rejected", about.SALE, _("Order {order} was rejected"), _("You rejected {order}."), by=By.APP),
    ],
    "orders.ready": [
        Row(
            to.retailer,
            "order_ready",
            about.PURCHASE,
            _("Order {order} is ready"),
            _("Your order {order} is packed and waits for its driver."),
            _("Please make sure that somebody can receive it at {address}. {cash_to_have}"),
        ),
        Row(to.vendor, "order_ready", about.SALE, _("Order {order} is ready"), _("{order} is ready for pick-up."), by=By.APP),
    ],
    "orders.picked_up": [
        Row(
            to.retailer,
            "order_picked_up",
            about.PURCHASE,
            _("Order {order} was picked up"),
            _("The driver picked up your order {order} from {vendor}."),
            _("Please make sure that somebody can receive it at {address}. {cash_to_have}"),
        ),
        Row(
            to.vendor,
            "order_picked_up",
            about.SALE,
            _("Order {order} was picked up"),
            _("The driver picked up {order} for {retailer}."),
            _("There is nothing left for you to do. We tell you when it is delivered."),
        ),
    ],
    "orders.out_for_delivery": [
        Row(
            to.retailer,
            "order_out_for_delivery",
            about.PURCHASE,
            _("Order {order} is on its way"),
            _("Your order {order} is on its way to {address}."),
            _("Please make sure that somebody is there to receive it. {cash_to_have}"),
        ),
        Row(
            to.vendor,
            "order_out_for_delivery",
            about.SALE,
            _("Order {order} is on its way"),
            _("{order} is on its way to {retailer}."),
            _("There is nothing left for you to do. We tell you when it is delivered."),
        ),
    ],
    "orders.completed": [
        Row(
            to.retailer,
            "order_completed",
            about.PURCHASE,
            _("Order {order} was delivered"),
            _("Your order {order} was delivered."),
            _("If something is missing or damaged, call {vendor} at {vendor_phone}. From the order's page you can order the same again."),
        ),
        Row(
            to.vendor,
            "order_completed",
            about.SALE,
            _("Order {order} was delivered"),
            _("{order} was delivered to {retailer}."),
            _("There is nothing left for you to do."),
        ),
    ],
    "orders.failed": [
        Row(
            to.retailer,
            "order_failed",
            about.PURCHASE,
            _("Order {order} was not paid"),
            _("Your order {order} was not paid; its cartons went back on the shelf."),
            _("If you still want it, put everything back into the cart from its page and pay again. Money that arrives late is sent back."),
            button=_("Order it again"),
        ),
    ],
    "orders.cancelled": [
        Row(
            to.retailer,
            "order_cancelled",
            about.PURCHASE,
            _("Order {order} was cancelled"),
            _("Your order {order} with {vendor} was cancelled. {reason}"),
            _("{money_back} You can order the same from its page again."),
        ),
        Row(
            to.vendor_once_released,
            "order_cancelled",
            about.SALE,
            _("Order {order} was cancelled"),
            _("{order} of {retailer} was cancelled. {reason}"),
            _("Please do not pack it or hand it over. Its cartons are free in your stock again."),
        ),
    ],
    "orders.returned": [
        Row(
            to.retailer,
            "order_returned",
            about.PURCHASE,
            _("Order {order} was returned"),
            _("Your order {order} could not be delivered and went back to {vendor}. {reason}"),
            _("{money_back} You can order the same from its page again."),
        ),
        Row(
            to.vendor,
            "order_returned",
            about.SALE,
            _("Order {order} was returned"),
            _("{order} could not be delivered to {retailer} and comes back to you. {reason}"),
            _("Its cartons count in your stock again. Please look at them and correct the stock if some cannot be sold."),
        ),
    ],
    # Money
    "payments.failed": [
        Row(
            to.payer, "payment_failed", about.PAYMENT, _("Payment {payment} failed"), _("{payment} over {amount} was not paid."), by=By.APP
        ),
    ],
    "payments.refunded": [
        Row(
            to.payer,
            "payment_refunded",
            about.PAYMENT,
            _("{refund} refunded"),
            _("{refund} of {payment} are on their way back to you."),
            _("There is nothing for you to do. To a card it takes a few working days until your bank shows it."),
        ),
    ],
    "payments.money_alert": [
        Row(
            to.staff,
            "money_alert",
            about.PAYMENT_TO_CHECK,
            _("{payment} needs a look"),
            _("{payment} over {amount} needs a person to look at it."),
            _("{alert}"),
        ),
    ],
    # Deliveries
    "deliveries.assigned": [
        Row(
            to.carrier,
            "delivery_assigned",
            about.DELIVERY,
            _("New delivery {delivery}"),
            _("{delivery}: bring {order} from {vendor} to {retailer}."),
            _("Open it on your phone for the map, the phone numbers and each next step."),
        ),
    ],
    "deliveries.reassigned": [
        Row(
            to.carrier,
            "delivery_assigned",
            about.DELIVERY,
            _("New delivery {delivery}"),
            _("{delivery} was given to you: bring {order} from {vendor} to {retailer}."),
            _("Open it on your phone for the map, the phone numbers and each next step."),
        ),
    ],
    "deliveries.cancelled": [
        Row(
            to.carrier,
            "order_cancelled",
            about.DELIVERY,
            _("Delivery {delivery} was cancelled"),
            _("{delivery} is cancelled: there is nothing to fetch for {order}."),
            _("Please do not go to {vendor} for it."),
        ),
    ],
    "deliveries.attempt_failed": [
        Row(
            to.retailer,
            "delivery_attempt_failed",
            about.PURCHASE,
            _("We could not hand over {order}"),
            _("The driver came with your order {order} and could not hand it over."),
            _("Please make sure that somebody can receive it at {address}, or it goes back to {vendor}. {cash_to_have}"),
        ),
        Row(
            to.vendor,
            "delivery_attempt_failed",
            about.SALE,
            _("{order} could not be handed over"),
            _("The driver could not hand over {order} to {retailer}."),
            _("There is nothing for you to do: it is tried again or comes back to you, and we tell you which."),
        ),
    ],
}

"""The table, part two: companies, people, goods."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aqad.notifications import audiences as to
from aqad.notifications import things as about
from aqad.notifications.rows import By, Row

COMPANIES: dict[str, list[Row]] = {
    # Companies and people
    "vendors.registered": [
        Row(
            to.staff,
            "vendor_registered",
            about.VENDOR_TO_REVIEW,
            _("{company} waits for review"),
            _("{company} registered and sent its papers."),
            _("Please look at the trade licence and the VAT certificate, and approve or reject."),
        ),
        Row(
            to.company,
            "welcome",
            about.APPLICATION,
            _("Welcome to AQAD"),
            _("Thank you for your application. We are looking at the papers of {company} now."),
            _("There is nothing for you to do. We write as soon as we have decided; until then this link shows how it stands."),
            By.MAIL,
        ),
    ],
    "vendors.resubmitted": [
        Row(
            to.staff,
            "vendor_registered",
            about.VENDOR_TO_REVIEW,
            _("{company} waits for review again"),
            _("{company} sent new papers."),
            _("Please look at what is new, and approve or reject."),
        ),
    ],
    "vendors.approved": [
        Row(
            to.company,
            "vendor_approved",
            about.OWN_PRODUCTS,
            _("You may sell now"),
            _("{company} was approved."),
            _("Sign in and list your products, one by one or all in one file. Shops see them at once."),
        ),
    ],
    "vendors.rejected": [
        Row(
            to.company,
            "vendor_rejected",
            about.APPLICATION,
            _("Your papers were not accepted"),
            _("{company} was not approved: {reason}"),
            _("Please send new papers with this link; you need no password for it. We then look at your application again."),
            button=_("Send new papers"),
        ),
    ],
    "vendors.document_rejected": [
        Row(
            to.company_while_active,
            "document_rejected",
            about.DOCUMENTS,
            _("{document} was not accepted"),
            _("{document} of {company} was not accepted: {reason}"),
            _("Please send a new one. You may go on selling meanwhile; what was in force stays in force as long as it is valid."),
        ),
    ],
    "vendors.document_expiring": [
        Row(
            to.company,
            "document_expiring",
            about.DOCUMENTS,
            _("{document} expires soon"),
            _("{document} of {company} expires on {expires_on}."),
            _("Please send the new one before that day. We look at it and tell you if anything is wrong with it."),
        ),
    ],
    "retailers.registered": [
        Row(
            to.company,
            "welcome",
            about.PRODUCTS,
            _("Welcome to AQAD"),
            _("{company} can order now."),
            _("Find what you need from all vendors, put it into one cart by the carton, and pay by card or in cash on delivery."),
        ),
    ],
    "accounts.company_suspended": [
        Row(
            to.company,
            "company_suspended",
            about.AQAD,
            _("Your account was suspended"),
            _("{company} was suspended: {reason}"),
            _("Nobody of {company} can sign in until this ends. If you think that it is a mistake, please answer this e-mail."),
        ),
    ],
    "accounts.company_reinstated": [
        Row(
            to.company,
            "company_reinstated",
            about.OVERVIEW,
            _("Your account is active again"),
            _("{company} may trade again."),
            _("Sign in as before; everything is where you left it."),
        ),
    ],
    "accounts.member_invited": [
        Row(
            to.person,
            "welcome",
            about.PASSWORD,
            _("You were invited to AQAD"),
            _("You may now act for {company} on AQAD."),
            _("Choose your password, then sign in with {email}. The link can be used once, within three days."),
            By.MAIL,
        ),
    ],
    "accounts.password_reset_requested": [
        Row(
            to.person,
            "password_reset",
            about.PASSWORD,
            _("Choose a new password"),
            _("With this link you choose a new password for {email}. It can be used once, within three days."),
            _("If you did not ask for it, leave this e-mail as it is: nothing changes."),
            By.MAIL,
        ),
    ],
    # Goods
    "catalog.stock_low": [
        Row(
            to.vendor_of_product,
            "stock_low",
            about.OWN_PRODUCT,
            _("{product} is running low"),
            _("{product} has {available} left to order."),
            _("Shops cannot order more than that. Enter what came in, or order more in time."),
        ),
    ],
    "catalog.import_finished": [
        Row(
            to.importer,
            "import_finished",
            about.IMPORT,
            _("Import finished: {filename}"),
            _("{filename}: {import_result}"),
            _("The page shows each row that was refused, and why."),
        ),
    ],
}

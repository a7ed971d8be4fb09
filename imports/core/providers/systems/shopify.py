"""Shopify: customers as its admin exports them, and as its API and Matrixify do.

Columns as in https://help.shopify.com/manual/customers/import-export-customers,
https://shopify.dev/docs/api/admin-rest/latest/resources/customer and
https://matrixify.app/documentation/customers/.
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, certain
from imports.core.providers.values import drop_blanks, read_text
from imports.core.providers.web_tables import fold_all, fold_row, omit_folded

EXPORTED = frozenset({"email", "totalspent", "totalorders", "taxexempt"})
OLD_EXPORT = frozenset({"email", "acceptsmarketing", "totalspent", "totalorders", "taxexempt"})
OF_API = frozenset({"email", "orderscount", "verifiedemail", "state"})
GRAPHQL_ID = "gid://shopify/Customer/"
# https://shopify.dev/docs/api/admin-graphql/latest/enums/CustomerState
DISABLED = frozenset({"disabled", "declined"})
CONSUMED = frozenset({"customerid", "id", "phone", "state"})

PRESETS = {
    "(subject id)": Preset(
        "subject_id", "Customer ID, without the leading apostrophe for spreadsheets."
    ),
    "email": Preset("profile.email", "The e-mail address."),
    "verifiedemail": Preset("profile.email_verified", "Whether the address was verified."),
    "firstname": Preset("profile.given_name", "The first name."),
    "lastname": Preset("profile.family_name", "The last name."),
    "(phone)": Preset("profile.phone", "The phone number."),
    "(active)": Preset("profile.active", "False if the state is disabled or declined."),
    "createdat": Preset("profile.created_at", "When the customer was created."),
    "updatedat": Preset("profile.updated_at", "When the customer was last changed."),
}
NOT_CARRIED = {
    "tags": "Shop tags. Map the column to an attribute if you need them.",
    "totalspent": "The total of all orders.",
    "totalorders": "The number of orders.",
    "orderscount": "The number of orders.",
    "taxexempt": "A tax setting.",
    "acceptsemailmarketing": "Marketing consent. It does not affect sign-in.",
    "acceptssmsmarketing": "Marketing consent. It does not affect sign-in.",
    "acceptsmarketing": "Marketing consent. It does not affect sign-in.",
    "admingraphqlapiid": "The same id, for GraphQL.",
}
LACKS = (
    "Shopify does not export passwords. Invite customers to choose a new one.",
    "The CSV does not say which customers have an account. The API does, in state.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise what a customer has bought, or the ids of its API."""
    names = fold_all(columns)
    if any(read_text(row.get("admin_graphql_api_id")).startswith(GRAPHQL_ID) for row in rows):
        return certain("The ids are Shopify customer ids: gid://shopify/Customer/….")
    if names >= OLD_EXPORT or (names >= EXPORTED and "acceptsemailmarketing" in names):
        return certain(
            "The columns match Shopify's customer export: Total Spent, Total Orders, Tax Exempt."
        )
    if names >= OF_API:
        return certain("The columns match Shopify's API: orders_count, verified_email.")
    return None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the customer without the apostrophes of spreadsheets, and with its state."""
    row = fold_row(values)
    subject = read_text(row.get("customerid")) or read_text(row.get("id"))
    derived = {
        "(subject id)": subject.removeprefix("'"),
        "(phone)": read_text(row.get("phone")).removeprefix("'"),
        "(active)": read_account_state(row.get("state"), disabled=DISABLED),
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


PROVIDER = Provider(
    name="shopify",
    label="Shopify (customers)",
    how_to_export=(
        "Choose Customers > Export > All customers, as “CSV for Excel, Numbers, or other "
        "spreadsheet programs”. Or list all pages of customers through the Admin API, which "
        "includes the state."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"state"}),
    lacks=LACKS,
)

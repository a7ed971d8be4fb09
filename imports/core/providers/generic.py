"""Any file that no other provider recognises: mapped by names and by what the values look like."""

from imports.core.providers.contract import Provider

GENERIC = Provider(
    name="generic",
    label="Another system",
    how_to_export=(
        "Export one row per user, as CSV with a header line, as a JSON array of objects, or as "
        "NDJSON. Have password hashes exported whole, with their parameters and salts."
    ),
)

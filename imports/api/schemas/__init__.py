"""What the API takes and answers, by area; the OpenAPI document is made of these."""

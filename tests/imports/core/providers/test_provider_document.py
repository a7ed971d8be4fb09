"""docs/providers.md says what the providers say."""

from imports.core.providers import PROVIDERS
from imports.core.providers.document import PAGE, render_page
from imports.core.records.targets import is_target


def test_page_on_providers_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == render_page(), (
        "Run python -m imports.core.providers.document."
    )


def test_every_provider_has_a_section_with_its_export_and_its_losses() -> None:
    page = PAGE.read_text("utf-8")
    for provider in PROVIDERS.values():
        section = page.partition(f"\n## {provider.label}\n")[2].partition("\n## ")[0]
        assert provider.how_to_export in section
        assert all(sentence in section for sentence in provider.lacks)
        assert all(question.label in section for question in provider.questions)


def test_every_preset_goes_to_a_field_and_says_why() -> None:
    for provider in PROVIDERS.values():
        for column, preset in provider.presets.items():
            assert is_target(preset.target), f"{provider.name}: {column}"
            assert preset.reason, f"{provider.name}: {column}"


def test_every_provider_with_a_preset_says_what_it_lacks() -> None:
    silent = [each.name for each in PROVIDERS.values() if each.presets and not each.lacks]
    assert silent == [], f"Say in `lacks` what exports of {', '.join(silent)} never hold."

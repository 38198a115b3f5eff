"""The words of the field, in one place: sections of a label, intents of a question, and which sections answer which.

Sections: openFDA field name, LOINC code and printed title. Sources: openFDA drug/label fields; FDA "Structured Product
Labeling" LOINC list; 21 CFR 201.57 (physician labelling rule), 201.66 (OTC Drug Facts). 43682-4 is pharmacokinetics.

Intents: `cues` are regular expressions over the levelled question with a weight; `routes` name the fields to search,
most specific first, each with a weight and, where a field holds many things, a pattern its heading or line should match;
`value` is the shape of the asked value, `prime` that of the sentence which states it as such; `then` the intents that a reader of this one asks next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

# ------------------------------------------------------------------------------------------------------- sections


@dataclass(frozen=True, slots=True)
class SectionName:
    field: str
    title: str
    loinc: str | None
    number: str | None = None


def _section(field: str, title: str, loinc: str | None, number: str | None = None) -> tuple[str, SectionName]:
    return field, SectionName(field, title, loinc, number)


SECTIONS: dict[str, SectionName] = dict(
    (
        _section("boxed_warning", "Boxed Warning", "34066-1"),
        _section("recent_major_changes", "Recent Major Changes", "43683-2"),
        _section("indications_and_usage", "Indications and Usage", "34067-9", "1"),
        _section("dosage_and_administration", "Dosage and Administration", "34068-7", "2"),
        _section("dosage_forms_and_strengths", "Dosage Forms and Strengths", "43678-2", "3"),
        _section("contraindications", "Contraindications", "34070-3", "4"),
        _section("warnings_and_cautions", "Warnings and Precautions", "43685-7", "5"),
        _section("warnings", "Warnings", "34071-1"),
        _section("precautions", "Precautions", "42232-9"),
        _section("general_precautions", "General Precautions", "34072-9"),
        _section("adverse_reactions", "Adverse Reactions", "34084-4", "6"),
        _section("drug_interactions", "Drug Interactions", "34073-7", "7"),
        _section("drug_and_or_laboratory_test_interactions", "Drug/Laboratory Test Interactions", "34074-5"),
        _section("use_in_specific_populations", "Use in Specific Populations", "43684-0", "8"),
        _section("pregnancy", "Pregnancy", "42228-7", "8.1"),
        _section("teratogenic_effects", "Teratogenic Effects", "34077-8"),
        _section("nonteratogenic_effects", "Nonteratogenic Effects", "34078-6"),
        _section("labor_and_delivery", "Labor and Delivery", "34079-4"),
        _section("lactation", "Lactation", "77290-5", "8.2"),
        _section("nursing_mothers", "Nursing Mothers", "34080-2"),
        _section("pregnancy_or_breast_feeding", "Pregnancy or Breast Feeding", "53414-9"),
        _section("pediatric_use", "Pediatric Use", "34081-0", "8.4"),
        _section("geriatric_use", "Geriatric Use", "34082-8", "8.5"),
        _section("drug_abuse_and_dependence", "Drug Abuse and Dependence", "42227-9", "9"),
        _section("controlled_substance", "Controlled Substance", "34085-1", "9.1"),
        _section("abuse", "Abuse", "34086-9", "9.2"),
        _section("dependence", "Dependence", "34087-7", "9.3"),
        _section("overdosage", "Overdosage", "34088-5", "10"),
        _section("description", "Description", "34089-3", "11"),
        _section("clinical_pharmacology", "Clinical Pharmacology", "34090-1", "12"),
        _section("mechanism_of_action", "Mechanism of Action", "43679-0", "12.1"),
        _section("pharmacodynamics", "Pharmacodynamics", "43681-6", "12.2"),
        _section("pharmacokinetics", "Pharmacokinetics", "43682-4", "12.3"),
        _section("microbiology", "Microbiology", "49489-8", "12.4"),
        _section("pharmacogenomics", "Pharmacogenomics", "66106-6", "12.5"),
        _section("nonclinical_toxicology", "Nonclinical Toxicology", "43680-8", "13"),
        _section(
            "carcinogenesis_and_mutagenesis_and_impairment_of_fertility",
            "Carcinogenesis, Mutagenesis, Impairment of Fertility",
            "34083-6",
            "13.1",
        ),
        _section("animal_pharmacology_and_or_toxicology", "Animal Toxicology and/or Pharmacology", "34091-9", "13.2"),
        _section("clinical_studies", "Clinical Studies", "34092-7", "14"),
        _section("references", "References", "34093-5", "15"),
        _section("how_supplied", "How Supplied/Storage and Handling", "34069-5", "16"),
        _section("storage_and_handling", "Storage and Handling", "44425-7", "16.2"),
        _section("information_for_patients", "Patient Counseling Information", "34076-0", "17"),
        _section("laboratory_tests", "Laboratory Tests", "34075-2"),
        _section("spl_medguide", "Medication Guide", "42231-1"),
        _section("spl_patient_package_insert", "Patient Package Insert", "42230-3"),
        _section("patient_medication_information", "Patient Medication Information", "68498-5"),
        _section("instructions_for_use", "Instructions for Use", "59845-8"),
        _section("active_ingredient", "Active Ingredient", "55106-9"),
        _section("purpose", "Purpose", "55105-1"),
        _section("do_not_use", "Do Not Use", "50570-1"),
        _section("ask_doctor", "Ask Doctor", "50569-3"),
        _section("ask_doctor_or_pharmacist", "Ask Doctor or Pharmacist", "50568-5"),
        _section("when_using", "When Using", "50567-7"),
        _section("stop_use", "Stop Use", "50566-9"),
        _section("keep_out_of_reach_of_children", "Keep Out of Reach of Children", "50565-1"),
        _section("other_safety_information", "Other Information", "60561-8"),
        _section("questions", "Questions", "53413-1"),
        _section("inactive_ingredient", "Inactive Ingredient", "51727-6"),
        _section("risks", "Risks", "69759-9"),
        _section("safe_handling_warning", "Safe Handling Warning", "50741-8"),
        _section("information_for_owners_or_caregivers", "Information for Owners or Caregivers", "50744-2"),
        _section("components", "Components", "60559-2"),
        _section("route", "Route", "60562-6"),
        _section("spl_unclassified_section", "Unclassified Section", "42229-5"),
        _section("spl_product_data_elements", "Product Data Elements", "48780-1"),
        _section("package_label_principal_display_panel", "Package Label", "51945-4"),
    )
)

# A parent prints the text of its subsections again; openFDA keeps both.
CHILDREN: dict[str, tuple[str, ...]] = {
    "clinical_pharmacology": (
        "mechanism_of_action",
        "pharmacodynamics",
        "pharmacokinetics",
        "microbiology",
        "pharmacogenomics",
    ),
    "use_in_specific_populations": (
        "pregnancy",
        "nursing_mothers",
        "labor_and_delivery",
        "pediatric_use",
        "geriatric_use",
    ),
    "pregnancy": ("teratogenic_effects", "nonteratogenic_effects", "risks"),
    "nonclinical_toxicology": (
        "carcinogenesis_and_mutagenesis_and_impairment_of_fertility",
        "animal_pharmacology_and_or_toxicology",
    ),
    "how_supplied": ("storage_and_handling",),
    "drug_abuse_and_dependence": ("controlled_substance", "abuse", "dependence"),
    "precautions": (
        "general_precautions",
        "information_for_patients",
        "laboratory_tests",
        "drug_interactions",
        "drug_and_or_laboratory_test_interactions",
        "carcinogenesis_and_mutagenesis_and_impairment_of_fertility",
        "pregnancy",
        "teratogenic_effects",
        "nonteratogenic_effects",
        "labor_and_delivery",
        "nursing_mothers",
        "pediatric_use",
        "geriatric_use",
    ),
    "warnings": (
        "do_not_use",
        "ask_doctor",
        "ask_doctor_or_pharmacist",
        "when_using",
        "stop_use",
        "pregnancy_or_breast_feeding",
        "keep_out_of_reach_of_children",
        "boxed_warning",
    ),
    "warnings_and_cautions": ("boxed_warning", "laboratory_tests"),
    "dosage_and_administration": ("instructions_for_use",),
    "information_for_patients": ("spl_medguide", "spl_patient_package_insert", "instructions_for_use"),
}

PATIENT_FIELDS = (
    "spl_medguide",
    "spl_patient_package_insert",
    "patient_medication_information",
    "information_for_patients",
    "instructions_for_use",
)

# Sections whose tables lay out text: they are read as text, not as rows under column headings.
LAYOUT_TABLES = frozenset({*PATIENT_FIELDS, "recent_major_changes", "package_label_principal_display_panel"})

# -------------------------------------------------------------------------------------------------------- intents


@dataclass(frozen=True, slots=True)
class Route:
    """Search `field`; `within`, if given, must match the heading, run-in heading or the line itself."""

    field: str
    weight: float
    within: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    id: str
    heading: str
    ask: str
    cues: tuple[tuple[re.Pattern[str], float], ...]
    routes: tuple[Route, ...]
    value: re.Pattern[str] | None
    prime: re.Pattern[str] | None
    needs: re.Pattern[str] | None
    then: tuple[str, ...]


def _compile(pattern: str) -> re.Pattern[str]:
    """A pattern over folded text (`text.fold`); lower case instead of IGNORECASE, which is several times slower."""
    return re.compile(pattern.lower())


def _routes(text: str) -> tuple[Route, ...]:
    """Read `field weight [pattern]` lines."""
    routes = []
    for row in text.strip().splitlines():
        field, weight, *within = row.split(None, 2)
        if field not in SECTIONS:
            raise KeyError(f"unknown section {field!r}")
        routes.append(Route(field, float(weight), _compile(within[0]) if within else None))
    return tuple(routes)


def _intent(ident: str, row: Mapping[str, str]) -> Intent:
    cues = (cue.strip().split(None, 1) for cue in row["cues"].strip().splitlines())
    return Intent(
        id=ident,
        heading=row["heading"],
        ask=row["ask"],
        cues=tuple((_compile(pattern), float(weight)) for weight, pattern in cues),
        routes=_routes(row["routes"]),
        value=_compile(row["value"]) if row.get("value") else None,
        prime=_compile(row["prime"]) if row.get("prime") else None,
        needs=_compile(row["needs"]) if row.get("needs") else None,
        then=tuple(row.get("then", "").split()),
    )


@cache
def intents() -> dict[str, Intent]:
    """All intents by id, compiled at first use (imports stay fast)."""
    from drugchatter.intents import TABLE

    return {ident: _intent(ident, row) for ident, row in TABLE.items()}


def section_label(field: str, heading: str) -> str:
    """The section as a reader finds it on the label: its own numbered heading, else the standard title."""
    return heading or SECTIONS[field].title

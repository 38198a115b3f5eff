"""Who is who: a record's drug, its ingredients, and every phrase by which a reader may call it.

Pure functions over names, shared by the rooms that build an edition. Rules: a drug is the product name a reader knows
(brand, or generic name) with its active ingredients and route; a family is all drugs of the same active ingredients.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from itertools import permutations
from typing import Literal

from drugchatter.text import slug, words
from drugchatter.types import Record

_SALTS = frozenset(
    """hydrochloride hcl sodium potassium calcium magnesium sulfate phosphate acetate citrate tartrate maleate
    mesylate besylate fumarate succinate bromide hydrobromide chloride nitrate oxalate malate lactate gluconate
    tosylate bitartrate dihydrate monohydrate hemihydrate trihydrate anhydrous medoxomil disodium dipotassium
    esylate pamoate carbonate bicarbonate benzoate propionate dipropionate valerate furoate palmitate stearate
    lauroxil decanoate enanthate cypionate xinafoate meglumine tromethamine olamine arginine lysine erbumine
    hydroxide iodide hyclate bisulfate sulphate dimesylate ditosylate hemifumarate isethionate axetil proxetil
    marboxil hemisulfate diphosphate camsylate napsylate edisylate aspartate orotate mofetil etexilate alafenamide
    disoproxil acetonide acetate hexacetonide pendetide sesquihydrate pivoxil cilexetil ophthalmic tablets tablet
    capsules capsule injection oral solution suspension er extended release delayed hcl""".split()
)
# Salts and esters that tell products of one ingredient apart and are seldom said for themselves (potassium is).
DISTINCT_SALTS = frozenset(
    """tartrate succinate mesylate besylate maleate fumarate hydrobromide hydrochloride hcl acetate valerate enanthate
    cypionate decanoate lauroxil sulfate citrate gluconate pamoate xinafoate furoate propionate dipropionate bitartrate
    oxalate malate tosylate""".split()
)
_WATER = frozenset("anhydrous monohydrate dihydrate trihydrate hemihydrate heptahydrate pentahydrate hydrate".split())
_SUFFIX = re.compile(r"-[a-z]{4}$")
_PREFIX = re.compile(r"^(?:ado|fam|ziv|tbo)-")


def base_ingredient(name: str) -> str:
    """An ingredient without salt, hydrate, dosage form or biologic suffix: `METOPROLOL SUCCINATE` → `metoprolol`.

    Some words are salts of one drug and the drug of another (potassium chloride): a name of such words only stays
    whole. Biologic suffix: four lower-case letters (FDA guidance "Nonproprietary Naming of Biological Products", 2017).
    """
    lowered = " ".join(name.lower().replace(",", " ").split())
    lowered = _PREFIX.sub("", _SUFFIX.sub("", lowered))
    parts = [word for word in lowered.split() if word not in _WATER] or lowered.split()
    return " ".join([word for word in parts if word not in _SALTS] or parts)


def ingredients_of(substances: list[str], generic: str) -> tuple[str, ...]:
    """Sorted base names of the active ingredients, from the substances, else from the generic name."""
    names = substances or re.split(r",? and |[,/;]| with ", generic.lower())
    return tuple(sorted({base_ingredient(name) for name in names if name.strip(" .")}))


# ------------------------------------------------------------------------------------------------------- one label
# openFDA's JSON is made from the very XML that DailyMed distributes (FDA/openfda, `spl_to_json.js`), so a set id and
# version of both is one document: DailyMed's text has the structure, openFDA's block facts from other registers.


def label_title(brand: str, generic: str, routes: Iterable[str]) -> str:
    """A label's title as shown: `ELIQUIS (apixaban), oral`."""
    same = words(brand) == words(generic)
    name = brand if same or not generic else f"{brand} ({generic.lower()})"
    given = ", ".join(route.lower() for route in routes)
    return f"{name}, {given}" if given else name


def merge_labels(openfda: Record, dailymed: Record) -> Record:
    """One label out of both publishers' copies of it: DailyMed's sections, openFDA's facts, and what either lacks.

    The arguments may come in either order. Raises ValueError when they are not the same version of the same label, or
    not one of each publisher.
    """
    openfda, dailymed = sorted((openfda, dailymed), key=lambda record: record.source == "dailymed")
    if (openfda.set_id, openfda.version) != (dailymed.set_id, dailymed.version):
        raise ValueError(f"{openfda.set_id} v{openfda.version} is not {dailymed.set_id} v{dailymed.version}")
    if openfda.source == "dailymed" or dailymed.source != "dailymed":
        raise ValueError(f"{openfda.set_id}: both copies are from {openfda.source}")
    # Without the `openfda` block a record's names are only the first word of its product data.
    named = openfda if openfda.names else dailymed
    routes = once((*openfda.routes, *dailymed.routes))
    return replace(
        dailymed,
        title=label_title(named.brand, named.generic, routes),
        brand=named.brand,
        generic=named.generic,
        names=once((*openfda.names, *dailymed.names)),
        labeler=named.labeler or dailymed.labeler,
        application_numbers=once((*openfda.application_numbers, *dailymed.application_numbers)),
        routes=routes,
        pharm_classes=once((*openfda.pharm_classes, *dailymed.pharm_classes)),
        original_packager=named.original_packager,
        codes=tuple(sorted({*openfda.codes, *dailymed.codes})),
    )


def once(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, whatever its case, as it is written first."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.lower(), name)
    return tuple(found.values())


_KEEP_CAPITALS = frozenset("XR ER SR CR DR LA XL ODT HFA IV HCT PF EC IR HP DM PE PM AM II III".split())


def display_name(name: str) -> str:
    """A name as a reader writes it: `KESIMPTA` → `Kesimpta`, `NURTEC ODT` → `Nurtec ODT`; mixed case stays."""
    if not name.isupper() or len(name) < 4:
        return name
    return " ".join(w if w.strip("()") in _KEEP_CAPITALS else w.capitalize() for w in name.split())


def route_class(routes: Iterable[str]) -> str:
    """`oral` for anything swallowed, else the routes: products that are not given alike stay apart."""
    found = sorted({route.lower() for route in routes})
    return "oral" if "oral" in found else " ".join(found)


# ---------------------------------------------------------------------------------------------------------- phrases

NameKind = Literal["brand", "generic", "ingredient", "synonym", "elsewhere"]

# Words that name a form, not a drug: `protonix delayed release` is asked for as `protonix`.
FORM_WORDS = frozenset(
    """delayed extended immediate release tablet tablets capsule capsules injection oral solution suspension er xr sr
    cr dr la xl odt hfa iv hct kit cream gel ointment spray patch vaginal ophthalmic nasal inhaler topical for and
    of with usp chewable lotion drops film powder sublingual buccal subcutaneous intravenous use suppository
    suppositories insert system transdermal pen autoinjector prefilled syringe vial concentrate only""".split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """A drug with what its labels call it."""

    drug_id: str
    name: str
    generic: str
    names: tuple[str, ...]
    ingredients: tuple[str, ...]
    routes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Synonym:
    """A name that no label prints: brand of a generic's label, abbreviation, foreign or former name.

    `routes` are those of the brand's products (Orange Book 2024-11, NDC directory 2019); empty where unknown.
    """

    name: str
    generic: str
    kind: str
    routes: tuple[str, ...] = ()


def phrase(name: str) -> str:
    """A name as it is looked up: levelled words."""
    return " ".join(words(name))


def phrases_of(named: Named) -> Iterator[tuple[str, NameKind]]:
    """Every phrase that means this drug, with how: brand, generic, or one ingredient of a combination."""
    for name in (named.name, *named.names):
        kind: NameKind = "generic" if phrase(name) == phrase(named.generic) else "brand"
        yield phrase(name), kind
        core = list(words(name))
        while len(core) > 1 and (core[-1] in FORM_WORDS or core[-1].replace(".", "").isdigit()):
            core.pop()
            yield " ".join(core), kind
    yield phrase(named.generic), "generic"
    if named.generic.count(",") == 1 and "and" not in words(named.generic):
        yield phrase(" ".join(reversed(named.generic.split(",")))), "generic"
    yield phrase(_SUFFIX.sub("", named.generic.strip())), "generic"
    if len(named.ingredients) == 1:
        yield phrase(named.ingredients[0]), "generic"
    elif len(named.ingredients) <= 4:
        for joined in _in_any_order(named.ingredients):
            yield joined, "generic"
    if len(named.ingredients) > 1:
        for ingredient in named.ingredients:
            yield phrase(ingredient), "ingredient"


def _in_any_order(ingredients: Iterable[str]) -> Iterator[str]:
    """A combination's ingredients as people say them, in each order."""
    for order in permutations(ingredients):
        for glue in (" ", " and "):
            yield phrase(glue.join(order))


def name_rows(drugs: Iterable[Named], synonyms: Sequence[Synonym]) -> list[tuple[str, str, NameKind]]:
    """(phrase, drug id, kind) for all drugs, sorted. Synonyms of ingredients that no drug has become `elsewhere` rows,
    and so do these ingredients.

    A brand synonym points to products sold under their generic name (a generic of that brand), never to another brand:
    what another brand's label says of dose and use need not hold for the brand asked about.
    """
    best: dict[tuple[str, str], NameKind] = {}
    order: list[NameKind] = ["brand", "generic", "synonym", "ingredient", "elsewhere"]
    by_family: dict[tuple[str, ...], list[Named]] = {}
    printed: set[str] = set()

    def put(text: str, drug_id: str, kind: NameKind) -> None:
        key = (text, drug_id)
        if text and (key not in best or order.index(kind) < order.index(best[key])):
            best[key] = kind

    for named in drugs:
        by_family.setdefault(named.ingredients, []).append(named)
        for text, kind in phrases_of(named):
            put(text, named.drug_id, kind)
            if kind == "brand":
                printed.add(text)
    taken = {text for text, _ in best}
    known = {phrase(synonym.name) for synonym in synonyms}
    for named in (n for family in by_family.values() for n in family):
        # `Duaklir Pressair` is asked for as `duaklir`, unless that word is a name of its own.
        first = words(named.name)[:1]
        if (
            len(words(named.name)) > 1
            and first
            and len(first[0]) >= 5
            and first[0] not in taken
            # Zyprexa and Zyprexa Relprevv are two brands, both known.
            and not {first[0], phrase(named.name)} <= known
            and not _is_generic_product(named)
        ):
            put(first[0], named.drug_id, "brand")
            printed.add(first[0])
    for synonym in synonyms:
        text = phrase(synonym.name)
        if text in printed:
            continue
        family = tuple(sorted({base_ingredient(part) for part in synonym.generic.split(" / ")}))
        targets = [n for n in by_family.get(family, ()) if synonym.kind != "brand" or _stands_for(n, synonym)]
        exact = [n for n in targets if phrase(synonym.generic) in {phrase(n.generic), phrase(n.name)}]
        for named in exact or targets:
            put(text, named.drug_id, "synonym")
        if not targets:
            put(text, synonym.generic, "elsewhere")
        if family not in by_family and phrase(synonym.generic) not in taken | _ALSO_NO_DRUGS:
            put(phrase(synonym.generic), synonym.generic, "elsewhere")
            for joined in _in_any_order(family) if 1 < len(family) <= _MOST_JOINED else ():
                put(joined, synonym.generic, "elsewhere")
    return sorted((text, drug_id, kind) for (text, drug_id), kind in best.items())


# Ingredients of a combination that is still asked for by naming all of them.
_MOST_JOINED = 3
# Ingredients that questions name as laboratory values, foods or excipients: not taken for a drug that is not loaded.
_ALSO_NO_DRUGS = frozenset("albumin ammonia copper dextrose dopamine glucagon glutamine secretin talc thrombin".split())


def _stands_for(named: Named, brand: Synonym) -> bool:
    """Whether a generic's label may answer for a brand: sold under the ingredient's name and given alike."""
    same_route = not brand.routes or not named.routes or bool(_kinds(brand.routes) & _kinds(named.routes))
    return same_route and _is_generic_product(named)


def _kinds(routes: Iterable[str]) -> set[str]:
    """Routes as told apart here: swallowed, injected, breathed in, or their own name."""
    kinds = set()
    for route in routes:
        plain = route.lower().split("-")[0].strip()
        if plain in _INJECTED or plain.startswith("intra"):
            kinds.add("injected")
        else:
            kinds.add("inhaled" if "inhalation" in plain else plain)
    return kinds


_INJECTED = frozenset("injection subcutaneous parenteral epidural infiltration".split())


def _is_generic_product(named: Named) -> bool:
    """Sold under its ingredient's name rather than a brand."""
    own = set(words(named.name))
    return any(word in own for ingredient in named.ingredients for word in words(ingredient)[:1])


def load_synonyms() -> list[Synonym]:
    """The built-in table `data/names.tsv`."""
    rows = (resources.files("drugchatter") / "data" / "names.tsv").read_text("utf-8").splitlines()[1:]
    found = []
    for row in rows:
        name, generic, kind, _, routes = row.split("\t")
        found.append(Synonym(name, generic, kind, tuple(route for route in routes.split(",") if route)))
    return found


def drug_slug(name: str) -> str:
    return slug(name) or "unnamed"

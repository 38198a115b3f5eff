"""The table behind `vocabulary.intents()`: one row an intent, data only.

`heading` is how an answer's section is headed, `ask` how the question is put as one of the "other questions"
(`{drug}` is the drug's name). Rows of `routes`: field, weight, optional pattern. Rows of `cues`: weight, pattern over
the levelled question; the highest sums win. `needs` is what a line must hold to tell the asked fact at all: where none
does, the label is said not to state it. Section choices follow ../shared/docs/product.md ("Intents") and the
sections' definitions in 21 CFR 201.57 and 201.66.
"""

from __future__ import annotations

from typing import Any

TABLE: dict[str, dict[str, Any]] = {
    "overview": {
        "heading": "What is {drug}?",
        "ask": "What is {drug}?",
        "cues": r"""
            1.5 ^(?:what(?:'s| is| are)|tell me about|info(?:rmation)? (?:on|about)|que es|explain) [\w\- ]+$
            0.6 \boverview\b|\btell me about\b|\bsummary of\b
        """,
        "routes": r"""
            indications_and_usage 1.0
            description 0.7
            active_ingredient 0.7
            purpose 0.7
            clinical_pharmacology 0.3
        """,
        "value": r"\bis an?\b|\bindicated\b",
        "prime": r"\bindicated\b|\bis an? \w+",
        "then": "boxed_warning dose side_effects",
    },
    "drug_class": {
        "heading": "What kind of drug is {drug}?",
        "ask": "What kind of drug is {drug}?",
        "cues": r"""
            3.0 \b(?:drug|medicine|medication|pharmacologic\w*|therapeutic)?\s?class(?:es)?\b
            3.0 \b(?:what|which) (?:kind|type|sort|family|category|group)s? of\b
            2.0 \bis (?:it |this |[^ ]+ )?(?:an?|considered an?) (?:\w+ )?(?:biologic|steroid|antibiotic|opioid|narcotic|nsaid|blood thinner|statin|ssri|snri|benzo\w*|beta.?blocker|ace inhibitor|diuretic|antidepressant|antipsychotic|stimulant|hormone|immunosuppress\w*|monoclonal antibody|insulin|vaccine|antihistamine|antiviral|chemo\w*|sulfa\w*|maoi|b-cell depletor|b.cell deplet\w*|\w+ (?:inhibitor|blocker|agonist|antagonist))\b
            2.0 \b(?:blocker|inhibitor|agonist|antagonist|deplet\w+)\b.*\b(?:right|correct|is it|isn't it|or)\b
            2.5 \bclase\b|\btipo de (?:medicamento|farmaco)\b
        """,
        "routes": r"""
            description 1.0
            mechanism_of_action 1.0
            indications_and_usage 0.9
            pharmacodynamics 0.6
            clinical_pharmacology 0.7
            purpose 1.0
            active_ingredient 0.6
            boxed_warning 0.4
            contraindications 0.4
            warnings_and_cautions 0.3
            drug_interactions 0.3
        """,
        "value": r"\b(?:is|are) (?:an?|the|both an?)\b.{0,90}\b(?:inhibitor|agonist|antagonist|blocker|antibody|antibacterial|antibiotic|agent|drug|analog|steroid|class|opioid|modulator|reducer|depressant|stimulant|hormone|insulin|progestin|estrogen|vaccine|anti\w+|rifamycin|member|derivative)s?\b|\bclass of\b|\bbelongs to\b",
        "prime": r"\b(?:inhibitor|agonist|antagonist|blocker|antibody|antibacterial|class)\b",
        "then": "mechanism indication",
    },
    "indication": {
        "heading": "What is {drug} for?",
        "ask": "What is {drug} used for?",
        "cues": r"""
            2.5 \b(?:used|use|prescribed|indicated|approved|given|taken|good) for\b(?! \d)
            2.5 \bindicat(?:ed|ion|ions)\b
            2.0 \buses?\b(?! (?:in|during|with|while|when|by))
            2.0 \bwhat (?:does|do) .{1,40} (?:treat|help|do|cure)\b
            2.0 \bwhat(?:'s| is| are) .{1,40} for\??$
            1.5 \bwhy (?:do|would|should|does|is|are) .{0,30}(?:take|taking|taken|use|need|prescribe[ds]?|on)\b
            2.0 \bpara que (?:sirve|se usa|es)\b|\bindicaciones?\b|\bwskazania\b
            1.5 \btreats?\b|\btreat(?:ed|ing|ment)?\b
            1.5 \bconditions?\b
        """,
        "routes": r"""
            indications_and_usage 1.0
            purpose 0.9
            spl_medguide 0.3 what is|used (?:to|for)|treat
            spl_patient_package_insert 0.3 what is|used (?:to|for)|treat
        """,
        "value": r"\bindicated\b|\bis used\b|\btreat|\bUses?\b",
        "prime": r"\bindicated (?:for|in|as|to|alone)\b|^uses?\b|\bindicated\b.{0,40}:$",
        "then": "dose contraindications efficacy",
    },
    "off_label": {
        "heading": "Is this among the labelled uses of {drug}?",
        "ask": "What is {drug} approved for?",
        "cues": r"""
            2.2 \boff.?label\b
            2.6 \b(?:can|could|may|is|does|should|would|will) .{2,50}\b(?:be )?(?:used|taken|given|prescribed|approved|indicated|ok(?:ay)?|safe|good|help)\b (?:for|to treat|to help|to|with|in|against)\b
            2.2 \bis it (?:for|approved for|used for|indicated for)\b
            1.8 \b(?:to treat|to help with|to cure|to manage)\b
            2.2 \bto (?:slim|lose|calm|sleep|boost|grow|quit|prevent|clear|cure|fight|relax|focus|study|get rid)\b
            1.6 \bis .{2,40} (?:for|approved for)\b
            1.6 \bfor .{3,60}\?$
        """,
        "routes": r"""
            indications_and_usage 1.0
            contraindications 0.7
            boxed_warning 0.6
            warnings_and_cautions 0.5
            warnings 0.5
            purpose 0.8
            clinical_studies 0.2
            spl_medguide 0.3
        """,
        "value": r"\bindicated\b|\bnot (?:indicated|recommended|approved)\b|\blimitations? of use\b|\bcontraindicated\b",
        "prime": r"\bnot (?:indicated|recommended|approved)\b|\blimitations? of use\b|\bcontraindicated\b|\bindicated (?:for|in|as|to)\b",
        "then": "indication contraindications",
    },
    "mechanism": {
        "heading": "How does {drug} work?",
        "ask": "How does {drug} work?",
        "cues": r"""
            3.0 \bactua\b|\bfunciona\b
            3.5 \bmechanisms?\b|\bmoa\b|\bmode of action\b
            3.0 \bhow (?:does|do|is|did) .{1,50} works?\b|\bhow .{1,40} works?\??$
            3.0 \bwhat (?:does|do|did) .{1,40} (?:block|inhibit|bind|target|activate|antagoni[sz]e|act on)s?\b
            3.0 \b(?:receptor|target|ligand|enzyme|subunit|pathway|epitope)s?\b.{0,60}\b(?:bind|block|inhibit|target|act|hit|affect)s?\b
            2.5 \b(?:binds?|blocks?|inhibits?|targets?|deplet\w+)\b
            2.5 \b(?:target|ligand|receptor|subunit)\b
            3.0 \bcomo (?:funciona|actua)\b|\bmecanismo\b
            2.0 \bpharmacodynamics?\b
        """,
        "routes": r"""
            mechanism_of_action 1.0
            clinical_pharmacology 0.8
            pharmacodynamics 0.5
            description 0.3
        """,
        "value": r"\bbind|\binhibit|\bblock|\bactivat|\bagonist|\bantagonist|\bmechanism|\bmodulat|\bdeplet",
        "prime": r"\bmechanism\b|\bby (?:\w+ly )?(?:binding|inhibiting|blocking|activating|increasing|decreasing)\b|\bbinds\b|\binhibits?\b|\bis an? \w+",
        "then": "indication half_life drug_class",
    },
    "dose": {
        "heading": "What is the dosage of {drug}?",
        "ask": "What is the usual dosage of {drug}?",
        "cues": r"""
            2.2 \bdos(?:e|es|age|ages|ing|is)\b|\bposology\b
            3.0 \bhow (?:often|frequently|many times)\b(?=.{0,40}\b(?:take|taken|inject|injected|given|give|use|used|dose|dosed|apply|need|day|week|shots?)\b)
            0.8 \bhow (?:often|frequently)\b
            2.0 \bhow much .{0,30}(?:take|give|use|inject|need)\b
            1.8 \bhow many (?:mg|milligrams|pills|tablets|capsules|units|puffs|drops|injections|ml)\b
            1.8 \b(?:start(?:ing)?|initial|initiat\w+|loading|maintenance|target|usual|typical|normal|recommended|first week)\b
            1.5 \btitrat\w+|\bregimen\b|\bschedule for\b|\b\d+ ?(?:mg|mcg|units)\b
            2.2 \bdosis\b|\bcuant[oa]s?\b|\bdawk\w+\b
            1.6 \bhow (?:do|should|to) (?:i |we |you |one |patients? )?(?:start|dose|prescribe)\b
        """,
        "routes": r"""
            dosage_and_administration 1.0
            spl_patient_package_insert 0.2
            spl_medguide 0.2
            clinical_pharmacology 0.1
        """,
        "value": r"\b\d[\d.,]*\s*(?:mg|mcg|g|grams?|units?|mL|tablets?|capsules?|%|puffs?|drops?)\b",
        "prime": r"\brecommended\b.{0,60}\b(?:dos|start|initial)|\bdos(?:e|age)\b.{0,40}\brecommended\b|\busual\b.{0,30}\bdos|\b(?:initial|starting|maintenance) dos|\bonce daily\b|\btwice daily\b|\bevery \d+ (?:hour|week|day|month)|\btimes (?:a|per) day\b",
        "then": "max_dose missed_dose renal_dose",
    },
    "max_dose": {
        "heading": "What is the maximum dose of {drug}?",
        "ask": "What is the maximum dose of {drug}?",
        "cues": r"""
            4.5 \b(?:max(?:imum|imal)?|highest|upper limit|ceiling|most|top|biggest|largest|greatest)\b.{0,40}\b(?:dos\w*|daily|a day|per day|amount|take|can|duration|mg|strength|tablets?|pills?)\b
            4.5 \b(?:dos(?:e|age|is)|daily)\b.{0,20}\b(?:max|maximum|limit|ceiling|maxima)\b
            4.0 \bhow (?:many|much) .{0,60}\b(?:in (?:a|one|24)|per|each|a) (?:day|hours?|24|month|week|dose)\b
            3.5 \bdosis maxima\b|\bmaximo\b
            3.0 \bmax\b|\bmaximum\b
            2.5 \bnot (?:to )?exceed\b|\btoo much\b
            3.5 \bhow high\b|\btop (?:amount|strength|dose|daily)\b|\bceiling\b|\bcap\b(?=.{0,20}\bdos)
        """,
        "routes": r"""
            dosage_and_administration 1.0
            warnings 0.3
            warnings_and_cautions 0.2
            clinical_pharmacology 0.1
            overdosage 0.1
        """,
        "value": r"\bmax(?:imum|imal)?\b|\bnot (?:to )?exceed|\bnot be exceeded|\bup to\b|\bno more than|\bnot more than|\bdo not (?:take|use) more|\bhighest|\babove \d|\bexceeding\b|\bgreater than \d|\bincreased? to\b|\blimit|\bsafety of (?:using|treating) more than",
        "prime": r"\bmax(?:imum|imal)?\b.{0,40}\bdos|\bnot (?:to )?exceed|\bnot be exceeded|\bdo not (?:take|use) more than\b|\bdos\w*.{0,40}\bmax(?:imum)?\b|\bno more than\b.{0,30}\b(?:dos|tablets|capsules|mg)",
        "then": "dose renal_dose overdose",
    },
    "forms_strengths": {
        "heading": "In what forms and strengths does {drug} come?",
        "ask": "What strengths does {drug} come in?",
        "cues": r"""
            3.5 \bstrengths?\b
            3.0 \bdosage forms?\b|\bformulations?\b|\bpresentations?\b
            2.5 \b(?:comes?|available|sold|supplied) (?:in|as)\b
            2.5 \bis there an? .{0,40}(?:liquid|tablet|capsule|injection|patch|cream|suspension|solution|oral|iv|pill|spray|chewable)\b
            2.0 \bwhat (?:sizes?|forms?|mg)\b
        """,
        "routes": r"""
            dosage_forms_and_strengths 1.0
            how_supplied 0.7
            description 0.4
            active_ingredient 0.6
        """,
        "value": r"\b\d[\d.,]*\s*(?:mg|mcg|g|units?|%|mL)\b",
        "prime": r"\b(?:tablets?|capsules?|injection|solution|cream|suspension|patch)\b.{0,60}\d",
        "then": "appearance storage",
    },
    "how_supplied": {
        "heading": "How is {drug} supplied?",
        "ask": "How is {drug} supplied?",
        "cues": r"""
            3.5 \b(?:how (?:is|are) .{1,40}supplied|package sizes?|pack(?:age|aging|et)s?|carton|box|bottles? of|ndcs?|per (?:box|carton|bottle|pack)|in (?:a|one|each) (?:box|carton|bottle|pack))\b
            3.0 \bhow many .{0,40}(?:come|are) in\b
            2.5 \bsupplied\b|\bnational drug code\b
        """,
        "routes": r"""
            how_supplied 1.0
            package_label_principal_display_panel 0.4
            dosage_forms_and_strengths 0.4
        """,
        "value": r"\bNDC\b|\bcartons?\b|\bbottles?\b|\bbox(?:es)?\b|\bvials?\b|\bpack",
        "prime": r"\b(?:carton|box|bottle|pack)\w*\b.{0,40}\d|\d.{0,30}\b(?:cartons?|box|bottles?|vials?|packs?)\b",
        "then": "storage forms_strengths",
    },
    "administration": {
        "heading": "How is {drug} taken or given?",
        "ask": "How is {drug} taken or given?",
        "cues": r"""
            2.6 \bhow (?:do|should|to|is|are|can|would|does)\b.{0,40}\b(?:take|taken|use|used|give|given|inject|administer|administered|apply|applied|inhale|mix|reconstitute|dilute|swallow|insert|infuse|prepare|store and inject)\b
            2.0 \binject\b
            2.4 \b(?:morning|night|bedtime|before bed|time of day|what time|best time|when (?:should|do|to|can)\b.{0,30}\b(?:take|taken|use))\b
            2.2 \badminist(?:er|ration|ered|ering)\b|\broute\b|\binfus\w+ (?:rate|time|over)\b|\binfusion\b|\biv\b|\bsubq\b|\bsubcutaneous\w*\b|\bunder the skin\b|\binhal\w+\b|\bthrow up\b|\bvomit after\b|\breconstitut\w+|\bdilut\w+
            2.0 \bhow (?:late|long after|soon after)\b
            2.0 \b(?:contacts?|contact lens\w*)\b
            2.0 \bcomo (?:se )?(?:toma|aplica|inyecta|usa)\w*\b
            1.5 \bempty stomach\b|\bwith(?:out)? food\b|\bbefore (?:or after )?(?:eating|meals?|breakfast|food)\b|\bafter eating\b
            1.5 \bdrive home\b|\bstay at the clinic\b
        """,
        "routes": r"""
            dosage_and_administration 1.0
            instructions_for_use 0.5
            information_for_patients 0.5
            spl_patient_package_insert 0.5
            spl_medguide 0.5
            patient_medication_information 0.5
            warnings_and_cautions 0.3
            warnings 0.3
            boxed_warning 0.3
            clinical_pharmacology 0.2
            pharmacokinetics 0.2
            dosage_forms_and_strengths 0.2
            how_supplied 0.2
            description 0.2
        """,
        "value": r"\badminister|\bswallow|\binject|\btake[ns]?\b|\bapply|\binfus|\bwith (?:or without )?food|\bcrush|\bchew|\bopen",
        "prime": r"\bshould be (?:taken|administered|swallowed|given|injected|applied)\b|^(?:administer|take|swallow|inject|apply|instill|infuse|inhale|use)\b|\bwith or without food\b",
        "then": "dose missed_dose storage",
    },
    "injection_site": {
        "heading": "Where is {drug} injected?",
        "ask": "Where is {drug} injected?",
        "cues": r"""
            6.0 \b(?:where|what (?:part|area|place|muscle)|which (?:part|area|muscle|site|place))\b.{0,40}\b(?:inject|injected|jab|shot|stick|give|put|poke)
            6.0 \binject(?:ion|able|ing)? (?:sites?|spots?|areas?|places?|locations?)\b(?! (?:reaction|pain|redness|swelling))
        """,
        "routes": r"""
            dosage_and_administration 1.0 inject|intramuscular|subcutaneous|site
            instructions_for_use 0.7 inject|site
            spl_medguide 0.5 inject
            spl_patient_package_insert 0.5 inject
        """,
        "value": r"\b(?:abdomen|stomach|thigh|upper arm|buttocks?|gluteal|deltoid|arm|belly|scalp|vastus)\b",
        "prime": r"\b(?:abdomen|thigh|upper arm|gluteal|deltoid|buttocks?)\b.{0,60}\b(?:abdomen|thigh|upper arm|gluteal|deltoid|buttocks?|or|and)\b|\binto the\b",
        "then": "administration storage",
    },
    "swallowing": {
        "heading": "Can {drug} be crushed, split, chewed or opened?",
        "ask": "Can {drug} be crushed, split or opened?",
        "cues": r"""
            5.5 \b(?:crush|chew|cut(?=.{0,50}\b(?:half|halves|pills?|tablets?|capsules?|patch|it|them|up)\b)|split|break|broken|bite|open(?:ed)? (?:the|my|up|it|a|one)|opened?|sprinkl\w+|dissolv\w+|dispers\w+|swallow(?:ed|ing)? (?:it |them )?(?:whole)?|halv\w+|in half|feeding tube|ng tube|g-?tube|nasogastric|gastric tube|applesauce|pudding|grind|mash|chop|snap)(?:ed|s|ing)?\b(?! (?:bottle|vial|pen))
        """,
        "routes": r"""
            dosage_and_administration 1.0 whole|crush|chew|split|break|open|sprinkl|dissol|dispers|swallow|divid|scored|tube|applesauce
            spl_patient_package_insert 0.8 whole|crush|chew|split|break|open|sprinkl|dissol|dispers|swallow|tube|applesauce
            spl_medguide 0.8 whole|crush|chew|split|break|open|sprinkl|dissol|dispers|swallow|tube|applesauce
            information_for_patients 0.75 whole|crush|chew|split|break|open|sprinkl|dissol|dispers|swallow|tube
            patient_medication_information 0.75 whole|crush|chew|split|break|open|sprinkl|swallow
            boxed_warning 0.7 crush|chew|dissol|whole
            warnings_and_cautions 0.5 crush|chew|dissol|whole
            instructions_for_use 0.6 whole|crush|chew|split|open|sprinkl|dissol|tube
            dosage_forms_and_strengths 0.4 scored|divid
            how_supplied 0.4 scored|whole|crush
            clinical_pharmacology 0.3 crush|whole|sprinkl
            pharmacokinetics 0.3 crush|whole|sprinkl
        """,
        "value": r"\b(?:whole|crush\w*|chew\w*|split\w*|break|broken|open\w*|sprinkl\w*|dissol\w*|dispers\w*|divided|scored|tube|applesauce)\b",
        "prime": r"\b(?:do not|should not|not be|swallow(?:ed)? whole|may be|can be|should be)\b.{0,60}\b(?:whole|crush\w*|chew\w*|split|break|broken|open\w*|sprinkl\w*|dissol\w*|dispers\w*|divided|swallow\w*)\b|\bwhole\b",
        "then": "food administration",
    },
    "missed_dose": {
        "heading": "What if a dose of {drug} is missed?",
        "ask": "What if a dose of {drug} is missed?",
        "cues": r"""
            5.0 \b(?:miss(?:ed|es|ing)?|forgot(?:ten)?|forget|skip(?:ped)?|late (?:dose|pill|shot|taking|for|on))\b.{0,40}\b(?:dos\w*|pill|tablet|shot|injection|it|take|last night|one|day|week|this morning|patch)\b
            4.5 \bmiss(?:ed|ing)? (?:my|a|the|one|your|an|our|his|her)\b
            4.5 \bmissed\b|\bforgot\b
            4.5 \bolvid\w+\b
        """,
        "routes": r"""
            dosage_and_administration 1.0 miss|forg|skip
            spl_patient_package_insert 0.95 miss|forg|skip
            spl_medguide 0.95 miss|forg|skip
            patient_medication_information 0.95 miss|forg|skip
            information_for_patients 0.9 miss|forg|skip
            instructions_for_use 0.7 miss|forg|skip
            precautions 0.6 miss|forg|skip
            clinical_pharmacology 0.2 miss|forg
        """,
        "value": r"\bmiss(?:ed|es)?\b|\bforg[eo]t|\bas soon as\b|\bskip|\bnext (?:scheduled |regular )?(?:dose|time|day)|\bdouble|\bhours\b",
        "prime": r"\bif (?:a|an|the|you|your|one|more|\w+)\b.{0,50}\b(?:miss|forget|forgot|skip)|\bmiss(?:ed)? (?:a )?dos",
        "then": "dose stopping administration",
    },
    "renal_dose": {
        "heading": "Does kidney function change the dose of {drug}?",
        "ask": "Is the dose of {drug} changed in kidney disease?",
        "cues": r"""
            4.0 \brenal\w*|\bkidneys?\b|\bcrcl\b|\bcreatinine\b|\begfr\b|\bgfr\b|\bdialysis\b|\besrd\b|\bckd\b|\bh(?:a?e)modialysis\b
            4.0 \brenal\b|\brinon\w*\b
        """,
        "routes": r"""
            dosage_and_administration 1.0 renal|kidney|creatinine|crcl|clcr|gfr|dialysis
            use_in_specific_populations 0.95 renal|kidney|creatinine|crcl|clcr|gfr|dialysis
            warnings_and_cautions 0.6 renal|kidney|creatinine|gfr|dialysis
            contraindications 1.0 renal|kidney|creatinine|gfr|dialysis
            warnings 0.5 renal|kidney|creatinine|gfr
            precautions 0.6 renal|kidney|creatinine|gfr
            general_precautions 0.6 renal|kidney|creatinine
            pharmacokinetics 0.5 renal|kidney|creatinine|gfr|dialysis
            clinical_pharmacology 0.5 renal|kidney|creatinine|gfr|dialysis
            spl_medguide 0.2 kidney
            do_not_use 0.4 kidney
            ask_doctor 0.5 kidney
        """,
        "value": r"\bavoid|\bnot recommended|\bno (?:dos\w+ )?adjust|\b(?:dose|dosage)\b|\breduc|\bcontraindicated|\b\d+\s*m[lL]/min|\bevery \d+ hours|\bmg\b",
        "prime": r"\b(?:severe|moderate|mild)\b.{0,40}\brenal impairment\b|\b(?:avoid|not recommended|reduce|no dos\w+ adjustment)\b|\b\d+ ?m[lL]/min",
        "then": "dose hepatic_dose",
    },
    "hepatic_dose": {
        "heading": "Does liver function change the dose of {drug}?",
        "ask": "Is the dose of {drug} changed in liver disease?",
        "cues": r"""
            4.0 \bhepatic (?:impairment|insufficiency|dos\w+|adjust\w+|function|failure|disease)\b|\bchild.?pugh\b|\bcirrho\w+|\bliver (?:disease|failure|impairment|problems?|damage patients|dos\w+|function|issues?|cirrhosis|patients?)\b|\bbad liver\b|\bhepatic\b
            2.5 \bliver\b|\bhigado\b
        """,
        "routes": r"""
            dosage_and_administration 1.0 hepatic|liver|child|cirrho
            use_in_specific_populations 0.95 hepatic|liver|child|cirrho
            contraindications 1.0 hepatic|liver|child|cirrho
            warnings_and_cautions 0.6 hepatic|liver|child|cirrho
            warnings 0.5 hepatic|liver|cirrho
            precautions 0.6 hepatic|liver|cirrho
            general_precautions 0.6 hepatic|liver|cirrho
            pharmacokinetics 0.5 hepatic|liver|child|cirrho
            clinical_pharmacology 0.5 hepatic|liver|child|cirrho
            ask_doctor 0.5 liver
        """,
        "value": r"\bavoid|\bnot recommended|\bno (?:dos\w+ )?adjust|\b(?:dose|dosage)\b|\breduc|\bcontraindicated|\bchild|\bmg\b|\b50%",
        "prime": r"\b(?:severe|moderate|mild)\b.{0,40}\bhepatic impairment\b|\b(?:avoid|not recommended|reduce|no dos\w+ adjustment)\b|\bchild.pugh\b",
        "then": "renal_dose monitoring",
    },
    "pediatric": {
        "heading": "Can children use {drug}?",
        "ask": "Can children take {drug}?",
        "cues": r"""
            3.5 \bmenores\b|\bbebes?\b
            3.5 \bp(?:a?e)diatric\w*|\bchild(?:ren)?\b(?!.?pugh)|\bkids?\b|\btoddlers?\b|\binfants?\b|\bbab(?:y|ies)\b|\bteen\w*|\badolescents?\b|\bneonat\w+|\bnewborns?\b|\bpediatrics\b
            3.5 \b\d{1,2}.?(?:year|yr|month|mo)s?.?olds?\b|\bunder (?:age )?\d{1,2}\b|\bminimum age\b|\bhow (?:old|young)\b|\byoungest\b|\bage (?:limit|approved|range)\b
            2.5 \bmy (?:son|daughter|little|kid)\b
            3.5 \bnin[oa]s?\b
        """,
        "routes": r"""
            pediatric_use 1.0
            use_in_specific_populations 0.7 pediatric|child|adolesc
            indications_and_usage 0.75 pediatric|child|adolesc|years|infant
            contraindications 0.75 pediatric|child|adolesc|years|infant
            boxed_warning 0.7 pediatric|child|adolesc|years|infant
            dosage_and_administration 0.6 pediatric|child|adolesc|years|infant|under
            warnings_and_cautions 0.5 pediatric|child|adolesc|infant
            warnings 0.5 pediatric|child|adolesc|infant
            precautions 0.6 pediatric|child
            do_not_use 0.6 child
            spl_medguide 0.3 child
        """,
        "value": r"\bsafety and effectiveness\b|\bestablished\b|\byears\b|\bpediatric\b|\bchildren\b",
        "prime": r"\bsafety and (?:effectiveness|efficacy)\b|\byears of age\b|\bnot (?:been )?established\b|\bcontraindicated\b",
        "then": "dose serious_risks",
    },
    "geriatric": {
        "heading": "What about older people and {drug}?",
        "ask": "Is the dose of {drug} different in older adults?",
        "cues": r"""
            3.5 \belderly\b|\bgeriatric\w*|\bolder (?:adults?|people|patients?|women|men|age)\b|\bseniors?\b|\b(?:over|above) (?:age )?(?:60|65|70|75|80)s?\b|\b(?:65|70|75|80|85|90)[ -]?(?:years?|yr|y/?o|\+)|\baged? (?:65|70|75|80)|\bmy (?:grand\w+)\b|\bdementia\b
            3.5 \bancian[oa]s?\b
        """,
        "routes": r"""
            geriatric_use 1.0
            dosage_and_administration 0.9 geriatric|elderly|65|older
            boxed_warning 0.8 geriatric|elderly|65|older|dementia
            use_in_specific_populations 0.6 geriatric|elderly|65|older
            warnings_and_cautions 0.5 geriatric|elderly|65|older|dementia
            warnings 0.5 geriatric|elderly|65|older
            precautions 0.6 geriatric|elderly|65|older
            pharmacokinetics 0.4 geriatric|elderly|65|older
            clinical_pharmacology 0.4 geriatric|elderly|65|older
        """,
        "value": r"\b65\b|\belderly\b|\bgeriatric\b|\bolder\b|\bmg\b",
        "prime": r"\b65 years\b|\belderly\b|\bgeriatric\b",
        "then": "dose renal_dose serious_risks",
    },
    "pregnancy": {
        "heading": "Can {drug} be used in pregnancy?",
        "ask": "Is {drug} safe in pregnancy?",
        "cues": r"""
            4.5 \bpregnan\w*|\bfetus\b|\bfetal\b|\bunborn\b|\btrimester\b|\bteratogen\w*|\bbirth defects?\b|\bweeks pregnant\b|\bexpecting\b|\btrying to conceive\b|\bttc\b
            4.5 \bembaraz\w+\b|\bciaz\w+\b
        """,
        "routes": r"""
            boxed_warning 1.0 pregnan|fetal|fetus|birth defect|embryo|teratogen
            contraindications 0.95 pregnan|fetal|fetus
            pregnancy 0.95
            use_in_specific_populations 0.6 pregnan|fetal|fetus
            warnings_and_cautions 0.6 pregnan|fetal|fetus|embryo|teratogen
            pregnancy_or_breast_feeding 1.0
            warnings 0.8 pregnan|fetal|fetus|teratogen
            precautions 0.8 pregnan|fetal|fetus
            teratogenic_effects 0.9
            risks 0.6
            spl_medguide 0.4 pregnan|unborn
            spl_patient_package_insert 0.4 pregnan|unborn
            information_for_patients 0.3 pregnan|unborn
        """,
        "value": r"\bcan cause fetal\b|\bcontraindicated\b|\bno (?:adequate|available)\b|\bnot (?:be )?(?:use|recommended)|\bavailable data\b|\bdiscontinue\b|\bdata\b|\brisk\b",
        "prime": r"\bcan cause fetal\b|\bno (?:adequate|available|human)\b|\bnot recommended\b|\bcontraindicated\b|\bdiscontinue\b|\bavailable data\b|\bmay cause fetal\b|\binsufficient\b|\bdo not use\b",
        "then": "lactation contraception",
    },
    "lactation": {
        "heading": "Can {drug} be used while breastfeeding?",
        "ask": "Can {drug} be used while breastfeeding?",
        "cues": r"""
            5.5 \bbreast.?fe+d\w*|\blactat\w*|\bnursing\b|\bbreast ?milk\b|\bpump and dump\b|\bpumping\b|\brelative infant dose\b|\bnurse my\b
            5.5 \blactancia\b|\bamamant\w+\b
        """,
        "routes": r"""
            use_in_specific_populations 1.0 lactation|breast|nursing|milk
            nursing_mothers 1.0
            pregnancy_or_breast_feeding 0.9
            precautions 0.8 nursing|breast|milk
            pregnancy 0.5 lactation|breast|milk
            warnings_and_cautions 0.5 breast.?feed|nursing|milk
            warnings 0.6 breast.?feed|nursing|milk
            contraindications 0.6 breast.?feed|nursing
            spl_medguide 0.4 breast.?feed|nursing
            spl_patient_package_insert 0.4 breast.?feed|nursing
            information_for_patients 0.3 breast.?feed|nursing
        """,
        "value": r"\bbreast.?f(?:e|ee)d|\bnot recommended|\bmilk\b|\bnursing\b|\badvise\b|\bhours\b|\bmonths?\b|\bweeks?\b",
        "prime": r"\bnot recommended\b|\badvise\b|\bno (?:data|information)\b|\bnot (?:to )?breast|\bshould not\b|\bdiscontinue\b",
        "then": "pregnancy contraception",
    },
    "contraception": {
        "heading": "Is contraception needed with {drug}?",
        "ask": "Is contraception needed with {drug}?",
        "cues": r"""
            4.5 \bcontracept\w*|\bbirth control\b|\bfertility\b|\binfertil\w*|\bsperm\b|\bcondoms?\b|\bget pregnant after\b|\bconceive\b
        """,
        "routes": r"""
            use_in_specific_populations 1.0 contracept|fertility|reproductive|birth control
            warnings_and_cautions 0.7 contracept|reproductive
            boxed_warning 0.7 contracept|reproductive
            contraindications 0.5 contracept|reproductive
            drug_interactions 0.5 contracept
            pregnancy 0.5 contracept
            dosage_and_administration 0.4 contracept|pregnan
            warnings 0.6 contracept
            precautions 0.6 contracept
            spl_medguide 0.4 birth control|contracept
            spl_patient_package_insert 0.4 birth control|contracept
            information_for_patients 0.4 contracept|birth control
            carcinogenesis_and_mutagenesis_and_impairment_of_fertility 0.3 fertility
        """,
        "value": r"\beffective contraception\b|\bcontracepti\w+\b|\bbirth control\b|\bweeks?\b|\bmonths?\b|\bfertility\b",
        "prime": r"\beffective contraception\b|\bcontracepti\w+\b.{0,80}\b(?:week|month|day)",
        "then": "pregnancy lactation",
    },
    "boxed_warning": {
        "heading": "What is the boxed warning of {drug}?",
        "ask": "Does {drug} have a boxed warning?",
        "cues": r"""
            5.0 \brecuadro negro\b|\badvertencia (?:recuadrada|de recuadro)\b
            6.0 \b(?:black|boxed)[ -]?(?:box)?(?:ed)?[ -]?warnings?\b|\bblack ?box\b|\bbbw\b|\bboxed\b
        """,
        "routes": r"""
            boxed_warning 1.0
        """,
        "value": r"\bWARNING\b|\brisk\b|\bincreas|\bfatal\b|\bcause",
        "prime": r"\b(?:increas\w+|fatal|death|serious|life-threatening|can cause|risk)\b",
        "then": "serious_risks contraindications",
    },
    "serious_risks": {
        "heading": "What are the serious risks of {drug}?",
        "ask": "What are the serious risks of {drug}?",
        "cues": r"""
            2.5 \bwarnings?\b|\bprecautions?\b|\bdanger\w*|\bserious\b|\brisks?\b|\bcomplications?\b|\blong.?term (?:effects?|side effects?|risks?)\b|\bhazard\w*
            1.5 \bsafe\b|\bsafety\b|\bconcerns?\b|\bproblems?\b|\bok if\b
            2.0 \ballerg\w+|\blatex\b|\bvaccin\w+|\bsurgery\b|\binterrupt\b|\bcutoff\b
            2.0 \briesgos?\b|\badvertencias?\b
        """,
        "routes": r"""
            warnings_and_cautions 1.0
            boxed_warning 0.95
            warnings 1.0
            precautions 0.7
            general_precautions 0.7
            contraindications 0.6
            do_not_use 0.6
            stop_use 0.5
            adverse_reactions 0.4
            dosage_and_administration 0.3
            information_for_patients 0.2
            spl_medguide 0.35
            how_supplied 0.2
        """,
        "value": r"\brisk\b|\bserious\b|\bfatal\b|\bmonitor\b|\bdiscontinue\b|\bavoid\b|\b\d[\d.]*%",
        "prime": r"\bcan cause\b|\bhave (?:been reported|occurred)\b|\bincreased? (?:the )?risk\b|\brisk of\b",
        "then": "boxed_warning side_effects contraindications",
    },
    "contraindications": {
        "heading": "Who should not use {drug}?",
        "ask": "Who should not take {drug}?",
        "cues": r"""
            4.0 \bquien(?:es)? no debe\w*\b
            4.0 \bcontra.?indicat\w*|\bwho (?:should|shouldn't|should not|can't|cannot|can not|must not)\b|\bshouldn'?t (?:i |you |one |patients? )?take\b|\bnot (?:be )?(?:take|use|given)\b
            3.0 \ballergic to\b.{0,40}\bcan\b|\bcan .{0,50}\ballerg\w+
            2.2 \b(?:can|should|may|could) (?:i|she|he|we|they|my \w+|someone|a patient|patients)\b.{0,12}\b(?:take|use|be on|have|get)\b(?!.{0,40}\bwith\b)
            3.0 \bcontraindica\w+\b
        """,
        "routes": r"""
            contraindications 1.0
            do_not_use 1.0
            warnings_and_cautions 0.4
            warnings 0.6
            boxed_warning 0.4
            ask_doctor 0.4
            spl_medguide 0.35 do not (?:take|use)|who should not
            spl_patient_package_insert 0.35 do not (?:take|use)|who should not
        """,
        "value": r"\bcontraindicated\b|\bshould not\b|\bdo not\b|\bhypersensitivity\b",
        "prime": r"\bcontraindicated\b|\bdo not use\b",
        "then": "serious_risks interactions",
    },
    "side_effects": {
        "heading": "What are the side effects of {drug}?",
        "ask": "What are the common side effects of {drug}?",
        "cues": r"""
            3.5 \b(?:side|undesirable|unwanted|adverse|bad).?effects?\b|\badverse (?:reactions?|effects?|events?)\b|\baes?\b|\bsides\b|\breactions?\b
            3.0 \befectos (?:secundarios|adversos)\b|\bskutki uboczne\b
            3.2 \bhow (?:common|many people|often|likely|frequent)\b.{0,60}\b(?:get|have|happen\w*|occur\w*|cause|experience|side|common|see|seen|is it|are)\b
            2.0 \bincidence\b|\brate of\b|\bpercent(?:age)? (?:of|get)\b
            2.0 \bwhat (?:happens|will i feel|to expect)\b
        """,
        "routes": r"""
            adverse_reactions 1.0
            warnings_and_cautions 0.5
            warnings 0.55
            stop_use 0.6
            when_using 0.7
            spl_medguide 0.5 side effect
            spl_patient_package_insert 0.5 side effect
            boxed_warning 0.3
            precautions 0.4
            clinical_studies 0.2
        """,
        "value": r"\bmost (?:common|frequent)|\bcommon(?:ly)? (?:adverse|reported|side)|\bincidence\b|[≥>]\s?\d+\s?%|\b\d[\d.]*\s?%",
        "prime": r"\bmost (?:common|frequent|commonly|frequently)\b|\bcommon (?:adverse|side)\b",
        "then": "serious_risks boxed_warning",
    },
    "does_x_cause_y": {
        "heading": "Is this a labelled effect of {drug}?",
        "ask": "What are the common side effects of {drug}?",
        "cues": r"""
            3.6 \b(?:does|do|can|could|will|did|is|may|might)\b.{1,60}\b(?:cause[sd]?|causing|make (?:you|me|your|people|my|him|her)|makes|give (?:you|me)|lead to|trigger|produce|affect|raise|lower|increase|decrease|damage|hurt|stunt|induce|worsen)\b
            3.0 \b(?:side effect|reaction) (?:of|from|at|with)\b
            2.5 \bcaus(?:e[sd]?|ing)\b
            2.2 \b(?:making|made|makes|gives?|giving) (?:me|you|my|him|her)\b
            2.0 \bdue to\b|\bbecause of\b|\bfrom (?:taking|using)\b
            3.0 \bprovoca\b|\bcausa\b
        """,
        "routes": r"""
            warnings_and_cautions 1.0
            adverse_reactions 1.0
            boxed_warning 0.95
            warnings 1.0
            precautions 0.8
            general_precautions 0.8
            contraindications 0.4
            geriatric_use 0.6
            use_in_specific_populations 0.4
            pharmacodynamics 0.4
            clinical_pharmacology 0.3
            drug_interactions 0.3
            information_for_patients 0.5
            spl_medguide 0.5
            spl_patient_package_insert 0.5
            stop_use 0.6
            when_using 0.6
            overdosage 0.1
            clinical_studies 0.2
        """,
        "value": r"\b\d[\d.]*\s?%|\breported\b|\bcan cause\b|\brisk\b|\bincidence\b|\boccurred\b|\bpatients\b",
        "prime": r"\breported\b|\boccurred\b|\b(?:can|may) cause\b|\bincidence\b",
        "then": "side_effects serious_risks",
    },
    "interactions": {
        "heading": "What interacts with {drug}?",
        "ask": "Which medicines interact with {drug}?",
        "cues": r"""
            3.5 \binteract\w*|\bddis?\b
            3.0 \b(?:combin\w+|mix(?:ed|ing)?|together|along(?:side)?|concomitant\w*|co-?administ\w+|same time)\b
            2.5 \b(?:take|taking|use|using|give|given|have|drink)\b.{0,50}\bwith\b
            2.5 \bmess with\b|\bwhile (?:on|taking)\b
            3.0 \binteraccion\w*\b|\bcon otros medicamentos\b
            1.5 \bcyp\w*\b|\bp-?gp\b
        """,
        "routes": r"""
            drug_interactions 1.0
            contraindications 0.9
            boxed_warning 0.85
            warnings_and_cautions 0.8
            dosage_and_administration 0.6 concomitant|coadminist|interact|inhibitor|inducer|antacid|with
            warnings 0.7
            precautions 0.7
            ask_doctor_or_pharmacist 0.8
            clinical_pharmacology 0.3 interact
            pharmacokinetics 0.3 interact
            information_for_patients 0.3
            spl_medguide 0.3
            spl_patient_package_insert 0.3
            do_not_use 0.8
            ask_doctor 0.5
        """,
        "value": r"\bavoid\b|\bcontraindicated\b|\bincreas|\bdecreas|\bmonitor\b|\bconcomitant|\bcoadminist|\binhibitors?\b|\binducers?\b|\breduce\b|\bhours\b",
        "prime": r"\bavoid\b|\bcontraindicated\b|\bconcomitant(?:ly)?\b|\bcoadminist\w+|\bmonitor\b|\breduce\b|\bat least \d",
        "then": "contraindications serious_risks",
    },
    "alcohol": {
        "heading": "Can one drink alcohol with {drug}?",
        "ask": "Can one drink alcohol with {drug}?",
        "cues": r"""
            5.5 \balcohol\w*|\bbeers?\b|\bwine\b|\bdrink(?:ing|s)?\b(?! (?:water|milk|juice|grapefruit|coffee|clear|fluids?|liquids?|enough|plenty|lots|it))|\bliquor\b|\bbooze\b|\bdrunk\b|\bvodka\b|\bcocktails?\b
        """,
        "routes": r"""
            drug_interactions 1.0 alcohol|ethanol
            warnings_and_cautions 0.95 alcohol|ethanol
            boxed_warning 0.9 alcohol|ethanol
            warnings 0.9 alcohol|ethanol|drink
            contraindications 0.9 alcohol|ethanol
            information_for_patients 0.9 alcohol|ethanol
            precautions 0.8 alcohol|ethanol
            spl_medguide 0.8 alcohol|drink
            spl_patient_package_insert 0.8 alcohol|drink
            dosage_and_administration 0.7 alcohol
            clinical_pharmacology 0.5 alcohol|ethanol
            pharmacokinetics 0.5 alcohol|ethanol
            pharmacodynamics 0.5 alcohol|ethanol
            when_using 0.9 alcohol
            ask_doctor 0.6 alcohol
            overdosage 0.1 alcohol
        """,
        "value": r"\balcohol\w*|\bethanol\b",
        "prime": r"\b(?:avoid|not|do not|should|limit|increase)\b",
        "then": "interactions serious_risks",
    },
    "food": {
        "heading": "Does food matter with {drug}?",
        "ask": "Should {drug} be taken with food?",
        "cues": r"""
            4.2 \bgrapefruit\b|\bfood\b|\bfatty\b|\bmeals?\b|\bempty stomach\b|\bmilk\b|\bdairy\b|\bcoffee\b|\bcaffeine\b|\bdiet\b|\bjuices?\b|\beat(?:ing)?\b|\bcheese\b|\bsnacks?\b|\bbreakfast\b|\bdinner\b|\bfasting\b|\bfoods?\b|\bbanan\w+|\bsalt substitute\b|\bvitamin k\b|\bleafy\b
            4.0 \bcomida\b|\balimentos?\b
        """,
        "routes": r"""
            dosage_and_administration 1.0 food|meal|fat|grapefruit|eat|stomach|milk|dairy|juice|breakfast|fast|diet
            drug_interactions 0.95 food|meal|grapefruit|diet|milk|juice|caffeine|dairy
            warnings_and_cautions 0.7 food|meal|grapefruit|diet|milk|juice
            warnings 0.6 food|meal|grapefruit|diet|milk
            precautions 0.7 food|meal|grapefruit|diet|milk
            information_for_patients 0.7 food|meal|grapefruit|diet|milk
            spl_patient_package_insert 0.7 food|meal|grapefruit|diet|milk|eat
            spl_medguide 0.7 food|meal|grapefruit|diet|milk|eat
            pharmacokinetics 0.6 food|meal|fat|grapefruit
            clinical_pharmacology 0.6 food|meal|fat|grapefruit
            when_using 0.9 food|milk
        """,
        "value": r"\bwith (?:or without )?(?:food|meals?)|\bgrapefruit\b|\bfat-containing\b|\bempty stomach\b|\bregardless of\b|\bfood\b|\bmeal\b",
        "prime": r"\bwith(?:out)? (?:or without )?(?:regard to )?(?:food|meals?)|\bavoid\b|\bshould\b|\bfat-containing\b",
        "then": "administration dose",
    },
    "stopping": {
        "heading": "How is {drug} stopped or interrupted?",
        "ask": "How should {drug} be stopped?",
        "cues": r"""
            4.0 \bretirar\b|\bsuspend\w+\b|\bdejar de\b
            4.0 \bstop(?:ped|ping)?\b|\bdiscontinu\w*|\bwithdraw(?:al|ing)?\b|\btaper\w*|\bcome off\b|\bcoming off\b|\bquit(?:ting)?\b(?! rates?)|\bwean\w*|\bcold turkey\b|\bget off\b|\bgo off\b
            4.5 \b(?:held|hold|interrupt\w*|stop|withheld|withhold|pause)\b.{0,40}\b(?:surgery|procedure|operation|colonoscopy|dental|anesthesia)\b
            3.5 \b(?:before|prior to) .{0,40}\b(?:surgery|procedure|operation)\b
            3.5 \bsuspender\b|\bdejar de tomar\b
        """,
        "routes": r"""
            dosage_and_administration 1.0 discontinu|stop|taper|withdraw|interrupt|surgery|gradual|held|withhold|reduce|hold
            boxed_warning 0.95 discontinu|stop|taper|withdraw|abrupt|gradual|cessation
            warnings_and_cautions 0.9 discontinu|stop|taper|withdraw|interrupt|surgery|abrupt|gradual|cessation
            warnings 0.85 discontinu|stop|taper|withdraw|abrupt|gradual|cessation|surgery
            precautions 0.7 discontinu|stop|taper|withdraw|abrupt
            dependence 0.7
            drug_abuse_and_dependence 0.6 withdraw|taper|abrupt
            information_for_patients 0.5 discontinu|stop|abrupt|withdraw
            spl_medguide 0.5 stop|withdraw
            spl_patient_package_insert 0.5 stop|withdraw
            adverse_reactions 0.3 discontinu|withdraw
        """,
        "value": r"\bgradual\w*|\btaper|\babrupt|\bdiscontinue[ds]?\b|\bdays? (?:before|prior)|\bhours? (?:before|prior)|\bat least\b|\bwithdraw",
        "prime": r"\bgradual\w*|\btaper|\babrupt\w*|\b(?:days?|hours?|weeks?) (?:before|prior)|\bprior to\b.{0,40}\bsurgery\b|\binterrupt",
        "then": "missed_dose serious_risks",
    },
    "monitoring": {
        "heading": "What should be monitored with {drug}?",
        "ask": "What should be monitored with {drug}?",
        "cues": r"""
            4.0 \bmonitor\w*|\blabs?\b|\blab tests?\b|\bblood (?:tests?|work|counts?)\b|\bcbc\b|\blfts?\b|\bliver (?:tests?|enzymes?)\b|\beye exams?\b|\bbaseline\b|\bcheck(?:ed|ing)? (?:my|blood|levels?|for)\b|\bscreen(?:ing|ed)?\b|\btest(?:ed|ing)? before\b|\bechocardiogram\b|\becg\b|\bekg\b|\binr\b|\btherapeutic (?:level|range)\b|\btrough\b
        """,
        "routes": r"""
            dosage_and_administration 1.0 monitor|test|assess|measure|obtain|screen|evaluat|check|exam|baseline
            warnings_and_cautions 1.0 monitor|test|assess|measure|obtain|screen|evaluat|check|exam|baseline
            boxed_warning 0.9 monitor|test|assess|measure|obtain|screen|evaluat|check|exam
            warnings 0.95 monitor|test|assess|measure|obtain|screen|evaluat|check|exam|baseline|risk
            precautions 0.8 monitor|test|assess|measure|obtain|exam
            laboratory_tests 0.9
            drug_interactions 0.4 monitor
            information_for_patients 0.3 monitor|test
        """,
        "value": r"\bmonitor|\bbaseline\b|\bprior to\b|\bbefore\b|\bevery\b|\bmonthly\b|\bperiodic|\bannual|\bdays?\b|\bweeks?\b|\bmonths?\b",
        "prime": r"\bmonitor\b|\bobtain\b|\bperform\b|\bassess\b|\bmeasure\b|\bprior to\b",
        "then": "serious_risks dose",
    },
    "controlled_substance": {
        "heading": "Is {drug} a controlled substance?",
        "ask": "Is {drug} a controlled substance?",
        "cues": r"""
            6.0 \bcontrolled\b|\bschedule (?:i{1,3}v?|iv|v|[1-5]|2|3|4|5)\b|\bdea\b|\bscheduled\b|\bnarcotic\b|\b(?:drug )?schedule\??$|\brefills?\b
        """,
        "routes": r"""
            controlled_substance 1.0
            drug_abuse_and_dependence 1.0 controlled|schedule
            boxed_warning 0.2 schedule
            description 0.2 schedule
            warnings_and_cautions 0.3 schedule|controlled substance
            package_label_principal_display_panel 0.3 \bC-?I[IV]*\b|CI[IV]+
        """,
        "value": r"\bschedule [IV]+\b|\bnot a controlled\b|\bcontrolled substance\b",
        "prime": r"\b(?:schedule [IV]+|not (?:a )?(?:controlled|scheduled))\b",
        "then": "abuse stopping",
    },
    "abuse": {
        "heading": "Can {drug} be misused or cause dependence?",
        "ask": "Can {drug} cause dependence?",
        "cues": r"""
            4.0 \babuse\w*|\baddict\w*|\bdependen\w+|\bhabit.?forming\b|\bmisuse\b
        """,
        "routes": r"""
            abuse 1.0
            dependence 1.0
            drug_abuse_and_dependence 1.0
            boxed_warning 0.8 abuse|misuse|addict|depend
            warnings_and_cautions 0.7 abuse|misuse|addict|depend
            warnings 0.7 abuse|misuse|addict|depend
            spl_medguide 0.3 abuse|addict|depend
        """,
        "value": r"\babuse\b|\bmisuse\b|\bdependence\b|\baddiction\b",
        "prime": r"\babuse\b|\bdependence\b",
        "then": "controlled_substance stopping",
    },
    "overdose": {
        "heading": "What does the label say about overdose of {drug}?",
        "ask": "What happens in an overdose of {drug}?",
        "cues": r"""
            4.5 \bsobredosis\b
            5.0 \boverdos\w*|\boverdosage\b|\btoo many\b|\bantidote\b|\breversal agent\b|\breverse\b|\bingest(?:ed|ion)\b|\bsobredosis\b
        """,
        "routes": r"""
            overdosage 1.0
            warnings 0.4 overdose
            warnings_and_cautions 0.4 overdose|revers
            boxed_warning 0.2 overdose
            keep_out_of_reach_of_children 0.7
            spl_medguide 0.3 too much|overdose
            spl_patient_package_insert 0.3 too much|overdose
            clinical_pharmacology 0.1 revers
        """,
        "value": r"\boverdos|\bantidote\b|\bpoison\b|\bmanage|\btreat|\breversal\b|\bhemodialysis\b|\bsymptom",
        "prime": r"\boverdos|\bantidote\b|\bmanage|\bin case of\b|\breversal\b",
        "then": "serious_risks max_dose",
    },
    "half_life": {
        "heading": "What is the half-life of {drug}?",
        "ask": "What is the half-life of {drug}?",
        "cues": r"""
            5.0 \bvida media\b|\bsemivida\b
            6.0 \bhalf.?li(?:fe|ves)\b|\bt ?1/2\b|\bvida media\b|\bsemivida\b
        """,
        "routes": r"""
            pharmacokinetics 1.0
            clinical_pharmacology 0.9
            description 0.1
            overdosage 0.15 half
            pharmacodynamics 0.2 half
            use_in_specific_populations 0.1 half
            drug_interactions 0.05 half
        """,
        "value": r"\bhalf-?\s?li(?:fe|ves)\b|\bt\s?1/2|\bt½",
        "prime": r"\bhalf-?\s?li(?:fe|ves)\b.{0,120}\d|\d.{0,60}\bhalf-?li(?:fe|ves)\b|\bt\s?1/2.{0,60}\d",
        "needs": r"\bhalf-?\s?li(?:fe|ves)\b|\bt\s?(?:1/2|½)|\bt(?:1/2|½)|\beliminat",
        "then": "mechanism dose",
    },
    "pharmacokinetics": {
        "heading": "How does the body handle {drug}?",
        "ask": "How is {drug} metabolized and excreted?",
        "cues": r"""
            4.0 \bmetaboli[sz]\w*|\bexcret\w*|\bprotein.b(?:ind|ound)\w*|\bbioavailab\w*|\bvolume of distribution\b|\bpharmacokinetics?\b
            3.0 \babsor(?:b|pt)\w*|\bclearance\b|\bcleared by\b|\bbroken down\b|\bprodrug\b|\bdialyz\w*|\b(?:which|what) (?:enzyme|cyp)\w*
            3.5 \bmetaboliza\w*|\bse elimina\b
        """,
        "routes": r"""
            pharmacokinetics 1.0
            clinical_pharmacology 0.95
            description 0.2
            drug_interactions 0.3 metaboli|substrate|cyp
            overdosage 0.3 dialy
        """,
        "value": r"\bmetaboli|\bexcret|\beliminat|\bbound\b|\bbinding\b|\bbioavailab|\babsor|\bcyp\d",
        "prime": r"\bmetaboli[sz]ed\b|\bmetabolism\b|\bexcreted\b|\beliminated\b|\bbound to\b|\bprotein binding\b|\bbioavailability\b|\brecovered\b",
        "needs": r"\bmetaboli|\bexcret|\beliminat|\bbound\b|\bbinding\b|\bbioavailab|\babsor|\bclear|\bcyp\d|\bdistribut|\bconcentration|\bplasma\b|\bdialy|\brecovered\b",
        "then": "half_life interactions",
    },
    "fertility": {
        "heading": "Does {drug} affect fertility?",
        "ask": "Does {drug} affect fertility?",
        "cues": r"""
            4.5 \bfertil\w*|\binfertil\w*|\bsteril(?:e|ity)\b|\bsperm\w*|\bhave (?:kids|children|babies)\b|\bovarian function\b|\bfertilidad\b
        """,
        "routes": r"""
            use_in_specific_populations 1.0 fertil|sperm|ovar|amenorr|menstrua|gonad|testic|menopause
            warnings_and_cautions 0.9 fertil|sperm|ovar|amenorr|gonad|testic|menopause
            warnings 0.9 fertil|sperm|ovar|amenorr|gonad|testic|menopause
            precautions 0.8 fertil|sperm|ovar|amenorr|gonad|testic|menopause
            pregnancy 0.5 fertil|sperm
            adverse_reactions 0.4 fertil|sperm|amenorr
            spl_medguide 0.6 fertil|have children|father
            spl_patient_package_insert 0.6 fertil|have children|father
            information_for_patients 0.6 fertil
            nonclinical_toxicology 0.45 fertil|sperm
            carcinogenesis_and_mutagenesis_and_impairment_of_fertility 0.5 fertil|sperm
        """,
        "value": r"\bfertil|\bsperm|\bovar",
        "prime": r"\b(?:may|can|could) (?:impair|reduce|affect|compromise|cause)\b|\bimpair\w*\b.{0,40}\bfertil|\bno (?:data|effect|information|adverse)\b",
        "then": "contraception pregnancy",
    },
    "pharmacogenomics": {
        "heading": "Do genes change how {drug} works?",
        "ask": "Does genetic testing matter for {drug}?",
        "cues": r"""
            5.0 \bpharmacogen\w*|\bpgx\b|\bgenotyp\w*|\b(?:poor|slow|rapid|ultrarapid|intermediate) metaboli[sz]ers?\b|\bslow acetylat\w*|\bgenetic (?:test\w*|variant\w*)|\bgene test\w*|\bpolymorphi\w*
            4.0 \bhla\b|\bhla-?[ab]\b|\bcyp2(?:d6|c19|c9) (?:poor|status|geno\w*|deficien\w*)|\bg6pd\b|\btpmt\b|\bdpd\b|\bnudt15\b|\bugt1a1\b|\bvkorc1\b
        """,
        "routes": r"""
            pharmacogenomics 1.0
            boxed_warning 0.9 metaboli[sz]er|genotyp|allele|hla-|polymorphi|g6pd|deficien
            dosage_and_administration 0.9 metaboli[sz]er|genotyp|allele|hla-|g6pd|tpmt|nudt15|dpd|dpyd|ugt1a1|biomarker|mutation
            warnings_and_cautions 0.95 metaboli[sz]er|genotyp|allele|hla-|polymorphi|g6pd|tpmt|nudt15|dpd|dpyd|ugt1a1
            warnings 0.95 metaboli[sz]er|genotyp|allele|hla-|polymorphi|g6pd|tpmt|nudt15|dpd|dpyd|ugt1a1
            contraindications 0.9 metaboli[sz]er|genotyp|allele|hla-|g6pd|deficien
            precautions 0.8 metaboli[sz]er|genotyp|allele|hla-|polymorphi|g6pd|acetylat
            drug_interactions 0.6 metaboli[sz]er|genotyp
            pharmacokinetics 0.8 metaboli[sz]er|genotyp|allele|polymorphi|acetylat
            clinical_pharmacology 0.8 metaboli[sz]er|genotyp|allele|polymorphi|acetylat
            use_in_specific_populations 0.7 metaboli[sz]er|genotyp|g6pd
            indications_and_usage 0.5 mutation|biomarker|fda-approved test
        """,
        "value": r"\bmetaboli[sz]ers?\b|\bgenotyp|\ballele|\bhla-|\bg6pd\b|\bpolymorphi|\bdeficien",
        "prime": r"\b(?:poor|intermediate|ultrarapid|slow)\b.{0,60}\d|\bhigher\b|\btest(?:ed|ing)?\b|\bscreen\w*|\brisk\b|\breduce\b",
        "then": "dose serious_risks",
    },
    "rems": {
        "heading": "Is {drug} under a REMS?",
        "ask": "Is there a REMS for {drug}?",
        "cues": r"""
            6.0 \brems\b|\brisk evaluation and mitigation\b|\brestricted (?:program|distribution)\b
            3.0 \benrol\w*|\bcertified (?:pharmac\w*|prescriber\w*|cent\w+)\b
        """,
        "routes": r"""
            boxed_warning 0.95 rems|risk evaluation|restricted
            warnings_and_cautions 1.0 rems|risk evaluation|restricted
            warnings 0.95 rems|risk evaluation|restricted
            dosage_and_administration 0.5 rems|risk evaluation|enrol
            information_for_patients 0.6 rems|risk evaluation
            spl_medguide 0.5 rems|risk evaluation
        """,
        "value": r"\brems\b|\brisk evaluation\b",
        "prime": r"\bonly through\b|\bmust\b|\benrol|\bcertified\b|\brequire[sd]?\b|\bprograms?\b",
        "then": "serious_risks boxed_warning",
    },
    "time_in_system": {
        "heading": "How long does {drug} stay in the body?",
        "ask": "How long does {drug} stay in the body?",
        "cues": r"""
            5.0 \bcuanto tiempo (?:permanece|dura|queda)\b
            5.5 \bhow long .{0,60}\b(?:(?:stays?|remains?) (?:in|around|active)|in (?:my|your|the|his|her) (?:system|body|blood)|leave|wear off|last in|out of|get out|clear|be gone|linger)\b
            5.0 \b(?:out of|leave|stay in|clear(?:ed)? from|in) (?:my|your|the) (?:system|body|blood\w*)\b
            4.0 \bwash.?out\b|\bcleared?\b|\beliminat\w+|\bexcret\w+
            3.5 \bhow long (?:does|do|will|is) .{1,40} last\b|\bduration of (?:action|effect)\b
        """,
        "routes": r"""
            pharmacokinetics 1.0
            clinical_pharmacology 0.9
            pharmacodynamics 0.5
            use_in_specific_populations 0.2 half
            overdosage 0.2 half|elimin
        """,
        "value": r"\bhalf-?\s?li(?:fe|ves)\b|\bremain(?:s)? (?:present |detectable )?in|\bpresent in the circulation\b|\bafter the last dose\b|\bwashout\b|\bduration\b",
        "prime": r"\bhalf-?\s?li(?:fe|ves)\b.{0,120}\d|\d.{0,60}\bhalf-?li(?:fe|ves)\b|\bt\s?1/2.{0,60}\d|\bpresent in the circulation\b|\bafter the last dose\b",
        "needs": r"\bhalf-?\s?li(?:fe|ves)\b|\beliminat|\bexcret|\bdetect|\bclear(?:ed|ance)\b|\bpersist|\bremain|\blast dose\b|\bcirculation\b|\brecover|\b\d+ (?:hours?|days?|weeks?|months?)\b",
        "then": "stopping dose",
    },
    "onset": {
        "heading": "How soon does {drug} work?",
        "ask": "How soon does {drug} work?",
        "cues": r"""
            4.5 \bcuanto tarda\b|\bcuando (?:empieza|hace efecto)\b
            5.0 \bhow (?:long|soon|fast|quick\w*|many (?:days|weeks|hours))\b.{0,60}\b(?:work|works|kick in|take effect|til|till|until|to see|brings?|start(?:s|ed)? working|feel|effect|relief|lower|raise|bring|respond)\w*\b
            5.0 \bonset\b|\bkick in\b|\btakes? effect\b|\bstarts? working\b|\bpeak(?:s)?\b|\btmax\b
            2.0 \bhow fast\b|\bhow quickly\b
        """,
        "routes": r"""
            pharmacodynamics 1.0
            clinical_pharmacology 0.9
            pharmacokinetics 0.8
            clinical_studies 0.6
            dosage_and_administration 0.6
            mechanism_of_action 0.3
            indications_and_usage 0.3
            information_for_patients 0.3
        """,
        "value": r"\bonset\b|\bwithin \d|\bpeak\b|\bmaxim(?:um|al) (?:effect|plasma|concentration|antihypertensive|response)|\bT ?max\b|\bhours?\b|\bweeks?\b|\bminutes\b|\beffect",
        "prime": r"\bonset\b|\bwithin \d+|\bmaxim(?:um|al) (?:effect|reduction|blood|antihypertensive)|\bpeak (?:effect|plasma)|\bT ?max\b",
        "needs": r"\bonset\b|\bwithin\b|\bpeak|\bmaxim|\bsteady|\brapid|\b(?:minutes?|hours?|days?|weeks?|months?)\b",
        "then": "half_life efficacy",
    },
    "efficacy": {
        "heading": "How well does {drug} work?",
        "ask": "How well did {drug} work in trials?",
        "cues": r"""
            3.5 \beffective(?:ness)?\b|\befficac\w+|\bhow well\b|\bdoes .{1,40} (?:really |actually )?work\b|\bwork for\b
            3.5 \btrials?\b|\bstud(?:y|ies)\b|\b(?:median )?(?:pfs|os|orr|overall survival|progression.free)\b|\bhazard ratio\b|\bsurvival\b|\bresponse rates?\b|\bremission\b|\bplacebo\b|\bquit rates?\b|\bvs\.? placebo\b|\brelapse rates?\b|\bcut relapses\b
            3.0 \bhow much (?:weight|does|did|do)\b.{0,50}\b(?:lose|lost|loss|cut|reduce|lower|improve|drop|decrease)\w*\b
            1.8 \breduc(?:e|ed|tion)\b|\bimprove\w*|\bresults?\b|\bpain freedom\b|\bbetter than\b|\bpercentage\b
            1.6 \bpatients? (?:who|that|on|in)\b.{0,30}\b(?:achiev|respond|reach)\w*|\bnumbers\b|\bendpoint\b|\barm\b|\bmonths\b.{0,40}\b(?:vs|versus|against|compared)\b
            3.0 \beficaz\b|\befectiv\w+\b
        """,
        "routes": r"""
            clinical_studies 1.0
            indications_and_usage 0.3
            pharmacodynamics 0.25
            clinical_pharmacology 0.3
            microbiology 0.1
        """,
        "value": r"\b\d[\d.]*\s?%|\bmedian\b|\bhazard\b|\breduc|\bstatistically\b|\bplacebo\b|\bmonths\b|\bdifference\b|\bcompared\b|\bsuperior",
        "prime": r"\b\d[\d.]*\s?%.{0,80}\b(?:placebo|compared|versus|vs|than)\b|\bmedian\b.{0,60}\d|\bstatistically significant|\breduc\w+.{0,40}\d[\d.]*%|\bhazard ratio\b|\bchange from baseline\b.{0,80}\d",
        "then": "indication side_effects",
    },
    "ingredients": {
        "heading": "What is in {drug}?",
        "ask": "What are the inactive ingredients of {drug}?",
        "cues": r"""
            4.5 \bingredients?\b|\bexcipients?\b|\binactives?\b|\bcontains?\b|\bcontaining\b|\bcomposition\b|\bmade (?:of|from|with)\b|\bwhat'?s in\b|\bwhat is in\b|\bfillers?\b|\bdyes?\b|\bpreservatives?\b|\bgelatin\b|\bgluten\b|\blactose\b|\bpolysorbate\b|\bcitrate.free\b
            3.0 \bingredientes?\b
        """,
        "routes": r"""
            description 1.0
            inactive_ingredient 1.0
            active_ingredient 0.9
            spl_patient_package_insert 0.6 ingredient
            spl_medguide 0.6 ingredient
            patient_medication_information 0.6 ingredient
            dosage_forms_and_strengths 0.4
            indications_and_usage 0.3
            how_supplied 0.3
            warnings_and_cautions 0.2
            contraindications 0.2
            spl_product_data_elements 0.2
        """,
        "value": r"\bingredients?\b|\bcontains?\b|\bexcipients?\b|\beach (?:mL|tablet|capsule)|\bcombination\b",
        "prime": r"\binactive ingredients?\b|\bactive ingredients?\b|\bcontains?\b|\bfollowing (?:inactive|ingredients)",
        "then": "forms_strengths drug_class",
    },
    "appearance": {
        "heading": "What does {drug} look like?",
        "ask": "What does {drug} look like?",
        "cues": r"""
            4.0 \bde que color\b|\baspecto\b
            5.0 \blooks? like\b|\bcolou?rs?\b|\bimprint\w*|\bshape\b|\bdebossed\b|\bappearance\b|\bpill identif\w*|\bmarking\b
            3.5 \b(?:white|blue|pink|yellow|green|red|orange|purple|round|oval) (?:pill|tablet|capsule)s?\b|\bclear or cloudy\b
        """,
        "routes": r"""
            dosage_forms_and_strengths 1.0
            how_supplied 1.0
            description 0.5
        """,
        "value": r"\b(?:white|blue|pink|yellow|green|red|orange|purple|round|oval|colou?rless|clear|brown|beige|gray|grey|maroon|peach|tan|debossed|imprinted|engraved)\b",
        "prime": r"\b(?:tablets?|capsules?|solution|powder)\b.{0,120}\b(?:white|blue|pink|yellow|green|red|orange|purple|colou?rless|clear|brown|round|oval|debossed|imprinted)",
        "then": "forms_strengths storage",
    },
    "storage": {
        "heading": "How is {drug} stored?",
        "ask": "How should {drug} be stored?",
        "cues": r"""
            4.0 \bguard\w{1,4}\b|\bconserv\w{1,4}\b
            4.5 \bstor(?:e|ed|age|ing)\b|\brefrigerat\w*|\bfridge\b|\broom temp\w*|\bfreez\w*|\btemperature\b|\bshelf.?life\b|\bexpir(?:e|es|ation) (?:after|once|date)\b|\bleft out\b|\bin the heat\b|\bhot car\b|\bprotect from light\b|\bdispos\w+|\bthrow away\b
            4.5 \b(?:open(?:ed)?|unopened|in.?use|out of the fridge|reconstituted|vial|pen)\b.{0,40}\b(?:good for|last|days|how long|hours|keep|stable)\b
            4.0 \bhow (?:many days|long)\b.{0,60}\b(?:good|keep|open(?:ed)?|fridge|stable|use after)\b
            4.0 \balmacen\w+|\bnevera\b
        """,
        "routes": r"""
            storage_and_handling 1.0
            how_supplied 1.0
            spl_patient_package_insert 0.5 stor|refrigerat|room temp
            spl_medguide 0.5 stor|refrigerat|room temp
            instructions_for_use 0.5 stor|refrigerat|room temp|dispos
            dosage_and_administration 0.5 stor|refrigerat|room temp|stable|hours
            other_safety_information 0.9
            information_for_patients 0.4 stor|refrigerat|dispos
            package_label_principal_display_panel 0.3 stor|refrigerat
            references 0.05 stor
        """,
        "value": r"\bstore[ds]?\b|\brefrigerat|\b\d+\s?°|\bfreez|\broom temperature\b|\bdays\b|\bdiscard\b|\bprotect",
        "prime": r"^store|\bstore[ds]? (?:at|in|between|below|the|unopened)|\brefrigerat|\broom temperature\b|\bdiscard\b",
        "needs": r"\bstor(?:e|ed|age|ing)\b|\brefrigerat|\broom temperature\b|\bkeep\b|\bprotect|\bdiscard|\bfr[eo]ez|\btemperature|°|\bexpir|\bstable\b|\bstability\b|\bdispos|\breconstitut|\bthrow\b",
        "then": "administration forms_strengths",
    },
    "manufacturer": {
        "heading": "Who makes {drug}?",
        "ask": "Who makes {drug}?",
        "cues": r"""
            4.5 \bquien (?:fabrica|hace|vende)\b
            5.0 \bwho (?:makes?|made|manufactur\w+|owns?|sells?|markets?|produces?|distributes?)\b|\bmanufactur(?:er|ers|ed|ing)\b|\bmaker\b|\bcompany\b|\blabell?er\b|\bmarketed by\b|\bmade by\b|\bdistribut(?:or|ed)\b|\bfabricante\b
        """,
        "routes": r"""
            package_label_principal_display_panel 0.8 manufactur|distribut|marketed|inc\b|corporation|llc|ltd|pharma|company
            spl_medguide 0.9 manufactur|distribut|marketed
            spl_patient_package_insert 0.9 manufactur|distribut|marketed
            instructions_for_use 0.7 manufactur|distribut|marketed
            information_for_patients 0.8 manufactur|distribut|marketed
            how_supplied 0.9 manufactur|distribut|marketed
            adverse_reactions 0.5 contact|report
            storage_and_handling 0.8 manufactur|distribut|marketed
            spl_unclassified_section 0.8 manufactur|distribut|marketed
            questions 0.4
            description 0.3 manufactur
        """,
        "value": r"\bmanufactured (?:by|for)\b|\bdistributed by\b|\bmarketed by\b|\bInc\b|\bLLC\b|\bCorporation\b|\bcontact\b",
        "prime": r"\b(?:manufactured|distributed|marketed|made) (?:by|for)\b|\bInc\.|\bLLC\b|\bCorporation\b",
        "then": "forms_strengths indication",
    },
    "general": {
        "heading": "What does the label of {drug} say on this?",
        "ask": "What is {drug}?",
        "cues": r"""
            0.1 ^$
        """,
        "routes": r"""
            dosage_and_administration 0.6
            warnings_and_cautions 0.6
            indications_and_usage 0.55
            contraindications 0.55
            boxed_warning 0.6
            drug_interactions 0.55
            use_in_specific_populations 0.5
            adverse_reactions 0.5
            warnings 0.55
            precautions 0.5
            description 0.4
            clinical_pharmacology 0.4
            pharmacokinetics 0.4
            pharmacodynamics 0.4
            clinical_studies 0.4
            how_supplied 0.45
            storage_and_handling 0.45
            information_for_patients 0.4
            spl_medguide 0.4
            spl_patient_package_insert 0.4
        """,
        "then": "indication dose",
    },
    "interaction_pair": {
        "heading": "Can {drug} be taken with this?",
        "ask": "Which medicines interact with {drug}?",
        "cues": r"""
            0.1 \bwith\b
        """,
        "routes": r"""
            contraindications 1.0
            drug_interactions 1.0
            boxed_warning 0.95
            warnings_and_cautions 0.85
            warnings 0.85
            precautions 0.8
            dosage_and_administration 0.7
            ask_doctor_or_pharmacist 0.9
            ask_doctor 0.6
            do_not_use 0.8
            pharmacokinetics 0.5
            clinical_pharmacology 0.5
            information_for_patients 0.4
            spl_medguide 0.4
            spl_patient_package_insert 0.4
            adverse_reactions 0.2
        """,
        "value": r"\bavoid\b|\bcontraindicated\b|\bincreas|\bdecreas|\bmonitor\b|\bconcomitant|\bcoadminist|\brisk\b|\bhours\b|\bnot recommended\b|\breduc|\bfatal\b|\btoxicity\b",
        "prime": r"\bavoid\b|\bcontraindicated\b|\bat least \d|\bnot recommended\b|\bmonitor\b|\breduce\b|\bshould\b|\bincreased risk\b",
        "then": "interactions contraindications",
    },
}

# Asked for often, answered by no loaded source: id -> (cues, what is missing, where such a thing is published).
NOT_IN_SOURCES: dict[str, tuple[str, str, str]] = {
    "price": (
        r"\b(?:price[sd]?|pricing|costs?|coupons?|copay|co-pay|how much (?:is|does|are) .{0,40}(?:cost)?\??$|expensive|cheap\w*|afford\w*|insurance|medicare|medicaid|savings? card|discounts?|goodrx|precio|cuesta)\b",
        "prices, coupons or coverage",
        "The maker's site and a pharmacist can tell today's price.",
    ),
    "buy": (
        r"\b(?:where (?:can|do|could|to) .{0,20}(?:buy|get|order|purchase|find)|buy|order|purchase|samples?|online pharmacy|comprar|otc anywhere)\b",
        "where a product is sold, or samples",
        "A licensed pharmacy dispenses it on prescription; FDA's BeSafeRx pages tell how to check an online pharmacy.",
    ),
    "exclusivity": (
        r"\b(?:patents?|paten|exclusiv\w+|loe|go(?:es|ing)? generic|generics?\b.{0,25}\b(?:available|launch|when|date|competition|entry|version)|generic version|\bgeneric (?:brand|makers?|manufacturers?|companies|applicants?)\b|\b(?:who|which companies|how many)\b.{0,40}\bgenerics?\b|\bgenerics of\b|\bis\b.{0,40}\ba generic(?: drug| medicine| product)?\W*$|(?:when|is there|are there|will|has|does|become|available|launch)\b.{0,60}\bgenerics?|biosimilars?|paragraph iv|patent cliff|lose protection|off.?patent|interchangeable|ab.?rated|orange book|purple book|expir(?:e|es|ed|ation|y)\b)",
        "patents, exclusivity, generics and biosimilars",
        "FDA publishes them in the Orange Book (drugs) and the Purple Book (biologics).",
    ),
    "approval": (
        r"\b(?:when (?:was|did|were) .{1,50}\b(?:approved|approval|come out|launched|released|licensed)|approval (?:date|history|year)|approv\w+ (?:date|year)|fda approval|year .{0,20}approv\w+|(?:approval|approvals|regulatory|submission|fda|label) history|^\W*[\w-]+ history\W*$)(?:\b|$)",
        "approval dates and history",
        "FDA publishes them in Drugs@FDA.",
    ),
    "guideline": (
        r"\b(?:(?<!dosage )(?<!dosing )(?<!dose )guidelines?|first.?line (?:drug|agent|choice)s?\b(?!.{0,30}\bindicat)|standard of care|(?:better|best|right|safest) (?:one |drug |choice |option )?for (?:me|my|us)\b|(?:ada|acc|aha|nccn|idsa|acog|kdigo|nice|esc|aap|cdc|who) recommend\w*|(?:ada|acc|aha|nccn|idsa|acog|kdigo|nice|esc|aap|cdc) (?:guid\w+|say\w*|criteria))",
        "treatment guidelines, or which drug is best for one person",
        "A prescriber or pharmacist can weigh that; the labels tell what each drug is approved for, its risks and doses.",
    ),
    "market": (
        r"\b(?:sales|revenue|market (?:share|size|trends?|context)|stock|earnings|competitors?|suppliers?|api manufacturers?|dmf|lawsuits?|litigation|settlement|paragraph iv)\b",
        "sales, markets, suppliers or lawsuits",
        "Companies report sales to the SEC; courts publish dockets.",
    ),
    "abroad": (
        r"\b(?:in (?:canada|germany|europe|the eu|uk|the uk|india|mexico|australia|japan|china|france|spain|brazil)|canadian|european|ema approv\w+|health canada)\b",
        "what holds in other countries",
        "The loaded documents are those of the US Food and Drug Administration.",
    ),
    "shortage": (
        r"\b(?:shortages?|out of stock|back.?order\w*|unavailable|supply issues?)\b",
        "shortages",
        "FDA publishes current shortages on its drug shortages page.",
    ),
    "recall": (
        r"\b(?:been recalled|recalls?(?: on| of|ed)?)\b(?!.{0,12}\b(?:the|initial|when|what)\b)",
        "recalls",
        "FDA publishes recalls in its enforcement reports.",
    ),
    "withdrawn": (
        r"\b(?:withdrawn|taken off|pull(?:ed)?|banned|removed|yanked)\b.{0,40}\b(?:market|shelves|sale|us|fda)\b|\bwhen .{0,40}\b(?:withdrawn|banned|discontinued by)\b",
        "market withdrawals",
        "FDA announces withdrawals in the Federal Register and Drugs@FDA.",
    ),
    "trials": (
        r"\b(?:clinicaltrials|ongoing trials?|recruiting|pipeline|phase (?:[123]|i{1,3})\b.{0,30}(?:trial|study)s?)\b",
        "running trials",
        "ClinicalTrials.gov lists them.",
    ),
}

"""Random answers scored by the published scorers, for test/golden/answer-scores.json.

python test/parity/answer_scores.py --hotpot hotpot_evaluate_v1.py --search-r1 qa_em.py > test/golden/answer-scores.json

hotpot_evaluate_v1.py: github.com/hotpotqa/hotpot. qa_em.py: github.com/PeterGriffinJin/Search-R1,
verl/utils/reward_score. Both are read as they are; a missing ujson is replaced by json.
"""

import argparse
import importlib.util
import json
import random
import sys
import unicodedata

WORDS = """a an the A The AN yes no noanswer Yes. NO New York City new-york Jean-Luc U.S. US virus 1,000 1000 42 0 St. O'Brien
Bahía bahia naïve café CAFÉ cafe\u0301 Straße STRASSE İstanbul ΣΟΦΟΣ ΟΔΟΣ ǅ ﬁn ½ ² Ⅷ 三 一 東京 Москва МОСКВА قصر שלום हिन्दी ไทย
a\u0301 àa athe thea anthem the_end _a a_ a1 1a a² rock'n'roll "quoted" (paren) [b] {c} <d> a/b a|b ~ ` ^ $ % # @ ! ? , . ; : — – ’ “ ” « » …
🙂 👩‍🚀 \u200bzero\u200b e\u0301a a\u0327""".split()
SPACES = [" ", " ", " ", "  ", "\t", "\n", "\u00a0", "\u2003", "\u3000", "\u0085", "\u001c", "\u001f", "\u180e", "\u200b", "\ufeff", "\u2028", ""]


def load(path, name):
    try:
        import ujson  # noqa: F401
    except ImportError:
        sys.modules["ujson"] = json
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words(random_, count):
    parts = []
    for _ in range(count):
        if random_.random() < 0.1:
            parts.append("".join(chr(random_.choice([random_.randrange(0x20, 0x250), random_.randrange(0x370, 0x500)])) for _ in range(3)))
        else:
            parts.append(random_.choice(WORDS))
        parts.append(random_.choice(SPACES))
    return "".join(parts)


def changed(random_, text):
    """Something close to the text, so that scores lie between 0 and 1."""
    pieces = text.split(" ")
    if len(pieces) > 1 and random_.random() < 0.5:
        del pieces[random_.randrange(len(pieces))]
    if random_.random() < 0.5:
        pieces.insert(random_.randrange(len(pieces) + 1), random_.choice(WORDS))
    result = " ".join(pieces)
    return random_.choice([result, result.upper(), result.title(), unicodedata.normalize("NFD", result), result + ".", "the " + result])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hotpot", required=True)
    parser.add_argument("--search-r1", required=True)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--count", type=int, default=400)
    arguments = parser.parse_args()
    hotpot = load(arguments.hotpot, "hotpot_evaluate_v1")
    search_r1 = load(arguments.search_r1, "qa_em")
    random_ = random.Random(arguments.seed)
    cases = []
    for _ in range(arguments.count):
        golds = [words(random_, random_.randint(1, 4)) for _ in range(random_.randint(1, 3))]
        prediction = changed(random_, random_.choice(golds)) if random_.random() < 0.75 else words(random_, random_.randint(0, 5))
        assert hotpot.normalize_answer(prediction) == search_r1.normalize_answer(prediction)
        cases.append(
            {
                "prediction": prediction,
                "golds": golds,
                "normalized": search_r1.normalize_answer(prediction),
                "em": search_r1.em_check(prediction, golds),
                "subem": search_r1.subem_check(prediction, golds),
                "f1": max(hotpot.f1_score(prediction, gold)[0] for gold in golds),
            }
        )
    sources = "hotpot_evaluate_v1.py (f1, best gold), qa_em.py (normalize_answer, em_check, subem_check)"
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    print('{\n  "sources": %s,\n  "python": %s,\n  "seed": %d,\n  "cases": [\n%s\n  ]\n}' % (json.dumps(sources), json.dumps(sys.version.split()[0]), arguments.seed, lines))


main()

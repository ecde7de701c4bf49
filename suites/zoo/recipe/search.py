"""Hyperparameters of mlp by grid, random and Bayesian (TPE) search.

Each trial trains for EPOCHS epochs and is judged by its best validation
accuracy; the test images are not touched. All strategies get the same number
of trials over the same space. The trials are kept in search.json.
"""

import json
import warnings

import optuna
import torch

from . import learn, nets
from .table import MLP, TRAIN

EPOCHS, TRIALS = 14, 18
SPACE = dict(lr=(0.0005, 0.01), decay=(0.0005, 0.1), drop=(0.0, 0.4),
             batch=(128, 256, 512), width=("128-64", "160-96", "176-112",
                                           "208-112"))
GRID = dict(lr=[0.001, 0.003, 0.009], decay=[0.02], drop=[0.0, 0.15, 0.3],
            batch=[256], width=["128-64", "176-112"])


def train_once(trial, parts, work, name):
    row = TRAIN | MLP | dict(
        epochs=EPOCHS, warm=1,
        lr=trial.suggest_float("lr", *SPACE["lr"], log=True),
        decay=trial.suggest_float("decay", *SPACE["decay"], log=True),
        batch=trial.suggest_categorical("batch", SPACE["batch"]))
    drop = trial.suggest_float("drop", *SPACE["drop"])
    width = trial.suggest_categorical("width", SPACE["width"])
    torch.manual_seed(row["seed"])
    net = nets.mlp(tuple(int(w) for w in width.split("-")), drop)
    path = work / f"search-{name}-{trial.number}"
    _, state = learn.train(path.name, net, dict(train=row), parts, work)
    path.with_suffix(".pt").unlink()
    trial.set_user_attr("parameters",
                        sum(p.numel() for p in net.parameters()))
    trial.set_user_attr("seconds", round(sum(state["times"]), 1))
    return state["best"]


def sampler_of(strategy):
    if strategy == "grid":
        return optuna.samplers.GridSampler(GRID, seed=1)
    if strategy == "random":
        return optuna.samplers.RandomSampler(seed=1)
    return optuna.samplers.TPESampler(seed=1, n_startup_trials=6)


def run(parts, work, out):
    """Resumable: a study lives in the work folder."""
    warnings.simplefilter("ignore")
    trials = []
    for strategy in ("grid", "random", "tpe"):
        study = optuna.create_study(
            storage=f"sqlite:///{work / 'search.db'}", study_name=strategy,
            direction="maximize", sampler=sampler_of(strategy),
            load_if_exists=True)
        done = [t for t in study.trials if t.state.is_finished()]
        study.optimize(lambda t: train_once(t, parts, work, strategy),
                       n_trials=TRIALS - len(done))
        for t in study.trials:
            if t.value is not None:
                trials.append(dict(
                    strategy=strategy, trial=t.number,
                    validation_accuracy=round(t.value, 6),
                    **t.params, **t.user_attrs))
    (out / "search.json").write_text(json.dumps(trials, indent=1) + "\n")

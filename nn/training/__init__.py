"""``fit`` and ``evaluate``: the loop everybody writes, its input checked before the first step.

The same by hand is five lines: loss, zero_grad, backward, step, again; they are in ``step.py``, and
what goes round them in ``run.py``. What is remembered is in ``history.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..callbacks import Callback, EarlyStopping, callback
from ..data import whole
from ..errors import ArgumentError, expected
from ..files import FilePath
from ..history import VALIDATION, History
from ..module import Module
from ..optimizers import Optimizer
from ..optimizers.options import flag, number, optional
from ..schedules import Constant
from ..seeding import generator
from . import checks
from .checkpoint import Checkpoint, source_of
from .checkpoint import resume as resumed
from .compiling import backend_for
from .figures import Metrics, measured, measures_of
from .parallel import begin_alike, exchanges, step_of
from .ranks import Ranks
from .rates import Rates, find_rate
from .rows import Order, Rows
from .run import Run, rate
from .step import LossFunction

__all__ = ["Checkpoint", "Rates", "Run", "evaluate", "find_rate", "fit"]

Pair = tuple[npt.ArrayLike, npt.ArrayLike]


def fit(
    model: Module,
    data: Pair,
    *,
    loss: LossFunction,
    optimizer: Optimizer,
    epochs: int = 10,
    batch_size: int = 32,
    validation: Pair | float | None = None,
    metrics: Metrics | None = None,
    schedule: Callable[[int], Any] | float | None = None,
    early_stopping: EarlyStopping | None = None,
    penalty: Callable[[Module], Any] | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    sample_weight: npt.ArrayLike | None = None,
    class_weight: Any = None,
    replacement: bool = False,
    drop_last: bool = False,
    gradient_norms: bool = False,
    callbacks: Sequence[Callback | Callable[[Run], Any]] = (),
    checkpoint: Checkpoint | None = None,
    resume: FilePath | bool | None = None,
    compile: bool | str = "auto",
    comm: Any = None,
    sync_batchnorm: bool = True,
    seed: int | np.random.Generator = 0,
    progress: bool = True,
) -> History:
    """Train a model on mini-batches.

    Parameters
    ----------
    model : Module
        Changed in place, and left in the mode (training or evaluation) it was in.
    data : (array_like, array_like)
        Inputs X, shape (n, ...), and targets y, shape (n, ...). Floating inputs and targets are
        converted to the model's dtype, batch by batch; no more than a batch is copied, so that they
        may be memory-mapped files.
    loss : callable
        ``loss(output, target)`` gives a scalar, the mean over the batch (or its sum, for a ``Loss``
        whose reduction says so).
    optimizer : Optimizer
        Bound to the model's parameters, or to none yet: then it is bound to them now.
    epochs, batch_size : int
        Each epoch deals all rows out once, in another random order.
    validation : (array_like, array_like) or float, optional
        More data to measure loss and metrics on after every epoch; or the share of the rows to hold
        out for that, drawn at random by the seed.
    metrics : sequence of str or callable, optional
        What else to measure; accuracy by default when the loss is a ``CrossEntropyLoss`` with class
        indices. On the training data this is over the epoch's batches, each before its step. For a
        metric that is no average over samples (F1, R², one of your own) all outputs of an epoch are
        kept until it is computed of them at once.
    schedule : callable or float, optional
        The learning rate of each step, as a function of how many have been taken before: one of
        ``nn.schedules``, or any other. ``nn.schedules.ByEpoch`` makes one of a function of the
        epoch. By default the optimiser's rate stays as it is.
    early_stopping : EarlyStopping, optional
        Stop when the validation loss, or another figure, does not become better any more.
    penalty : callable, optional
        ``penalty(model)``, a scalar, is added to the loss of every batch, as in
        ``lambda model: nn.penalties.l2(model, 1e-4)``. The history has it in a column of its own.
    clip_norm, clip_value : float, optional
        Cut the gradients of each batch to a norm, all together; or each entry to an interval. The
        entries are cut first.
    sample_weight : array_like, shape (n,), optional
        How much each row counts in training. The loss is called with ``sample_weight`` of a batch.
    class_weight : array_like, dict or "balanced", optional
        How much each class counts in training, when targets are class indices; balanced, as much as
        if it had as many rows as the others.
    replacement : bool
        Draw the rows of each batch from all rows, independently, instead of dealing them out.
    drop_last : bool
        Leave out the last batch of an epoch if it is shorter than the others.
    gradient_norms : bool
        Note the norm of the gradient, before it is cut: the mean over the epoch's batches.
    callbacks : sequence of Callback or callable, optional
        What to call on the way; a function is called after every epoch. See ``Callback``.
    checkpoint : Checkpoint, optional
        Write files from which training can go on after it was killed.
    resume : str, path-like or bool, optional
        Go on from such a file: with the same arguments training ends as if it had not been
        interrupted, bit for bit. What the optimiser's options are, the file says. True is the file
        of ``checkpoint`` if there is one yet, and the beginning otherwise.
    compile : bool or {"auto", "numpy", "native"}
        Run the step as a program, see ``ag.compile``, made with this backend or (True) the best
        there is. By default where that pays over all steps, for models and losses of this package;
        with modules of your own pass True if they do nothing but compute. It changes last digits.
    comm : communicator, optional
        Train on all its processes, each of which calls ``fit`` with the same data and options:
        ``mpi4py.MPI.COMM_WORLD`` (extra ``mpi``) in a program that ``mpiexec -n 4 python`` runs.
        Each takes its shard of every batch, gradients are added up, and all end with the parameters
        that one process would, but for rounding. The first one (``run.first`` in callbacks) shows
        progress and writes checkpoints, with which any number of processes may go on.
    sync_batchnorm : bool
        On several processes, let ``BatchNorm`` normalise by the whole batch; then steps are not
        compiled. With False it normalises by the shard, which saves messages, is another
        training, and needs two rows in each.
    seed : int or numpy.random.Generator
        Where the order of rows comes from. The same seed gives the same run, bit for bit.
    progress : bool
        Show a bar, in a terminal or a notebook.

    Returns
    -------
    History
        ``epoch``, ``loss``, the metrics, ``penalty`` and ``gradient_norm`` if asked for, ``lr`` (of
        the epoch's last step), loss and metrics with the prefix ``val_`` for the validation data,
        and ``seconds`` since the start. Ctrl-C ends training after the step at hand (pressed again,
        at once): then it holds the epochs completed so far and ``interrupted`` is True, the
        checkpoint is written, and the model keeps what it has learned, or is as after its best
        epoch if early stopping restores that.

    Raises
    ------
    DataError, ShapeError, ArgumentError
        Something does not fit. Nothing has been trained then.
    ModelFileError, StateError
        The file to resume from cannot be read or is of another run. Nothing has changed then.
    ProcessError
        Another process of ``comm`` failed. What fails on one only once training is under way ends
        all of them, ``comm.Abort(1)``, so that none waits for it.

    Examples
    --------
    >>> X, y = nn.datasets.digits()
    >>> model = nn.MLP([64, 32, 10])
    >>> history = nn.fit(model, (X, y), loss=nn.CrossEntropyLoss(),
    ...                  optimizer=nn.SGD(lr=0.1, momentum=0.9), epochs=3, progress=False)
    >>> history.epochs, bool(history["accuracy"][-1] > 0.9)
    (3, True)
    """
    with Ranks(comm) as ranks:
        rng = generator(seed)
        rng.bit_generator.state = ranks.of_first(rng.bit_generator.state)
        with ranks.together():
            whole("epochs", epochs), whole("batch_size", batch_size)
            for name, given in (("clip_norm", clip_norm), ("clip_value", clip_value)):
                optional(number(0.0))("fit", name, given)
            flags = {"replacement": replacement, "drop_last": drop_last}
            flags |= {"gradient_norms": gradient_norms, "sync_batchnorm": sync_batchnorm}
            for name, value in flags.items():
                flag("fit", name, value)
            called = _callbacks(early_stopping, callbacks, checkpoint)
            source = source_of(resume, checkpoint)
            train = checks.checked("fit", model, loss, data)
            measures = measures_of(loss, train.y, metrics)
            valid: Rows | None = None
            if isinstance(validation, float | int | np.number):
                train, valid = checks.parted(train, float(validation), rng)
            elif validation is not None:
                valid = checks.checked("fit, validation", model, loss, validation)
            checks.weigh(train, sample_weight, class_weight)
            order = Order(len(train), batch_size, rng, replacement, drop_last)
            steps = epochs * order.batches
            if not sync_batchnorm:
                order.smallest = max(1, order.smallest // ranks.size)
            checks.rehearse(model, loss, penalty, train, order)
            rates = _schedule(schedule, steps)
            checks.bind(optimizer, model)
            asks = exchanges(model, ranks, sync_batchnorm)
            backend = backend_for(compile, model, [loss, penalty], steps, asks)
            parts = [model, loss, optimizer, penalty, clip_norm, clip_value, gradient_norms]
            step, figures = step_of(parts, measures, backend, ranks, train, sync_batchnorm)
            held = [VALIDATION + name for name in ("loss", *(n for n, _ in measures)) if valid]
            history = History(["epoch", *figures.names, "lr", *held, "seconds"])
            which = model, optimizer, history, epochs, train, valid, order
            run = Run(*which, step, figures, rates, called, ranks)
            run.finish = None if checkpoint is None else checkpoint.finish
        begin_alike(run)
        source = ranks.of_first(source)
        rest = None if source is None else resumed(run, source)
        return run.go(progress, rest)


def evaluate(
    model: Module,
    data: Pair,
    *,
    loss: LossFunction,
    metrics: Metrics | None = None,
    batch_size: int = 1024,
) -> dict[str, float]:
    """Loss and metrics of a model on some data, in evaluation mode.

    Parameters
    ----------
    model, data, loss, metrics
        As for ``fit``.
    batch_size : int
        Rows to compute at a time.

    Returns
    -------
    dict of str to float
        ``loss`` and each metric, over all rows.

    Examples
    --------
    >>> model = nn.MLP([64, 10])
    >>> sorted(nn.evaluate(model, nn.datasets.digits("test"), loss=nn.CrossEntropyLoss()))
    ['accuracy', 'loss']
    """
    whole("batch_size", batch_size)
    rows = checks.checked("evaluate", model, loss, data)
    return measured(model, rows, loss, measures_of(loss, rows.y, metrics), batch_size)


def _callbacks(early_stopping: Any, callbacks: Any, checkpoint: Any) -> list[Callback]:
    """All that is to be called: early stopping first, what writes it down last."""
    if checkpoint is not None and not isinstance(checkpoint, Checkpoint):
        cure = "Pass nn.Checkpoint(path)."
        wanted = "checkpoint to be a Checkpoint"
        raise ArgumentError(expected("fit", wanted, repr(checkpoint), cure))
    if early_stopping is not None and not isinstance(early_stopping, EarlyStopping):
        cure = "Pass nn.EarlyStopping(patience=5)."
        wanted = "early_stopping to be an EarlyStopping"
        raise ArgumentError(expected("fit", wanted, repr(early_stopping), cure))
    if isinstance(callbacks, Callback) or not isinstance(callbacks, Sequence):
        cure = "Pass callbacks=[function]."
        raise ArgumentError(expected("fit", "a list of callbacks", repr(callbacks), cure))
    first = [] if early_stopping is None else [early_stopping]
    last = [] if checkpoint is None else [checkpoint]
    return [*first, *(callback(given) for given in callbacks), *last]


def _schedule(given: Any, steps: int) -> Callable[[int], Any] | None:
    """A schedule as a function, tried at the first step and at the last."""
    if given is None:
        return None
    if isinstance(given, float | int | np.number):
        return Constant(float(given))
    if not callable(given):
        cure = "Pass a function of the step, such as nn.schedules.Cosine(0.1, steps)."
        raise ArgumentError(expected("fit", "a schedule", repr(given), cure))
    function: Callable[[int], Any] = given
    rate(function, 0), rate(function, steps - 1)
    return function

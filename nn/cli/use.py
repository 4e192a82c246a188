"""Using a model that was trained: measure it, predict with it, export it."""

from __future__ import annotations

import argparse
import csv
import importlib.util
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..datasets import Dataset, read_inputs
from ..errors import ArgumentError, DataError, expected, missing
from ..exporting import to_onnx
from ..files import write_file
from ..functional import softmax
from ..losses import CrossEntropyLoss
from ..metrics import confusion_matrix
from ..module import Module
from ..reporting import confusion_summary
from ..saving import load, read_notes
from ..training import evaluate
from . import sources
from .parsing import Parser, names, shape

Array = npt.NDArray[Any]
Work = Callable[[], int]

ABOUT_EVALUATE = "measure a model on data"
ABOUT_PREDICT = "predict the class of each row of a .csv file"
ABOUT_EXPORT = "write a model as an ONNX file"


def _add_model(parser: Parser) -> None:
    parser.add_argument("model", help="a file that training, or nn.save, has written")


# evaluate


def add_evaluate_options(parser: Parser) -> None:
    """What to measure, and on what."""
    _add_model(parser)
    sources.add_options(parser, test_size=None)
    parser.add_argument("--quiet", action="store_true", help="print one line only")


def evaluation(asked: argparse.Namespace) -> Work:
    """Model and data, brought together."""
    model, classes = load(asked.model), read_notes(asked.model).get("classes")
    data = sources.read(asked)
    if asked.test_size is not None:
        data = sources.parted(data, asked.test_size, asked.seed)[1]
    data = _renumbered(data, classes)
    CrossEntropyLoss().check((len(data.y), *model.predict(data.X[:1]).shape[1:]), data.y)
    return partial(_evaluate, model, data, asked.quiet)


def _renumbered(data: Dataset, classes: Sequence[str] | None) -> Dataset:
    """Data whose classes have the numbers that the model knows them by."""
    if classes is None or tuple(classes) == data.classes:
        return data
    unknown = [name for name in data.classes if name not in classes]
    if unknown:
        got, cure = (
            ", ".join(map(repr, unknown[:5])),
            "Pass data with the classes it was trained on.",
        )
        wanted = f"classes among {', '.join(map(repr, classes))}"
        raise DataError(expected("--data", wanted, got, cure))
    places = np.array([list(classes).index(name) for name in data.classes])
    return Dataset(data.X, places[data.y], classes, data.features)


def _evaluate(model: Module, data: Dataset, quiet: bool) -> int:
    figures = evaluate(model, data, loss=CrossEntropyLoss())
    if not quiet:
        matrix = confusion_matrix(model.predict(data.X), data.y, len(data.classes))
        print(confusion_summary(matrix, data.classes), "", sep="\n")
    score = f"accuracy {100 * figures['accuracy']:.2f} % of {len(data.y):,} samples"
    print(f"{score}; loss {figures['loss']:.4g}")
    return 0


# predict


def add_predict_options(parser: Parser) -> None:
    """What to read and what to write."""
    _add_model(parser)
    add = parser.add_argument
    add("--data", required=True, help="a .csv file; the columns of its inputs are found by name")
    add("--output", type=Path, help="the .csv file to write; printed if not given")
    add("--probabilities", action="store_true", help="a column with the probability of each class")
    add("--classes", type=names, help="names of the classes, if the model does not know them")


def prediction(asked: argparse.Namespace) -> Work:
    """Model and inputs; what comes out is written at once."""
    model, notes = load(asked.model), read_notes(asked.model)
    if asked.output is not None and asked.output.exists() and asked.output.samefile(asked.data):
        cure = "Choose another file."
        raise ArgumentError(expected("--output", "another file than --data", asked.data, cure))
    X, _ = read_inputs(asked.data, notes.get("features") or (), dtype=model.dtype)
    classes = asked.classes or notes.get("classes")
    outputs = model.predict(X)
    if classes is None and asked.probabilities:
        cure = "Pass --classes."
        raise ArgumentError(expected("--probabilities", "the names of classes", "none", cure))
    if classes is not None and outputs.shape != (len(X), len(classes)):
        got, cure = f"shape {outputs.shape[1:]}", "Pass a name for each of its outputs."
        wanted = f"a model of {len(classes)} outputs, one per class"
        raise ArgumentError(expected("--classes", wanted, got, cure))
    return partial(_predict, outputs, classes, asked.probabilities, asked.output)


def _predict(
    outputs: Array, classes: Sequence[str] | None, probabilities: bool, output: Path | None
) -> int:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_rows(outputs, classes, probabilities))
    if output is None:
        sys.stdout.write(text.getvalue())
    else:
        write_file(output, text.getvalue().encode())
        print(f"{len(outputs):,} predictions in {output}")
    return 0


def _rows(
    outputs: Array, classes: Sequence[str] | None, probabilities: bool
) -> Iterator[list[Any]]:
    """The rows of a table of predictions, a header first; plain outputs if they are no classes."""
    if classes is None:
        flat = outputs.reshape(len(outputs), -1)
        yield [f"output {i}" for i in range(flat.shape[1])]
        yield from flat.tolist()
        return
    yield ["prediction", *(f"P({name})" for name in classes if probabilities)]
    shares: Any = softmax(outputs.astype(float))
    for row in shares:
        figures = [f"{share:.6g}" for share in row] if probabilities else []
        yield [classes[int(row.argmax())], *figures]


# export


def add_export_options(parser: Parser) -> None:
    """What to write."""
    _add_model(parser)
    parser.add_argument("output", type=Path, help="the .onnx file to write")
    parser.add_argument(
        "--input-shape",
        type=shape,
        help="shape of a sample, for instance 28,28; if not given, as the first layer says",
    )


def exporting(asked: argparse.Namespace) -> Work:
    """The model; it is written at once."""
    if importlib.util.find_spec("onnx") is None:
        raise missing("onnx", "onnx", "Writing an ONNX file")
    return partial(_export, load(asked.model), asked.output, asked.input_shape)


def _export(model: Module, output: Path, input_shape: Sequence[int] | None) -> int:
    to_onnx(model, output, input_shape)
    print(f"{model.num_parameters:,} parameters in {output}")
    return 0

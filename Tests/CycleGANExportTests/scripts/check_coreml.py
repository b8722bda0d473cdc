"""Checks Core ML packages with coremltools and runs them in NumPy: check_coreml.py FOLDER.

coremltools 9.0, NumPy 2, Python 3.10 or later; no macOS. Every NAME.mlpackage of the folder is opened by coremltools, and its program made one of
coremltools' own intermediate language, which infers and checks the types and shapes of all operations. Where there is a NAME.json with inputs and an output, the
operations of that program are computed in float64, and the largest and the mean difference are printed.
"""

import json
import pathlib
import sys

import coremltools
import numpy as np
from coremltools.converters.mil.frontend.milproto.load import load


def windows(x, kernel, stride):
    """[N, C, H', W', k, k]."""
    found = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return found[:, :, :: stride[0], :: stride[1]]


def conv(x, weight, bias, strides, pad, groups):
    x = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[1]), (pad[2], pad[3])))
    parts = [
        np.einsum("nchwij,ocij->nohw", windows(part, kernels.shape[2:], strides), kernels, optimize=True)
        for part, kernels in zip(np.split(x, groups, 1), np.split(weight, groups, 0))
    ]
    return np.concatenate(parts, 1) + (0 if bias is None else bias.reshape(1, -1, 1, 1))


def conv_transpose(x, weight, bias, strides, pad, groups):
    n, _, height, width = x.shape
    rows, columns = weight.shape[2:]
    parts = []
    for part, kernels in zip(np.split(x, groups, 1), np.split(weight, groups, 0)):
        size = ((height - 1) * strides[0] + rows, (width - 1) * strides[1] + columns)
        whole = np.zeros((n, kernels.shape[1], *size))
        for i in range(rows):
            for j in range(columns):
                spread = np.einsum("nchw,co->nohw", part, kernels[:, :, i, j])
                whole[:, :, i : i + height * strides[0] : strides[0], j : j + width * strides[1] : strides[1]][:, :, :height, :width] += spread
        parts.append(whole[:, :, pad[0] : size[0] - pad[1], pad[2] : size[1] - pad[3]])
    return np.concatenate(parts, 1) + (0 if bias is None else bias.reshape(1, -1, 1, 1))


def norm(x, mean, variance, epsilon, gamma, beta):
    x = (x - mean) / np.sqrt(variance + epsilon)
    return x * (1 if gamma is None else gamma.reshape(1, -1, 1, 1)) + (0 if beta is None else beta.reshape(1, -1, 1, 1))


def compute(op, given):
    """What an operation gives; `given` looks up an input by its name."""
    kind, x = op.op_type, given("x")
    if kind == "quantize":
        assert str(given("output_dtype")) == "uint8"
        return np.clip(np.rint(given("input") / given("scale")) + int(given("zero_point")), 0, 255)
    if kind == "dequantize":
        return (given("input") - int(given("zero_point"))) * given("scale")
    if kind in ("conv", "conv_transpose"):
        assert str(given("pad_type")) in ("custom", "valid") and list(given("dilations")) == [1, 1]
        function = conv if kind == "conv" else conv_transpose
        return function(x, given("weight"), given("bias"), given("strides"), given("pad"), int(given("groups")))
    if kind == "instance_norm":
        return norm(x, x.mean((2, 3), keepdims=True), x.var((2, 3), keepdims=True), given("epsilon"), given("gamma"), given("beta"))
    if kind == "batch_norm":
        statistics = [given(name).reshape(1, -1, 1, 1) for name in ("mean", "variance")]
        return norm(x, *statistics, given("epsilon"), given("gamma"), given("beta"))
    if kind == "pad":
        mode = {"reflect": "reflect", "replicate": "edge", "constant": "constant"}[str(given("mode"))]
        widths = list(given("pad"))
        return np.pad(x, ((0, 0), (0, 0), (widths[0], widths[1]), (widths[2], widths[3])), mode=mode)
    if kind == "crop":
        (top, bottom), (left, right) = given("crop_height"), given("crop_width")
        return x[:, :, top : x.shape[2] - bottom, left : x.shape[3] - right]
    if kind == "slice_by_index":
        places = zip(given("begin"), given("end"), given("begin_mask"), given("end_mask"))
        return x[tuple(slice(None if first else int(b), None if last else int(e)) for b, e, first, last in places)]
    if kind == "softmax":
        powers = np.exp(x - x.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)
    if kind == "matmul":
        return (x.swapaxes(-1, -2) if given("transpose_x") else x) @ (given("y").swapaxes(-1, -2) if given("transpose_y") else given("y"))
    if kind == "pixel_shuffle":
        n, c, height, width = x.shape
        r = int(given("upscale_factor"))
        return x.reshape(n, c // r**2, r, r, height, width).transpose(0, 1, 4, 2, 5, 3).reshape(n, c // r**2, height * r, width * r)
    if kind == "upsample_nearest_neighbor":
        return x.repeat(int(given("scale_factor_height")), 2).repeat(int(given("scale_factor_width")), 3)
    simple = {
        "add": lambda: x + given("y"),
        "sub": lambda: x - given("y"),
        "mul": lambda: x * given("y"),
        "cast": lambda: x,
        "relu": lambda: np.maximum(x, 0),
        "leaky_relu": lambda: np.where(x > 0, x, x * given("alpha")),
        "tanh": lambda: np.tanh(x),
        "round": lambda: np.rint(x),
        "clip": lambda: np.clip(x, given("alpha"), given("beta")),
        "linear": lambda: x @ given("weight").T + given("bias"),
        "reduce_sum": lambda: x.sum(tuple(given("axes")), keepdims=bool(given("keep_dims"))),
        "reshape": lambda: x.reshape(tuple(int(side) for side in given("shape"))),
        "reverse": lambda: np.flip(x, tuple(given("axes"))),
        "shape": lambda: np.array(x.shape),
        "concat": lambda: np.concatenate(given("values"), int(given("axis"))),
    }
    return simple[kind]()


def run(program, inputs):
    function = program.functions["main"]
    values = dict(inputs)

    def value(variable):
        if variable is None:
            return None
        if isinstance(variable, (list, tuple)):
            return [value(one) for one in variable]
        if variable.name in values:
            return values[variable.name]
        known = variable.val
        return known if known is None or isinstance(known, str) else np.asarray(known, np.float64 if np.asarray(known).dtype.kind == "f" else None)

    for op in function.operations:
        if op.op_type == "const":
            continue
        if op.op_type.startswith("constexpr_"):
            values[op.outputs[0].name] = op.materialized_val_inference().astype(np.float64)
            continue
        values[op.outputs[0].name] = compute(op, lambda name: value(op.inputs.get(name)))
    return values[function.outputs[0].name]


def main(folder):
    for path in sorted(folder.glob("*.mlpackage")):
        model = coremltools.models.MLModel(str(path), skip_model_load=True)
        spec = model.get_spec()
        program = load(spec, spec.specificationVersion, str(path / "Data/com.apple.CoreML/weights"))
        program.validate()
        text = "loads\t"
        case = path.with_suffix(".json")
        if case.exists():
            facts = json.loads(case.read_text())
            inputs = {name: np.array(array["values"]).reshape(array["shape"]) for name, array in facts["inputs"].items()}
            expected = np.array(facts["output"]["values"]).reshape(facts["output"]["shape"])
            found = run(program, inputs)
            assert found.shape == expected.shape, (path.name, found.shape, expected.shape)
            differences = np.abs(found - expected)
            text = f"{differences.max()}\t{differences.mean()}"
        print(path.stem, text, sep="\t")


main(pathlib.Path(sys.argv[1]))

"""ONNX files, and the compact forms of constants in them."""

import warnings

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

OPSET = 13


def write(net, path):
    """Export with the batch as a dynamic dimension. Normalization stays as
    nodes of its own: folding it is the runner's business, and other tools see
    the trained parameters."""
    net.eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net, torch.zeros(1, 1, 28, 28), str(path), input_names=["image"],
            output_names=["logits"], opset_version=OPSET,
            dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}},
            do_constant_folding=False,
            training=torch.onnx.TrainingMode.PRESERVE, dynamo=False)
    model = onnx.load(str(path))
    fold_weights(model.graph)
    return model


def save(model, path):
    drop_unused(model.graph)
    # onnx's shape inference does not know sparse initializers.
    onnx.checker.check_model(
        model, full_check=not model.graph.sparse_initializer)
    path.write_bytes(model.SerializeToString(deterministic=True))


def constants(graph):
    """Initializers and Constant nodes by name, as arrays."""
    found = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    for n in graph.node:
        if n.op_type == "Constant" and n.attribute[0].name == "value":
            found[n.output[0]] = numpy_helper.to_array(n.attribute[0].t)
        if n.op_type == "Identity" and n.input[0] in found:
            found[n.output[0]] = found[n.input[0]]
    return found


def set_initializer(graph, name, array):
    for i in graph.initializer:
        if i.name == name:
            i.CopyFrom(numpy_helper.from_array(array, name))
            return
    graph.initializer.append(numpy_helper.from_array(array, name))


def attribute(node, name, standard):
    return next((onnx.helper.get_attribute_value(a) for a in node.attribute
                 if a.name == name), standard)


def computed(node, known):
    """The value of a node of constants and a name for it; None: none."""
    if not node.input or any(i not in known for i in node.input):
        return None, None
    x = known[node.input[0]]
    if node.op_type == "Identity":
        return x, node.output[0]
    if node.op_type == "Cast":
        return x.astype(helper.tensor_dtype_to_np_dtype(
            attribute(node, "to", 1))), node.output[0]
    if node.op_type == "Transpose":
        return (np.ascontiguousarray(x.transpose(
            attribute(node, "perm", None))), node.input[0] + ".T")
    if node.op_type == "QuantizeLinear":
        scale, zero = known[node.input[1]], known[node.input[2]]
        shape = [1] * x.ndim
        if scale.ndim:
            shape[attribute(node, "axis", 1)] = -1
        q = np.rint(x / scale.reshape(shape)) + zero.reshape(shape)
        return np.clip(q, -128, 127).astype(np.int8), node.input[0] + ".q"
    return None, None


def fold_weights(graph):
    """Nodes of constants, computed; casts from float to float, dropped."""
    known = constants(graph)
    left = []
    for n in list(graph.node):
        if n.op_type == "Cast" and attribute(n, "to", 0) == TensorProto.FLOAT \
                and n.input[0] not in known:
            rename(graph, n.output[0], n.input[0])
            continue
        value, name = computed(n, known)
        if value is None:
            left.append(n)
            continue
        known[name] = known[n.output[0]] = value
        set_initializer(graph, name, value)
        if name != n.output[0]:
            rename(graph, n.output[0], name)
    del graph.node[:]
    graph.node.extend(left)
    turn_dequantized(graph, known)


def turn_dequantized(graph, known):
    """Transpose(DequantizeLinear(constant)): turn the constant instead."""
    makers = {n.output[0]: n for n in graph.node}
    for n in list(graph.node):
        dq = makers.get(n.input[0]) if n.op_type == "Transpose" else None
        if dq is None or dq.op_type != "DequantizeLinear" \
                or dq.input[0] not in known:
            continue
        q = np.ascontiguousarray(known[dq.input[0]].T)
        set_initializer(graph, dq.input[0] + ".T", q)
        dq.input[0] += ".T"
        for a in dq.attribute:
            if a.name == "axis":
                a.i = 1 - a.i
        known[dq.input[0]] = q
        rename(graph, n.output[0], dq.output[0])
        graph.node.remove(n)


def rename(graph, old, new):
    for n in graph.node:
        for i, name in enumerate(n.input):
            if name == old:
                n.input[i] = new


def drop_unused(graph):
    """Nodes and initializers that nothing reads."""
    while True:
        read = {i for n in graph.node for i in n.input}
        read |= {o.name for o in graph.output}
        dead = [n for n in graph.node if not set(n.output) & read]
        if not dead:
            break
        for n in dead:
            graph.node.remove(n)
    for i in [i for i in graph.initializer if i.name not in read]:
        graph.initializer.remove(i)


def weights(graph):
    """Names of the float constants that a Conv, Gemm or MatMul multiplies."""
    floats = {i.name for i in graph.initializer
              if i.data_type == TensorProto.FLOAT and len(i.dims) > 1}
    return [n.input[1] for n in graph.node
            if n.op_type in ("Conv", "Gemm", "MatMul")
            and n.input[1] in floats]


def take_initializer(graph, name):
    for i in graph.initializer:
        if i.name == name:
            array = numpy_helper.to_array(i)
            graph.initializer.remove(i)
            return array
    raise KeyError(name)


def store_sparse(model, least=0.75):
    """Weights with at least that share of zeros as sparse initializers."""
    graph = model.graph
    for name in weights(graph):
        i = next(i for i in graph.initializer if i.name == name)
        array = numpy_helper.to_array(i)
        if (array == 0).mean() < least:
            continue
        graph.initializer.remove(i)
        at = np.flatnonzero(array).astype(np.int64)
        values = numpy_helper.from_array(array.flatten()[at], name)
        graph.sparse_initializer.append(helper.make_sparse_tensor(
            values, numpy_helper.from_array(at, name + ".at"),
            list(array.shape)))


def store_shared(model, most=256):
    """Weights of at most 16 values as indices into a table of them."""
    graph, front = model.graph, []
    for name in weights(graph):
        i = next(i for i in graph.initializer if i.name == name)
        array = numpy_helper.to_array(i)
        table, index = np.unique(array, return_inverse=True)
        if len(table) > 16 or array.size < most:
            continue
        graph.initializer.remove(i)
        set_initializer(graph, name + ".table", table.astype(np.float32))
        set_initializer(graph, name + ".index",
                        index.reshape(array.shape).astype(np.uint8))
        front += [helper.make_node("Cast", [name + ".index"],
                                   [name + ".wide"], to=TensorProto.INT64),
                  helper.make_node("Gather",
                                   [name + ".table", name + ".wide"], [name])]
    prepend(graph, front)


def store_signs(model):
    """Weights of one size for each output as int8 signs with a scale."""
    graph, front = model.graph, []
    axes = {n.input[1]: 0 if n.op_type == "Conv" or any(
        a.name == "transB" and a.i for a in n.attribute) else 1
        for n in graph.node if n.op_type in ("Conv", "Gemm", "MatMul")}
    for name in weights(graph):
        i = next(i for i in graph.initializer if i.name == name)
        array = numpy_helper.to_array(i)
        rows = np.abs(np.moveaxis(array, axes[name], 0)
                      .reshape(array.shape[axes[name]], -1))
        if not (rows == rows[:, :1]).all():
            continue
        graph.initializer.remove(i)
        set_initializer(graph, name + ".sign",
                        np.sign(array).astype(np.int8))
        set_initializer(graph, name + ".size", rows[:, 0].copy())
        set_initializer(graph, name + ".zero",
                        np.zeros(len(rows), np.int8))
        front.append(helper.make_node(
            "DequantizeLinear", [name + ".sign", name + ".size",
                                 name + ".zero"], [name], axis=axes[name]))
    prepend(graph, front)


def store_half(model):
    """Weights as halves that are cast to floats, so that the file is half as
    long and all arithmetic stays in floats."""
    graph, front = model.graph, []
    for name in weights(graph):
        array = take_initializer(graph, name)
        set_initializer(graph, name + ".half", array.astype(np.float16))
        front.append(helper.make_node("Cast", [name + ".half"], [name],
                                      to=TensorProto.FLOAT))
    prepend(graph, front)


def prepend(graph, nodes):
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes + rest)


def to_half(model):
    """Floats as halves inside; input and output stay floats."""
    graph = model.graph
    for i in graph.initializer:
        if i.data_type == TensorProto.FLOAT:
            i.CopyFrom(numpy_helper.from_array(
                numpy_helper.to_array(i).astype(np.float16), i.name))
    for n in graph.node:
        for a in n.attribute:
            if a.type == onnx.AttributeProto.TENSOR \
                    and a.t.data_type == TensorProto.FLOAT:
                a.t.CopyFrom(numpy_helper.from_array(
                    np.clip(numpy_helper.to_array(a.t), -65504, 65504)
                    .astype(np.float16), a.t.name))
    rename(graph, "image", "image.half")
    for n in graph.node:
        for i, name in enumerate(n.output):
            if name == "logits":
                n.output[i] = "logits.half"
    prepend(graph, [helper.make_node("Cast", ["image"], ["image.half"],
                                     to=TensorProto.FLOAT16)])
    graph.node.append(helper.make_node("Cast", ["logits.half"], ["logits"],
                                       to=TensorProto.FLOAT))


def set_seeds(model, seeds):
    """Give the Dropout nodes, in order, seeds of their own."""
    drops = [n for n in model.graph.node if n.op_type == "Dropout"]
    for n, seed in zip(drops, seeds, strict=True):
        for a in [a for a in n.attribute if a.name == "seed"]:
            n.attribute.remove(a)
        n.attribute.append(helper.make_attribute("seed", seed))


def load_weights(path):
    """Tensors by the names that the network's state has for them."""
    graph = onnx.load(str(path)).graph
    out = {}
    for name, array in constants(graph).items():
        if name.endswith(".T"):
            name, array = name[:-2], array.T
        out[name] = torch.from_numpy(np.array(array))
    return out

/* SPDX-License-Identifier: Apache-2.0
 *
 * The evaluator of onnx_build.h: every operator by its definition in
 * https://github.com/onnx/onnx/blob/v1.12.0/docs/Operators.md, in double.
 */
#include "kernels/half.h"
#include "tests/onnx_build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct array {
    const char *name;
    int type; /* of initializers, as ONNX numbers types */
    int rank;
    int64_t dim[8];
    double *v; /* integers, too */
};

struct world {
    struct build *b;
    struct array arrays[4 * BUILD_MAX];
    size_t n;
};

static void stop(const char *what, const char *name)
{
    fprintf(stderr, "onnx_eval: %s %s\n", what, name);
    abort();
}

static int64_t product(const int64_t *dim, int first, int end)
{
    int64_t n = 1;
    for (int i = first; i < end; i++)
        n *= dim[i];
    return n;
}

static int64_t count(const struct array *a)
{
    return product(a->dim, 0, a->rank);
}

static struct array *add(struct world *w, const char *name, int rank,
                         const int64_t *dim)
{
    struct array *a = &w->arrays[w->n++];
    a->name = name;
    a->rank = rank;
    for (int i = 0; i < rank; i++)
        a->dim[i] = dim[i];
    a->v = build_alloc(w->b, (size_t)count(a), sizeof *a->v);
    return a;
}

static struct array *in(struct world *w, const Onnx__NodeProto *node, size_t i)
{
    if (i >= node->n_input || !*node->input[i])
        return NULL;
    for (size_t j = 0; j < w->n; j++)
        if (strcmp(w->arrays[j].name, node->input[i]) == 0)
            return &w->arrays[j];
    stop("no value", node->input[i]);
    return NULL;
}

static const Onnx__AttributeProto *find(const Onnx__NodeProto *node,
                                        const char *name)
{
    for (size_t i = 0; i < node->n_attribute; i++)
        if (strcmp(node->attribute[i]->name, name) == 0)
            return node->attribute[i];
    return NULL;
}

static int64_t integer(const Onnx__NodeProto *node, const char *name,
                       int64_t standard)
{
    const Onnx__AttributeProto *a = find(node, name);
    return a ? a->i : standard;
}

static int64_t item(const Onnx__NodeProto *node, const char *name, size_t i,
                    int64_t standard)
{
    const Onnx__AttributeProto *a = find(node, name);
    return a && i < a->n_ints ? a->ints[i] : standard;
}

/* One axis of a window. */
struct axis {
    int64_t size, stride, before, dilation, out;
};

static struct axis axis_of(const Onnx__NodeProto *node, size_t i, int64_t in_,
                           int64_t size)
{
    struct axis a = {.size = item(node, "kernel_shape", i, size),
                     .stride = item(node, "strides", i, 1),
                     .dilation = item(node, "dilations", i, 1),
                     .before = item(node, "pads", i, 0)};
    const int64_t span = (a.size - 1) * a.dilation + 1;
    int64_t after = item(node, "pads", i + 2, 0);
    const Onnx__AttributeProto *pad = find(node, "auto_pad");
    if (pad && memcmp(pad->s.data, "SAME", 4) == 0) {
        a.out = (in_ + a.stride - 1) / a.stride;
        int64_t all = (a.out - 1) * a.stride + span - in_;
        all = all < 0 ? 0 : all;
        a.before = pad->s.data[5] == 'U' ? all / 2 : (all + 1) / 2;
        return a;
    }
    int64_t room = in_ + a.before + after - span;
    a.out = room / a.stride + 1;
    if (integer(node, "ceil_mode", 0) && room % a.stride &&
        a.out * a.stride < in_ + a.before)
        a.out++;
    return a;
}

static double pixel(const struct array *x, int64_t n, int64_t c, int64_t h,
                    int64_t w, int *inside)
{
    *inside = h >= 0 && h < x->dim[2] && w >= 0 && w < x->dim[3];
    return *inside ? x->v[((n * x->dim[1] + c) * x->dim[2] + h) * x->dim[3] + w]
                   : 0;
}

static void conv(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0), *f = in(w, node, 1);
    const struct array *bias = in(w, node, 2);
    struct axis a = axis_of(node, 0, x->dim[2], f->dim[2]);
    struct axis b = axis_of(node, 1, x->dim[3], f->dim[3]);
    const int64_t k = f->dim[0] / integer(node, "group", 1), depth = f->dim[1];
    struct array *y =
        add(w, node->output[0], 4,
            (const int64_t[]){x->dim[0], f->dim[0], a.out, b.out});
    for (int64_t i = 0; i < count(y); i++) {
        int64_t q = i % b.out, p = i / b.out % a.out;
        int64_t o = i / b.out / a.out % f->dim[0];
        int64_t n = i / b.out / a.out / f->dim[0];
        double sum = bias ? bias->v[o] : 0;
        for (int64_t t = 0; t < depth * a.size * b.size; t++) {
            int64_t s = t % b.size, r = t / b.size % a.size;
            int64_t c = t / b.size / a.size;
            int inside;
            sum += f->v[o * depth * a.size * b.size + t] *
                   pixel(x, n, o / k * depth + c,
                         p * a.stride - a.before + r * a.dilation,
                         q * b.stride - b.before + s * b.dilation, &inside);
        }
        y->v[i] = sum;
    }
}

static void pool(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0);
    const int global = strstr(node->op_type, "Global") != NULL;
    const int max = strstr(node->op_type, "Max") != NULL;
    struct axis a = axis_of(node, 0, x->dim[2], x->dim[2]);
    struct axis b = axis_of(node, 1, x->dim[3], x->dim[3]);
    const int padded = (int)integer(node, "count_include_pad", 0) && !global;
    struct array *y =
        add(w, node->output[0], 4,
            (const int64_t[]){x->dim[0], x->dim[1], a.out, b.out});
    for (int64_t i = 0; i < count(y); i++) {
        int64_t q = i % b.out, p = i / b.out % a.out;
        int64_t c = i / b.out / a.out % x->dim[1];
        int64_t n = i / b.out / a.out / x->dim[1], taps = 0;
        double sum = 0, largest = -INFINITY;
        for (int64_t t = 0; t < a.size * b.size; t++) {
            int inside;
            double v = pixel(
                x, n, c, p * a.stride - a.before + t / b.size * a.dilation,
                q * b.stride - b.before + t % b.size * b.dilation, &inside);
            sum += v;
            taps += inside;
            if (inside && v > largest)
                largest = v;
        }
        y->v[i] =
            max ? largest : sum / (double)(padded ? a.size * b.size : taps);
    }
}

static void norm(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0);
    const Onnx__AttributeProto *e = find(node, "epsilon");
    struct array *y = add(w, node->output[0], x->rank, x->dim);
    const int64_t inner = product(x->dim, 2, x->rank);
    for (int64_t i = 0; i < count(x); i++) {
        int64_t c = i / inner % x->dim[1];
        y->v[i] = (x->v[i] - in(w, node, 3)->v[c]) /
                      sqrt(in(w, node, 4)->v[c] + (e ? (double)e->f : 1e-5)) *
                      in(w, node, 1)->v[c] +
                  in(w, node, 2)->v[c];
    }
}

static int64_t spread(const struct array *x, const struct array *y, int64_t at)
{
    int64_t index = 0, stride = 1;
    for (int i = 0; i < x->rank; i++) {
        const int64_t size = x->dim[x->rank - 1 - i];
        index += size == 1 ? 0 : at % y->dim[y->rank - 1 - i] * stride;
        at /= y->dim[y->rank - 1 - i];
        stride *= size;
    }
    return index;
}

static double result_of(const Onnx__NodeProto *node, double p, double q)
{
    if (strcmp(node->op_type, "Mod") == 0)
        return integer(node, "fmod", 0) ? fmod(p, q) : p - q * floor(p / q);
    switch (node->op_type[0]) {
    case 'A':
        return p + q;
    case 'S':
        return p - q;
    case 'M':
        return p * q;
    case 'P':
        return pow(p, q);
    default:
        return p / q;
    }
}

static void binary(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *a = in(w, node, 0), *b = in(w, node, 1);
    const struct array *longer = a->rank >= b->rank ? a : b;
    const struct array *other = a->rank >= b->rank ? b : a;
    int64_t dim[8];
    memcpy(dim, longer->dim, sizeof dim);
    for (int i = 0; i < other->rank; i++)
        if (other->dim[i] > dim[i + longer->rank - other->rank])
            dim[i + longer->rank - other->rank] = other->dim[i];
    struct array *y = add(w, node->output[0], longer->rank, dim);
    for (int64_t i = 0; i < count(y); i++)
        y->v[i] = result_of(node, a->v[spread(a, y, i)], b->v[spread(b, y, i)]);
}

static void unary(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0), *low = in(w, node, 1);
    const struct array *high = in(w, node, 2);
    const Onnx__AttributeProto *min = find(node, "min");
    const Onnx__AttributeProto *max = find(node, "max");
    struct array *y = add(w, node->output[0], x->rank, x->dim);
    const double l = low ? low->v[0] : min ? (double)min->f : -INFINITY;
    const double h = high ? high->v[0] : max ? (double)max->f : INFINITY;
    for (int64_t i = 0; i < count(x); i++) {
        const double v = x->v[i];
        if (strcmp(node->op_type, "Sign") == 0) {
            y->v[i] = v > 0 ? 1 : v < 0 ? -1 : 0;
            continue;
        }
        if (strcmp(node->op_type, "Cast") == 0) {
            y->v[i] = integer(node, "to", 1) == 10
                          ? (double)assay_half_to_float(
                                assay_half_from_float((float)v))
                          : v;
            continue;
        }
        switch (node->op_type[0]) {
        case 'T':
            y->v[i] = tanh(v);
            break;
        case 'R':
            y->v[i] = v > 0 ? v : 0;
            break;
        case 'S':
            y->v[i] = node->op_type[1] == 'q' ? sqrt(v) : 1 / (1 + exp(-v));
            break;
        case 'E':
            y->v[i] = erf(v);
            break;
        case 'L':
            y->v[i] = log(v);
            break;
        case 'C':
            y->v[i] = v < l ? l : v > h ? h : v;
            break;
        default:
            y->v[i] = v;
        }
    }
}

static void dropout(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0), *ratio = in(w, node, 1);
    const struct array *training = in(w, node, 2);
    struct array *y = add(w, node->output[0], x->rank, x->dim);
    double rate = ratio ? ratio->v[0] : 0.5;
    if (!training || training->v[0] == 0)
        rate = 0;
    int64_t number = 0;
    while (w->b->nodes[number] != node)
        number++;
    number = integer(node, "seed", number);
    for (int64_t i = 0; i < count(x); i++)
        y->v[i] = build_keeps(number, rate, i) ? x->v[i] / (1 - rate) : 0;
}

static void matrix(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *a = in(w, node, 0), *b = in(w, node, 1);
    const struct array *c = in(w, node, 2);
    const Onnx__AttributeProto *alpha = find(node, "alpha");
    const Onnx__AttributeProto *beta = find(node, "beta");
    const int tb = (int)integer(node, "transB", 0);
    const int64_t k = a->dim[a->rank - 1], n = b->dim[tb ? 0 : b->rank - 1];
    int64_t dim[8];
    memcpy(dim, a->dim, sizeof dim);
    dim[a->rank - 1] = n;
    struct array *y = add(w, node->output[0], a->rank, dim);
    const int64_t m = a->dim[a->rank - 2];
    const int64_t each = b->rank > 2 ? k * n : 0; /* of a product */
    for (int64_t i = 0; i < count(y); i++) {
        double sum = 0;
        for (int64_t t = 0; t < k; t++)
            sum +=
                a->v[i / n * k + t] *
                b->v[i / n / m * each + (tb ? i % n * k + t : t * n + i % n)];
        y->v[i] =
            sum * (alpha ? (double)alpha->f : 1) +
            (c ? c->v[spread(c, y, i)] * (beta ? (double)beta->f : 1) : 0);
    }
}

static void softmax(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0);
    const int old = w->b->opset.version < 13;
    int axis = (int)integer(node, "axis", old ? 1 : -1);
    axis += axis < 0 ? x->rank : 0;
    struct array *y = add(w, node->output[0], x->rank, x->dim);
    const int64_t inner = old ? 1 : product(x->dim, axis + 1, x->rank);
    const int64_t size = old ? product(x->dim, axis, x->rank) : x->dim[axis];
    for (int64_t i = 0; i < count(x); i++) {
        const int64_t base = i / (inner * size) * inner * size + i % inner;
        double sum = 0;
        for (int64_t t = 0; t < size; t++)
            sum += exp(x->v[base + t * inner] - x->v[i]);
        y->v[i] = isinf(x->v[i]) ? 0 : 1 / sum;
    }
}

static void mean(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0), *list = in(w, node, 1);
    const int keep = (int)integer(node, "keepdims", 1);
    const size_t axes =
        list ? (size_t)list->dim[0] : find(node, "axes")->n_ints;
    int gone[8] = {0}, rank = 0;
    int64_t dim[8], n = 1;
    for (size_t i = 0; i < axes; i++) {
        int64_t a = list ? (int64_t)list->v[i] : item(node, "axes", i, 0);
        gone[a < 0 ? a + x->rank : a] = 1;
    }
    for (int i = 0; i < x->rank; i++) {
        n *= gone[i] ? x->dim[i] : 1;
        if (!gone[i] || keep)
            dim[rank++] = gone[i] ? 1 : x->dim[i];
    }
    struct array *y = add(w, node->output[0], rank, dim);
    for (int64_t i = 0; i < count(x); i++) {
        int64_t rest = i, index = 0, stride = 1;
        for (int j = x->rank - 1; j >= 0; j--) {
            index += gone[j] ? 0 : rest % x->dim[j] * stride;
            stride *= gone[j] ? 1 : x->dim[j];
            rest /= x->dim[j];
        }
        y->v[index] += x->v[i] / (double)n;
    }
}

static void transpose(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0);
    int64_t dim[8], step[8];
    for (int i = 0; i < x->rank; i++) {
        int p = (int)item(node, "perm", (size_t)i, x->rank - 1 - i);
        dim[i] = x->dim[p];
        step[i] = product(x->dim, p + 1, x->rank);
    }
    struct array *y = add(w, node->output[0], x->rank, dim);
    for (int64_t i = 0; i < count(y); i++) {
        int64_t rest = i, from = 0;
        for (int j = x->rank - 1; j >= 0; j--) {
            from += rest % dim[j] * step[j];
            rest /= dim[j];
        }
        y->v[i] = x->v[from];
    }
}

/* Reshape, Flatten, Squeeze, Unsqueeze: only the shape changes. */
static void reshape(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0), *list = in(w, node, 1);
    int64_t dim[8], known = 1;
    int rank = 0, flags[9] = {0}, open = -1;
    const char op = node->op_type[0];
    const Onnx__AttributeProto *a = find(node, "axes");
    const size_t n = list ? (size_t)list->dim[0] : a ? a->n_ints : 0;
    const int full = op == 'U' ? x->rank + (int)n : x->rank;
    for (size_t i = 0; i < n && op != 'R'; i++) {
        int64_t axis = list ? (int64_t)list->v[i] : a->ints[i];
        flags[axis < 0 ? axis + full : axis] = 1;
    }
    if (op == 'F') {
        const int axis = (int)integer(node, "axis", 1);
        dim[0] = product(x->dim, 0, axis);
        dim[1] = product(x->dim, axis, x->rank);
        rank = 2;
    } else if (op == 'R') {
        for (rank = 0; rank < (int)n; rank++) {
            dim[rank] = (int64_t)list->v[rank];
            dim[rank] = dim[rank] ? dim[rank] : x->dim[rank];
            if (dim[rank] < 0)
                open = rank;
            else
                known *= dim[rank];
        }
        if (open >= 0)
            dim[open] = count(x) / known;
    } else {
        for (int i = 0, j = 0; i < full; i++) {
            if (op == 'U')
                dim[rank++] = flags[i] ? 1 : x->dim[j++];
            else if (!flags[i])
                dim[rank++] = x->dim[i];
        }
    }
    struct array *y = add(w, node->output[0], rank, dim);
    memcpy(y->v, x->v, (size_t)count(x) * sizeof *y->v);
}

/* With one scale and zero point, or one for each of an axis. */
static void quantize(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0), *s = in(w, node, 1);
    const struct array *z = in(w, node, 2);
    const int axis = s->rank ? (int)integer(node, "axis", 1) : 0;
    const int64_t inner = s->rank ? product(x->dim, axis + 1, x->rank) : 1;
    struct array *y = add(w, node->output[0], x->rank, x->dim);
    const double low = z && z->type == 3 ? -128 : 0;
    for (int64_t i = 0; i < count(x); i++) {
        const int64_t c = s->rank ? i / inner % s->dim[0] : 0;
        const double zero = z ? z->v[z->rank ? c : 0] : 0;
        if (node->op_type[0] == 'D') {
            y->v[i] = (x->v[i] - zero) * s->v[c];
            continue;
        }
        const double v = rint(x->v[i] / s->v[c]) + zero;
        y->v[i] = v < low ? low : v > low + 255 ? low + 255 : v;
    }
}

/* Shape, Gather of a scalar index, Concat. */
static void shapes(struct world *w, const Onnx__NodeProto *node)
{
    const struct array *x = in(w, node, 0);
    if (node->op_type[0] == 'S') {
        struct array *y =
            add(w, node->output[0], 1, (const int64_t[]){x->rank});
        for (int i = 0; i < x->rank; i++)
            y->v[i] = (double)x->dim[i];
    } else if (node->op_type[0] == 'G') {
        const struct array *at = in(w, node, 1);
        struct array *y = add(w, node->output[0], at->rank, at->dim);
        for (int64_t i = 0; i < count(y); i++)
            y->v[i] = x->v[(int64_t)at->v[i]];
    } else {
        const int axis = (int)integer(node, "axis", 0);
        const int64_t outer = product(x->dim, 0, axis);
        int64_t dim[8], at = 0;
        memcpy(dim, x->dim, sizeof dim);
        for (size_t i = 1; i < node->n_input; i++)
            dim[axis] += in(w, node, i)->dim[axis];
        struct array *y = add(w, node->output[0], x->rank, dim);
        for (size_t i = 0; i < node->n_input; i++) {
            const struct array *part = in(w, node, i);
            const int64_t row = product(part->dim, axis, x->rank);
            for (int64_t j = 0; j < outer * row; j++)
                y->v[j / row * product(dim, axis, x->rank) + at + j % row] =
                    part->v[j];
            at += row;
        }
    }
}

static void evaluate(struct world *w, const Onnx__NodeProto *node)
{
    static const struct {
        const char *op;
        void (*run)(struct world *w, const Onnx__NodeProto *node);
    } table[] = {
        {"Conv", conv},
        {"MaxPool", pool},
        {"AveragePool", pool},
        {"GlobalAveragePool", pool},
        {"GlobalMaxPool", pool},
        {"BatchNormalization", norm},
        {"Add", binary},
        {"Sub", binary},
        {"Mul", binary},
        {"Div", binary},
        {"Relu", unary},
        {"Clip", unary},
        {"Sigmoid", unary},
        {"Erf", unary},
        {"Identity", unary},
        {"Dropout", dropout},
        {"Log", unary},
        {"Gemm", matrix},
        {"MatMul", matrix},
        {"Softmax", softmax},
        {"ReduceMean", mean},
        {"Transpose", transpose},
        {"Reshape", reshape},
        {"Flatten", reshape},
        {"Squeeze", reshape},
        {"Unsqueeze", reshape},
        {"Shape", shapes},
        {"Gather", shapes},
        {"Concat", shapes},
        {"Sign", unary},
        {"Sqrt", unary},
        {"Cast", unary},
        {"Tanh", unary},
        {"Mod", binary},
        {"Pow", binary},
        {"QuantizeLinear", quantize},
        {"DequantizeLinear", quantize},
    };
    size_t i = 0, n = sizeof table / sizeof *table;
    while (i < n && strcmp(table[i].op, node->op_type) != 0)
        i++;
    if (i == n)
        stop("no operator", node->op_type);
    table[i].run(w, node);
}

static double value_of(const Onnx__TensorProto *t, int64_t i)
{
    const void *data = t->raw_data.data;
    switch (t->data_type) {
    case 1:
        return (double)((const float *)data)[i];
    case 2:
        return ((const uint8_t *)data)[i];
    case 3:
        return ((const int8_t *)data)[i];
    case 10:
        return (double)assay_half_to_float(((const uint16_t *)data)[i]);
    default:
        return (double)((const int64_t *)data)[i];
    }
}

const double *build_evaluate(struct build *b, const float *input, int64_t batch,
                             size_t *n)
{
    struct world *w = build_alloc(b, 1, sizeof *w);
    w->b = b;
    for (size_t i = 0; i < b->graph.n_initializer; i++) {
        const Onnx__TensorProto *t = b->tensors[i];
        struct array *a = add(w, t->name, (int)t->n_dims, t->dims);
        a->type = t->data_type;
        for (int64_t j = 0; j < count(a); j++)
            a->v[j] = value_of(t, j);
    }
    const Onnx__TensorShapeProto *shape =
        b->inputs[0]->type->tensor_type->shape;
    int64_t dim[8] = {batch};
    for (size_t i = 1; i < shape->n_dim; i++)
        dim[i] = shape->dim[i]->dim_value;
    struct array *x = add(w, b->inputs[0]->name, (int)shape->n_dim, dim);
    for (int64_t i = 0; i < count(x); i++)
        x->v[i] = (double)input[i];
    for (size_t i = 0; i < b->graph.n_node; i++)
        evaluate(w, b->nodes[i]);
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->arrays[i].name, b->outputs[0]->name) == 0) {
            *n = (size_t)count(&w->arrays[i]);
            return w->arrays[i].v;
        }
    stop("no output", b->outputs[0]->name);
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "suites/model/compress_channels.h"

/* Where the channels are in a value: along `axis`, each as `inner` successive
 * elements. */
struct spot {
    uint32_t value;
    int axis;
    int64_t inner;
};

enum { SPOTS_MAX = 256 };

struct walk {
    struct assay_channels *channels;
    struct spot spots[SPOTS_MAX]; /* of which the first `done` were followed */
    int n, done;
    /* Values that must turn out to have the channels in the same place. */
    struct spot wanted[SPOTS_MAX];
    int n_wanted;
};

static const struct assay_tensor *tensor_of(const struct walk *w,
                                            uint32_t value)
{
    return &w->channels->work->lowering.tensors[value];
}

static const struct spot *find(const struct walk *w, uint32_t value)
{
    for (int i = 0; i < w->n; i++)
        if (w->spots[i].value == value)
            return &w->spots[i];
    return NULL;
}

static bool is_same(const struct spot *a, const struct spot *b)
{
    return a->axis == b->axis && a->inner == b->inner;
}

static const char *follow(struct walk *w, uint32_t value, int axis,
                          int64_t inner)
{
    const struct spot spot = {value, axis, inner};
    const struct spot *known = find(w, value);
    if (known)
        return is_same(known, &spot) ? NULL : "nodes mix its channels";
    if (w->n == SPOTS_MAX)
        return "too many nodes read its channels";
    w->spots[w->n++] = spot;
    return NULL;
}

/* -- Cutting -- */

/* Input `i` of the node, a constant, without the channels along `axis`. */
static void cut_constant(struct walk *w, const struct assay_node *node,
                         uint32_t i, int axis, int64_t inner)
{
    struct assay_channels *c = w->channels;
    struct assay_work *work = c->work;
    const struct assay_tensor *t = tensor_of(w, node->inputs[i]);
    if (!c->gone || c->status)
        return;
    struct assay_dims dims = t->dims;
    const size_t size = assay_element_bytes(t->element);
    const int64_t outer = assay_dims_product(&dims, 0, axis);
    const size_t run =
        (size_t)(assay_dims_product(&dims, axis + 1, dims.rank) * inner) * size;
    dims.size[axis] -= c->n_gone * inner;
    char *data = assay_region_alloc(&work->lowering.scratch,
                                    (size_t)assay_dims_count(&dims), size);
    char *to = data;
    if (!data) {
        c->status = ASSAY_NOMEM;
        return;
    }
    for (int64_t o = 0; o < outer; o++)
        for (int64_t j = 0; j < c->n; j++)
            if (!c->gone[j]) {
                memcpy(to, (const char *)t->data + (size_t)(o * c->n + j) * run,
                       run);
                to += run;
            }
    c->status = assay_work_constant(work, work->nodes[node->number], i,
                                    t->element, &dims, data);
    assay_node_done(work, work->nodes[node->number], "channels");
}

/* -- Nodes on the way -- */

static bool is_constant(const struct walk *w, const struct assay_node *node,
                        uint32_t i)
{
    return i < node->n_inputs && node->inputs[i] != ASSAY_ABSENT &&
           tensor_of(w, node->inputs[i])->data;
}

static const char *through_norm(struct walk *w, const struct assay_node *node,
                                const struct spot *at)
{
    if (at->axis != 1 || at->inner != 1)
        return "a BatchNormalization reads it another way";
    for (uint32_t i = 1; i < 5; i++)
        if (!is_constant(w, node, i))
            return "a BatchNormalization computes its parameters";
    for (uint32_t i = 1; i < 5; i++)
        cut_constant(w, node, i, 0, 1);
    return follow(w, node->outputs[0], 1, 1);
}

static const char *into_conv(struct walk *w, const struct assay_node *node,
                             const struct spot *at)
{
    struct assay_channels *c = w->channels;
    const int64_t groups = assay_node_int(node, "group", 1);
    const bool bias = node->n_inputs > 2 && node->inputs[2] != ASSAY_ABSENT;
    if (node->inputs[0] != at->value || at->axis != 1 || at->inner != 1 ||
        !is_constant(w, node, 1))
        return "a Conv reads it in a way that is not known";
    if (assay_weights_fault(c->work, node->inputs[1]))
        return "a Conv reads it whose weights stay as they are";
    const struct assay_dims *dims = &tensor_of(w, node->inputs[1])->dims;
    if (groups == 1) {
        cut_constant(w, node, 1, 1, 1);
        return NULL;
    }
    if (groups != c->n || dims->size[0] != groups || dims->size[1] != 1 ||
        (bias && !is_constant(w, node, 2)))
        return "a grouped Conv reads it";
    cut_constant(w, node, 1, 0, 1);
    if (bias)
        cut_constant(w, node, 2, 0, 1);
    if (c->gone && !c->status)
        c->status = assay_work_set_int(c->work, c->work->nodes[node->number],
                                       "group", groups - c->n_gone);
    return follow(w, node->outputs[0], 1, 1);
}

static const char *into_product(struct walk *w, const struct assay_node *node,
                                const struct spot *at)
{
    const struct assay_dims *x = &tensor_of(w, at->value)->dims;
    const bool gemm = strcmp(node->op->name, "Gemm") == 0;
    if (node->inputs[0] != at->value || !is_constant(w, node, 1) ||
        tensor_of(w, node->inputs[1])->dims.rank != 2 ||
        at->axis != x->rank - 1 || (gemm && assay_node_int(node, "transA", 0)))
        return "a product reads it in a way that is not known";
    if (assay_weights_fault(w->channels->work, node->inputs[1]))
        return "a product reads it whose weights stay as they are";
    cut_constant(w, node, 1, gemm && assay_node_int(node, "transB", 0) ? 1 : 0,
                 at->inner);
    return NULL;
}

/* With another value that has the channels, too, such as a function of this
 * one. */
static const char *through_pair(struct walk *w, const struct assay_node *node,
                                const struct spot *at, uint32_t other)
{
    const struct assay_dims *x = &tensor_of(w, at->value)->dims;
    if (!assay_dims_equal(x, &tensor_of(w, node->inputs[other])->dims))
        return "a sum or product with a value of another shape reads it";
    if (w->n_wanted == SPOTS_MAX)
        return "too many nodes read its channels";
    w->wanted[w->n_wanted++] =
        (struct spot){node->inputs[other], at->axis, at->inner};
    return follow(w, node->outputs[0], at->axis, at->inner);
}

/* With a constant beside it, which may have the channels, too. */
static const char *through_binary(struct walk *w, const struct assay_node *node,
                                  const struct spot *at)
{
    const uint32_t other = node->inputs[0] == at->value ? 1 : 0;
    const struct assay_dims *x = &tensor_of(w, at->value)->dims;
    if (node->n_inputs != 2)
        return "a node of several values reads it";
    if (!is_constant(w, node, other))
        return through_pair(w, node, at, other);
    const struct assay_dims *c = &tensor_of(w, node->inputs[other])->dims;
    const int axis = at->axis - (x->rank - c->rank);
    if (c->rank > x->rank ||
        (axis >= 0 && c->size[axis] > 1 && c->size[axis] != x->size[at->axis]))
        return "a constant of another shape stands beside it";
    if (axis >= 0 && c->size[axis] > 1)
        cut_constant(w, node, other, axis, at->inner);
    return follow(w, node->outputs[0], at->axis, at->inner);
}

/* Sums and means over other dimensions. */
static const char *through_reduce(struct walk *w, const struct assay_node *node,
                                  const struct spot *at)
{
    const struct assay_attribute *given = assay_node_find(node, "axes");
    const int rank = tensor_of(w, at->value)->dims.rank;
    const bool keep = assay_node_int(node, "keepdims", 1);
    int64_t axes[ASSAY_RANK_MAX];
    int n = 0, before = 0;
    if (given && given->n <= ASSAY_RANK_MAX) {
        memcpy(axes, given->ints, given->n * sizeof *axes);
        n = (int)given->n;
    } else if (is_constant(w, node, 1) &&
               assay_input_ints(&w->channels->work->lowering, node, 1, axes,
                                &n)) {
        n = 0;
    }
    for (int i = 0; i < n; i++) {
        const int64_t axis = axes[i] + (axes[i] < 0 ? rank : 0);
        if (axis == at->axis)
            return "a sum over all channels reads it";
        before += axis < at->axis;
    }
    if (n == 0)
        return "a sum over all channels reads it";
    return follow(w, node->outputs[0], at->axis - (keep ? 0 : before),
                  at->inner);
}

static const char *through_flatten(struct walk *w,
                                   const struct assay_node *node,
                                   const struct spot *at)
{
    const struct assay_dims *x = &tensor_of(w, at->value)->dims;
    int64_t axis = assay_node_int(node, "axis", 1);
    axis += axis < 0 ? x->rank : 0;
    if (axis > at->axis || assay_dims_product(x, (int)axis, at->axis) != 1)
        return "a Flatten mixes it with other dimensions";
    return follow(w, node->outputs[0], 1,
                  at->inner * assay_dims_product(x, at->axis + 1, x->rank));
}

/* Whether entry `axis` of a computed shape is a constant -1: exporters write
 * Concat(batch, -1). */
static bool is_open(const struct walk *w, uint32_t shape, int64_t axis)
{
    const struct assay_model *model = w->channels->work->model;
    const uint32_t maker = model->values[shape].node;
    const struct assay_node *node = &model->nodes[maker];
    if (strcmp(node->op->name, "Concat") != 0)
        return false;
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct assay_tensor *part = tensor_of(w, node->inputs[i]);
        const uint32_t from = model->values[node->inputs[i]].node;
        const int64_t n = assay_dims_count(&part->dims);
        if (axis < n)
            return (from == ASSAY_ABSENT || model->nodes[from].n_inputs == 0) &&
                   assay_integer_at(part, axis) == -1;
        axis -= n;
    }
    return false;
}

/* Of the shape, single entries other than the channels'. */
static const char *through_shape(const struct walk *w,
                                 const struct assay_node *node,
                                 const struct spot *at)
{
    static const char fault[] = "a node of Shape reads it";
    const struct assay_model *model = w->channels->work->model;
    const uint32_t shape = node->outputs[0];
    if (node->n_attributes)
        return fault;
    for (uint32_t i = 0; i < model->n_nodes; i++)
        for (uint32_t j = 0; j < model->nodes[i].n_inputs; j++) {
            const struct assay_node *reader = &model->nodes[i];
            if (reader->inputs[j] != shape)
                continue;
            const struct assay_tensor *index =
                strcmp(reader->op->name, "Gather") == 0 && j == 0
                    ? tensor_of(w, reader->inputs[1])
                    : NULL;
            if (!index || !index->data || assay_dims_count(&index->dims) != 1 ||
                assay_integer_at(index, 0) < 0 ||
                assay_integer_at(index, 0) == at->axis)
                return fault;
        }
    return w->channels->work->reads[shape] ? NULL : fault;
}

/* The dimension with the channels, and what follows it up to `t` elements,
 * becomes one. */
static const char *through_reshape(struct walk *w,
                                   const struct assay_node *node,
                                   const struct spot *at)
{
    struct assay_channels *c = w->channels;
    const struct assay_dims *x = &tensor_of(w, at->value)->dims;
    const struct assay_dims *y = &tensor_of(w, node->outputs[0])->dims;
    const struct assay_tensor *shape = tensor_of(w, node->inputs[1]);
    const uint32_t maker = c->work->model->values[node->inputs[1]].node;
    const int64_t before = assay_dims_product(x, 0, at->axis);
    int64_t t = 1, sizes[ASSAY_RANK_MAX];
    int axis = 0, end = at->axis + 1;
    while (axis < y->rank &&
           (assay_dims_product(y, 0, axis) != before || y->size[axis] == 1))
        axis++;
    while (axis < y->rank && end < x->rank &&
           x->size[at->axis] * t < y->size[axis])
        t *= x->size[end++];
    if (axis == y->rank || x->size[at->axis] * t != y->size[axis])
        return "a Reshape mixes it with other dimensions";
    if (maker != ASSAY_ABSENT &&
        strcmp(c->work->model->nodes[maker].op->name, "Constant") != 0 &&
        !is_open(w, node->inputs[1], axis))
        return "a Reshape computes its shape";
    for (int i = 0; i < y->rank; i++)
        sizes[i] = assay_integer_at(shape, i);
    if (sizes[axis] > 0 && c->gone && !c->status) {
        sizes[axis] -= c->n_gone * at->inner * t;
        c->status = assay_work_constant(
            c->work, c->work->nodes[node->number], 1, ASSAY_ELEMENT_INT64,
            &(struct assay_dims){1, {y->rank}}, sizes);
    }
    return follow(w, node->outputs[0], axis, at->inner * t);
}

static const char *through_transpose(struct walk *w,
                                     const struct assay_node *node,
                                     const struct spot *at)
{
    const struct assay_attribute *perm = assay_node_find(node, "perm");
    const int rank = tensor_of(w, at->value)->dims.rank;
    int axis = rank - 1 - at->axis;
    for (int i = 0; perm && i < rank; i++)
        if (perm->ints[i] == at->axis)
            axis = i;
    return follow(w, node->outputs[0], axis, at->inner);
}

static const char *through(struct walk *w, const struct assay_node *node,
                           const struct spot *at)
{
    static const char *const same[] = {
        "Relu",     "Clip",       "Sigmoid",   "Tanh", "HardSwish",
        "Erf",      "Sqrt",       "Exp",       "Log",  "Neg",
        "Abs",      "Reciprocal", "LeakyRelu", "Elu",  "HardSigmoid",
        "Softplus", "Sign",       "Floor",     "Ceil", "Round",
        "Identity", "Dropout",    NULL};
    static const char *const pools[] = {
        "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", NULL};
    static const char *const sums[] = {"Add", "Sub", "Mul", "Div", "Pow", NULL};
    static const char *const reduces[] = {"ReduceMean", "ReduceSum",
                                          "ReduceMax", "ReduceMin", NULL};
    static _Thread_local char other[64];
    const char *op = node->op->name;
    if (strcmp(op, "BatchNormalization") == 0)
        return through_norm(w, node, at);
    if (strcmp(op, "Conv") == 0)
        return into_conv(w, node, at);
    if (strcmp(op, "Gemm") == 0 || strcmp(op, "MatMul") == 0)
        return into_product(w, node, at);
    if (strcmp(op, "Flatten") == 0)
        return through_flatten(w, node, at);
    if (strcmp(op, "Reshape") == 0 && node->inputs[0] == at->value)
        return through_reshape(w, node, at);
    if (strcmp(op, "Transpose") == 0)
        return through_transpose(w, node, at);
    if (strcmp(op, "Shape") == 0)
        return through_shape(w, node, at);
    if (assay_is_one_of(op, reduces))
        return through_reduce(w, node, at);
    if (assay_is_one_of(op, sums))
        return through_binary(w, node, at);
    if ((assay_is_one_of(op, same) ||
         (assay_is_one_of(op, pools) && at->axis == 1)) &&
        node->inputs[0] == at->value)
        return follow(w, node->outputs[0], at->axis, at->inner);
    snprintf(other, sizeof other, "a node of %s reads it", op);
    return other;
}

static const char *spread(struct walk *w, const struct spot *at)
{
    const struct assay_model *model = w->channels->work->model;
    for (uint32_t i = 0; i < model->n_outputs; i++)
        if (model->outputs[i] == at->value)
            return "it makes the model's output";
    for (uint32_t i = 0; i < model->n_nodes; i++)
        for (uint32_t j = 0; j < model->nodes[i].n_inputs; j++)
            if (model->nodes[i].inputs[j] == at->value) {
                const char *fault = through(w, &model->nodes[i], at);
                if (fault)
                    return fault;
                break;
            }
    return NULL;
}

/* Its own filters and bias. */
static void cut_layer(struct walk *w, struct assay_layer *layer)
{
    struct assay_channels *c = w->channels;
    const struct assay_node *node = &c->work->model->nodes[layer->number];
    const int64_t row = layer->k * layer->taps;
    double sum = 0, gone = 0;
    for (int64_t i = 0; i < c->n * row; i++) {
        const double square =
            (double)layer->weights[i] * (double)layer->weights[i];
        sum += square;
        gone += c->gone && c->gone[i / row] ? square : 0;
    }
    cut_constant(w, node, 1, layer->turned ? 1 : 0, 1);
    if (node->n_inputs > 2 && node->inputs[2] != ASSAY_ABSENT) {
        const struct assay_dims *bias = &tensor_of(w, node->inputs[2])->dims;
        if (assay_dims_count(bias) > 1)
            cut_constant(w, node, 2, bias->rank - 1, 1);
    }
    if (c->gone)
        assay_layer_done(layer, "channels",
                         sum > 0 ? __builtin_sqrt(gone / sum) : 0);
}

static bool has_plain_bias(const struct walk *w, const struct assay_node *node,
                           int64_t n)
{
    if (node->n_inputs < 3 || node->inputs[2] == ASSAY_ABSENT)
        return true;
    const struct assay_tensor *b = tensor_of(w, node->inputs[2]);
    const int64_t count = b->data ? assay_dims_count(&b->dims) : 0;
    return b->data &&
           (count == 1 || (count == n && b->dims.size[b->dims.rank - 1] == n));
}

const char *assay_channels_walk(struct assay_channels *channels,
                                struct assay_layer *layer)
{
    const struct assay_node *node =
        &channels->work->model->nodes[layer->number];
    struct walk w = {.channels = channels};
    const struct assay_dims *y =
        &channels->work->lowering.tensors[node->outputs[0]].dims;
    const char *fault = NULL;
    if (channels->n < 2)
        return "it has one channel";
    if (!has_plain_bias(&w, node, channels->n))
        return "its bias is computed";
    if (channels->gone)
        cut_layer(&w, layer);
    fault = follow(&w, node->outputs[0],
                   layer->kind == ASSAY_LAYER_CONV ? 1 : y->rank - 1, 1);
    while (!fault && w.done < w.n) {
        const struct spot at = w.spots[w.done++];
        fault = spread(&w, &at);
    }
    for (int i = 0; !fault && i < w.n_wanted; i++) {
        const struct spot *known = find(&w, w.wanted[i].value);
        if (!known || !is_same(known, &w.wanted[i]))
            fault = "a sum or product with another computed value reads it";
    }
    return fault;
}

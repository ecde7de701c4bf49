/* SPDX-License-Identifier: Apache-2.0
 *
 * Folding: nodes whose inputs are all constant. Memory comes from the
 * lowering's budget, so that a file cannot make constants grow without end.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "kernels/half.h"
#include "suites/model/lower.h"

enum assay_status assay_fold_copy(struct assay_lowering *l,
                                  const struct assay_node *node)
{
    l->tensors[node->outputs[0]].data = assay_input(l, node, 0)->data;
    return ASSAY_OK;
}

static enum assay_status to_integer(const struct assay_lowering *l,
                                    const struct assay_node *node, double value,
                                    int64_t *result)
{
    if (!(value > -0x1p62 && value < 0x1p62))
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "%g is no 64-bit integer", value);
    *result = (int64_t)value;
    return ASSAY_OK;
}

int64_t assay_integer_at(const struct assay_tensor *x, int64_t i)
{
    switch (x->element) {
    case ASSAY_ELEMENT_INT64:
        return ((const int64_t *)x->data)[i];
    case ASSAY_ELEMENT_INT32:
        return ((const int32_t *)x->data)[i];
    case ASSAY_ELEMENT_INT8:
        return ((const int8_t *)x->data)[i];
    default:
        return ((const uint8_t *)x->data)[i];
    }
}

static double float_at(const struct assay_tensor *x, int64_t i)
{
    return x->element == ASSAY_ELEMENT_FLOAT16
               ? (double)assay_half_to_float(((const uint16_t *)x->data)[i])
               : (double)((const float *)x->data)[i];
}

/* An element of a float type. */
static void set_float(enum assay_element element, void *out, int64_t i,
                      float value)
{
    if (element == ASSAY_ELEMENT_FLOAT16)
        ((uint16_t *)out)[i] = assay_half_from_float(value);
    else
        ((float *)out)[i] = value;
}

/* An element of an integer type, or bool; false: it does not fit. */
static bool set_integer(enum assay_element element, void *out, int64_t i,
                        int64_t value)
{
    switch (element) {
    case ASSAY_ELEMENT_INT64:
        ((int64_t *)out)[i] = value;
        return true;
    case ASSAY_ELEMENT_INT32:
        ((int32_t *)out)[i] = (int32_t)value;
        return value >= INT32_MIN && value <= INT32_MAX;
    case ASSAY_ELEMENT_INT8:
        ((int8_t *)out)[i] = (int8_t)value;
        return value >= INT8_MIN && value <= INT8_MAX;
    case ASSAY_ELEMENT_UINT8:
        ((uint8_t *)out)[i] = (uint8_t)value;
        return value >= 0 && value <= UINT8_MAX;
    default:
        ((uint8_t *)out)[i] = value != 0;
        return true;
    }
}

enum assay_status assay_fold_cast(struct assay_lowering *l,
                                  const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const enum assay_element to = l->tensors[node->outputs[0]].element;
    const bool from_float = assay_element_is_float(x->element);
    void *out = assay_fold(l, node);
    if (!out)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < assay_dims_count(&x->dims); i++) {
        const double f = from_float ? float_at(x, i) : 0;
        int64_t v = from_float ? f != 0 : assay_integer_at(x, i);
        enum assay_status status = ASSAY_OK;
        if (assay_element_is_float(to)) {
            set_float(to, out, i, from_float ? (float)f : (float)v);
            continue;
        }
        if (from_float && to != ASSAY_ELEMENT_BOOL)
            status = to_integer(l, node, f, &v);
        if (!status && !set_integer(to, out, i, v))
            status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                     "%" PRId64 " is no %s", v,
                                     assay_element_name(to));
        if (status)
            return status;
    }
    return ASSAY_OK;
}

enum assay_status assay_fold_concat(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *to = &l->tensors[node->outputs[0]];
    const size_t size = assay_element_bytes(to->element);
    int axis;
    enum assay_status status = assay_axis(
        l, node, assay_node_int(node, "axis", 0), to->dims.rank, &axis);
    if (status)
        return status;
    const int64_t outer = assay_dims_product(&to->dims, 0, axis);
    const size_t row =
        (size_t)assay_dims_product(&to->dims, axis, to->dims.rank) * size;
    char *out = assay_fold(l, node);
    if (!out)
        return ASSAY_NOMEM;
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct assay_tensor *x = assay_input(l, node, i);
        const size_t bytes =
            (size_t)assay_dims_product(&x->dims, axis, x->dims.rank) * size;
        for (int64_t o = 0; o < outer; o++)
            memcpy(out + (size_t)o * row,
                   (const char *)x->data + (size_t)o * bytes, bytes);
        out += bytes;
    }
    return ASSAY_OK;
}

enum assay_status assay_fold_gather(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_tensor *at = assay_input(l, node, 1);
    int axis;
    enum assay_status status = assay_axis(
        l, node, assay_node_int(node, "axis", 0), x->dims.rank, &axis);
    if (status)
        return status;
    const int64_t outer = assay_dims_product(&x->dims, 0, axis);
    const int64_t along = x->dims.size[axis];
    const int64_t n = assay_dims_count(&at->dims);
    const size_t bytes =
        (size_t)assay_dims_product(&x->dims, axis + 1, x->dims.rank) *
        assay_element_bytes(x->element);
    char *out = assay_fold(l, node);
    if (!out)
        return ASSAY_NOMEM;
    for (int64_t o = 0; o < outer; o++) {
        for (int64_t i = 0; i < n; i++) {
            int64_t index = assay_integer_at(at, i);
            index += index < 0 ? along : 0;
            if (index < 0 || index >= along)
                return assay_node_fail(l->model, node, ASSAY_INVALID,
                                       "index %" PRId64 " is not within the "
                                       "%" PRId64 " of axis %d",
                                       assay_integer_at(at, i), along, axis);
            memcpy(out,
                   (const char *)x->data + (size_t)(o * along + index) * bytes,
                   bytes);
            out += bytes;
        }
    }
    return ASSAY_OK;
}

enum assay_status assay_fold_transpose(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_tensor *to = &l->tensors[node->outputs[0]];
    const struct assay_attribute *perm = assay_node_find(node, "perm");
    const size_t size = assay_element_bytes(x->element);
    const int rank = x->dims.rank;
    int64_t strides[ASSAY_RANK_MAX];
    char *out = assay_fold(l, node);
    if (!out)
        return ASSAY_NOMEM;
    for (int i = 0; i < rank; i++) {
        const int axis = perm ? (int)perm->ints[i] : rank - 1 - i;
        strides[i] = assay_dims_product(&x->dims, axis + 1, rank);
    }
    for (int64_t i = 0; i < assay_dims_count(&to->dims); i++) {
        int64_t rest = i, from = 0;
        for (int j = rank - 1; j >= 0; j--) {
            from += rest % to->dims.size[j] * strides[j];
            rest /= to->dims.size[j];
        }
        memcpy(out + (size_t)i * size,
               (const char *)x->data + (size_t)from * size, size);
    }
    return ASSAY_OK;
}

/* The index into an operand that is repeated to the shape of the result. */
static int64_t operand(const struct assay_dims *x, const struct assay_dims *to,
                       int64_t at)
{
    int64_t index = 0, stride = 1;
    for (int i = to->rank - 1; i >= 0; i--) {
        const int j = i - (to->rank - x->rank);
        const int64_t here = at % to->size[i];
        at /= to->size[i];
        if (j < 0)
            break;
        index += x->size[j] == 1 ? 0 : here * stride;
        stride *= x->size[j];
    }
    return index;
}

static float float_result(char op, float a, float b)
{
    switch (op) {
    case 'A':
        return a + b;
    case 'S':
        return a - b;
    case 'M':
        return a * b;
    case 'P':
        return powf(a, b);
    case 'i':
        return fminf(a, b);
    case 'a':
        return fmaxf(a, b);
    case 'o':
    case 'f':
        return fmodf(a, b);
    default:
        return a / b;
    }
}

/* false: division by zero or overflow. */
static bool integer_result(char op, int64_t a, int64_t b, int64_t *result)
{
    switch (op) {
    case 'A':
        return !__builtin_add_overflow(a, b, result);
    case 'S':
        return !__builtin_sub_overflow(a, b, result);
    case 'M':
        return !__builtin_mul_overflow(a, b, result);
    case 'i':
        *result = a < b ? a : b;
        return true;
    case 'a':
        *result = a > b ? a : b;
        return true;
    case 'o':
    case 'f':
        if (b == 0)
            return false;
        *result = b == -1 ? 0 : a % b;
        if (op == 'o' && *result && (*result < 0) != (b < 0))
            *result += b;
        return true;
    default:
        if (b == 0 || (a == INT64_MIN && b == -1))
            return false;
        *result = a / b;
        return true;
    }
}

/* One letter an operator; Min, Max and Mod begin like Mul. Mod's remainder has
 * the divisor's sign, or with fmod the dividend's: f. */
static char letter(const struct assay_node *node)
{
    const char *name = node->op->name;
    const char second = name[0] == 'M' && name[1] != 'u' ? name[1] : name[0];
    return second == 'o' && assay_node_int(node, "fmod", 0) ? 'f' : second;
}

enum assay_status assay_fold_binary(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *a = assay_input(l, node, 0);
    const struct assay_tensor *b =
        assay_input(l, node, node->n_inputs > 1 ? 1 : 0);
    const struct assay_tensor *to = &l->tensors[node->outputs[0]];
    const char op = letter(node);
    const bool floats = assay_element_is_float(to->element) &&
                        assay_element_is_float(b->element);
    if (node->n_inputs > 2 || (op == 'P' && !floats))
        return ASSAY_OK; /* lowered like any other */
    if (op == 'o' && floats)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "Mod of floats needs fmod = 1");
    void *out = assay_fold(l, node);
    if (!out)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < assay_dims_count(&to->dims); i++) {
        const int64_t ia = operand(&a->dims, &to->dims, i);
        const int64_t ib = operand(&b->dims, &to->dims, i);
        int64_t v;
        if (floats) {
            set_float(to->element, out, i,
                      float_result(op, (float)float_at(a, ia),
                                   (float)float_at(b, ib)));
            continue;
        }
        if (!integer_result(op, assay_integer_at(a, ia),
                            assay_integer_at(b, ib), &v) ||
            !set_integer(to->element, out, i, v))
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "integers overflow, or one is divided by "
                                   "zero");
    }
    return ASSAY_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Initializers that are stored sparse: the same model as with dense ones, and
 * faults of theirs, each refused by name. Meant for ASan and UBSan as well.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <cmocka.h>

#include "suites/model/model.h"
#include "tests/model_cases.h"

static char path[64];

/* x [n][6] times w [6][5], which has four values that are not zero. */
enum { ROWS = 6, COLS = 5, VALUES = 4 };
static const int64_t places[VALUES] = {3, 4, 17, 29};
static const float values[VALUES] = {1.5f, -2, 0.25f, 4};

static Onnx__TensorProto *tensor(struct build *b, const char *name, int type,
                                 const void *data, size_t bytes,
                                 const int64_t *dims, size_t rank)
{
    Onnx__TensorProto *t = build_alloc(b, 1, sizeof *t);
    onnx__tensor_proto__init(t);
    t->name = (char *)(uintptr_t)name;
    t->has_data_type = 1;
    t->data_type = type;
    t->dims = build_alloc(b, rank, sizeof *t->dims);
    memcpy(t->dims, dims, rank * sizeof *t->dims);
    t->n_dims = rank;
    t->has_raw_data = 1;
    t->raw_data.data = build_alloc(b, bytes + 1, 1);
    memcpy(t->raw_data.data, data, bytes);
    t->raw_data.len = bytes;
    return t;
}

static void product(struct build *b)
{
    build_init(b, 13);
    model_rows(b, ROWS);
    build_random(b, "c", LIST(COLS));
    build_node(b, "MatMul", "x w", "1");
    build_node(b, "Add", "1 c", "y");
}

/* With an index for each dimension if `pairs`. */
static Onnx__SparseTensorProto *sparse(struct build *b, bool pairs)
{
    int64_t indices[VALUES][2];
    for (int i = 0; i < VALUES; i++) {
        indices[i][0] = places[i] / COLS;
        indices[i][1] = places[i] % COLS;
    }
    Onnx__SparseTensorProto *s = build_alloc(b, 1, sizeof *s);
    onnx__sparse_tensor_proto__init(s);
    s->dims = build_alloc(b, 8, sizeof *s->dims);
    s->n_dims = 2;
    s->dims[0] = ROWS;
    s->dims[1] = COLS;
    s->values = tensor(b, "w", 1, values, sizeof values, LIST(VALUES));
    s->indices =
        pairs ? tensor(b, "", 7, indices, sizeof indices, LIST(VALUES, 2))
              : tensor(b, "", 7, places, sizeof places, LIST(VALUES));
    b->graph.sparse_initializer = build_alloc(b, 2, sizeof(void *));
    b->graph.sparse_initializer[0] = s;
    b->graph.n_sparse_initializer = 1;
    return s;
}

static void compute(struct build *b, float *y)
{
    static const float x[ROWS] = {1, -2, 3, 0.5f, -0.25f, 7};
    struct assay_model *model;
    struct assay_lowered *lowered;
    size_t size;
    const uint8_t *bytes = build_pack(b, &size);
    build_write(path, bytes, size);
    if (assay_model_load(path, &model) ||
        assay_model_lower(model, 1, &lowered) ||
        assay_lowered_reference(lowered, x, y))
        fail_msg("%s", assay_message());
    struct assay_model_facts facts;
    assay_model_facts(model, &facts);
    assert_int_equal(facts.parameters, ROWS * COLS + COLS);
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    build_free(b);
}

static void same(void **state)
{
    (void)state;
    float dense[ROWS * COLS] = {0}, want[COLS], got[COLS];
    struct build b;
    for (int i = 0; i < VALUES; i++)
        dense[places[i]] = values[i];
    product(&b);
    Onnx__TensorProto *w = build_random(&b, "w", LIST(ROWS, COLS));
    memcpy(w->raw_data.data, dense, sizeof dense);
    compute(&b, want);
    for (int pairs = 0; pairs < 2; pairs++) {
        product(&b);
        sparse(&b, pairs);
        if (pairs)
            build_input(&b, "w", LIST(ROWS, COLS)); /* IR version 3 */
        compute(&b, got);
        assert_memory_equal(got, want, sizeof want);
    }
}

/* Nothing but zeros. */
static void empty(void **state)
{
    (void)state;
    float got[COLS];
    struct build b;
    product(&b);
    Onnx__SparseTensorProto *s = sparse(&b, false);
    s->values->dims[0] = s->indices->dims[0] = 0;
    s->values->raw_data.len = s->indices->raw_data.len = 0;
    float c[COLS];
    memcpy(c, b.tensors[0]->raw_data.data, sizeof c);
    compute(&b, got);
    assert_memory_equal(got, c, sizeof c);
}

#define FAULT(name, code)                                                      \
    static void name(struct build *b, Onnx__SparseTensorProto *s,              \
                     int64_t *index)                                           \
    {                                                                          \
        (void)b, (void)s, (void)index;                                         \
        code                                                                   \
    }

FAULT(no_values, s->values = NULL;)
FAULT(no_name, s->values->name = NULL;)
FAULT(no_indices, s->indices = NULL;)
FAULT(no_dims, s->n_dims = 0;)
FAULT(many_dims, s->n_dims = 9; s->dims = build_alloc(b, 9, sizeof *s->dims);)
FAULT(dim_zero, s->dims[1] = 0;)
FAULT(dim_negative, s->dims[0] = -6;)
FAULT(dims_huge, s->dims[0] = s->dims[1] = INT64_C(1) << 40;)
FAULT(dims_beyond, s->dims[0] = s->dims[1] = 46341;)
FAULT(dims_budget, s->dims[0] = 20000; s->dims[1] = 20000;)
FAULT(index_type, s->indices->data_type = 6; s->indices->raw_data.len /= 2;)
FAULT(index_beyond, index[3] = ROWS * COLS;)
FAULT(index_far, index[3] = INT64_MAX;)
FAULT(index_negative, index[0] = -1;)
FAULT(index_least, index[0] = INT64_MIN;)
FAULT(index_twice, index[1] = 3;)
FAULT(index_falls, index[2] = 1;)
FAULT(index_few, s->indices->dims[0] = 3; s->indices->raw_data.len -= 8;)
FAULT(index_short, s->indices->raw_data.len -= 8;)
FAULT(index_external, s->indices->has_data_location = 1;
      s->indices->data_location = 1;)
FAULT(values_rank, s->values->n_dims = 2;
      s->values->dims = build_alloc(b, 2, sizeof(int64_t));
      s->values->dims[0] = s->values->dims[1] = 2;)
FAULT(values_text, s->values->data_type = 8;)
FAULT(values_external, s->values->has_data_location = 1;
      s->values->data_location = 1;)
FAULT(name_twice, b->graph.sparse_initializer[1] = s;
      b->graph.n_sparse_initializer = 2;)
FAULT(name_dense, s->values->name = "c";)

static const struct {
    void (*fault)(struct build *b, Onnx__SparseTensorProto *s, int64_t *index);
    const char *says;
} faults[] = {
    {no_values, "sparse initializer 0 has no values or no name"},
    {no_name, "sparse initializer 0 has no values or no name"},
    {no_indices, "sparse initializer 'w' has no indices"},
    {no_dims, "sparse initializer 'w' has 0 dimensions"},
    {many_dims, "sparse initializer 'w' has 9 dimensions"},
    {dim_zero, "dimension 1 is 0"},
    {dim_negative, "dimension 0 is -6"},
    {dims_huge, "more than 2^31 elements"},
    {dims_beyond, "more than 2^31 elements"},
    {dims_budget, "bytes"},
    {index_type, "its indices are of int32"},
    {index_beyond, "index 3 is outside of its shape"},
    {index_far, "index 3 is outside of its shape"},
    {index_negative, "index 0 is outside of its shape"},
    {index_least, "index 0 is outside of its shape"},
    {index_twice, "index 1 is not above the one before"},
    {index_falls, "index 2 is not above the one before"},
    {index_few, "for each of 4 values"},
    {index_short, "do not fill its shape"},
    {index_external, "another file"},
    {values_rank, "its values are no list"},
    {values_text, "data type 8"},
    {values_external, "another file"},
    {name_twice, "two initializers are named 'w'"},
    {name_dense, "two initializers are named 'c'"},
};

/* An index outside of one dimension, though not of the whole. */
static void column(struct build *b, Onnx__SparseTensorProto *s, int64_t *index)
{
    (void)b, (void)s;
    index[1] = COLS;
}

static void try_fault(size_t i, bool pairs)
{
    struct build b;
    struct assay_model *model;
    size_t size;
    product(&b);
    Onnx__SparseTensorProto *s = sparse(&b, pairs);
    int64_t *index = (int64_t *)(void *)s->indices->raw_data.data;
    if (pairs)
        column(&b, s, index);
    else
        faults[i].fault(&b, s, index);
    const char *says = pairs ? "index 0 is outside" : faults[i].says;
    const uint8_t *bytes = build_pack(&b, &size);
    build_write(path, bytes, size);
    if (!assay_model_load(path, &model) || !strstr(assay_message(), says))
        fail_msg("fault %zu: '%s' does not say '%s'", i, assay_message(), says);
    assert_null(model);
    build_free(&b);
}

static void refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        try_fault(i, false);
    try_fault(0, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same),
        cmocka_unit_test(empty),
        cmocka_unit_test(refused),
    };
    snprintf(path, sizeof path, "/tmp/assay-sparse-%ld.onnx", (long)getpid());
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed != 0;
}

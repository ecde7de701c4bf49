/* SPDX-License-Identifier: Apache-2.0
 *
 * Channel pruning: the result must compute what the model does when the weights
 * of these channels, and what a normalization adds to them, are 0; and layers
 * that something else than a layer reads must be left.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/compress_tools.h"
#include "tests/model_cases.h"

static void prune(struct build *b, double fraction)
{
    if (tools_compress(b,
                       &(struct assay_compress_options){.channels = fraction}))
        fail_msg("%s", assay_message());
}

/* Scale the elements of one channel of [outer][n][inner]. */
static void set(Onnx__TensorProto *t, int64_t outer, int64_t n, int64_t inner,
                int64_t channel, float scale)
{
    float *v = tools_values(t);
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < inner; i++)
            v[(o * n + channel) * inner + i] *= scale;
}

static Onnx__TensorProto *named(struct build *b, const char *name)
{
    for (size_t i = 0; i < b->graph.n_initializer; i++)
        if (strcmp(b->tensors[i]->name, name) == 0)
            return b->tensors[i];
    fail_msg("no '%s'", name);
    return NULL;
}

static void computes(struct build *b, int64_t batch, size_t elements)
{
    float x[2000];
    size_t n;
    assert_true(elements <= 2000);
    for (size_t i = 0; i < elements; i++)
        x[i] = (float)((double)(i * 37 % 101) / 50 - 1);
    const double *y = build_evaluate(b, x, batch, &n);
    tools_expect(x, batch, y, n, 1e-5);
}

static int64_t dim(const char *name, int i)
{
    return tools_initializer(name)->dims[i];
}

/* Conv (channel 1 is weak), BatchNormalization, Relu, pool, Flatten, Gemm. */
static void conv_to_gemm(void **state)
{
    (void)state;
    struct build b;
    model_sound(&b);
    tools_left(&b, &(struct assay_compress_options){.channels = 0.1});
    assert_string_equal(tools_report->rows[0].left, "channels: none had to go");
    set(named(&b, "w"), 1, 3, 18, 1, 1e-3f);
    prune(&b, 0.3);
    assert_int_equal(dim("w", 0), 2);
    assert_int_equal(dim("n.s", 0), 2);
    assert_int_equal(dim("n.v", 0), 2);
    assert_int_equal(dim("v", 1), 18);
    assert_int_equal(dim("c", 0), 4);
    assert_string_equal(tools_report->rows[0].done, "channels");
    assert_string_equal(tools_report->rows[1].left,
                        "channels: it makes the model's output");
    const char *const parts[] = {"w", "n.s", "n.b"};
    for (int i = 0; i < 3; i++)
        set(named(&b, parts[i]), 1, 3, i ? 1 : 18, 1, 0);
    computes(&b, 2, 144);
    build_free(&b);
}

/* Conv, depthwise Conv with bias, Conv: channels 0 and 3 of four are weak. */
static void depthwise(void **state)
{
    (void)state;
    struct build b;
    build_init(&b, 13);
    model_image(&b, 2, 6, 6);
    model_conv(&b, "x w wb", "1", 4, 2, 3);
    build_random(&b, "d", LIST(4, 1, 3, 3));
    build_random(&b, "db", LIST(4));
    build_attr_i(&b, build_node(&b, "Conv", "1 d db", "2"), "group", 4);
    build_node(&b, "Relu", "2", "3");
    model_conv(&b, "3 v vb", "y", 3, 4, 1);
    set(named(&b, "w"), 1, 4, 18, 0, 1e-3f);
    set(named(&b, "w"), 1, 4, 18, 3, 1e-2f);
    prune(&b, 0.5);
    assert_int_equal(dim("w", 0), 2);
    assert_int_equal(dim("d", 0), 2);
    assert_int_equal(dim("db", 0), 2);
    assert_int_equal(dim("v", 1), 2);
    assert_string_equal(tools_report->rows[1].done, "channels");
    for (int c = 0; c < 4; c += 3) {
        set(named(&b, "w"), 1, 4, 18, c, 0);
        set(named(&b, "wb"), 1, 4, 1, c, 0);
        set(named(&b, "db"), 1, 4, 1, c, 0);
    }
    computes(&b, 2, 144);
    build_free(&b);
}

/* MatMul, Add of a bias, GELU in full, MatMul: half of the neurons. */
static void gelu(void **state)
{
    (void)state;
    struct build b;
    build_init(&b, 13);
    build_input(&b, "x", LIST(-1, 3, 5));
    build_output(&b, "y");
    build_random(&b, "w", LIST(5, 8));
    build_random(&b, "wb", LIST(8));
    build_node(&b, "MatMul", "x w", "1");
    build_node(&b, "Add", "1 wb", "2");
    build_number(&b, "root", 1.41421356f);
    build_number(&b, "one", 1);
    build_number(&b, "half", 0.5f);
    build_node(&b, "Div", "2 root", "3");
    build_node(&b, "Erf", "3", "4");
    build_node(&b, "Add", "4 one", "5");
    build_node(&b, "Mul", "2 5", "6");
    build_node(&b, "Mul", "6 half", "7");
    build_random(&b, "v", LIST(8, 4));
    build_node(&b, "MatMul", "7 v", "y");
    for (int c = 0; c < 8; c += 2)
        set(named(&b, "w"), 5, 8, 1, c, 1e-2f);
    prune(&b, 0.5);
    assert_int_equal(dim("w", 1), 4);
    assert_int_equal(dim("wb", 0), 4);
    assert_int_equal(dim("v", 0), 4);
    for (int c = 0; c < 8; c += 2) {
        set(named(&b, "w"), 5, 8, 1, c, 0);
        set(named(&b, "wb"), 1, 8, 1, c, 0);
    }
    computes(&b, 2, 30);
    build_free(&b);
}

/* A shape that names the features, one that leaves them open, and one of what
 * is flat already. */
static void reshape(void **state)
{
    (void)state;
    struct build b;
    for (int kind = 0; kind < 3; kind++) {
        build_init(&b, 13);
        model_image(&b, 2, 4, 4);
        model_conv(&b, "x w wb", "1", 4, 2, 1);
        build_ints(&b, "to", LIST(-1, 64));
        if (kind == 1)
            ((int64_t *)(void *)named(&b, "to")->raw_data.data)[0] = 0,
                                          ((int64_t *)(void *)named(&b, "to")
                                               ->raw_data.data)[1] = -1;
        if (kind == 2)
            build_node(&b, "Flatten", "1", "3");
        build_node(&b, "Reshape", kind == 2 ? "3 to" : "1 to", "2");
        build_random(&b, "v", LIST(64, 3));
        build_node(&b, "Gemm", "2 v", "y");
        set(named(&b, "w"), 1, 4, 2, 2, 1e-2f);
        prune(&b, 0.25);
        assert_int_equal(dim("v", 0), 48);
        set(named(&b, "w"), 1, 4, 2, 2, 0);
        set(named(&b, "wb"), 1, 4, 1, 2, 0);
        computes(&b, 2, 64);
        build_free(&b);
    }
}

/* All layers together: the second has none of the weak channels. */
static void global_scope(void **state)
{
    (void)state;
    struct build b;
    build_init(&b, 13);
    model_rows(&b, 4);
    build_random(&b, "w", LIST(4, 6));
    build_node(&b, "MatMul", "x w", "1");
    build_node(&b, "Relu", "1", "2");
    build_random(&b, "v", LIST(6, 6));
    build_node(&b, "MatMul", "2 v", "3");
    build_node(&b, "Relu", "3", "4");
    build_random(&b, "u", LIST(6, 2));
    build_node(&b, "MatMul", "4 u", "y");
    for (int c = 0; c < 6; c++)
        set(named(&b, "w"), 4, 6, 1, c, c < 4 ? 1e-3f : 1);
    const struct assay_compress_options options = {.channels = 1. / 3,
                                                   .channels_global = true};
    assert_int_equal(tools_compress(&b, &options), ASSAY_OK);
    assert_int_equal(dim("w", 1), 2);
    assert_int_equal(dim("v", 0), 2);
    assert_int_equal(dim("v", 1), 6);
    for (int c = 0; c < 4; c++)
        set(named(&b, "w"), 4, 6, 1, c, 0);
    computes(&b, 3, 12);
    /* A layer never loses all. */
    const struct assay_compress_options most = {.channels = 0.99};
    assert_int_equal(tools_compress(&b, &most), ASSAY_OK);
    assert_int_equal(dim("w", 1), 1);
    assert_int_equal(dim("v", 1), 1);
    build_free(&b);
}

/* A residual sum, and a softmax over the channels. */
static void left(void **state)
{
    (void)state;
    struct build b;
    build_init(&b, 13);
    model_image(&b, 3, 4, 4);
    model_conv(&b, "x w wb", "1", 3, 3, 1);
    build_node(&b, "Relu", "1", "2");
    build_node(&b, "Add", "2 x", "3");
    model_conv(&b, "3 v vb", "4", 5, 3, 1);
    build_attr_i(&b, build_node(&b, "Softmax", "4", "5"), "axis", 1);
    model_conv(&b, "5 u ub", "y", 2, 5, 1);
    tools_left(&b, &(struct assay_compress_options){.channels = 0.5});
    assert_string_equal(
        tools_report->rows[0].left,
        "channels: a sum or product with another computed value reads it");
    assert_string_equal(tools_report->rows[1].left,
                        "channels: a node of Softmax reads it");
    assert_int_equal(tools_report->left, 3);
    build_free(&b);
}

/* A bias that two layers read is cut for one of them alone. */
static void shared_bias(void **state)
{
    (void)state;
    struct build b;
    build_init(&b, 13);
    model_rows(&b, 4);
    build_random(&b, "w", LIST(4, 4));
    build_random(&b, "c", LIST(4));
    build_node(&b, "Gemm", "x w c", "1");
    build_node(&b, "Relu", "1", "2");
    build_random(&b, "v", LIST(4, 4));
    build_node(&b, "Gemm", "2 v c", "y");
    set(named(&b, "w"), 4, 4, 1, 1, 1e-3f);
    prune(&b, 0.25);
    assert_int_equal(dim("c", 0), 4);
    assert_int_equal(dim("c.compressed", 0), 3);
    build_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conv_to_gemm), cmocka_unit_test(depthwise),
        cmocka_unit_test(gelu),         cmocka_unit_test(reshape),
        cmocka_unit_test(global_scope), cmocka_unit_test(left),
        cmocka_unit_test(shared_bias),
    };
    return cmocka_run_group_tests(tests, tools_begin, tools_end);
}

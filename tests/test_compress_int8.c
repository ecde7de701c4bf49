/* SPDX-License-Identifier: Apache-2.0
 *
 * Int8: scales, zero points, bytes and biases that were computed by hand,
 * ranges against those of a NumPy script that shares nothing with this code,
 * and that what is written is lowered to kernels of s8.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "suites/model/compress_int8.h"
#include "tests/compress_tools.h"
#include "tests/model_cases.h"

enum { BINS = 512 };

static void counts_a(uint64_t *c)
{
    for (uint64_t i = 0; i < BINS; i++)
        c[i] = (uint64_t)(20000 * exp(-(double)i / 60)) + i * 7919 % 13 +
               (i % 50 == 0);
}

static void range_percentile(void **state)
{
    (void)state;
    static const struct {
        double percentile, from, to;
    } expected[] = {{99, -0.9976317648961301, 1.5475785639044854},
                    {99.9, -0.999763176489613, 2.5981502878289335},
                    {100, -1, 3}};
    uint64_t c[BINS];
    double from, to;
    counts_a(c);
    for (int i = 0; i < 3; i++) {
        assay_range_percentile(c, BINS, -1, 3, expected[i].percentile, &from,
                               &to);
        assert_float_equal(from, expected[i].from, 1e-12);
        assert_float_equal(to, expected[i].to, 1e-12);
    }
}

static void range_entropy(void **state)
{
    (void)state;
    uint64_t c[BINS];
    counts_a(c);
    assert_int_equal(assay_range_entropy(c, BINS, 128), 512);
    assert_int_equal(assay_range_entropy(c, BINS, 64), 511);
    c[5] = 10000000; /* a spike changes little */
    assert_int_equal(assay_range_entropy(c, BINS, 128), 512);
    assert_int_equal(assay_range_entropy(c, BINS, 64), 511);
    for (uint64_t i = 0; i < BINS; i++) /* a crowd and outliers */
        c[i] = i < 300 ? 1000 + i * i % 37 : i % 40 == 0 ? 3 : 0;
    assert_int_equal(assay_range_entropy(c, BINS, 128), 315);
    assert_int_equal(assay_range_entropy(c, BINS, 64), 391);
}

static void range_scale(void **state)
{
    (void)state;
    static const struct {
        double low, high, scale;
        int zero;
    } expected[] = {
        {0, 255, 1, -128},          {-1, 1.1, 2.1 / 255, -7},
        {-1, 2.5, 3.5 / 255, -55},  {0.5, 1, 1.0 / 255, -128},
        {-1, -0.5, 1.0 / 255, 127}, {0, 0, 1, 0},
        {-1e-45, 1e-45, 1, 0},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        float scale;
        int8_t zero;
        assay_range_scale(expected[i].low, expected[i].high, &scale, &zero);
        assert_float_equal(scale, expected[i].scale, 1e-7 * expected[i].scale);
        assert_int_equal(zero, expected[i].zero);
    }
}

static enum assay_status quantize(struct build *b,
                                  struct assay_compress_options options)
{
    options.int8 = true;
    options.percentile = 99.99;
    options.data = tools_folder;
    return tools_compress(b, &options);
}

#define QUANTIZE(b, ...)                                                       \
    if (quantize(b, (struct assay_compress_options){__VA_ARGS__}))             \
    fail_msg("%s", assay_message())

static float number(const char *name, int i)
{
    return tools_values(tools_initializer(name))[i];
}

static int byte(const char *name, int i)
{
    return ((const int8_t *)tools_initializer(name)->raw_data.data)[i];
}

/* Pixels that are 0 or 1, and outputs that are easy to follow. */
static void two_layers(struct build *b, int opset)
{
    static const uint8_t pixels[] = {255, 0, 255, 255, 0,   255, 0,   0,
                                     255, 0, 0,   255, 255, 255, 255, 0};
    tools_images(64, 2, 2, pixels, 4);
    build_init(b, opset);
    model_image(b, 1, 2, 2);
    build_node(b, "Flatten", "x", "f");
    tools_floats(b, "w", LIST(2, 4),
                 (const float[]){1, -1, 0, 0, 0, 0, 3, 0.5f});
    tools_floats(b, "c", LIST(2), (const float[]){0.25f, -1});
    build_attr_i(b, build_node(b, "Gemm", "f w c", "h"), "transB", 1);
    tools_floats(b, "v", LIST(2, 1), (const float[]){1, 0});
    build_node(b, "MatMul", "h v", "y");
}

static void by_hand(void **state)
{
    (void)state;
    struct build b;
    two_layers(&b, 13);
    QUANTIZE(&b, .images = 32);
    assert_int_equal(tools_report->images, 32);
    assert_float_equal(number("f.scale", 0), 1.0 / 255, 1e-9);
    assert_int_equal(byte("f.zero", 0), -128);
    /* h is 0.25 ± 1, and -1 to 2.5. */
    assert_float_equal(number("h.scale", 0), 3.5 / 255, 1e-8);
    assert_int_equal(byte("h.zero", 0), -55);
    assert_float_equal(number("w.scale", 0), 1.0 / 127, 1e-9);
    assert_float_equal(number("w.scale", 1), 3.0 / 127, 1e-8);
    static const int bytes[] = {127, -127, 0, 0, 0, 0, 127, 21};
    for (int i = 0; i < 8; i++)
        assert_int_equal(byte("w.int8", i), bytes[i]);
    /* 0.5 became 63 / 127, of a pixel that is 1 half of the time. */
    assert_float_equal(number("c", 0), 0.25, 1e-7);
    assert_float_equal(number("c", 1), -1 + (0.5 - 63.0 / 127) / 2, 1e-6);
    assert_int_equal(byte("v.int8", 0), 127);
    assert_float_equal(number("v.scale", 0), 1.0 / 127, 1e-9);
    assert_string_equal(tools_steps(), "quantize/s8 dense/s8 dense/s8");
    assert_int_equal(tools_report->rows[0].bytes_after, 8 + 8);
    /* y is h[0], in steps of 3.5 / 255 */
    const float x[] = {1, 0, 1, 1, 0, 1, 0, 0};
    tools_expect(x, 2, (const double[]){1.25, -0.75}, 2, 3.6 / 255);
    build_free(&b);
}

static void per_tensor(void **state)
{
    (void)state;
    struct build b;
    two_layers(&b, 11); /* which has no scales by channel */
    QUANTIZE(&b, .images = 32, .per_tensor = true, .keep_bias = true);
    assert_int_equal(tools_initializer("w.scale")->n_dims, 0);
    assert_float_equal(number("w.scale", 0), 3.0 / 127, 1e-8);
    assert_int_equal(byte("w.int8", 0), 42);
    assert_int_equal(byte("w.int8", 7), 21);
    assert_float_equal(number("c", 1), -1, 1e-9);
    assert_int_equal(quantize(&b, (struct assay_compress_options){0}),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "opset 11"));
    assert_non_null(strstr(assay_message(), "--per tensor"));
    build_free(&b);
}

/* Random pixels. */
static void noise(uint32_t h, uint32_t w)
{
    uint8_t pixels[64 * 64];
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof pixels; i++) {
        seed = seed * 1664525 + 1013904223;
        pixels[i] = (uint8_t)(seed >> 24);
    }
    tools_images(64, h, w, pixels, 40);
}

/* Conv, BatchNormalization, Relu, pool, Conv, residual sum, pool, Gemm. */
static void residual(struct build *b)
{
    noise(8, 8);
    build_init(b, 13);
    model_image(b, 1, 8, 8);
    model_conv(b, "x w", "1", 4, 1, 3);
    build_norm(b, "n", "1", "2", 4);
    build_node(b, "Relu", "2", "3");
    Onnx__NodeProto *pool = build_node(b, "MaxPool", "3", "4");
    build_attr_ints(b, pool, "kernel_shape", LIST(2, 2));
    build_attr_ints(b, pool, "strides", LIST(2, 2));
    Onnx__NodeProto *conv = model_conv(b, "4 v vb", "5", 4, 4, 3);
    build_attr_ints(b, conv, "pads", LIST(1, 1, 1, 1));
    build_node(b, "Add", "5 4", "6");
    build_node(b, "Relu", "6", "7");
    build_node(b, "GlobalAveragePool", "7", "8");
    build_node(b, "Flatten", "8", "9");
    build_random(b, "u", LIST(4, 3));
    build_random(b, "ub", LIST(3));
    build_node(b, "Gemm", "9 u ub", "y");
}

static void lowers_to_s8(void **state)
{
    (void)state;
    static const enum assay_calibration all[] = {ASSAY_CALIBRATION_MINMAX,
                                                 ASSAY_CALIBRATION_PERCENTILE,
                                                 ASSAY_CALIBRATION_ENTROPY};
    struct build b;
    float x[64];
    size_t n;
    residual(&b);
    for (int i = 0; i < 64; i++)
        x[i] = (float)(i * 29 % 64) / 64;
    for (int i = 0; i < 3; i++) {
        QUANTIZE(&b, .calibration = all[i]);
        assert_string_equal(tools_steps(),
                            "quantize/s8 conv2d/s8 pool/s8 conv2d/s8 "
                            "binary/s8 pool/s8 dense/s8");
        assert_null(tools_node("BatchNormalization", 0));
        const double *y = build_evaluate(&b, x, 1, &n);
        tools_expect(x, 1, y, n, 0.03);
    }
    /* What only picks among values has their scale. */
    char scale[32];
    assert_string_equal(tools_node("MaxPool", 0)->output[0], "4");
    assert_string_equal(tools_node("QuantizeLinear", 1)->input[0], "3");
    snprintf(scale, sizeof scale, "%s",
             tools_node("QuantizeLinear", 1)->input[1]);
    assert_string_equal(tools_node("QuantizeLinear", 2)->input[0], "4");
    assert_string_equal(tools_node("QuantizeLinear", 2)->input[1], scale);
    build_free(&b);
}

/* A sum that a Softmax reads as well as a layer stays a sum of floats. */
static void float_sum(void **state)
{
    (void)state;
    struct build b;
    noise(1, 8);
    build_init(&b, 13);
    build_input(&b, "x", LIST(-1, 8));
    build_output(&b, "y");
    build_random(&b, "w", LIST(8, 8));
    build_node(&b, "MatMul", "x w", "1");
    build_random(&b, "u", LIST(8, 8));
    build_node(&b, "MatMul", "x u", "5");
    build_node(&b, "Add", "1 5", "2");
    build_node(&b, "Softmax", "2", "3");
    build_random(&b, "v", LIST(8, 8));
    build_node(&b, "MatMul", "2 v", "4");
    build_node(&b, "Add", "3 4", "y");
    QUANTIZE(&b, 0);
    assert_string_equal(tools_node("Add", 0)->input[0], "1");
    assert_string_equal(tools_node("Add", 0)->input[1], "5");
    assert_string_equal(tools_node("Softmax", 0)->input[0], "2");
    assert_string_equal(tools_node("MatMul", 2)->input[0], "2.dequantized");
    assert_int_equal(tools_report->changed, 3);
    build_free(&b);
}

/* A convolution and, before or behind it, a product read the same value along
 * different dimensions. */
static void two_readers(struct build *b, int product)
{
    static char y[] = "y";
    build_init(b, 13);
    model_image(b, 1, 8, 8);
    Onnx__NodeProto *conv = model_conv(b, "x w wb", "1", 16, 1, 3);
    build_attr_ints(b, conv, "pads", LIST(1, 1, 1, 1));
    build_node(b, "Relu", "1", "2");
    if (product < 0)
        build_node(b, "MatMul", "2 u", "4");
    conv = model_conv(b, "2 v vb", "3", 4, 16, 1);
    if (product > 0)
        build_node(b, "MatMul", "2 u", "4");
    build_random(b, "u", LIST(8, 8));
    if (product)
        build_attr_i(b, build_node(b, "Concat", "3 4", "y"), "axis", 1);
    else
        conv->output[0] = y;
}

static void axes_of_a_value(void **state)
{
    (void)state;
    struct build b;
    float bias[4];
    noise(8, 8);
    two_readers(&b, 0);
    QUANTIZE(&b, .images = 32);
    memcpy(bias, tools_values(tools_initializer("vb")), sizeof bias);
    assert_memory_not_equal(bias, tools_values(b.tensors[3]), sizeof bias);
    build_free(&b);
    for (int product = -1; product <= 1; product += 2) {
        two_readers(&b, product);
        QUANTIZE(&b, .images = 32);
        assert_int_equal(tools_report->changed, 3);
        assert_memory_equal(tools_values(tools_initializer("vb")), bias,
                            sizeof bias);
        build_free(&b);
    }
}

/* A fixed batch; a filter of zeros. */
static void fixed_batch(void **state)
{
    (void)state;
    struct build b;
    noise(8, 8);
    build_init(&b, 13);
    build_input(&b, "x", LIST(24, 1, 8, 8));
    build_output(&b, "y");
    Onnx__TensorProto *w = build_random(&b, "w", LIST(2, 1, 3, 3));
    memset(w->raw_data.data, 0, 9 * sizeof(float));
    build_node(&b, "Conv", "x w", "y");
    QUANTIZE(&b, .images = 32);
    assert_float_equal(number("w.scale", 0), 1, 0);
    assert_int_equal(byte("w.int8", 0), 0);
    b.inputs[0]->type->tensor_type->shape->dim[0]->dim_value = 33;
    assert_int_equal(
        quantize(&b, (struct assay_compress_options){.images = 32}),
        ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "33"));
    build_free(&b);
}

static void refused(struct build *b, struct assay_compress_options options,
                    const char *words)
{
    assert_int_equal(quantize(b, options), ASSAY_INVALID);
    if (!strstr(assay_message(), words))
        fail_msg("'%s' does not say '%s'", assay_message(), words);
    assert_null(tools_report);
    FILE *out = fopen(tools_out, "rb");
    assert_null(out);
}

static void bad_calibration(void **state)
{
    (void)state;
    struct build b;
    static const uint8_t pixels[6];
    const struct assay_compress_options plain = {0};
    two_layers(&b, 13);
    refused(&b, (struct assay_compress_options){.images = 31},
            "31 images are asked for; at least 32 are needed, 1024 or more "
            "recommended");
    refused(&b, (struct assay_compress_options){.images = 65},
            "65 images are asked for; there are 64 training images of "
            "assay-compress-");
    tools_images(31, 2, 2, pixels, 1);
    refused(&b, plain, "31 training images of assay-compress-");
    refused(&b, plain, "; at least 32 are needed");
    tools_images(64, 2, 3, pixels, 1);
    refused(&b, plain, "takes 1x2x2 an image, the data set assay-compress-");
    build_free(&b);
    two_layers(&b, 9);
    refused(&b, plain, "opset 9 has no QuantizeLinear");
    build_free(&b);
    two_layers(&b, 13);
    tools_values(b.tensors[1])[0] = INFINITY;
    static char h[] = "h\033[2J";
    b.nodes[1]->output[0] = b.nodes[2]->input[0] = h;
    refused(&b, plain, "'h?[2J' is not finite for one of the training images");
    build_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(range_percentile), cmocka_unit_test(range_entropy),
        cmocka_unit_test(range_scale),      cmocka_unit_test(by_hand),
        cmocka_unit_test(per_tensor),       cmocka_unit_test(lowers_to_s8),
        cmocka_unit_test(float_sum),        cmocka_unit_test(axes_of_a_value),
        cmocka_unit_test(fixed_batch),      cmocka_unit_test(bad_calibration),
    };
    return cmocka_run_group_tests(tests, tools_begin, tools_end);
}

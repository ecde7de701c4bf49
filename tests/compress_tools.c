/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compress_tools.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

char tools_folder[64], tools_in[96], tools_out[96];
struct assay_compress_report *tools_report;
static Onnx__ModelProto *result;

int tools_begin(void **state)
{
    (void)state;
    snprintf(tools_folder, sizeof tools_folder, "/tmp/assay-compress-XXXXXX");
    if (!mkdtemp(tools_folder))
        return -1;
    snprintf(tools_in, sizeof tools_in, "%s/in.onnx", tools_folder);
    snprintf(tools_out, sizeof tools_out, "%s/out.onnx", tools_folder);
    return 0;
}

static void forget(void)
{
    assay_compress_report_free(&tools_report);
    if (result)
        onnx__model_proto__free_unpacked(result, NULL);
    result = NULL;
}

int tools_end(void **state)
{
    (void)state;
    forget();
    DIR *folder = opendir(tools_folder);
    for (struct dirent *e; folder && (e = readdir(folder));) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", tools_folder, e->d_name);
        if (e->d_name[0] != '.')
            unlink(path);
    }
    closedir(folder);
    return rmdir(tools_folder);
}

Onnx__TensorProto *tools_floats(struct build *b, const char *name,
                                const int64_t *dims, size_t rank,
                                const float *values)
{
    Onnx__TensorProto *t = build_random(b, name, dims, rank);
    memcpy(t->raw_data.data, values, t->raw_data.len);
    return t;
}

float *tools_values(const Onnx__TensorProto *tensor)
{
    return (float *)(void *)tensor->raw_data.data;
}

enum assay_status tools_compress(struct build *b,
                                 const struct assay_compress_options *options)
{
    size_t size;
    forget();
    const uint8_t *bytes = build_pack(b, &size);
    build_write(tools_in, bytes, size);
    unlink(tools_out);
    return assay_compress(tools_in, tools_out, options, &tools_report);
}

void tools_left(struct build *b, const struct assay_compress_options *options)
{
    assert_int_equal(tools_compress(b, options), ASSAY_INVALID);
    if (!strstr(assay_message(), "nothing was written"))
        fail_msg("%s", assay_message());
    assert_int_equal(access(tools_out, F_OK), -1);
    assert_non_null(tools_report);
    assert_int_equal(tools_report->changed, 0);
    assert_int_equal(tools_report->partly, 0);
    assert_int_equal(tools_report->left, tools_report->n_rows);
    for (size_t i = 0; i < tools_report->n_rows; i++)
        assert_true(*tools_report->rows[i].left);
}

const Onnx__ModelProto *tools_result(void)
{
    FILE *file = fopen(tools_out, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long size = ftell(file);
    uint8_t *bytes = malloc((size_t)size);
    rewind(file);
    assert_int_equal(fread(bytes, 1, (size_t)size, file), size);
    fclose(file);
    if (result)
        onnx__model_proto__free_unpacked(result, NULL);
    result = onnx__model_proto__unpack(NULL, (size_t)size, bytes);
    free(bytes);
    assert_non_null(result);
    return result;
}

const Onnx__TensorProto *tools_initializer(const char *name)
{
    const Onnx__GraphProto *graph = tools_result()->graph;
    for (size_t i = 0; i < graph->n_initializer; i++)
        if (strcmp(graph->initializer[i]->name, name) == 0)
            return graph->initializer[i];
    fail_msg("no initializer '%s'", name);
    return NULL;
}

const Onnx__NodeProto *tools_node(const char *op, int n)
{
    const Onnx__GraphProto *graph = tools_result()->graph;
    for (size_t i = 0; i < graph->n_node; i++)
        if (strcmp(graph->node[i]->op_type, op) == 0 && n-- == 0)
            return graph->node[i];
    return NULL;
}

static void must(enum assay_status status)
{
    if (status)
        fail_msg("%s", assay_message());
}

void tools_expect(const float *input, int64_t batch, const double *expected,
                  size_t n, double tolerance)
{
    struct assay_model *model;
    struct assay_lowered *lowered;
    double largest = 0;
    must(assay_model_load(tools_out, &model));
    must(assay_model_lower(model, batch, &lowered));
    assert_int_equal(lowered->output_elements, n);
    float *y = calloc(n, sizeof *y);
    must(assay_lowered_reference(lowered, input, y));
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(expected[i]));
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)y[i] - expected[i]) <= tolerance * largest))
            fail_msg("element %zu is %g, not %g", i, (double)y[i], expected[i]);
    free(y);
    assay_lowered_free(&lowered);
    assay_model_free(&model);
}

const char *tools_steps(void)
{
    static char text[1000];
    struct assay_model *model;
    struct assay_lowered *lowered;
    must(assay_model_load(tools_out, &model));
    must(assay_model_lower(model, 1, &lowered));
    text[0] = 0;
    for (size_t i = 0; i < lowered->n_steps; i++) {
        const struct assay_problem *p = &lowered->steps[i].problem;
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s/%s", i ? " " : "",
                 assay_op_info(p->op)->name, assay_dtype_names[p->dtype]);
    }
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    return text;
}

static void put_number(FILE *out, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        fputc((int)(number >> shift & 0xff), out);
}

void tools_images(size_t n, uint32_t h, uint32_t w, const uint8_t *pixels,
                  size_t period)
{
    char path[128];
    const uint32_t all = 5000 + (uint32_t)n;
    snprintf(path, sizeof path, "%s/train-images-idx3-ubyte", tools_folder);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    put_number(out, 0x803);
    put_number(out, all);
    put_number(out, h);
    put_number(out, w);
    for (size_t j = 0; j < all; j++)
        fwrite(pixels + j % period * h * w, 1, (size_t)h * w, out);
    fclose(out);
}

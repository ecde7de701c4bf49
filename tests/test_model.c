/* SPDX-License-Identifier: Apache-2.0
 *
 * Hand-made models against the evaluator of onnx_build.h:
 *
 *     test_model host          lowering, arena, reference rows
 *     test_model cpu|opencl|vulkan   as programs on the API's first device
 *
 * Exit: 0 all right, 1 not, 77 no device.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <cmocka.h>

#include "suites/model/model.h"
#include "tests/model_cases.h"

static const uint64_t WAIT_NS = UINT64_C(60000000000);
static const int64_t batches[] = {1, 7};

static char path[64];
static struct assay_device *device; /* NULL: the host's reference */

static void check(enum assay_status status)
{
    if (status)
        fail_msg("%s: %s", assay_status_name(status), assay_message());
}

static void check_steps(const struct model_case *c,
                        const struct assay_lowered *lowered)
{
    char steps[400] = "";
    for (size_t i = 0; i < lowered->n_steps; i++) {
        const struct assay_problem *problem = &lowered->steps[i].problem;
        snprintf(steps + strlen(steps), sizeof steps - strlen(steps), "%s%s",
                 i ? " " : "", assay_op_info(problem->op)->name);
        check(assay_problem_check(problem));
        assert_true(*lowered->steps[i].layer);
    }
    if (c->steps && strcmp(steps, c->steps) != 0)
        fail_msg("%s: lowered to '%s', not to '%s'", c->name, steps, c->steps);
}

/* Whether a block is the output's own. */
static bool in_output(const struct assay_lowered *l, ptrdiff_t block)
{
    const size_t at = (size_t)block * 512;
    return at >= l->tensor_offset[l->output] &&
           at < l->tensor_offset[l->output] + l->tensor_bytes[l->output];
}

/* Tensors that are alive together do not overlap, told apart from the plan's
 * own arithmetic: by marking every block of 512 bytes, step by step. */
static void check_arena(const struct assay_lowered *l)
{
    const size_t blocks = l->arena_bytes / 512;
    unsigned *owner = calloc(blocks, sizeof *owner); /* tensor + 1 */
    for (size_t i = 0; i < l->n_constants; i++) {
        const unsigned tensor = l->constants[i].tensor;
        for (size_t k = 0; k < l->tensor_bytes[tensor]; k += 512)
            owner[(l->tensor_offset[tensor] + k) / 512] = tensor + 1;
    }
    for (size_t s = 0; s <= l->n_steps; s++) {
        unsigned written = l->input;
        if (s) {
            const struct assay_lowered_step *step = &l->steps[s - 1];
            const unsigned n = assay_op_info(step->problem.op)->inputs;
            for (unsigned j = 0; j < n; j++)
                for (size_t k = 0; k < l->tensor_bytes[step->tensors[j]];
                     k += 512)
                    assert_int_equal(
                        owner[(l->tensor_offset[step->tensors[j]] + k) / 512],
                        step->tensors[j] + 1);
            written = step->tensors[n];
        }
        assert_int_equal(l->tensor_offset[written] % 512, 0);
        assert_true(l->tensor_offset[written] + l->tensor_bytes[written] <=
                    l->arena_bytes);
        for (size_t k = 0; k < l->tensor_bytes[written]; k += 512) {
            unsigned *block = &owner[(l->tensor_offset[written] + k) / 512];
            assert_true(*block != l->input + 1 && *block != l->output + 1);
            assert_true(written == l->output || !in_output(l, block - owner));
            for (size_t i = 0; i < l->n_constants; i++)
                assert_true(*block != l->constants[i].tensor + 1);
            /* A step may not write where it reads. */
            for (unsigned j = 0;
                 s && j < assay_op_info(l->steps[s - 1].problem.op)->inputs;
                 j++)
                assert_true(*block != l->steps[s - 1].tensors[j] + 1);
            *block = written + 1;
        }
    }
    free(owner);
}

static double compare(const struct model_case *c, int64_t batch,
                      const float *got, const double *want, size_t n)
{
    double largest = 1, worst = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(want[i]));
    for (size_t i = 0; i < n; i++) {
        const double error = fabs((double)got[i] - want[i]) / largest;
        if (!(error <= (c->tolerance > 0 ? c->tolerance : 2e-5)))
            fail_msg("%s, batch %d: element %zu is %g instead of %g", c->name,
                     (int)batch, i, (double)got[i], want[i]);
        worst = fmax(worst, error);
    }
    return worst;
}

static void run(const struct assay_lowered *lowered, const float *x, float *y)
{
    struct assay_program *program;
    if (!device) {
        check(assay_lowered_reference(lowered, x, y));
        return;
    }
    check(assay_program_create(device, lowered, &program));
    for (size_t i = 0; i < lowered->n_steps; i++)
        assert_int_equal(assay_program_row(program, i)->api, device->info.api);
    check(assay_program_infer(program, x, y, WAIT_NS));
    /* Again: the input must have stayed intact. */
    memset(y, 0, lowered->output_elements * sizeof *y);
    check(assay_kernel_run(assay_program_kernel(program), NULL, 0));
    check(assay_device_finish(device, WAIT_NS));
    const struct assay_view output = assay_program_output(program);
    check(assay_buffer_read(output.buffer, output.offset, y, output.bytes));
    assay_program_destroy(&program);
    assert_null(program);
}

static double try_batch(const struct model_case *c, struct build *b,
                        const struct assay_model *model, int64_t batch)
{
    struct assay_lowered *lowered;
    size_t n;
    check(assay_model_lower(model, batch, &lowered));
    check_steps(c, lowered);
    check_arena(lowered);
    assert_int_equal(lowered->batch, batch);
    float *x = build_alloc(b, lowered->input_elements, sizeof *x);
    float *y = build_alloc(b, lowered->output_elements, sizeof *y);
    for (size_t i = 0; i < lowered->input_elements; i++)
        x[i] = (float)sin((double)(i * 37 % 101) + 0.1 * (double)i) * 8;
    const double *want = build_evaluate(b, x, batch, &n);
    assert_int_equal(n, lowered->output_elements);
    run(lowered, x, y);
    const double worst = compare(c, batch, y, want, n);
    assay_lowered_free(&lowered);
    assert_null(lowered);
    return worst;
}

static void try_cases(const struct model_case *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct model_case *c = &list[i];
        struct build b;
        struct assay_model *model;
        size_t size;
        double worst = 0;
        build_init(&b, c->opset);
        c->build(&b);
        const uint8_t *bytes = build_pack(&b, &size);
        build_write(path, bytes, size);
        check(assay_model_load(path, &model));
        for (size_t j = 0; j < sizeof batches / sizeof *batches; j++)
            worst = fmax(worst, try_batch(c, &b, model, batches[j]));
        printf("%-24s largest error %.1e\n", c->name, worst);
        assay_model_free(&model);
        assert_null(model);
        build_free(&b);
    }
}

static void cases(void **state)
{
    (void)state;
    try_cases(model_cases, model_case_count);
}

static void patterns(void **state)
{
    (void)state;
    try_cases(model_pattern_cases, model_pattern_case_count);
}

static const struct model_case *pattern(const char *name)
{
    const struct model_case *c = model_pattern_cases;
    while (strcmp(c->name, name) != 0)
        c++;
    return c;
}

/* What masks are found to be, whatever the steps. */
static void masks(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int causal, window, block;
        int visible; /* pairs of a query and a key, counted by hand */
    } want[] = {{"attention", 0, 0, 0, 36},
                {"attention causal", 1, 0, 0, 21},
                {"attention window", 0, 3, 0, 49},
                {"attention causal window", 1, 4, 0, 34},
                {"attention blocks", 0, 0, 7, 637},
                {"attention causal blocks", 1, 0, 5, 76},
                {"attention pairs", 0, 0, 1, 49}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        const struct model_case *c = pattern(want[i].name);
        struct build b;
        struct assay_model *model;
        struct assay_lowered *lowered;
        size_t size;
        build_init(&b, c->opset);
        c->build(&b);
        const uint8_t *bytes = build_pack(&b, &size);
        build_write(path, bytes, size);
        check(assay_model_load(path, &model));
        check(assay_model_lower(model, 1, &lowered));
        assert_int_equal(lowered->n_steps, 4);
        const struct assay_attention *a =
            &lowered->steps[3].problem.as.attention;
        assert_int_equal(a->causal, want[i].causal);
        assert_int_equal(a->window, want[i].window);
        assert_int_equal(a->block, want[i].block);
        assert_int_equal(lowered->steps[3].constants[0] != NULL, a->block > 0);
        double flop = 4.0 * (double)(a->hq * a->d * want[i].visible);
        for (size_t j = 0; j < 3; j++)
            flop += assay_op_info(ASSAY_OP_DENSE)->flops(
                &lowered->steps[j].problem);
        assert_true(lowered->flop >= flop && lowered->flop <= flop);
        assay_lowered_free(&lowered);
        assay_model_free(&model);
        build_free(&b);
    }
}

/* The layers with zeros among their weights, under $ASSAY_SPARSE = mode. */
static void try_choices(const char *name, const char *mode, size_t layers,
                        const char *without)
{
    const struct model_case *c = pattern(name);
    struct build b;
    struct assay_model *model;
    struct assay_lowered *lowered;
    struct assay_program *program;
    size_t size, n, sparse = 0;
    build_init(&b, c->opset);
    c->build(&b);
    const uint8_t *bytes = build_pack(&b, &size);
    build_write(path, bytes, size);
    check(assay_model_load(path, &model));
    if (mode)
        setenv("ASSAY_SPARSE", mode, 1);
    try_batch(c, &b, model, 3);
    check(assay_model_lower(model, 3, &lowered));
    device->peak_bytes = device->allocated_bytes;
    check(assay_program_create(device, lowered, &program));
    assert_int_equal(device->peak_bytes, device->allocated_bytes);
    const struct assay_layer_choice *choices =
        assay_program_choices(program, &n);
    assert_int_equal(n, layers);
    for (size_t i = 0; i < n; i++) {
        const struct assay_layer_choice *l = &choices[i];
        printf("%s, %s: %s %.0f ns, dense %.0f ns%s%s\n", l->layer,
               mode ? mode : "auto", l->format ? l->format : "-", l->sparse_ns,
               l->dense_ns, l->why ? ": " : "", l->why ? l->why : "");
        assert_true(l->zeros > 0.7 && l->zeros < 0.95);
        sparse += l->sparse;
        const bool busy = l->why && strstr(l->why, "too busy");
        if (l->why) {
            assert_true(busy || strstr(l->why, without));
            assert_true(busy || !l->sparse);
            assert_true(!busy || !mode || l->sparse);
            assert_int_equal(l->format != NULL, l->sparse);
            continue;
        }
        assert_true(l->format && l->dense_ns > 0 && l->sparse_ns > 0);
        if (!mode)
            assert_int_equal(l->sparse, l->sparse_ns * 1.03 < l->dense_ns);
        else
            assert_true(l->sparse);
    }
    for (size_t i = 0; i < lowered->n_steps; i++)
        sparse -= assay_program_row(program, i)->op == ASSAY_OP_SPARSE;
    assert_int_equal(sparse, 0);
    assay_program_destroy(&program);
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    build_free(&b);
    unsetenv("ASSAY_SPARSE");
}

static void choices(void **state)
{
    (void)state;
    if (!device)
        skip();
    try_choices("sparse", "dense", 2, "ASSAY_SPARSE is dense");
    try_choices("sparse", "sparse", 2, "no reason");
    try_choices("sparse", NULL, 2, "no reason");
    try_choices("sparse bytes", "sparse", 3, "window");
    try_choices("sparse bytes", NULL, 3, "window");
}

static void choices_bad(void **state)
{
    (void)state;
    struct build b;
    struct assay_model *model;
    struct assay_lowered *lowered;
    struct assay_program *program;
    size_t size;
    if (!device)
        skip();
    model_sound(&b);
    const uint8_t *bytes = build_pack(&b, &size);
    build_write(path, bytes, size);
    check(assay_model_load(path, &model));
    check(assay_model_lower(model, 1, &lowered));
    setenv("ASSAY_SPARSE", "sometimes", 1);
    assert_int_equal(assay_program_create(device, lowered, &program),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "ASSAY_SPARSE is 'sometimes'"));
    assert_null(program);
    unsetenv("ASSAY_SPARSE");
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    build_free(&b);
}

static void compressed(void **state)
{
    (void)state;
    try_cases(model_compressed_cases, model_compressed_case_count);
}

static void try_exact(const struct model_case *c)
{
    struct build b;
    struct assay_model *model;
    struct assay_lowered *lowered;
    size_t size;
    build_init(&b, c->opset);
    c->build(&b);
    const uint8_t *bytes = build_pack(&b, &size);
    build_write(path, bytes, size);
    check(assay_model_load(path, &model));
    check(assay_model_lower(model, 64, &lowered));
    const size_t in = lowered->input_elements, out = lowered->output_elements;
    float *x = build_alloc(&b, in, sizeof *x);
    float *y = build_alloc(&b, out, sizeof *y);
    float *want = build_alloc(&b, out, sizeof *want);
    for (size_t i = 0; i < in; i++)
        x[i] = (float)sin((double)(i * i % 10007)) * 8;
    check(assay_lowered_reference(lowered, x, want));
    run(lowered, x, y);
    assert_memory_equal(y, want, out * sizeof *y);
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    build_free(&b);
}

/* Integers and signs from end to end: the same bits as the reference's. */
static void exact(void **state)
{
    (void)state;
    size_t tried = 0;
    if (!device)
        skip();
    for (size_t i = 0; i < model_compressed_case_count; i++)
        if (strncmp(model_compressed_cases[i].name, "binarized", 9) == 0) {
            try_exact(&model_compressed_cases[i]);
            tried++;
        }
    assert_int_equal(tried, 6);
}

/* Numbers that were computed by hand, so that the evaluator is not its own
 * witness: 2x2 image [1 2; 3 4], kernel [1 10; 100 1000], bias 5. */
static void by_hand(void **state)
{
    (void)state;
    static const float weights[] = {1, 10, 100, 1000}, image[] = {1, 2, 3, 4};
    static const float want[] = {1005, 2105, 205, 3015, 4326, 407, 35, 48, 9};
    struct build b;
    struct assay_model *model;
    struct assay_lowered *lowered;
    size_t size, n;
    float got[9];
    build_init(&b, 13);
    build_input(&b, "x", LIST(1, 1, 2, 2));
    build_output(&b, "y");
    memcpy(build_random(&b, "w", LIST(1, 1, 2, 2))->raw_data.data, weights,
           sizeof weights);
    *(float *)(void *)build_random(&b, "b", LIST(1))->raw_data.data = 5;
    build_attr_ints(&b, build_node(&b, "Conv", "x w b", "y"), "pads",
                    LIST(1, 1, 1, 1));
    const uint8_t *bytes = build_pack(&b, &size);
    build_write(path, bytes, size);
    check(assay_model_load(path, &model));
    assert_int_equal(assay_model_lower(model, 2, &lowered), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "fixed to 1"));
    check(assay_model_lower(model, 1, &lowered));
    run(lowered, image, got);
    const double *evaluated = build_evaluate(&b, image, 1, &n);
    assert_int_equal(n, 9);
    for (size_t i = 0; i < n; i++) {
        assert_true(got[i] == want[i]);
        assert_true(evaluated[i] == (double)want[i]);
    }
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    build_free(&b);
}

static void facts(void **state)
{
    (void)state;
    struct build b;
    struct assay_model *model;
    struct assay_model_facts facts;
    struct assay_lowered *lowered;
    size_t size;
    build_init(&b, 13);
    build_input(&b, "images", LIST(-1, 4));
    build_output(&b, "scores\n");
    build_random(&b, "w", LIST(4, 5));
    build_random(&b, "unused", LIST(100));
    build_node(&b, "MatMul", "images w", "scores\n");
    b.nodes[0]->name = "\x1b[31m\xff/lay\xc3\xa9r";
    const uint8_t *bytes = build_pack(&b, &size);
    build_write(path, bytes, size);
    check(assay_model_load(path, &model));
    assay_model_facts(model, &facts);
    assert_int_equal(facts.file_bytes, size);
    assert_int_equal(facts.parameters, 20);
    assert_int_equal(facts.weights_bytes, 80);
    assert_int_equal(facts.rank, 2);
    assert_int_equal(facts.input[0], -1);
    assert_int_equal(facts.input[1], 4);
    assert_string_equal(facts.input_name, "images");
    assert_string_equal(facts.output_name, "scores?");
    check(assay_model_lower(model, 3, &lowered));
    assert_int_equal(lowered->n_steps, 1);
    assert_string_equal(lowered->steps[0].layer, "?[31m?/lay\xc3\xa9r");
    assert_true(lowered->flop == 2.0 * 3 * 4 * 5);
    assert_int_equal(lowered->weights_bytes, 80);
    assert_false(lowered->input_nhwc);
    assay_lowered_free(&lowered);
    assert_int_equal(assay_model_lower(model, 0, &lowered), ASSAY_INVALID);
    assert_int_equal(assay_model_lower(model, INT64_MAX, &lowered),
                     ASSAY_INVALID);
    assay_model_free(&model);
    build_free(&b);
}

/* Opens the device of the API, or says why there is none. */
static int open_device(const char *name)
{
    int api = 0;
    if (strcmp(name, "host") == 0)
        return 0;
    while (assay_api_names[api] && strcmp(assay_api_names[api], name) != 0)
        api++;
    const struct assay_backend *backend =
        assay_api_names[api] ? assay_backend_find((enum assay_api)api) : NULL;
    struct assay_device_info info;
    size_t n = 0;
    if (!backend || assay_device_enumerate(backend, &info, 1, &n) || n == 0) {
        printf("%s: %s\n", name,
               backend ? assay_message() : "not part of this build");
        return 77;
    }
    check(assay_device_open(backend, &(struct assay_open){0}, &device));
    printf("on %s: %s\n", device->info.target, device->info.name);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),     cmocka_unit_test(facts),
        cmocka_unit_test(cases),       cmocka_unit_test(patterns),
        cmocka_unit_test(compressed),  cmocka_unit_test(exact),
        cmocka_unit_test(masks),       cmocka_unit_test(choices),
        cmocka_unit_test(choices_bad),
    };
    const int skipped = open_device(argc > 1 ? argv[1] : "host");
    if (skipped)
        return skipped;
    snprintf(path, sizeof path, "/tmp/assay-model-%ld.onnx", (long)getpid());
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    if (device && assay_device_close(&device)) {
        printf("close: %s\n", assay_message());
        failed++;
    }
    return failed != 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * NaN, infinities and extremes through every row of unary, binary, softmax and
 * pool of one API:
 *
 *     test_special API
 *
 * on its first device. Exit: 77 if the API has no device.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "backends/backend.h"

static struct assay_device *device;

/* Run `row` on inputs of `n` elements each; false where it cannot run here. */
static bool compute(const struct assay_row *row,
                    const struct assay_problem *problem, const float *const *in,
                    size_t n, float *out, size_t n_out)
{
    const struct assay_device_info *info = &device->info;
    const unsigned inputs = assay_op_info(problem->op)->inputs;
    if (row->api != info->api || row->op != problem->op ||
        row->dtype != problem->dtype || row->is_peer ||
        !assay_row_available(row, info->isa,
                             row->device_class == ASSAY_CLASS_ANY
                                 ? info->device_class
                                 : row->device_class,
                             NULL))
        return false;
    struct assay_kernel *kernel = NULL;
    struct assay_view views[ASSAY_MAX_INPUTS + 1] = {{0}};
    assert_int_equal(assay_kernel_create(device,
                                         &(struct assay_kernel_request){
                                             .row = row, .problem = problem},
                                         &kernel),
                     ASSAY_OK);
    for (unsigned i = 0; i <= inputs; i++) {
        views[i].bytes = (i < inputs ? n : n_out) * sizeof(float);
        assert_int_equal(
            assay_buffer_create(device, views[i].bytes, &views[i].buffer),
            ASSAY_OK);
        if (i < inputs)
            assert_int_equal(
                assay_buffer_write(views[i].buffer, 0, in[i], views[i].bytes),
                ASSAY_OK);
    }
    assert_int_equal(assay_kernel_run(kernel, views, inputs + 1), ASSAY_OK);
    assert_int_equal(
        assay_buffer_read(views[inputs].buffer, 0, out, views[inputs].bytes),
        ASSAY_OK);
    for (unsigned i = 0; i <= inputs; i++)
        assay_buffer_destroy(&views[i].buffer);
    assay_kernel_destroy(&kernel);
    return true;
}

static bool close_to(float got, double want)
{
    if (isnan(want))
        return isnan(got);
    if (isinf(want))
        return (double)got == want;
    return fabs((double)got - want) <= 2e-6 * fmax(1, fabs(want));
}

static void check(const struct assay_row *row, const char *what, size_t i,
                  float got, double want)
{
    if (!close_to(got, want)) {
        print_error("%s: %s: element %zu: got %g, want %g\n", row->symbol, what,
                    i, (double)got, want);
        fail();
    }
}

static const float extremes[] = {INFINITY, -INFINITY, 0.0f,   -0.0f,   1e38f,
                                 -1e38f,   88.5f,     -88.5f, 104.0f,  -104.0f,
                                 5.5f,     -5.5f,     1e-30f, -1e-30f, 6.0f,
                                 7.0f,     -7.0f,     20.0f,  -20.0f,  NAN};
enum { EXTREMES = sizeof extremes / sizeof *extremes, COPIES = 7 };

/* What is promised of a NaN depends on the API: shaders may drop it. */
static bool defined(double x)
{
    return !isnan(x) || device->info.api == ASSAY_API_CPU;
}

static double limit(int64_t act, float x)
{
    if (isinf(x) && act == ASSAY_ACT_GELU)
        return x > 0 ? INFINITY : 0;
    const struct assay_unary d = {
        .act = act, .alpha = 1, .low = -INFINITY, .high = INFINITY};
    return (double)(float)assay_unary_apply(&d, (double)x);
}

static void elementwise(enum assay_op op, int64_t act)
{
    static const float zeros[EXTREMES * COPIES];
    float x[EXTREMES * COPIES], y[EXTREMES * COPIES];
    struct assay_problem problem;
    size_t rows = 0;
    for (size_t i = 0; i < EXTREMES * COPIES; i++)
        x[i] = extremes[i % EXTREMES];
    assay_problem_init(&problem, op, ASSAY_F32);
    if (op == ASSAY_OP_BINARY) {
        problem.as.binary.kind = ASSAY_BINARY_ADD;
        problem.as.binary.d3 = EXTREMES * COPIES;
        problem.as.binary.act = act;
    } else {
        problem.as.unary.n = EXTREMES * COPIES;
        problem.as.unary.act = act;
        problem.as.unary.alpha = 1;
        problem.as.unary.beta = 0;
    }
    for (size_t r = 0; r < assay_row_count; r++) {
        if (!compute(&assay_rows[r], &problem, (const float *[]){x, zeros},
                     EXTREMES * COPIES, y, EXTREMES * COPIES))
            continue;
        rows++;
        for (size_t i = 0; i < EXTREMES * COPIES; i++)
            if (defined((double)x[i]) && defined(limit(act, x[i])))
                check(&assay_rows[r], assay_function_names[act], i, y[i],
                      limit(act, x[i]));
    }
    assert_true(rows > 0);
    printf("%s %s: %zu rows\n", assay_op_info(op)->name,
           assay_function_names[act], rows);
}

static void activations_reach_their_limits(void **state)
{
    (void)state;
    for (int64_t act = ASSAY_ACT_RELU; act < ASSAY_FUNCTIONS; act++)
        elementwise(ASSAY_OP_UNARY, act);
    for (int64_t act = 0; act < ASSAY_ACTS; act++)
        elementwise(ASSAY_OP_BINARY, act);
}

/* Bases and exponents beyond those that are drawn at random. */
static void powers_reach_their_limits(void **state)
{
    static const float a[] = {-2, -2,  -2, -3, -0.5f, 0, 0,    1, 1,
                              3,  0.5, 10, 7,  -7,    2, 1.5f, 9, INFINITY},
                       b[] = {3, -2, 0.5f, 0, -3, 2, 0,  5,    INFINITY,
                              0, 20, -10,  1, 1,  8, 30, 0.5f, 2};
    enum { N = sizeof a / sizeof *a };
    float y[N];
    struct assay_problem problem;
    size_t rows = 0;
    (void)state;
    assay_problem_init(&problem, ASSAY_OP_BINARY, ASSAY_F32);
    problem.as.binary.kind = ASSAY_BINARY_POW;
    problem.as.binary.d3 = N;
    for (size_t r = 0; r < assay_row_count; r++) {
        if (!compute(&assay_rows[r], &problem, (const float *[]){a, b}, N, y,
                     N))
            continue;
        rows++;
        for (size_t i = 0; i < N; i++) {
            const double want = pow((double)a[i], (double)b[i]);
            if (defined(want))
                check(&assay_rows[r], "pow", i, y[i], want);
        }
    }
    assert_true(rows > 0);
    printf("binary pow: %zu rows\n", rows);
}

enum { SOFTMAX_ROWS = 6, SOFTMAX_MOST = 70 };

/* Row 0: -infinity but for the last; 1: a NaN in the last column; 2: a NaN in
 * the first; 3: 1e38 twice, the rest its negative; 4: +infinity in the last;
 * 5: all -1e38. */
static void softmax_rows(float *x, double *want, int64_t cols)
{
    for (int64_t j = 0; j < cols; j++) {
        const bool last = j == cols - 1, top = j < 2;
        const float fill[SOFTMAX_ROWS] = {
            last ? 3.0f : -INFINITY, last ? NAN : 1.0f,
            j == 0 ? NAN : 1.0f,     top ? 1e38f : -1e38f,
            last ? INFINITY : 1.0f,  -1e38f};
        const double result[SOFTMAX_ROWS] = {last,        (double)NAN,
                                             (double)NAN, top ? 0.5 : 0,
                                             (double)NAN, 1 / (double)cols};
        for (int64_t i = 0; i < SOFTMAX_ROWS; i++) {
            x[i * cols + j] = fill[i];
            want[i * cols + j] = result[i];
        }
    }
}

static void softmax_keeps_its_promises(void **state)
{
    static const int64_t columns[] = {2, 3, 10, 16, 17, 32, SOFTMAX_MOST};
    float x[SOFTMAX_ROWS * SOFTMAX_MOST], y[SOFTMAX_ROWS * SOFTMAX_MOST];
    double want[SOFTMAX_ROWS * SOFTMAX_MOST];
    (void)state;
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        const size_t n = (size_t)(SOFTMAX_ROWS * columns[c]);
        struct assay_problem problem;
        char what[32];
        size_t rows = 0;
        assay_problem_init(&problem, ASSAY_OP_SOFTMAX, ASSAY_F32);
        problem.as.softmax = (struct assay_softmax){SOFTMAX_ROWS, columns[c]};
        softmax_rows(x, want, columns[c]);
        snprintf(what, sizeof what, "%d columns", (int)columns[c]);
        for (size_t r = 0; r < assay_row_count; r++) {
            if (!compute(&assay_rows[r], &problem, (const float *[]){x}, n, y,
                         n))
                continue;
            rows++;
            for (size_t i = 0; i < n; i++)
                check(&assay_rows[r], what, i, y[i], want[i]);
        }
        assert_true(rows > 0);
        printf("softmax %s: %zu rows\n", what, rows);
    }
}

/* A window of -infinity has that maximum; padding adds no zero to a maximum. */
static void maximum_is_not_clamped(void **state)
{
    float x[3 * 3 * 33], y[3 * 3 * 33];
    (void)state;
    for (size_t i = 0; i < 3 * 3 * 33; i++)
        x[i] = i % 2 ? -INFINITY : -5;
    struct assay_problem problem;
    size_t rows = 0;
    assay_problem_init(&problem, ASSAY_OP_POOL, ASSAY_F32);
    struct assay_pool *d = &problem.as.pool;
    d->kind = ASSAY_POOL_MAX;
    d->h = d->w = 3;
    d->c = 33;
    d->r = d->s = 1;
    assert_int_equal(assay_problem_check(&problem), ASSAY_OK);
    for (size_t r = 0; r < assay_row_count; r++) {
        if (!compute(&assay_rows[r], &problem, (const float *[]){x}, 3 * 3 * 33,
                     y, 3 * 3 * 33))
            continue;
        rows++;
        for (size_t i = 0; i < 3 * 3 * 33; i++)
            check(&assay_rows[r], "one tap", i, y[i], (double)x[i]);
    }
    d->r = d->s = 3;
    d->pad_top = d->pad_left = d->pad_bottom = d->pad_right = 2;
    float wide[5 * 5 * 33];
    for (size_t r = 0; r < assay_row_count; r++) {
        if (!compute(&assay_rows[r], &problem, (const float *[]){x}, 3 * 3 * 33,
                     wide, 5 * 5 * 33))
            continue;
        for (size_t i = 0; i < 33; i++) /* the corner sees one element */
            check(&assay_rows[r], "corner", i, wide[i], (double)x[i]);
    }
    printf("pool: %zu rows\n", rows);
}

static int open_first(const char *api)
{
    for (int a = 0; assay_api_names[a]; a++) {
        const struct assay_backend *backend =
            assay_backend_find((enum assay_api)a);
        if (strcmp(assay_api_names[a], api) != 0)
            continue;
        if (!backend) {
            printf("%s: not part of this build\n", api);
            return 77;
        }
        size_t count = 0;
        if (assay_device_enumerate(backend, NULL, 0, &count) || count == 0) {
            printf("%s: %s\n", api, assay_message());
            return 77;
        }
        if (assay_device_open(backend, &(struct assay_open){.threads = 2},
                              &device)) {
            printf("%s: %s\n", api, assay_message());
            return 1;
        }
        printf("%s: %s, %s\n", device->info.target, device->info.name,
               device->info.driver);
        return 0;
    }
    return 2;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations_reach_their_limits),
        cmocka_unit_test(powers_reach_their_limits),
        cmocka_unit_test(softmax_keeps_its_promises),
        cmocka_unit_test(maximum_is_not_clamped),
    };
    const int opened = argc == 2 ? open_first(argv[1]) : 2;
    if (opened != 0)
        return opened;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    assay_device_close(&device);
    return failed;
}

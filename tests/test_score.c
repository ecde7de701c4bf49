/* SPDX-License-Identifier: Apache-2.0
 *
 * harness/score.c against values that scikit-learn (confusion_matrix,
 * precision_recall_fscore_support, f1_score, log_loss) and NumPy computed.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/score.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { CLASSES = 4 };

/* The sixth has a tie; no label is 3. */
static const struct {
    size_t label;
    float outputs[CLASSES];
} images[] = {
    {0, {-1.05F, -0.72F, -1.47F, -2.21F}},
    {1, {1.59F, 0.04F, -0.05F, 0.33F}},
    {2, {-0.88F, -0.17F, 1.42F, -0.9F}},
    {2, {-1.84F, 0.11F, 3.29F, -3.32F}},
    {1, {1.29F, 1.43F, -0.96F, 2.0F}},
    {2, {1.0F, 1.0F, 0.5F, 0.25F}},
    {2, {-0.28F, 1.02F, 1.15F, 0.0F}},
    {0, {3.41F, -1.01F, 0.3F, -1.69F}},
    {0, {1.44F, -1.78F, -0.87F, -1.29F}},
    {0, {2.6F, 1.72F, -1.99F, -2.19F}},
    {0, {2.22F, -2.99F, -0.69F, -1.15F}},
    {2, {1.89F, 1.03F, 0.76F, -1.55F}},
    {2, {-0.38F, 2.29F, 0.61F, -1.46F}},
    {0, {1.78F, -0.18F, -0.3F, -2.67F}},
    {1, {-0.02F, 0.58F, 1.75F, -0.02F}},
    {2, {-0.04F, 1.0F, 0.74F, 0.58F}},
    {0, {1.24F, 0.88F, -1.94F, -0.48F}},
    {2, {-2.53F, -3.05F, 0.79F, -2.35F}},
    {0, {1.5F, 3.37F, -1.25F, -1.94F}},
    {1, {0.31F, 1.99F, -0.26F, -1.31F}},
    {2, {1.05F, 0.78F, -0.3F, -1.12F}},
    {0, {1.3F, -1.58F, 0.39F, -2.29F}},
    {1, {1.46F, 1.54F, 0.13F, -1.89F}},
    {0, {1.07F, -3.0F, -1.7F, -0.46F}},
    {2, {-3.19F, 1.27F, -1.37F, 0.14F}},
    {0, {-0.02F, 1.17F, 0.2F, -3.31F}},
    {2, {1.87F, 2.16F, 1.15F, -1.41F}},
    {1, {-0.24F, -0.21F, 1.65F, -1.81F}},
    {1, {-0.08F, 0.06F, -0.94F, -2.92F}},
    {1, {1.89F, 1.02F, 1.45F, -0.98F}},
    {1, {-1.04F, 0.76F, -0.84F, -0.99F}},
    {1, {-0.56F, 0.8F, -2.07F, -2.21F}},
    {1, {2.48F, 0.24F, -1.58F, -0.49F}},
    {2, {2.11F, -2.18F, 0.94F, -1.95F}},
    {2, {-2.64F, 1.1F, 1.21F, -0.89F}},
    {2, {-1.13F, 0.68F, 0.44F, -1.21F}},
    {2, {-1.66F, -1.82F, 3.25F, -1.76F}},
    {1, {0.44F, 1.2F, -0.66F, -1.76F}},
    {1, {0.95F, 0.8F, -0.23F, -0.97F}},
    {2, {1.76F, 1.02F, 1.82F, -1.85F}},
    {1, {-2.07F, 2.67F, 1.45F, -1.21F}},
    {0, {2.06F, 1.17F, 1.25F, 0.38F}},
    {2, {-0.68F, 2.27F, -0.62F, 0.29F}},
    {0, {1.99F, 1.31F, 2.82F, 1.23F}},
    {2, {-1.72F, -2.53F, 2.48F, -2.52F}},
    {1, {-0.02F, 2.51F, -2.47F, -4.16F}},
    {0, {1.64F, 0.07F, -0.37F, -0.94F}},
    {0, {-0.04F, -2.27F, -0.25F, -2.46F}},
    {1, {-2.47F, 2.01F, -0.09F, -0.39F}},
    {0, {-0.23F, -0.99F, -1.5F, -2.33F}},
    {0, {1.54F, -1.17F, 0.53F, -0.49F}},
    {1, {3.04F, -0.84F, 1.33F, -1.13F}},
    {2, {-0.02F, -2.17F, 0.56F, 0.11F}},
    {1, {-0.12F, 1.37F, -0.44F, 0.73F}},
    {2, {-0.03F, -3.3F, 0.21F, -3.95F}},
    {2, {-4.88F, -0.8F, 3.25F, -0.93F}},
    {2, {-1.76F, -1.41F, 2.95F, -0.76F}},
    {1, {0.07F, 1.17F, 0.06F, 0.21F}},
    {1, {0.83F, 1.57F, -1.56F, -0.23F}},
    {1, {-1.03F, 2.89F, -1.91F, -1.21F}},
};

static double number(const struct assay_record *record, enum assay_field field)
{
    double value = NAN;
    if (!assay_record_number(record, field, &value))
        fail_msg("%s is absent: %s", assay_fields[field].name,
                 record->fields[field].text);
    return value;
}

static void close_to(double got, double want)
{
    if (!(fabs(got - want) <= 1e-12 * fabs(want)))
        fail_msg("%.15g, not %.15g", got, want);
}

static void reads_as(const struct assay_record *record, const char *what)
{
    assert_string_equal(assay_record_get_text(record, ASSAY_FIELD_confidences),
                        what);
}

static struct assay_record *scored(size_t classes, size_t n,
                                   const float *outputs, const size_t *labels)
{
    struct assay_scores scores;
    struct assay_record *record = assay_record_create();
    assert_int_equal(assay_scores_begin(&scores, classes, n), ASSAY_OK);
    for (size_t i = 0; i < n; i++)
        assay_scores_add(&scores, outputs + i * classes, labels[i]);
    assay_scores_record(&scores, record);
    assay_scores_end(&scores);
    return record;
}

static struct assay_record *scored_images(bool shares)
{
    float outputs[COUNT(images)][CLASSES];
    size_t labels[COUNT(images)];
    for (size_t i = 0; i < COUNT(images); i++) {
        double sum = 0;
        labels[i] = images[i].label;
        for (size_t j = 0; j < CLASSES; j++)
            sum += exp((double)images[i].outputs[j]);
        for (size_t j = 0; j < CLASSES; j++)
            outputs[i][j] =
                shares ? (float)(exp((double)images[i].outputs[j]) / sum)
                       : images[i].outputs[j];
    }
    return scored(CLASSES, COUNT(images), outputs[0], labels);
}

static void every_figure_is_that_of_scikit_learn(void **state)
{
    (void)state;
    static const double precision[] = {0.590909090909091, 0.590909090909091,
                                       0.8, 0};
    static const double recall[] = {0.764705882352941, 0.619047619047619,
                                    0.545454545454545};
    static const double f1[] = {0.666666666666667, 0.604651162790698,
                                0.648648648648649, 0};
    static const int support[] = {17, 21, 22, 0};
    struct assay_record *r = scored_images(false);
    close_to(number(r, ASSAY_FIELD_images), 60);
    close_to(number(r, ASSAY_FIELD_accuracy), 38.0 / 60);
    close_to(number(r, ASSAY_FIELD_nll), 0.948649437691769);
    close_to(number(r, ASSAY_FIELD_ece), 0.150809261947903);
    close_to(number(r, ASSAY_FIELD_macro_f1), 0.479991619526503);
    reads_as(r, "softmax");
    assert_true(number(r, ASSAY_FIELD_accuracy_low) < 38.0 / 60 &&
                number(r, ASSAY_FIELD_accuracy_high) > 38.0 / 60);
    assert_string_equal(r->fields[ASSAY_FIELD_confusion].text,
                        "[[13,3,1,0],[5,13,2,1],[4,6,12,0],[0,0,0,0]]");
    json_t *list = assay_record_get_json(r, ASSAY_FIELD_per_class);
    assert_int_equal(json_array_size(list), CLASSES);
    for (size_t i = 0; i < CLASSES; i++) {
        json_t *row = json_array_get(list, i);
        assert_int_equal(json_integer_value(json_object_get(row, "class")), i);
        assert_int_equal(json_integer_value(json_object_get(row, "images")),
                         support[i]);
        const double found[] = {
            json_number_value(json_object_get(row, "precision")),
            json_number_value(json_object_get(row, "recall")),
            json_number_value(json_object_get(row, "f1"))};
        assert_true(fabs(found[0] - precision[i]) < 1e-14);
        assert_true(i == 3 || fabs(found[1] - recall[i]) < 1e-14);
        assert_true(fabs(found[2] - f1[i]) < 1e-14);
        /* Where scikit-learn has 0 for want of images, there is nothing. */
        assert_int_equal(json_is_null(json_object_get(row, "recall")), i == 3);
    }
    json_decref(list);
    assert_int_equal(r->n_predictions, 60);
    /* The tie: classes 0 and 1, of which the first is taken. */
    assert_int_equal(r->predictions[5] / 2, 0);
    size_t right = 0;
    for (size_t i = 0; i < 60; i++)
        right += r->predictions[i] & 1;
    assert_int_equal(right, 38);
    assay_record_destroy(&r);
}

/* A softmax at the model's end is not done once more. */
static void distributions_are_taken_as_they_are(void **state)
{
    (void)state;
    struct assay_record *r = scored_images(true);
    if (fabs(number(r, ASSAY_FIELD_nll) - 0.948649437691769) > 1e-6 ||
        fabs(number(r, ASSAY_FIELD_ece) - 0.150809261947903) > 1e-6)
        fail_msg("%g %g", number(r, ASSAY_FIELD_nll),
                 number(r, ASSAY_FIELD_ece));
    reads_as(r, "probabilities");
    assay_record_destroy(&r);
    static const float sure[] = {1, 0, 0, 1};
    r = scored(2, 2, sure, (size_t[]){0, 1});
    assert_true(number(r, ASSAY_FIELD_nll) == 0 &&
                number(r, ASSAY_FIELD_ece) == 0);
    assay_record_destroy(&r);
    r = scored(2, 2, sure, (size_t[]){0, 0});
    assert_false(r->fields[ASSAY_FIELD_nll].present);
    assert_string_equal(r->fields[ASSAY_FIELD_nll].text,
                        "infinite: a label's probability is 0");
    assert_true(number(r, ASSAY_FIELD_ece) == 0.5);
    assay_record_destroy(&r);
}

/* Softmax, then steps of 1/256 up to 255: the sums are 65/64 and 63/64. */
static void eight_bits_are_probabilities(void **state)
{
    (void)state;
    enum { N = 10 };
    static const int steps[2][N] = {{99, 57, 51, 13, 10, 9, 8, 6, 4, 3},
                                    {199, 33, 20, 0, 0, 0, 0, 0, 0, 0}};
    float rows[2][N];
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < N; j++)
            rows[i][j] = (float)steps[i][j] / 256;
    struct assay_record *r = scored(N, 2, rows[0], (size_t[]){0, 2});
    reads_as(r, "probabilities");
    close_to(number(r, ASSAY_FIELD_nll),
             -(log(99.0 / 260) + log(20.0 / 252)) / 2);
    close_to(number(r, ASSAY_FIELD_ece), (1 - 99.0 / 260 + 199.0 / 252) / 2);
    assay_record_destroy(&r);
    /* Certainty is 255/256, and all others are 0; or a little above 1. */
    static const float sure[] = {255.0F / 256, 0, 0, 1.0000001F};
    r = scored(2, 2, sure, (size_t[]){0, 1});
    reads_as(r, "probabilities");
    assert_true(number(r, ASSAY_FIELD_nll) == 0);
    assay_record_destroy(&r);
    /* Independent shares are none: 11/512 + 0.001 are allowed. */
    rows[1][0] += 2.5F / 256;
    r = scored(N, 2, rows[0], (size_t[]){0, 2});
    reads_as(r, "probabilities");
    assay_record_destroy(&r);
    rows[0][0] += 2.5F / 256;
    r = scored(N, 2, rows[0], (size_t[]){0, 2});
    reads_as(r, "softmax");
    assay_record_destroy(&r);
    /* However many classes: half of it all is the most. */
    float many[1000] = {0.498F};
    r = scored(1000, 1, many, (size_t[]){0});
    reads_as(r, "softmax");
    assay_record_destroy(&r);
    many[0] = 0.5F;
    r = scored(1000, 1, many, (size_t[]){0});
    reads_as(r, "probabilities");
    assert_true(number(r, ASSAY_FIELD_ece) == 0);
    assay_record_destroy(&r);
}

/* The bins are open below and closed above; 9/15 is no double, so confidences
 * a little to both sides of the edges are tried. */
static void bins_have_edges(void **state)
{
    (void)state;
    static const float rows[] = {0.5999F, 0.4001F, 0.6001F, 0.3999F};
    struct assay_record *r = scored(2, 2, rows, (size_t[]){0, 1});
    /* One bin would give |1/2 - 0.6|; two give (0.4001 + 0.6001) / 2. */
    assert_true(fabs(number(r, ASSAY_FIELD_ece) - 0.5001) < 1e-6);
    assay_record_destroy(&r);
    static const float same[] = {0.6001F, 0.3999F, 0.6101F, 0.3899F};
    r = scored(2, 2, same, (size_t[]){0, 1});
    assert_true(fabs(number(r, ASSAY_FIELD_ece) - 0.1051) < 1e-6);
    assay_record_destroy(&r);
    /* 1/3, the upper edge of the fifth bin, is in it, as 0.3 is. */
    const float edge[] = {1,
                          1,
                          1,
                          -999,
                          -999,
                          logf(0.3F),
                          logf(0.175F),
                          logf(0.175F),
                          logf(0.175F),
                          logf(0.175F)};
    r = scored(5, 2, edge, (size_t[]){0, 1});
    assert_true(fabs(number(r, ASSAY_FIELD_ece) - (1 - 19.0 / 30) / 2) < 1e-6);
    assay_record_destroy(&r);
}

static void what_is_no_number_is_absent(void **state)
{
    (void)state;
    const float rows[] = {1, 2, NAN, 0};
    struct assay_record *r = scored(2, 2, rows, (size_t[]){1, 1});
    assert_string_equal(r->fields[ASSAY_FIELD_nll].text, "an output is NaN");
    assert_string_equal(r->fields[ASSAY_FIELD_ece].text, "an output is NaN");
    assert_true(number(r, ASSAY_FIELD_accuracy) == 0.5);
    assay_record_destroy(&r);
    /* Large outputs do not overflow. */
    static const float large[] = {-3e38F, 3e38F, 1000, 999};
    r = scored(2, 2, large, (size_t[]){1, 0});
    assert_true(fabs(number(r, ASSAY_FIELD_nll) - log1p(exp(-1)) / 2) < 1e-12);
    assay_record_destroy(&r);
}

static void many_classes_have_no_matrix(void **state)
{
    (void)state;
    for (size_t classes = 100; classes <= 1000; classes += 900) {
        float *outputs = calloc(classes, sizeof *outputs);
        outputs[classes - 1] = 9;
        struct assay_record *r =
            scored(classes, 1, outputs, (size_t[]){classes - 1});
        assert_int_equal(r->fields[ASSAY_FIELD_confusion].present,
                         classes == 100);
        if (classes > 100)
            assert_string_equal(r->fields[ASSAY_FIELD_confusion].text,
                                "1000 classes: the matrix is kept for 100 at "
                                "most");
        json_t *list = assay_record_get_json(r, ASSAY_FIELD_per_class);
        assert_int_equal(json_array_size(list), classes);
        json_decref(list);
        assert_int_equal(r->predictions[0], 2 * classes - 1);
        assert_true(number(r, ASSAY_FIELD_macro_f1) == 1);
        assay_record_destroy(&r);
        free(outputs);
    }
}

static void equal_outputs_have_equal_sums(void **state)
{
    (void)state;
    static const float a[] = {1, 2, 3, 4};
    static const float b[] = {1, 2, 3, 4.0000005F};
    struct assay_record *r[3] = {scored(2, 2, a, (size_t[]){0, 0}),
                                 scored(2, 2, a, (size_t[]){1, 1}),
                                 scored(2, 2, b, (size_t[]){0, 0})};
    const char *sums[3];
    for (size_t i = 0; i < 3; i++)
        sums[i] = assay_record_get_text(r[i], ASSAY_FIELD_outputs_crc32);
    assert_string_equal(sums[0], sums[1]);
    assert_string_not_equal(sums[0], sums[2]);
    for (size_t i = 0; i < 3; i++)
        assay_record_destroy(&r[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_figure_is_that_of_scikit_learn),
        cmocka_unit_test(distributions_are_taken_as_they_are),
        cmocka_unit_test(eight_bits_are_probabilities),
        cmocka_unit_test(bins_have_edges),
        cmocka_unit_test(what_is_no_number_is_absent),
        cmocka_unit_test(many_classes_have_no_matrix),
        cmocka_unit_test(equal_outputs_have_equal_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

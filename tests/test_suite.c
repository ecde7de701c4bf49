/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader of suites and the zoo's manifest: good files, and every kind of
 * fault with the line and the key that it must name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "suites/assets.h"
#include "suites/suite.h"
#include "suites/zoo.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char path[] = "/tmp/assay-suite-XXXXXX.yaml";

static int make_file(void **state)
{
    (void)state;
    const int descriptor = mkstemps(path, 5);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const char *text, size_t size)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

static enum assay_status load(const char *text, struct assay_suite **suite)
{
    write_file(text, strlen(text));
    return assay_suite_load(path, suite);
}

/* That `text` is refused with "PATH:LINE: " and `part`. */
static void refuse(const char *text, unsigned line, const char *part)
{
    struct assay_suite *suite = (struct assay_suite *)1;
    char start[64];
    const enum assay_status status = load(text, &suite);
    snprintf(start, sizeof start, "%s:%u: ", path, line);
    if (status != ASSAY_INVALID || suite != (struct assay_suite *)1 ||
        strncmp(assay_message(), start, strlen(start)) != 0 ||
        !strstr(assay_message(), part))
        fail_msg("%s\nwanted '%s…%s', got %s '%s'", text, start, part,
                 assay_status_name(status), assay_message());
}

static void test_good(void **state)
{
    (void)state;
    struct assay_suite *s = NULL;
    assert_int_equal(
        load(
            "name: n\ndescription: d e\nmin_time: 0.25\nrepetitions: 3\n"
            "kernels:\n- op: dense\n  m: [1, 2]\n  n: 3\n  k: [4, 5, 6]\n"
            "  act: relu\n- {op: unary, dtype: f32, n: 7, act: [gelu, relu6]}\n"
            "models:\n- model: mlp\n- model: ../a.onnx\n  batch: [1, 64]\n"
            "  data: my/set\n  images: 500\n  except:\n"
            "  - {backend: vulkan, class: cpu, "
            "images: 10}\n  - backend: opencl\n    skip: \"too slow\"\n",
            &s),
        ASSAY_OK);
    assert_string_equal(s->name, "n");
    assert_string_equal(s->description, "d e");
    assert_string_equal(s->path, path);
    assert_true(s->min_time == 0.25 && s->repetitions == 3);
    assert_int_equal(s->n_problems, 8);
    for (size_t i = 0; i < 6; i++) {
        const struct assay_dense *d = &s->problems[i].as.dense;
        assert_int_equal(s->problems[i].op, ASSAY_OP_DENSE);
        assert_int_equal(d->m, 1 + (int)i / 3);
        assert_int_equal(d->n, 3);
        assert_int_equal(d->k, 4 + (int)i % 3);
        assert_int_equal(d->act, ASSAY_ACT_RELU);
        assert_int_equal(d->bias, 0);
    }
    assert_int_equal(s->problems[7].as.unary.act, ASSAY_ACT_RELU6);
    assert_int_equal(s->n_models, 2);
    assert_int_equal(s->models[0].n_batches, 1);
    assert_int_equal(s->models[0].batches[0], 1);
    assert_int_equal(s->models[0].images, 0);
    const struct assay_suite_model *m = &s->models[1];
    assert_string_equal(m->model, "../a.onnx");
    assert_string_equal(m->data, "my/set");
    assert_null(s->models[0].data);
    assert_int_equal(m->batches[1], 64);
    assert_int_equal(m->images, 500);
    assert_int_equal(m->n_exceptions, 2);
    assert_int_equal(m->exceptions[0].api, ASSAY_API_VULKAN);
    assert_int_equal(m->exceptions[0].device_class, ASSAY_CLASS_CPU);
    assert_int_equal(m->exceptions[0].images, 10);
    assert_null(m->exceptions[0].skip);
    assert_int_equal(m->exceptions[1].device_class, ASSAY_CLASS_ANY);
    assert_string_equal(m->exceptions[1].skip, "too slow");
    assay_suite_free(&s);
    assert_null(s);
    assay_suite_free(&s);
}

/* One key for several parameters, and several dtypes. */
static void test_short(void **state)
{
    (void)state;
    struct assay_suite *s = NULL;
    assert_int_equal(
        load("name: n\nkernels:\n- op: conv2d\n  dtype: [f32, s8]\n  h: 9\n"
             "  w: 9\n  c: 4\n  k: 4\n  window: [3, 5]\n  stride: 2\n"
             "  pad: 1\n  pad_left: 0\n",
             &s),
        ASSAY_OK);
    assert_int_equal(s->n_problems, 4);
    assert_int_equal(s->problems[1].dtype, ASSAY_F32);
    assert_int_equal(s->problems[2].dtype, ASSAY_S8);
    const struct assay_conv2d *d = &s->problems[3].as.conv2d;
    assert_true(d->r == 5 && d->s == 5 && d->stride_h == 2 && d->stride_w == 2);
    assert_true(d->pad_top == 1 && d->pad_left == 0 && d->pad_bottom == 1 &&
                d->pad_right == 1 && d->dil_h == 1);
    assay_suite_free(&s);
}

static void test_top(void **state)
{
    (void)state;
    static const char rest[] = "name: n\nmodels:\n- model: a\n";
    char text[200];
    static const struct {
        const char *line, *part;
    } rows[] = {
        {"nome: 1", "key 'nome': unknown; known here are name, description"},
        {"name: m", "key 'name': stands on line 1 already"},
        {"min_time: 0", "key 'min_time': '0' is not a number of seconds"},
        {"min_time: nan", "key 'min_time'"},
        {"min_time: 1s", "key 'min_time'"},
        {"min_time: [1]", "key 'min_time': must be a single value"},
        {"repetitions: 0", "key 'repetitions': '0' is not a whole number of 1"},
        {"repetitions: 99999999999999999999", "key 'repetitions'"},
        {"repetitions: 2.5", "key 'repetitions'"},
        {"description: ''", "key 'description': must be a text"},
        {"description: \"\\e[31m\"", "key 'description': control character"},
        {"description: &a b", "key 'description': an anchor (&name)"},
        {"description: *a", "key 'description': an alias (*name)"},
        {"description: !!str b", "key 'description': a tag (!name)"},
        {"<<: {name: m}", "key '<<': unknown"},
        {"[a]: b", "a key must be a word"},
        {"kernels: 1", "key 'kernels': must be a list"},
        {"kernels: []", "key 'kernels': must be a list of at least one"},
        {"description: [[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]",
         "nested deeper"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(text, sizeof text, "%s%s\n", rest, rows[i].line);
        refuse(text, 4, rows[i].part);
    }
    refuse("name: n\n", 1, "nothing to measure");
    refuse("models:\n- model: a\n", 1, "key 'name': missing");
    refuse("name: n\nmodels:\n", 2, "key 'models': must be a list");
    refuse("name: n\nmodels: []\n", 2, "key 'models': must have 1 to 1000");
    refuse("- a\n", 1, "a suite is a mapping");
    refuse("", 1, "the file is empty");
    refuse("# only a comment\n", 1, "the file is empty");
    refuse("name: n\n---\nname: m\n", 2, "a second document");
    refuse("name: n\nmodels: [\n", 3, "not YAML");
    refuse("name: n\n\tmodels: 1\n", 2, "not YAML");
    refuse("name: \xff\xfe\n", 1, "not YAML");
}

static void test_kernels(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *part;
    } rows[] = {
        {"- dense\n", 3, "key 'kernels': each entry must be a mapping"},
        {"- m: 1\n", 3, "key 'op': missing; there are dense, conv2d"},
        {"- op: dance\n", 3, "key 'op': no op 'dance'; there are dense"},
        {"- op: [dense]\n", 3, "key 'op'"},
        {"- op: dense\n  dtype: f64\n", 4, "key 'dtype': no such dtype"},
        {"- op: dense\n  dtype: []\n", 4, "key 'dtype': an empty list"},
        {"- op: dense\n  dtype: [f32,\n   f64]\n  m: 1\n  n: 1\n  k: 1\n", 5,
         "key 'dtype': no such dtype"},
        {"- op: dense\n  pad: 1\n  m: 1\n  n: 1\n  k: 1\n", 4,
         "key 'pad': dense has no parameter 'pad'"},
        {"- op: dense\n  m: 1\n  n: 1\n", 3, "key 'k': missing; the op dense"},
        {"- op: unary\n  n: 1\n  act: relu\n  q: 1\n", 6,
         "key 'q': unary has no parameter 'q'"},
        {"- op: unary\n  n: 0\n  act: relu\n", 4,
         "key 'n': unary: n: 0 is not"},
        {"- op: unary\n  n: 1e3\n  act: relu\n", 4, "key 'n': unary: n: '1e3'"},
        {"- op: unary\n  n: 1\n  act: none\n", 5, "key 'act'"},
        {"- op: unary\n  n: 1\n  act: sinh\n", 5, "key 'act'"},
        {"- op: unary\n  n: []\n  act: relu\n", 4, "key 'n': must be a value"},
        {"- op: unary\n  n: [1, [2]]\n  act: relu\n", 4, "key 'n': must be"},
        {"- op: unary\n  n: {a: 1}\n  act: relu\n", 4, "key 'n': must be a va"},
        {"- op: unary\n  n: [1,\n   2, 1]\n  act: relu\n", 3,
         "unary/f32/relu-1 stands here twice"},
        {"- op: dense\n  m: 65536\n  n: 65536\n  k: 1\n", 3, "key 'op': dense"},
        {"- op: conv2d\n  h: 2\n  w: 2\n  c: 1\n  k: 1\n  r: 3\n  s: 3\n", 3,
         "key 'op': conv2d"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[300];
        snprintf(text, sizeof text, "name: n\nkernels:\n%s", rows[i].text);
        refuse(text, rows[i].line, rows[i].part);
    }
}

static void test_models(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *part;
    } rows[] = {
        {"- mlp\n", 3, "key 'models': must be a mapping"},
        {"- batch: 1\n", 3, "key 'model': missing"},
        {"- model: a\n  btach: 1\n", 4, "key 'btach': unknown"},
        {"- model: a\n  batch: 0\n", 4, "key 'batch': '0' is not a whole"},
        {"- model: a\n  batch: [1, 65537]\n", 4, "key 'batch': '65537'"},
        {"- model: a\n  batch: []\n", 4, "key 'batch': must have 1 to 64"},
        {"- model: a\n  batch: [1,\n    1]\n", 5, "key 'batch': 1 stands here"},
        {"- model: a\n  images: -1\n", 4, "key 'images': '-1'"},
        {"- model: a\n  data: []\n", 4, "key 'data': must be a single value"},
        {"- model: a\n  data: ''\n", 4, "key 'data': must be a text of 1 to"},
        {"- model: a\n  data: b\n  data: b\n", 5, "key 'data'"},
        {"- model: a\n- model: b\n- model: a\n", 5, "key 'model': 'a' stands"},
        {"- model: a\n  except: {}\n", 4, "key 'except': must be a list"},
        {"- model: a\n  except:\n  - images: 1\n", 5, "key 'backend': must be"},
        {"- model: a\n  except:\n  - backend: cuda\n", 5, "key 'backend'"},
        {"- model: a\n  except:\n  - backend: cpu\n", 5, "key 'except': needs"},
        {"- model: a\n  except:\n  - {backend: cpu, images: 1, skip: b}\n", 5,
         "key 'except': needs one"},
        {"- model: a\n  except:\n  - {backend: cpu, class: any, skip: b}\n", 5,
         "key 'class': must be cpu or gpu"},
        {"- model: a\n  except:\n  - {backend: cpu, skip: ''}\n", 5,
         "key 'skip': must be a text"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[300];
        snprintf(text, sizeof text, "name: n\nmodels:\n%s", rows[i].text);
        refuse(text, rows[i].line, rows[i].part);
    }
}

/* "m: [1, 2, …, n]" and the like. */
static void append_list(char *text, const char *key, int n)
{
    sprintf(text + strlen(text), "  %s: [", key);
    for (int i = 1; i <= n; i++)
        sprintf(text + strlen(text), "%s%d", i > 1 ? ", " : "", i);
    strcat(text, "]\n");
}

static void test_limits(void **state)
{
    (void)state;
    struct assay_suite *s = NULL;
    char text[4000] = "name: n\nkernels:\n- op: dense\n  k: 1\n";
    append_list(text, "m", 100);
    append_list(text, "n", 100);
    assert_int_equal(load(text, &s), ASSAY_OK);
    assert_int_equal(s->n_problems, 10000);
    assay_suite_free(&s);
    strcat(text, "- {op: dense, m: 200, n: 1, k: 1}\n");
    refuse(text, 7, "key 'kernels': more than 10000 problems");

    /* A million millions of combinations end at the limit, at once. */
    strcpy(text, "name: n\nkernels:\n- op: conv2d\n");
    append_list(text, "n", 100);
    append_list(text, "c", 100);
    append_list(text, "k", 100);
    append_list(text, "h", 100);
    append_list(text, "w", 100);
    append_list(text, "r", 1);
    append_list(text, "s", 1);
    refuse(text, 3, "more than 10000 problems");

    /* The classic bomb of aliases ends at its first anchor. */
    refuse("a: &a [x, x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1,
           "key 'a': an anchor (&name) is not allowed");

    const size_t size = (1 << 20) + 1;
    char *big = malloc(size);
    memset(big, '#', size);
    write_file(big, size);
    assert_int_equal(assay_suite_load(path, &s), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "at most 1048576"));
    /* As many values as a mebibyte can hold. */
    memset(big, ',', size - 1);
    memcpy(big, "a: [", 4);
    for (size_t i = 4; i < size - 1; i += 2)
        big[i] = '1';
    write_file(big, size - 1);
    assert_int_equal(assay_suite_load(path, &s), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "more than 200000 values"));
    memset(big, '[', size - 1);
    write_file(big, size - 1);
    assert_int_equal(assay_suite_load(path, &s), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "nested deeper"));
    free(big);
    write_file("name: a\0b\n", 10);
    assert_int_equal(assay_suite_load(path, &s), ASSAY_INVALID);
}

/* Every piece of a good file is read or refused, never worse. */
static void test_pieces(void **state)
{
    (void)state;
    static const char good[] =
        "name: n\nkernels:\n- op: dense\n  m: [1, 2]\n  n: 3\n  k: 4\nmodels:\n"
        "- model: 'm'\n  except:\n  - {backend: cpu, skip: \"s\"}\n";
    size_t read = 0;
    for (size_t size = 0; size < sizeof good; size++) {
        struct assay_suite *s = NULL;
        write_file(good, size);
        const enum assay_status status = assay_suite_load(path, &s);
        assert_true(status == ASSAY_OK || status == ASSAY_INVALID);
        read += status == ASSAY_OK;
        assay_suite_free(&s);
    }
    print_message("%zu pieces of a suite, %zu of them suites\n", sizeof good,
                  read);
    assert_true(read > 0 && read < sizeof good / 2);
}

static void test_bundled(void **state)
{
    (void)state;
    char **names = assay_suites_names();
    assert_non_null(names);
    bool quick[ASSAY_OPS][ASSAY_DTYPES] = {{false}};
    size_t n = 0;
    for (; names[n]; n++) {
        struct assay_suite *s = NULL;
        if (assay_suite_load(names[n], &s) != ASSAY_OK)
            fail_msg("%s", assay_message());
        assert_string_equal(s->name, names[n]);
        print_message("%s: %zu problems, %zu models\n", s->name, s->n_problems,
                      s->n_models);
        for (size_t i = 0; i < s->n_problems; i++)
            if (strcmp(s->name, "kernels-quick") == 0)
                quick[s->problems[i].op][s->problems[i].dtype] = true;
        assay_suite_free(&s);
    }
    assert_true(n >= 3);
    for (unsigned op = 0; op < ASSAY_OPS; op++)
        for (unsigned type = 0; type < ASSAY_DTYPES; type++)
            if (!quick[op][type] && assay_row_reference(op, type))
                fail_msg("kernels-quick lacks %s in %s",
                         assay_op_info(op)->name, assay_dtype_names[type]);
    assay_names_free(names);
    struct assay_suite *s = NULL;
    assert_int_equal(assay_suite_load("no-such", &s), ASSAY_INVALID);
    assert_non_null(
        strstr(assay_message(), "no suite 'no-such'; there are bert-base, "));
    assert_int_equal(assay_suite_load("./no-such.yaml", &s), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "./no-such.yaml: No such file"));
    assert_int_equal(assay_suite_load("/dev/zero/x.yaml", &s), ASSAY_INVALID);
    assert_int_equal(assay_suite_load("/dev/zero", &s), ASSAY_INVALID);
    assert_int_equal(assay_suite_load("/", &s), ASSAY_INVALID);
}

static void test_zoo(void **state)
{
    (void)state;
    static const char *const names[] = {"mlp", "cnn", "dscnn", "resnet"};
    struct assay_zoo *zoo = NULL;
    if (assay_zoo_load(&zoo) != ASSAY_OK)
        fail_msg("%s", assay_message());
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct assay_zoo_model *m = assay_zoo_find(zoo, names[i]);
        assert_non_null(m);
        assert_string_equal(m->base, m->name);
        assert_string_equal(m->variant, "fp32");
        assert_int_equal(access(m->path, R_OK), 0);
        assert_true(m->test_accuracy > 0.85 && m->parameters > 1000);
        uint8_t *classes = NULL;
        assert_int_equal(assay_zoo_predictions(m, 10000, &classes), ASSAY_OK);
        for (size_t j = 0; j < 10000; j++)
            assert_true(classes[j] < 10);
        free(classes);
        assert_int_equal(assay_zoo_predictions(m, 9999, &classes),
                         ASSAY_INVALID);
        assert_int_equal(assay_zoo_predictions(m, 10001, &classes),
                         ASSAY_INVALID);
    }
    assert_null(assay_zoo_find(zoo, "no-such"));
    assay_zoo_free(&zoo);
    assert_null(zoo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),   cmocka_unit_test(test_short),
        cmocka_unit_test(test_top),    cmocka_unit_test(test_kernels),
        cmocka_unit_test(test_models), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_pieces), cmocka_unit_test(test_bundled),
        cmocka_unit_test(test_zoo),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}

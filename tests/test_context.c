/* SPDX-License-Identifier: Apache-2.0
 *
 * What frames a measurement: options, ISA names, energy from a powercap folder
 * made here, memory, counters, the machine's fingerprint, cases as JSON.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/case.h"
#include "harness/counters.h"
#include "harness/energy.h"
#include "harness/isa.h"
#include "harness/machine.h"
#include "harness/memory.h"
#include "harness/options.h"

static void put(const char *folder, const char *file, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void energy_is_the_difference(void **unused)
{
    (void)unused;
    char base[] = "/tmp/assay-powercap-XXXXXX", zone[64];
    struct assay_energy energy;
    struct assay_record *record = assay_record_create();
    assert_non_null(mkdtemp(base));
    snprintf(zone, sizeof zone, "%s/intel-rapl:0", base);
    mkdir(zone, 0755);
    put(zone, "max_energy_range_uj", "1000000\n");
    setenv("ASSAY_POWERCAP", base, 1);

    put(zone, "energy_uj", "100000\n");
    assay_energy_start(&energy);
    usleep(20000);
    put(zone, "energy_uj", "600000\n");
    assay_energy_stop(&energy, 5, record);
    double joules;
    assert_true(assay_record_number(record, ASSAY_FIELD_energy_j, &joules));
    assert_true(joules > 0.0999 && joules < 0.1001);

    /* Past the counter's range and on from zero. */
    put(zone, "energy_uj", "900000\n");
    assay_energy_start(&energy);
    usleep(20000);
    put(zone, "energy_uj", "100000\n");
    assay_energy_stop(&energy, 1, record);
    assert_true(assay_record_number(record, ASSAY_FIELD_energy_j, &joules));
    assert_true(joules > 0.1999 && joules < 0.2001);

    put(zone, "energy_uj", "not a number\n");
    assay_energy_start(&energy);
    assay_energy_stop(&energy, 1, record);
    assert_false(assay_record_number(record, ASSAY_FIELD_energy_j, &joules));
    assert_non_null(
        strstr(record->fields[ASSAY_FIELD_energy_j].text, "not readable"));

    setenv("ASSAY_POWERCAP", "/nonexistent", 1);
    assay_energy_start(&energy);
    assay_energy_stop(&energy, 1, record);
    assert_non_null(
        strstr(record->fields[ASSAY_FIELD_energy_j].text, "no RAPL zone"));
    unsetenv("ASSAY_POWERCAP");
    assay_record_destroy(&record);
}

static void counters_are_there_or_told(void **unused)
{
    (void)unused;
    const char *names[16], *reason = NULL;
    struct assay_record *record = assay_record_create();
    const size_t n = assay_counters_list(names, 16, &reason);
    assay_counters_stop(assay_counters_start(), 1, record);
    const struct assay_value *v = &record->fields[ASSAY_FIELD_counters];
    assert_true(n > 0 ? v->present : !v->present && *reason && v->text[0]);
    printf("counters: %s\n", n ? "present" : reason);
    assay_record_destroy(&record);
}

/* Its allocator keeps what is freed, and adds to what is not. */
static void skip_under_a_sanitizer(void)
{
#ifdef __SANITIZE_ADDRESS__
    skip();
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    skip();
#endif
#endif
}

static void memory_follows_an_allocation(void **unused)
{
    (void)unused;
    enum { SIZE = 64 << 20 };
    skip_under_a_sanitizer();
    struct assay_record *record = assay_record_create();
    struct assay_memory memory;
    double peak;
    /* What was there before does not count, what is freed again does. */
    char *before = malloc(SIZE);
    assert_non_null(before);
    memset(before, 1, SIZE);
    assay_memory_begin(&memory);
    char *block = malloc(SIZE / 4);
    assert_non_null(block);
    memset(block, 1, SIZE / 4);
    assert_true(block[SIZE / 4 - 1] == 1 && before[SIZE - 1] == 1);
    free(block);
    assay_memory_end(&memory, record);
    assert_true(
        assay_record_number(record, ASSAY_FIELD_host_peak_bytes, &peak));
    assert_true(peak > 0.24 * SIZE && peak < 0.3 * SIZE);
    free(before);
    assay_record_destroy(&record);
}

/* Small pieces stay in the heap of the process, and would serve the next. */
static void memory_that_was_freed_is_not_there(void **unused)
{
    (void)unused;
    enum { PIECES = 4096, PIECE = 4000 };
    static char *pieces[PIECES];
    char *last[2];
    skip_under_a_sanitizer();
    struct assay_record *record = assay_record_create();
    struct assay_memory memory;
    double peak;
    for (int round = 0; round < 2; round++) {
        assay_memory_begin(&memory);
        for (int i = 0; i < PIECES; i++) {
            pieces[i] = malloc(PIECE);
            assert_non_null(pieces[i]);
            memset(pieces[i], 1, PIECE);
        }
        /* All but the last, above which nothing is given back by itself. */
        for (int i = 0; i < PIECES - 1; i++)
            free(pieces[i]);
        last[round] = pieces[PIECES - 1];
        assay_memory_end(&memory, record);
        assert_true(
            assay_record_number(record, ASSAY_FIELD_host_peak_bytes, &peak));
        assert_true(peak > 0.9 * PIECES * PIECE);
        assert_true(peak < 1.2 * PIECES * PIECE);
    }
    free(last[0]);
    free(last[1]);
    assay_record_destroy(&record);
}

static void options_read_both_forms(void **unused)
{
    (void)unused;
    char *argv[] = {"run", "--filter", "a",       "--store=b", "-r",
                    "3",   "suite",    "--quiet", "--",        "--odd"};
    struct assay_options o;
    const char *filter = NULL, *store = NULL, *repetitions = NULL, *text;
    const char *positional[3];
    size_t n = 0;
    bool quiet = false;
    assay_options_begin(&o, 10, argv);
    while (assay_options_next(&o)) {
        if (assay_option(&o, "filter", &filter) ||
            assay_option(&o, "store", &store) ||
            assay_option(&o, "r", &repetitions))
            continue;
        if (assay_flag(&o, "quiet"))
            quiet = true;
        else if (assay_positional(&o, &text))
            positional[n++] = text;
        else
            fail();
    }
    assert_false(o.error);
    assert_string_equal(filter, "a");
    assert_string_equal(store, "b");
    assert_string_equal(repetitions, "3");
    assert_true(quiet);
    assert_int_equal(n, 2);
    assert_string_equal(positional[1], "--odd");

    char *lacking[] = {"run", "--filter"};
    assay_options_begin(&o, 2, lacking);
    while (assay_options_next(&o))
        assay_option(&o, "filter", &filter);
    assert_true(o.error);
}

static void numbers_are_whole_texts(void **unused)
{
    (void)unused;
    char *argv[] = {"run"};
    struct assay_options o;
    int64_t whole;
    double real;
    assay_options_begin(&o, 1, argv);
    assert_true(assay_read_int(&o, "n", "12", 1, 20, &whole) && whole == 12);
    assert_false(assay_read_int(&o, "n", "12x", 1, 20, &whole));
    assert_false(assay_read_int(&o, "n", "21", 1, 20, &whole));
    assert_false(
        assay_read_int(&o, "n", "99999999999999999999", 1, 20, &whole));
    assert_true(assay_read_real(&o, "s", "0.5", 0, 1, &real) && real == 0.5);
    assert_false(assay_read_real(&o, "s", "nan", 0, 1, &real));
    assert_false(assay_read_real(&o, "s", "", 0, 1, &real));
}

static void isa_levels_build_on_each_other(void **unused)
{
    (void)unused;
    unsigned bits;
    assert_true(assay_isa_find("baseline", &bits) && bits == 0);
    assert_true(assay_isa_find("avx512", &bits) &&
                bits == (ASSAY_ISA_AVX2 | ASSAY_ISA_AVX512));
    assert_false(assay_isa_find("avx9000", &bits));
}

static void a_case_survives_the_pipe(void **unused)
{
    (void)unused;
    struct assay_case c = {.name = strdup("dense/f32/3x4x5/cpu/t2"),
                           .symbol = strdup("assay_dense_f32_ref"),
                           .threads = 2,
                           .isa_off = 6,
                           .min_time = 0.25,
                           .repetitions = 3,
                           .timeout = 9,
                           .seed = 77};
    struct assay_case back;
    snprintf(c.device.target, sizeof c.device.target, "cpu");
    assay_problem_init(&c.problem, ASSAY_OP_DENSE, ASSAY_F32);
    c.problem.as.dense.m = 3;
    c.problem.as.dense.n = 4;
    c.problem.as.dense.k = 5;
    json_t *json = assay_case_to_json(&c);
    assert_int_equal(assay_case_from_json(json, &back), ASSAY_OK);
    assert_string_equal(back.name, c.name);
    assert_string_equal(back.symbol, c.symbol);
    assert_int_equal(back.problem.as.dense.k, 5);
    assert_int_equal(back.seed, 77);
    assert_int_equal(back.isa_off, 6);
    assert_true(back.min_time == 0.25 && !back.is_model);
    assay_case_clear(&back);

    /* A shape that no check would pass is refused on arrival. */
    json_object_set_new(json_object_get(json, "problem"), "k",
                        json_integer(-1));
    assert_int_equal(assay_case_from_json(json, &back), ASSAY_INVALID);
    json_object_del(json, "device");
    assert_int_equal(assay_case_from_json(json, &back), ASSAY_INVALID);
    json_decref(json);
    assay_case_clear(&c);
}

static void the_machine_is_described(void **unused)
{
    (void)unused;
    json_t *machine = assay_machine();
    static const char *const members[] = {"host",         "kernel", "cpu",
                                          "cores",        "isa",    "caches",
                                          "memory_bytes", "os",     "versions"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        assert_non_null(json_object_get(machine, members[i]));
    assert_true(json_integer_value(json_object_get(machine, "cores")) >= 1);
    json_decref(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(energy_is_the_difference),
        cmocka_unit_test(counters_are_there_or_told),
        cmocka_unit_test(memory_follows_an_allocation),
        cmocka_unit_test(memory_that_was_freed_is_not_there),
        cmocka_unit_test(options_read_both_forms),
        cmocka_unit_test(numbers_are_whole_texts),
        cmocka_unit_test(isa_levels_build_on_each_other),
        cmocka_unit_test(a_case_survives_the_pipe),
        cmocka_unit_test(the_machine_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

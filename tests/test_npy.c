/* SPDX-License-Identifier: Apache-2.0
 *
 * Arrays of NumPy, good and malformed in every way that the format allows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "npy_files.h"
#include "suites/data/array.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static enum assay_status read_npy(const char *name, struct assay_array *array)
{
    struct assay_source *source = NULL;
    enum assay_status status =
        assay_source_open(assay_test_folder, name, &source);
    *array = (struct assay_array){0};
    if (status == ASSAY_OK)
        status = assay_npy_read(source, "values", array);
    assay_source_close(source);
    return status;
}

static void types_and_versions_are_read(void **state)
{
    (void)state;
    static const uint8_t u1[] = {0, 1, 200, 255, 7, 8};
    static const int8_t i1[] = {0, -1, -128, 127, 7, 8};
    static const float f4[] = {0, -1.5F, 3e38F, 1e-40F, 7, 8};
    static const double f8[] = {0, -1.5, 0.1, 1e300, 7, 8};
    static const int32_t i4[] = {0, -1, INT32_MIN, INT32_MAX, 7, 8};
    static const int64_t i8[] = {0, -1, INT64_MIN, INT64_MAX, 7, 8};
    static const struct {
        const char *type;
        const void *data;
        size_t size;
        enum assay_array_type kept;
    } rows[] = {
        {"|u1", u1, sizeof u1, ASSAY_ARRAY_U8},
        {"|i1", i1, sizeof i1, ASSAY_ARRAY_I8},
        {"<f4", f4, sizeof f4, ASSAY_ARRAY_F32},
        {"<f8", f8, sizeof f8, ASSAY_ARRAY_F32},
        {"<i4", i4, sizeof i4, ASSAY_ARRAY_I64},
        {"<i8", i8, sizeof i8, ASSAY_ARRAY_I64},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int version = 1; version <= 3; version++) {
            unsigned char bytes[1000];
            char header[200];
            struct assay_array a;
            snprintf(header, sizeof header,
                     version == 1 ? "{'descr': '%s', 'fortran_order': False, "
                                    "'shape': (2, 3), }          \n"
                     : version == 2
                         ? "{\"shape\":(2,3),\"fortran_order\":False,"
                           "\"descr\":\"%s\"}\n"
                         : "{ 'fortran_order' : False , 'descr' : '%s' , "
                           "'shape' : ( 2 , 3 , ) }\n",
                     rows[i].type);
            assay_test_put("x.npy", bytes,
                           assay_test_npy(bytes, version, header, rows[i].data,
                                          rows[i].size));
            if (read_npy("x.npy", &a) != ASSAY_OK)
                fail_msg("%s", assay_message());
            assert_true(a.type == rows[i].kept && a.rank == 2 &&
                        a.sizes[0] == 2 && a.sizes[1] == 3 && a.elements == 6);
            for (size_t j = 0; j < 6; j++)
                if (rows[i].data == f8)
                    assert_true(((float *)a.data)[j] == (float)f8[j]);
                else if (rows[i].data == i4)
                    assert_true(((int64_t *)a.data)[j] == i4[j]);
            if (rows[i].data != f8 && rows[i].data != i4)
                assert_memory_equal(a.data, rows[i].data, rows[i].size);
            assert_int_equal(assay_array_byte(&a, 1),
                             8 + (version == 1 ? 2 : 4) + strlen(header) +
                                 rows[i].size / 6);
            assay_array_free(&a);
        }
}

#define HEADER(descr, order, shape)                                            \
    "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }\n"
#define SHAPE(shape) HEADER("'|u1'", "False", shape)
#define TYPE(descr) HEADER(descr, "False", "(6,)")

/* Each header stands before six bytes of data. */
static void malformed_headers_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *header, *part;
    } rows[] = {
        {HEADER("'|u1'", "True", "(2, 3)"), "byte 44: the array is in Fortran"},
        {HEADER("'|u1'", "true", "(2, 3)"), "neither True nor False"},
        {HEADER("'|u1'", "Fals", "(6,)"), "neither True nor False"},
        {TYPE("'>u2'"), "byte 20: elements of type '>u2'; read are"},
        {TYPE("'>f4'"), "elements of type '>f4'"},
        {TYPE("'|O'"), "elements of type '|O'"},
        {TYPE("'<f2'"), "elements of type '<f2'"},
        {TYPE("'|b1'"), "elements of type '|b1'"},
        {TYPE("'u1'"), "elements of type 'u1'"},
        {TYPE("'|u1\\'"), "does not end"},
        {TYPE("'|u1|u1|u1|u1|u1|u1'"), "does not end, or is too long"},
        {TYPE("[('a', '|u1')]"), "an array of records"},
        {TYPE("|u1"), "no quoted word here"},
        {SHAPE("()"), "a single number"},
        {SHAPE("(6)"), "'shape' has no ',' here"},
        {SHAPE("(2 3)"), "'shape' has no ',' here"},
        {SHAPE("6"), "no '(' here"},
        {SHAPE("(2, 3"), "no number here"},
        {SHAPE("(-6,)"), "no number here"},
        {SHAPE("(+6,)"), "no number here"},
        {SHAPE("(6L,)"), "no ',' here"},
        {SHAPE("(,)"), "no number here"},
        {SHAPE("(6,,)"), "no number here"},
        {SHAPE("(0,)"), "is not within 1 to 1000000"},
        {SHAPE("(1000001,)"), "is not within 1 to 1000000"},
        {SHAPE("(1, 0)"), "is not within 1 to 2^31"},
        {SHAPE("(1, 99999999999999999999999)"), "is not within 1 to 2^31"},
        {SHAPE("(1, 2147483648, 2)"), "more than 2^31 elements"},
        {SHAPE("(65536, 65536, 65536, 65536)"), "more than 2^31 elements"},
        {SHAPE("(1, 1, 1, 2, 3)"), "more than 4 dimensions"},
        {SHAPE("(7,)"), "announces 7 bytes of data; the file is too short"},
        {SHAPE("(1000000, 2147)"), "the file is too short"},
        {HEADER("'<f8'", "False", "(1000000, 2000)"), "at most 2^31 are read"},
        {SHAPE("(5,)"), "bytes follow the data"},
        {"{'descr': '|u1', 'shape': (6,), }\n", "lacks 'fortran_order'"},
        {"{'fortran_order': False, 'shape': (6,), }\n", "lacks 'descr'"},
        {"{'descr': '|u1', 'fortran_order': False}\n", "lacks 'shape'"},
        {"{}\n", "lacks 'descr'"},
        {"{'descr': '|u1', 'descr': '|u1', }\n", "has 'descr' twice"},
        {"{'colour': 1, }\n", "unknown key 'colour'"},
        {"{'descr' '|u1'}\n", "no ':' here"},
        {"{'descr': '|u1' 'shape': (6,)}\n", "no ',' here"},
        {"'descr': '|u1'\n", "no '{' here"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6,), }",
         "does not end with blanks and a line feed"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6,), } x\n",
         "does not end with"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6,), }\n\n",
         "does not end with"},
        {"{", "no quoted word here"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (", "no number"},
        {"{'", "does not end"},
        {"\n", "no '{' here"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char bytes[1000];
        struct assay_array a;
        assay_test_put("x.npy", bytes,
                       assay_test_npy(bytes, 1, rows[i].header, "abcdef", 6));
        if (read_npy("x.npy", &a) != ASSAY_INVALID || a.data ||
            !strstr(assay_message(), "/x.npy: byte ") ||
            !strstr(assay_message(), rows[i].part))
            fail_msg("%s: '%s', not '%s'", rows[i].header, assay_message(),
                     rows[i].part);
    }
    print_message("%zu malformed headers named\n", COUNT(rows));
}

static void beginnings_and_lengths_are_checked(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        int value;
        const char *part;
    } rows[] = {
        {0, 'N', "byte 0: this is no file of NumPy"},
        {5, 'y', "this is no file of NumPy"},
        {6, 0, "version 0.0; read are"},
        {6, 4, "version 4.0; read are 1.0, 2.0 and 3.0"},
        {7, 1, "version 1.1"},
        {8, 0, "byte 8: a header of 0 bytes"},
        {9, 1, "the header ends here"},
    };
    unsigned char good[1000], bad[70000];
    struct assay_array a;
    const size_t size = assay_test_npy(good, 1, SHAPE("(6,)"), "abcdef", 6);
    for (size_t i = 0; i < COUNT(rows); i++) {
        memcpy(bad, good, size);
        bad[rows[i].at] = (unsigned char)rows[i].value;
        assay_test_put("x.npy", bad, size);
        if (read_npy("x.npy", &a) != ASSAY_INVALID ||
            !strstr(assay_message(), rows[i].part))
            fail_msg("'%s', not '%s'", assay_message(), rows[i].part);
    }
    for (size_t cut = 0; cut < size; cut++) {
        assay_test_put("x.npy", good, cut);
        assert_int_equal(read_npy("x.npy", &a), ASSAY_INVALID);
        assert_non_null(strstr(assay_message(), "x.npy: byte "));
    }
    /* Lengths of a header of version 2, up to 4 GiB. */
    static const unsigned char wide[] = {0xff, 0xff, 0xff, 0xff};
    const size_t second = assay_test_npy(bad, 2, SHAPE("(6,)"), "abcdef", 6);
    memcpy(bad + 8, wide, 4);
    assay_test_put("x.npy", bad, second);
    assert_int_equal(read_npy("x.npy", &a), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "a header of 4294967295 bytes"));
    assert_int_equal(read_npy("gone.npy", &a), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "gone.npy: there is no such"));
    print_message("%zu cut off files named\n", size);
}

/* Any bytes: no crash, and what is read is what was written. */
static void random_damage_is_survived(void **state)
{
    (void)state;
    unsigned char good[1000], bad[1000];
    unsigned seed = 3, named = 0;
    const size_t size = assay_test_npy(good, 1, SHAPE("(2, 3)"), "abcdef", 6);
    for (int round = 0; round < 5000; round++) {
        struct assay_array a;
        memcpy(bad, good, size);
        for (int i = rand_r(&seed) % 4; i >= 0; i--)
            bad[(size_t)rand_r(&seed) % size] =
                round % 2 ? (unsigned char)rand_r(&seed)
                          : good[(size_t)rand_r(&seed) % size];
        assay_test_put("x.npy", bad, size);
        if (read_npy("x.npy", &a) != ASSAY_OK)
            named++;
        assay_array_free(&a);
    }
    assert_true(named > 2500);
    print_message("5000 damaged arrays, %u of them refused\n", named);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_and_versions_are_read),
        cmocka_unit_test(malformed_headers_are_named),
        cmocka_unit_test(beginnings_and_lengths_are_checked),
        cmocka_unit_test(random_damage_is_survived),
    };
    return cmocka_run_group_tests(tests, assay_test_make_folder,
                                  assay_test_remove_folder);
}

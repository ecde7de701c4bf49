/* SPDX-License-Identifier: Apache-2.0 */
#include "npy_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

char assay_test_folder[] = "/tmp/assay-own-XXXXXX";

void assay_test_put(const char *name, const void *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", assay_test_folder, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

void assay_test_clear(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s/*", assay_test_folder);
    assert_int_equal(system(command), 0);
}

size_t assay_test_npy(unsigned char *to, int version, const char *header,
                      const void *data, size_t size)
{
    const size_t n = strlen(header), wide = version == 1 ? 2 : 4;
    memcpy(to, "\x93NUMPY", 6);
    to[6] = (unsigned char)version;
    to[7] = 0;
    for (size_t i = 0; i < wide; i++)
        to[8 + i] = (unsigned char)(n >> 8 * i);
    memcpy(to + 8 + wide, header, n);
    if (size)
        memcpy(to + 8 + wide + n, data, size);
    return 8 + wide + n + size;
}

void assay_test_put_npy(const char *name, const char *type, const char *shape,
                        const void *data, size_t size)
{
    unsigned char bytes[4096];
    char header[200];
    snprintf(header, sizeof header,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s, }     \n",
             type, shape);
    assay_test_put(name, bytes, assay_test_npy(bytes, 1, header, data, size));
}

int assay_test_make_folder(void **state)
{
    (void)state;
    return mkdtemp(assay_test_folder) ? 0 : -1;
}

int assay_test_remove_folder(void **state)
{
    (void)state;
    assay_test_clear();
    return rmdir(assay_test_folder);
}

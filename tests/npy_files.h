/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of NumPy in a temporary folder, for the tests of what reads them.
 */
#ifndef ASSAY_TESTS_NPY_FILES_H
#define ASSAY_TESTS_NPY_FILES_H

#include <stddef.h>

extern char assay_test_folder[];

/* For cmocka_run_group_tests. */
int assay_test_make_folder(void **state);
int assay_test_remove_folder(void **state);
void assay_test_clear(void);

void assay_test_put(const char *name, const void *bytes, size_t size);

/* A file of version 1.0 to 3.0; the header gets no padding of its own. The size
 * of it. */
size_t assay_test_npy(unsigned char *to, int version, const char *header,
                      const void *data, size_t size);
void assay_test_put_npy(const char *name, const char *type, const char *shape,
                        const void *data, size_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256 of FIPS 180-4, by which a model's file is known again.
 */
#ifndef ASSAY_SUITES_SHA256_H
#define ASSAY_SUITES_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* 64 hexadecimal digits and the end of the text. */
enum { ASSAY_SHA256_TEXT = 65 };

/* The digest of `size` bytes as lower-case hexadecimal digits. Thread-safe. */
void assay_sha256(const uint8_t *bytes, size_t size,
                  char text[ASSAY_SHA256_TEXT]);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of compression share. Files are in a folder of the test's own;
 * failures end the test.
 */
#ifndef ASSAY_TESTS_COMPRESS_TOOLS_H
#define ASSAY_TESTS_COMPRESS_TOOLS_H

#include "suites/model/compress.h"
#include "suites/model/model.h"
#include "tests/onnx_build.h"

/* The folder, its model and its result; tools_begin makes it. */
extern char tools_folder[64], tools_in[96], tools_out[96];
int tools_begin(void **state);
int tools_end(void **state);

/* An initializer with these numbers. */
Onnx__TensorProto *tools_floats(struct build *b, const char *name,
                                const int64_t *dims, size_t rank,
                                const float *values);

/* The numbers of a builder's initializer. */
float *tools_values(const Onnx__TensorProto *tensor);

/* Write the model and compress it; the report is the test's until the next
 * call. */
enum assay_status tools_compress(struct build *b,
                                 const struct assay_compress_options *options);
extern struct assay_compress_report *tools_report;

/* Compression that changes no layer: there is a report and no file. */
void tools_left(struct build *b, const struct assay_compress_options *options);

/* The result, unpacked; until the next call. */
const Onnx__ModelProto *tools_result(void);
const Onnx__TensorProto *tools_initializer(const char *name);
/* The node of that operator, the n-th from 0; NULL: there is none. */
const Onnx__NodeProto *tools_node(const char *op, int n);

/* The result's output for an input, by the reference rows; compared with
 * `expected`, within `tolerance` of the largest. */
void tools_expect(const float *input, int64_t batch, const double *expected,
                  size_t n, double tolerance);

/* The result's steps, "dense/s8 …". */
const char *tools_steps(void);

/* A training set of 5000 + n images without labels; pixel i of image j is
 * pixels[j % period * h * w + i]. */
void tools_images(size_t n, uint32_t h, uint32_t w, const uint8_t *pixels,
                  size_t period);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the ONNX reader share.
 * Format: https://github.com/onnx/onnx/blob/v1.12.0/docs/IR.md and onnx.proto.
 */
#ifndef ASSAY_SUITES_MODEL_ONNX_H
#define ASSAY_SUITES_MODEL_ONNX_H

#include "onnx.pb-c.h"
#include "suites/model/graph.h"

/* The bytes of a regular file of at most ASSAY_FILE_MAX, to be freed. */
enum assay_status assay_onnx_read_file(const char *path, uint8_t **bytes,
                                       size_t *size);

/* assay_model_load (or, with `any`, assay_model_open of ports.h) of bytes that
 * are in memory; `path` is for messages. */
enum assay_status assay_model_read(const char *path, const uint8_t *bytes,
                                   size_t size, bool any,
                                   struct assay_model **model);

/* What the metadata says of the file that this one was made from. */
void assay_onnx_bases(struct assay_model *model, const Onnx__ModelProto *proto);

/* Copy an untrusted tensor into the region. `owner` ("initializer 'w'") is for
 * messages; `empty`: it may have no elements. */
enum assay_status assay_onnx_tensor(struct assay_region *region,
                                    const char *path, const char *owner,
                                    const Onnx__TensorProto *proto, bool empty,
                                    struct assay_tensor *tensor);

/* An untrusted sparse tensor (values, and where each lies: ascending places in
 * the tensor, or an index for each dimension), with its zeros. `values` is
 * there. */
enum assay_status assay_onnx_sparse(struct assay_region *region,
                                    const char *path, const char *owner,
                                    const Onnx__SparseTensorProto *proto,
                                    struct assay_tensor *tensor);

/* Copy and check the attributes of a node whose op is known. */
enum assay_status assay_onnx_attributes(struct assay_model *model,
                                        struct assay_node *node,
                                        const Onnx__NodeProto *proto);

#endif

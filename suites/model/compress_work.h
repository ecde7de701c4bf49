/* SPDX-License-Identifier: Apache-2.0
 *
 * A model that is being compressed: the message as in the file, which steps
 * edit, and its checked form with shapes and constants, as of the last refresh.
 * It belongs to one thread. What the message holds is from `region`; what lives
 * until the next refresh may be from lowering.scratch.
 */
#ifndef ASSAY_SUITES_MODEL_COMPRESS_WORK_H
#define ASSAY_SUITES_MODEL_COMPRESS_WORK_H

#include "suites/model/compress.h"
#include "suites/model/lower.h"
#include "suites/model/onnx.h"

/* The nodes that the layer of a row consists of by now; the second is NULL
 * unless it became two. */
struct assay_parts {
    const Onnx__NodeProto *nodes[2];
};

struct assay_work {
    const char *path; /* for messages */
    struct assay_region region;
    Onnx__ModelProto *proto;
    size_t nodes_room, initializers_room; /* of the arrays in the graph */
    const char **made; /* names that the model does not know yet */
    size_t n_made, made_room;
    /* As of the last refresh. */
    struct assay_model *model;
    struct assay_lowering lowering;
    Onnx__NodeProto **nodes; /* by the model's numbers */
    uint32_t *reads;         /* by value: by nodes, and as the output */
    uint32_t *names;         /* all values, sorted by their names */
    uint32_t *marks; /* by value: what equals `mark` was visited last time */
    uint32_t mark;
    uint32_t *pending; /* values to visit yet */
    uint32_t n_names;
    struct assay_compress_report *report;
    struct assay_parts *parts; /* by row */
};

/* -- The message (compress_work.c) -- */

/* Sparse initializers become dense ones with assay_work_fill_sparse, before any
 * step: steps edit these alone. */
enum assay_status assay_work_open(const char *path, struct assay_work *work);
enum assay_status assay_work_fill_sparse(struct assay_work *work);
void assay_work_close(struct assay_work *work);

/* Check and infer anew what the message has become. */
enum assay_status assay_work_refresh(struct assay_work *work);

/* The packed message, to be freed. */
enum assay_status assay_work_pack(const struct assay_work *work,
                                  uint8_t **bytes, size_t *size);

/* A name that nothing has: BASE, a point, WORD, and a number if need be. NULL:
 * no memory. */
char *assay_work_name(struct assay_work *work, const char *base,
                      const char *word);

/* What is made of a node is named after: its name or, if it has none, which
 * the message may say with NULL, its first output. */
const char *assay_work_base(const Onnx__NodeProto *node);

/* A new initializer with a copy of the elements; NULL: no memory. */
Onnx__TensorProto *assay_work_tensor(struct assay_work *work, const char *name,
                                     enum assay_element element,
                                     const struct assay_dims *dims,
                                     const void *data);

/* Let input `i` of the node be a new initializer instead, named after what it
 * was; an absent one is appended if it is the next. */
enum assay_status assay_work_constant(struct assay_work *work,
                                      Onnx__NodeProto *node, uint32_t i,
                                      enum assay_element element,
                                      const struct assay_dims *dims,
                                      const void *data);

/* A new node before `at` (NULL: at the end) with one output; all names are
 * copied. NULL: no memory. */
Onnx__NodeProto *assay_work_node(struct assay_work *work,
                                 const Onnx__NodeProto *at, const char *op,
                                 const char *name, const char *const *inputs,
                                 size_t n_inputs, const char *output);
void assay_work_remove(struct assay_work *work, const Onnx__NodeProto *node);

/* Set an attribute of integers or of an integer, anew or in place of the one
 * there. */
enum assay_status assay_work_set_int(struct assay_work *work,
                                     Onnx__NodeProto *node, const char *name,
                                     int64_t value);

/* Bytes that the elements of an initializer take in the message as of the last
 * refresh, with the places of sparse ones. */
size_t assay_work_stored(const struct assay_work *work, uint32_t value);

/* The value of that name, or ABSENT. */
uint32_t assay_work_value(const struct assay_work *work, const char *name);

/* All nodes that read `from` read `to` instead. */
void assay_work_redirect(struct assay_work *work, const char *from,
                         const char *to);

/* Leave out nodes and initializers that nothing reads, and value_info that is
 * no longer true; just after a refresh, and refreshes again. */
enum assay_status assay_work_tidy(struct assay_work *work);

/* Set metadata_props[key]. */
enum assay_status assay_work_note(struct assay_work *work, const char *key,
                                  const char *value);

/* -- Layers (compress_layer.c) -- */

enum assay_layer_kind {
    ASSAY_LAYER_CONV,
    ASSAY_LAYER_GEMM,
    ASSAY_LAYER_MATMUL
};

/* A Conv, Gemm or MatMul with constant weights of float or float16. */
struct assay_layer {
    uint32_t number; /* of the node */
    Onnx__NodeProto *node;
    enum assay_layer_kind kind;
    /* Outputs, inputs of an output, and elements for each pair. */
    int64_t n, k, taps;
    int64_t groups;
    bool turned;    /* the file has [k][n] */
    float *weights; /* [n][k][taps], a copy to change */
    struct assay_compress_row *row;
    struct assay_parts *parts;
};

/* Rows for all layers, those that nothing can compress with the reason. */
enum assay_status assay_layers_begin(struct assay_work *work);

/* The layers that can be compressed, in the file's order, until the next
 * refresh. */
enum assay_status assay_layers(struct assay_work *work,
                               struct assay_layer **layers, size_t *n);

/* The weights were changed: put them into the message, and note the step and
 * its error. They are then as they were. */
enum assay_status assay_layer_write(struct assay_work *work,
                                    struct assay_layer *layer,
                                    const char *step);

/* Constant floats for input `i` of the node (assay_work_constant), rounded if
 * `element` is float16. */
enum assay_status assay_work_floats(struct assay_work *work,
                                    Onnx__NodeProto *node, uint32_t i,
                                    enum assay_element element,
                                    const struct assay_dims *dims,
                                    const float *values);

/* Where element i of [n][k][taps] is in the file. */
int64_t assay_layer_place(const struct assay_layer *layer, int64_t i);

/* Weights, zeros and bytes of all layers into the rows, as of the last
 * refresh. */
void assay_layers_end(struct assay_work *work);

/* Why the weights that a value holds cannot be changed, or NULL. */
const char *assay_weights_fault(const struct assay_work *work, uint32_t value);

/* A step changed the weights of the node, if it is a layer's. */
void assay_node_done(struct assay_work *work, const Onnx__NodeProto *node,
                     const char *step);

/* A step left the layer: "STEP: REASON". */
void assay_layer_left(struct assay_layer *layer, const char *step,
                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A step is done with it, by that relative error. */
void assay_layer_done(struct assay_layer *layer, const char *step,
                      double error);

/* The relative root mean square of b - a. */
double assay_relative_error(const float *a, const float *b, int64_t n);

/* For qsort: floats, ascending. */
int assay_float_order(const void *a, const void *b);

/* The node that reads the value, if it is one alone and the value is no
 * output; else ASSAY_ABSENT. */
uint32_t assay_only_reader(const struct assay_work *work, uint32_t value);

/* -- The steps, one file each -- */

/* Conv and Gemm take in the BatchNormalization behind them. */
enum assay_status assay_compress_fold(struct assay_work *work);
/* Every other one becomes a product and a sum, but for those of float16. */
enum assay_status assay_compress_split_norms(struct assay_work *work);
enum assay_status
assay_compress_channels(struct assay_work *work,
                        const struct assay_compress_options *options);
enum assay_status
assay_compress_lowrank(struct assay_work *work,
                       const struct assay_compress_options *options);
enum assay_status
assay_compress_prune(struct assay_work *work,
                     const struct assay_compress_options *options);
enum assay_status
assay_compress_share(struct assay_work *work,
                     const struct assay_compress_options *options);
enum assay_status
assay_compress_int8(struct assay_work *work,
                    const struct assay_compress_options *options);
enum assay_status assay_compress_half(struct assay_work *work);
/* At the end, just after a refresh. */
enum assay_status assay_compress_sparse(struct assay_work *work);

/* Put the bytes where `path` is, or what it is a link to, whole or not at all:
 * a temporary file in its folder, synced, renamed. INVALID: that is no regular
 * file; IO. */
enum assay_status assay_replace_file(const char *path, const uint8_t *bytes,
                                     size_t size);

#endif

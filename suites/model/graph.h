/* SPDX-License-Identifier: Apache-2.0
 *
 * A model as a graph of nodes and values, in ONNX's terms and layouts, and the
 * table of the operators that are known. A graph is immutable once loaded; a
 * lowering (lower.h) works on copies.
 *
 * Adding an operator: a row in the op_*.c file of its group.
 */
#ifndef ASSAY_SUITES_MODEL_GRAPH_H
#define ASSAY_SUITES_MODEL_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "suites/model/model.h"
#include "suites/model/region.h"

enum {
    ASSAY_RANK_MAX = 8,
    ASSAY_OPSET_MIN = 7,
    ASSAY_OPSET_MAX = 18,
    ASSAY_NODES_MAX = 20000,
    ASSAY_VALUES_MAX = 200000,
    ASSAY_BATCH_MAX = 1 << 20,
};

/* A file's own size, and an initializer's, are limited by this, bytes. */
#define ASSAY_FILE_MAX ((size_t)1 << 30)

/* No value: an optional input or output that is left out. */
#define ASSAY_ABSENT UINT32_MAX

/* Types of elements, numbered as in ONNX. */
enum assay_element {
    ASSAY_ELEMENT_NONE = 0,
    ASSAY_ELEMENT_FLOAT = 1,
    ASSAY_ELEMENT_UINT8 = 2,
    ASSAY_ELEMENT_INT8 = 3,
    ASSAY_ELEMENT_INT32 = 6,
    ASSAY_ELEMENT_INT64 = 7,
    ASSAY_ELEMENT_BOOL = 9, /* a byte, 0 or 1 */
    ASSAY_ELEMENT_FLOAT16 = 10,
};

/* Bytes of one element; 0: a type that is not supported. */
size_t assay_element_bytes(int element);
/* "float", "int64" …, for messages; never NULL. */
const char *assay_element_name(int element);
/* float or float16. */
bool assay_element_is_float(int element);
/* int8 or uint8, which quantized operators compute with. */
bool assay_element_is_byte(int element);

struct assay_dims {
    int rank;
    int64_t size[ASSAY_RANK_MAX]; /* ≥ 1; -1: dynamic (an input's first); 0 in
                                     models of assay_model_open only */
};

/* The type and shape of a value; data is NULL unless it is constant. */
struct assay_tensor {
    enum assay_element element; /* NONE: not inferred yet */
    struct assay_dims dims;
    const void *data;
};

/* The product of sizes first … end - 1 of checked dims. */
int64_t assay_dims_product(const struct assay_dims *dims, int first, int end);
int64_t assay_dims_count(const struct assay_dims *dims);
bool assay_dims_equal(const struct assay_dims *a, const struct assay_dims *b);
/* "2x3x4"; "scalar" for rank 0. */
void assay_dims_text(const struct assay_dims *dims, char *text, size_t size);

struct assay_value {
    char *name;
    struct assay_tensor tensor; /* of inputs and of initializers */
    uint32_t node;              /* that makes it, or ASSAY_ABSENT */
    bool used;                  /* by a node, or as an output */
};

struct assay_attribute {
    const char *name; /* of the operator's table */
    char type;        /* as in struct assay_attribute_rule */
    int64_t i;
    float f;
    const char *s;
    const int64_t *ints;
    const float *floats;
    size_t n; /* of ints or floats */
    struct assay_tensor tensor;
};

/* Which keys a query of attention sees (kernels/attention/attention.h); all
 * zero: every one. */
struct assay_mask {
    bool causal;
    int64_t window, block;
    const uint8_t *pattern; /* from lowering->kept */
};

struct assay_node {
    char *name; /* "" if it has none */
    const struct assay_operator *op;
    uint32_t *inputs, *outputs; /* values, or ASSAY_ABSENT */
    uint32_t n_inputs, n_outputs;
    struct assay_attribute *attributes;
    uint32_t n_attributes;
    uint32_t number; /* its place in the file */
    /* Of patterns that became one node: see op_quant.h, op_attention.c. */
    enum assay_act act;
    bool transposed;
    struct assay_mask mask;
    double scale;
    int64_t samples;      /* of Dropout, op_dropout.c */
    const char *function; /* of op_elementwise.c */
};

/* 'i' integer, 'f' float, 's' string, 'I' integers, 'F' floats, 't' tensor. */
struct assay_attribute_rule {
    const char *name;
    char type;
};

struct assay_lowering; /* lower.h */

/* One operator over a range of opsets. The functions get a node whose number
 * of inputs and outputs and whose attributes' names and types are checked. */
struct assay_operator {
    const char *name;
    int since, until; /* opsets of the default domain, inclusive */
    uint32_t min_inputs, max_inputs, max_outputs;
    const struct assay_attribute_rule *rules; /* ends with a NULL name */
    /* Check attributes and the inputs' types and shapes; set the outputs'. */
    enum assay_status (*infer)(struct assay_lowering *lowering,
                               const struct assay_node *node);
    /* Compute a node whose inputs are all constant (shape arithmetic), after
     * infer; NULL: such a node is lowered like any other. */
    enum assay_status (*fold)(struct assay_lowering *lowering,
                              const struct assay_node *node);
    /* Append the kernel runs; NULL: only folding is supported. */
    enum assay_status (*lower)(struct assay_lowering *lowering,
                               const struct assay_node *node);
};

/* The row of that name for an opset of the default domain, or NULL. */
const struct assay_operator *assay_operator_find(const char *name, int opset);

struct assay_model {
    struct assay_region region; /* of everything below */
    char *path;
    int opset;
    struct assay_value *values;
    uint32_t n_values;
    struct assay_node *nodes; /* topologically sorted */
    uint32_t n_nodes;
    uint32_t *inputs, *outputs; /* values; inputs that no initializer gives */
    uint32_t n_inputs, n_outputs;
    size_t file_bytes;
    char sha256[ASSAY_SHA256_TEXT]; /* "" if it was not read from a file */
    char base_sha256[ASSAY_BASES_TEXT];
};

/* Copy `from` so that it can stand in a message, a table or JSON: valid UTF-8
 * without control characters, cut between characters; size ≥ 1. */
void assay_text_clean(char *text, size_t size, const char *from);

/* Whether the names, which NULL ends, have it. */
bool assay_is_one_of(const char *name, const char *const *names);

/* Fail with "PATH: node 'NAME' (Op): …". */
enum assay_status assay_node_fail(const struct assay_model *model,
                                  const struct assay_node *node,
                                  enum assay_status status, const char *format,
                                  ...) __attribute__((format(printf, 4, 5)));

/* The attribute of that name, or NULL; with a standard value otherwise. */
const struct assay_attribute *assay_node_find(const struct assay_node *node,
                                              const char *name);
int64_t assay_node_int(const struct assay_node *node, const char *name,
                       int64_t standard);
float assay_node_float(const struct assay_node *node, const char *name,
                       float standard);
const char *assay_node_string(const struct assay_node *node, const char *name,
                              const char *standard);

#endif

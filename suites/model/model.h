/* SPDX-License-Identifier: Apache-2.0
 *
 * Models: an ONNX file is read as untrusted input into a checked graph
 * (assay_model), lowered for one batch size to a flat list of kernel problems
 * with a static arena (assay_lowered), and bound to a device as a program.
 *
 * A loaded model and a lowering are immutable and may be read by many threads;
 * a program belongs to its device's thread.
 */
#ifndef ASSAY_SUITES_MODEL_H
#define ASSAY_SUITES_MODEL_H

#include "backends/backend.h"

struct assay_model; /* see graph.h */

/* A SHA-256 as 64 lower-case hexadecimal digits, and the end of the text. */
enum { ASSAY_SHA256_TEXT = 65 };

/* The member of an ONNX file's metadata by which assay compress tells what a
 * file was made from, and the room of its text. */
#define ASSAY_BASES_KEY "assay.base_sha256"
enum { ASSAY_BASES_TEXT = 8 * ASSAY_SHA256_TEXT };

/* What a file says of itself. */
struct assay_model_facts {
    size_t file_bytes;
    int64_t parameters; /* elements of the float initializers used */
    size_t weights_bytes;
    int rank;         /* of the one input */
    int64_t input[8]; /* -1: dynamic */
    char input_name[64], output_name[64];
    bool is_float; /* nothing in it is quantized or of halves */
    char sha256[ASSAY_SHA256_TEXT]; /* of the file */
    /* SHA-256 of the file that assay compress made this one from, then of the
     * one before, and so on, separated by spaces; "" if it says none. Anybody
     * can write that: it serves to find a file, not to trust it. */
    char base_sha256[ASSAY_BASES_TEXT];
};

/* Read and check a file with one float input and one float output. A malformed
 * or unsupported file is INVALID or UNSUPPORTED; the message has the path and
 * the node, tensor or byte at fault, an unknown operator its name, domain and
 * opset. */
enum assay_status assay_model_load(const char *path,
                                   struct assay_model **model);
void assay_model_free(struct assay_model **model);
void assay_model_facts(const struct assay_model *model,
                       struct assay_model_facts *facts);

/* One kernel run of a lowered model. Tensors are numbers below n_tensors. */
struct assay_lowered_step {
    struct assay_problem problem;
    const void *constants[ASSAY_MAX_CONSTANTS]; /* owned by the lowering */
    unsigned tensors[ASSAY_MAX_INPUTS + 1];     /* inputs, then the output */
    char layer[64]; /* name of the node (the last of a fused group) */
};

/* An input or output of the graph. */
struct assay_lowered_port {
    bool runs;             /* a tensor of the device holds it */
    unsigned tensor;       /* if it runs */
    const void *constant;  /* else: an output's elements, found by lowering */
    enum assay_dtype held; /* what the device keeps it as: see ports.h */
    int element;           /* as ONNX numbers types */
    int rank;
    int64_t size[8];
    size_t elements;
};

/* A tensor that is written once, when a program is made. */
struct assay_lowered_constant {
    unsigned tensor;
    const void *data; /* of the tensor's bytes, owned by the lowering */
};

struct assay_lowered {
    struct assay_lowered_step *steps;
    size_t n_steps;
    size_t *tensor_bytes;  /* of each tensor */
    size_t *tensor_offset; /* in the arena, multiples of 512 bytes */
    size_t n_tensors;
    size_t arena_bytes; /* tensors whose lives do not meet share space */
    struct assay_lowered_constant *constants;
    size_t n_constants;
    struct assay_lowered_port *inputs, *outputs; /* intact after a run */
    size_t n_inputs, n_outputs;
    unsigned input, output; /* tensors of the first ports */
    int64_t batch;
    size_t input_elements, output_elements; /* of them, whole batch */
    bool input_nhwc; /* the input is expected as NHWC (else as in the file) */
    double flop; /* of one run: of dense weights, of attention the pairs that
                    its mask leaves */
    size_t weights_bytes;
    void *owner; /* memory of the constants, private */
};

/* Lower for `batch`, which replaces a dynamic first dimension (a fixed one must
 * be equal, else INVALID). Folds constants, fuses Conv + BatchNormalization +
 * activation and Gemm + bias + activation, runs images in NHWC. */
enum assay_status assay_model_lower(const struct assay_model *model,
                                    int64_t batch,
                                    struct assay_lowered **lowered);
void assay_lowered_free(struct assay_lowered **lowered);

/* A lowering bound to a device: packed weights, arena and recorded sequence.
 * Layers with zeros among their weights are timed there, dense and sparse, and
 * run as what is faster (choose.h). UNSUPPORTED names the step that has no row
 * on the device. The lowering outlives the program. */
struct assay_program;
enum assay_status assay_program_create(struct assay_device *device,
                                       const struct assay_lowered *lowered,
                                       struct assay_program **program);
void assay_program_destroy(struct assay_program **program);

/* The pieces that a harness times: the sequence (assay_kernel_run with no
 * views) and where its input and output lie. */
struct assay_kernel *assay_program_kernel(const struct assay_program *program);
struct assay_view assay_program_input(const struct assay_program *program);
struct assay_view assay_program_output(const struct assay_program *program);

/* The row of a step; step < n_steps. */
const struct assay_row *assay_program_row(const struct assay_program *program,
                                          size_t step);

/* What was found out about a layer whose weights are zeros in a quarter or
 * more. The texts belong to the lowering or are static. */
struct assay_layer_choice {
    const char *layer;
    double zeros; /* share of the weights */
    bool sparse;  /* it runs on a sparse kernel */
    /* Of one run, least of several, 0: not measured; and the format of sparse
     * that was fastest or runs, or NULL. */
    double dense_ns, sparse_ns;
    const char *format;
    const char *why; /* nothing was measured; or NULL */
};

/* In the order of the layers; the array belongs to the program. */
const struct assay_layer_choice *
assay_program_choices(const struct assay_program *program, size_t *n);

/* Write the input (elements in the order of lowered->input_nhwc), run, wait,
 * read the output [batch][…]. */
enum assay_status assay_program_infer(struct assay_program *program,
                                      const float *input, float *output,
                                      uint64_t timeout_ns);

/* The same through the reference rows on the host, for checks. */
enum assay_status assay_lowered_reference(const struct assay_lowered *lowered,
                                          const float *input, float *output);

#endif

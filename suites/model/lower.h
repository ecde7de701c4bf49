/* SPDX-License-Identifier: Apache-2.0
 *
 * A lowering in the making: a model's values with shapes for one batch size,
 * and the kernel runs so far. It belongs to one thread and lives only within
 * assay_model_lower.
 *
 * Kernels want images as [n][h][w][c], while ONNX means [n][c][h][w]. So each
 * computed value has an order, in which its elements really lie; reshaping and
 * transposing only change what is written here, and a kernel that needs
 * another order gets a transposition in front. Normalization, biases and
 * activations are folded into the run before them when nobody else reads what
 * it makes.
 */
#ifndef ASSAY_SUITES_MODEL_LOWER_H
#define ASSAY_SUITES_MODEL_LOWER_H

#include "suites/model/graph.h"

/* Elements that mean [n][c][hw] lie as [n][hw][c]; c = 0: they lie as they
 * mean. Orders with c or hw of 1 are the latter, and written so. */
struct assay_order {
    int64_t n, c, hw;
};

struct assay_order assay_order_of(int64_t n, int64_t c, int64_t hw);
bool assay_order_equal(struct assay_order a, struct assay_order b);

/* Where a value lies. */
struct assay_place {
    bool there;     /* computed by a run (or the input) */
    bool exclusive; /* at most one node reads the tensor */
    bool twice;     /* in another order, too */
    bool wide;      /* integers in f32 that may exceed their type */
    unsigned tensor, other;
    struct assay_order order, other_order;
};

struct assay_lowering {
    const struct assay_model *model;
    int64_t batch;
    struct assay_region scratch;  /* of what follows */
    struct assay_node *nodes;     /* a copy that simplification changes */
    struct assay_tensor *tensors; /* by value, inferred and folded */
    uint32_t *uses;               /* by value: reads, the output's included */
    bool *needed;                 /* by node */
    struct assay_place *places;   /* by value */
    bool any, numpy;              /* of assay_model_lower_for */
    bool exact; /* signs are taken of what is computed: see op_sign.h */
    struct assay_region *kept; /* of the steps' constants */
    struct assay_lowered *made;
    /* Of the arrays in `made`. */
    size_t steps_room, tensors_room, constants_room;
    /* By tensor: the step that makes it, or SIZE_MAX; its type. */
    struct assay_maker {
        size_t step;
        enum assay_dtype type;
    } * makers;
};

/* -- For who rewrites models (lower.c) -- */

/* Types, shapes and constants of all values, and how often each is read, of a
 * loaded model; nothing is simplified or lowered. To be ended, unless it fails;
 * memory from `scratch` is then given back, too. */
enum assay_status assay_lowering_infer(struct assay_lowering *lowering,
                                       const struct assay_model *model,
                                       int64_t batch);
void assay_lowering_end(struct assay_lowering *lowering);

/* -- For infer and fold (lower.c) -- */

/* The tensor of input `i`; NULL if it is absent. */
const struct assay_tensor *assay_input(const struct assay_lowering *lowering,
                                       const struct assay_node *node,
                                       uint32_t i);

/* Lists of sizes, as exporters cut and join them, and in ONNX's tests all. */
bool assay_may_be_empty(const struct assay_lowering *lowering,
                        enum assay_element element,
                        const struct assay_dims *dims);

/* Set the type and shape of output 0 (whose sizes may be out of range, which
 * fails). */
enum assay_status assay_infer(struct assay_lowering *lowering,
                              const struct assay_node *node,
                              enum assay_element element,
                              const struct assay_dims *dims);

/* The same of output `i`, if it is there and somebody reads it. */
enum assay_status assay_infer_output(struct assay_lowering *lowering,
                                     const struct assay_node *node, uint32_t i,
                                     enum assay_element element,
                                     const struct assay_dims *dims);
bool assay_output_used(const struct assay_lowering *lowering,
                       const struct assay_node *node, uint32_t i);

/* The same type and shape as input 0, which must be float or float16. */
enum assay_status assay_infer_same(struct assay_lowering *lowering,
                                   const struct assay_node *node);

/* Fail unless outputs beyond the first are absent. */
enum assay_status assay_infer_alone(struct assay_lowering *lowering,
                                    const struct assay_node *node);

/* Memory for the elements of output 0, which becomes constant; NULL: no. */
void *assay_fold(struct assay_lowering *lowering,
                 const struct assay_node *node);
void *assay_fold_output(struct assay_lowering *lowering,
                        const struct assay_node *node, uint32_t i);

/* The integers of input `i`, which must be a constant of rank 0 or 1 and at
 * most ASSAY_RANK_MAX long. */
enum assay_status assay_input_ints(const struct assay_lowering *lowering,
                                   const struct assay_node *node, uint32_t i,
                                   int64_t *values, int *n);

/* Constant float or float16 elements of input `i` as floats, or a failure that
 * says so. */
enum assay_status assay_input_floats(struct assay_lowering *lowering,
                                     const struct assay_node *node, uint32_t i,
                                     const float **values);

/* An axis within -rank … rank - 1 as one within 0 … rank - 1; a failure
 * names it. */
enum assay_status assay_axis(const struct assay_lowering *lowering,
                             const struct assay_node *node, int64_t axis,
                             int rank, int *result);

/* -- For lower (lower_step.c) -- */

/* A run of one kernel: the tensors of the inputs in the op's order, and
 * constants from lowering->kept. */
struct assay_run {
    struct assay_problem problem;
    unsigned inputs[ASSAY_MAX_INPUTS];
    /* Floats where the problem wants f16: they are rounded last. */
    void *constants[ASSAY_MAX_CONSTANTS];
};

/* The type that the device keeps a computed value, or a constant, in. */
enum assay_dtype assay_lower_type(const struct assay_lowering *lowering,
                                  uint32_t value);

/* Input `i` in that order; converts it if need be. A constant becomes a tensor
 * that is written once. */
enum assay_status assay_lower_input(struct assay_lowering *lowering,
                                    const struct assay_node *node, uint32_t i,
                                    struct assay_order order, unsigned *tensor);

/* The same as f32 of the value, whatever the device keeps it in. */
enum assay_status assay_lower_input_f32(struct assay_lowering *lowering,
                                        const struct assay_node *node,
                                        uint32_t i, struct assay_order order,
                                        unsigned *tensor);

/* Append a run whose result is no value of the model. */
enum assay_status assay_lower_step(struct assay_lowering *lowering,
                                   const struct assay_node *node,
                                   const struct assay_run *run,
                                   unsigned *tensor);

/* The dtype of the ops that only move elements, for a type of any width. */
enum assay_dtype assay_lower_mover(enum assay_dtype type);

/* What lies in *tensor as [rows][cols], transposed: [cols][rows]. */
enum assay_status assay_lower_turn(struct assay_lowering *lowering,
                                   const struct assay_node *node, int64_t rows,
                                   int64_t cols, unsigned *tensor);

/* Output `i` lies in `tensor`, in that order. */
enum assay_status assay_lower_put(struct assay_lowering *lowering,
                                  const struct assay_node *node, uint32_t i,
                                  unsigned tensor, struct assay_order order);

/* Append a run; output 0 of the node is what it makes, in that order. */
enum assay_status assay_lower_run(struct assay_lowering *lowering,
                                  const struct assay_node *node,
                                  const struct assay_run *run,
                                  struct assay_order order);

/* Output 0 is input 0 under another name (and shape). */
enum assay_status assay_lower_alias(struct assay_lowering *lowering,
                                    const struct assay_node *node);

/* Output 0 lies in `tensor`, which holds input 0, in that order. */
enum assay_status assay_lower_rename(struct assay_lowering *lowering,
                                     const struct assay_node *node,
                                     unsigned tensor, struct assay_order order);

/* Transpose what lies in `tensor`, in that order, as [n][c][hw] to [n][hw][c]:
 * mostly by changing the order alone. */
enum assay_status assay_lower_rotate(struct assay_lowering *lowering,
                                     const struct assay_node *node,
                                     struct assay_order shape, unsigned *tensor,
                                     struct assay_order *order);

/* A layer of n outputs on input 0, if that is a thinner layer of which nobody
 * else knows: both become one low-rank run. *tensor is left alone if not. The
 * weights [n][…] and the bias (or NULL) are from lowering->kept. */
enum assay_status assay_lower_lowrank(struct assay_lowering *lowering,
                                      const struct assay_node *node,
                                      float *weights, float *bias, int64_t n,
                                      unsigned *tensor);

/* Output 0 is act(input 0): fused into the run before, or one of its own. */
enum assay_status assay_lower_act(struct assay_lowering *lowering,
                                  const struct assay_node *node,
                                  enum assay_act act);

/* The function of that operator, with the node's parameters; false: it is none
 * (op_elementwise.c). */
bool assay_unary_of(const char *name, const struct assay_node *node,
                    struct assay_unary *unary);

/* Output 0 is a function (of float or float16) of input 0, which nothing fuses;
 * its `n` is set here. */
enum assay_status assay_lower_function(struct assay_lowering *lowering,
                                       const struct assay_node *node,
                                       const struct assay_unary *function);

/* Output 0 is input `i` times scale[j] plus shift[j], with j the middle index
 * when the input is seen as [outer][c][inner]. */
enum assay_status assay_lower_affine(struct assay_lowering *lowering,
                                     const struct assay_node *node, uint32_t i,
                                     struct assay_order shape,
                                     const double *scale, const double *shift);

/* -- Runs that several operators need (lower_ops.c) -- */

/* A float as a tensor that is written once. */
enum assay_status assay_lower_scalar(struct assay_lowering *lowering,
                                     float value, unsigned *tensor);

/* n words of 32 bits from lowering->kept likewise, floats or integers. */
enum assay_status assay_lower_words(struct assay_lowering *lowering,
                                    const void *values, enum assay_dtype type,
                                    size_t n, unsigned *tensor);

/* y of `dims` = a kind b; bit i of a_has: a has dimension i. */
struct assay_lower_binary {
    enum assay_binary_kind kind;
    unsigned a, b; /* tensors */
    int64_t dims[4];
    unsigned a_has, b_has;
};
enum assay_status assay_lower_binary(struct assay_lowering *lowering,
                                     const struct assay_node *node,
                                     const struct assay_lower_binary *binary,
                                     unsigned *tensor);

/* *tensor kind value, of n elements. */
enum assay_status assay_lower_with_scalar(struct assay_lowering *lowering,
                                          const struct assay_node *node,
                                          enum assay_binary_kind kind,
                                          int64_t n, float value,
                                          unsigned *tensor);

/* *tensor, [outer][n][inner], reduced to [outer][inner]. */
enum assay_status assay_lower_reduce(struct assay_lowering *lowering,
                                     const struct assay_node *node,
                                     enum assay_reduce_kind kind, int64_t outer,
                                     int64_t n, int64_t inner,
                                     unsigned *tensor);

/* *tensor of n elements as f32: halves exactly, bytes less `zero`. */
enum assay_status assay_lower_f32(struct assay_lowering *lowering,
                                  const struct assay_node *node, int64_t n,
                                  int32_t zero, unsigned *tensor);

/* *tensor of n f32 as f16. */
enum assay_status assay_lower_f16(struct assay_lowering *lowering,
                                  const struct assay_node *node, int64_t n,
                                  unsigned *tensor);

/* A layer of constant weights [n][k] on [m][k] (op_dense.c). */
void assay_dense_problem(int64_t m, int64_t n, int64_t k, bool bias,
                         enum assay_dtype dtype, struct assay_problem *problem);

/* -- Between the lower_*.c and op_sign.c -- */

/* The run that makes a value which only this node reads, or NULL. */
struct assay_lowered_step *assay_lower_maker(struct assay_lowering *lowering,
                                             uint32_t value);
/* The same, if more can be fused into it: it is of floats, and no activation
 * stands in between. */
struct assay_lowered_step *assay_lower_fusible(struct assay_lowering *lowering,
                                               uint32_t value);
/* Whether all that becomes of a value, through what keeps the order of numbers,
 * is its sign. */
bool assay_lower_sign_alone(const struct assay_lowering *lowering,
                            uint32_t value);
/* Let the step, which makes floats of bytes in `tensor`, make bytes of the sign
 * that factor[j] v + shift[j], output 0 of the node, has in each of n channels,
 * where nothing else is asked for; false: it stays as it is (lower_sign.c). */
bool assay_lower_sign_bytes(struct assay_lowering *lowering,
                            struct assay_lowered_step *step,
                            const struct assay_node *node, unsigned tensor,
                            int64_t n, const double *factor,
                            const double *shift);
/* The step is called by the node. */
void assay_lower_name(struct assay_lowered_step *step,
                      const struct assay_node *node);

/* A longer copy of an array that is full; false with a message. */
bool assay_grow(void **array, size_t *room, size_t used, size_t size);

/* A new tensor that the step makes, or SIZE_MAX: none. */
enum assay_status assay_lower_tensor(struct assay_lowering *lowering,
                                     size_t bytes, enum assay_dtype type,
                                     size_t step, unsigned *tensor);

/* A value that is there, in that order. */
enum assay_status assay_lower_value(struct assay_lowering *lowering,
                                    const struct assay_node *node,
                                    uint32_t value, struct assay_order order,
                                    unsigned *tensor);

/* A constant as a tensor that is written once. */
enum assay_status assay_lower_constant(struct assay_lowering *lowering,
                                       const struct assay_node *node,
                                       uint32_t value);

/* The inputs as the first tensors, and the ports for them. */
enum assay_status assay_lower_start(struct assay_lowering *lowering);

/* The outputs in the file's order, and the ports for them. */
enum assay_status assay_lower_outputs(struct assay_lowering *lowering);

/* Constants for f16 problems, until now floats, rounded. */
enum assay_status assay_lower_round(struct assay_lowering *lowering);

/* -- The rest -- */

/* Replace patterns of nodes by single ones (simplify.c). */
void assay_simplify(struct assay_lowering *lowering);

/* Place the tensors in the arena (arena.c). */
enum assay_status assay_arena_plan(struct assay_lowered *lowered);

/* The rows of each group (op_*.c), ended by a NULL name. */
extern const struct assay_operator assay_operators_binary[];
extern const struct assay_operator assay_operators_conv[];
extern const struct assay_operator assay_operators_conv_transposed[];
extern const struct assay_operator assay_operators_dense[];
extern const struct assay_operator assay_operators_dropout[];
extern const struct assay_operator assay_operators_elementwise[];
extern const struct assay_operator assay_operators_move[];
extern const struct assay_operator assay_operators_norm[];
extern const struct assay_operator assay_operators_pool[];
extern const struct assay_operator assay_operators_quant[];
extern const struct assay_operator assay_operators_quant_conv[];
extern const struct assay_operator assay_operators_reduce[];
extern const struct assay_operator assay_operators_shape[];
extern const struct assay_operator assay_operators_slice[];
/* Of patterns. */
extern const struct assay_operator assay_operator_gelu;
extern const struct assay_operator assay_operator_gelu_tanh;
extern const struct assay_operator assay_operator_layer_norm;
extern const struct assay_operator assay_operator_attention;

/* Element i of constant integers or booleans. */
int64_t assay_integer_at(const struct assay_tensor *tensor, int64_t i);

/* Folds of op_shape.c and op_move.c, in op_shape_fold.c. */
enum assay_status assay_fold_copy(struct assay_lowering *lowering,
                                  const struct assay_node *node);
enum assay_status assay_fold_cast(struct assay_lowering *lowering,
                                  const struct assay_node *node);
enum assay_status assay_fold_concat(struct assay_lowering *lowering,
                                    const struct assay_node *node);
enum assay_status assay_fold_gather(struct assay_lowering *lowering,
                                    const struct assay_node *node);
enum assay_status assay_fold_transpose(struct assay_lowering *lowering,
                                       const struct assay_node *node);
enum assay_status assay_fold_binary(struct assay_lowering *lowering,
                                    const struct assay_node *node);

#endif

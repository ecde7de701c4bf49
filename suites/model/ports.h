/* SPDX-License-Identifier: Apache-2.0
 *
 * Models with any inputs and outputs, as ONNX's own tests have them: read,
 * lowered for given values, run with tensors of ONNX's types.
 *
 * A device keeps float as f32, float16 as f16, int8 as s8, uint8 as s8 less
 * 128, and int32, int64 and bool as f32 of the same value, which holds
 * integers up to 2^24: beyond that, an input is refused. Where an operator
 * computed with integers in f32, an output is brought into its type by
 * dropping the bits above, as ONNX's tests do. Indices of Gather, and what a
 * kernel makes as s32, are kept as s32.
 */
#ifndef ASSAY_SUITES_MODEL_PORTS_H
#define ASSAY_SUITES_MODEL_PORTS_H

#include "suites/model/graph.h"

/* Read and check a file with any number of inputs and outputs of the types of
 * enum assay_element, and of any opset up to ASSAY_OPSET_MAX. Nothing is
 * lowered yet. */
enum assay_status assay_model_open(const char *path,
                                   struct assay_model **model);

/* Lower for these inputs, one for each of the model's, whose types and shapes
 * must be those of the graph; input i is a constant with the data given if bit
 * i of `bound` is set, or if it has no elements. There may be no steps at all:
 * outputs that are inputs or constants. `numpy`: results will be compared with
 * those of ONNX's node tests, so what draws random numbers is refused. */
enum assay_status assay_model_lower_for(const struct assay_model *model,
                                        const struct assay_tensor *inputs,
                                        uint64_t bound, bool numpy,
                                        struct assay_lowered **lowered);

/* Run a program with the elements of each port, as in ONNX's raw_data; an
 * input that is not on the device (!runs) is ignored and may be NULL. */
enum assay_status assay_program_call(struct assay_program *program,
                                     const struct assay_lowered *lowered,
                                     const void *const *inputs,
                                     void *const *outputs, uint64_t timeout_ns);

/* The same through the reference rows on the host. */
enum assay_status assay_lowered_call(const struct assay_lowered *lowered,
                                     const void *const *inputs,
                                     void *const *outputs);

/* Where a tensor of the lowering lies in the program; its runs, waited for. */
struct assay_view assay_program_view(const struct assay_program *program,
                                     const struct assay_lowered *lowered,
                                     unsigned tensor);
enum assay_status assay_program_run(struct assay_program *program,
                                    uint64_t timeout_ns);

/* The constants and the steps through reference rows, in an arena of the
 * lowering's size, aligned to 512 bytes, that holds the inputs. */
enum assay_status assay_lowered_steps(const struct assay_lowered *lowered,
                                      char *arena);

/* Elements of a port to or from the bytes that the device keeps. */
enum assay_status assay_port_pack(const struct assay_lowered_port *port,
                                  const void *from, void *to);
void assay_port_unpack(const struct assay_lowered_port *port, const void *from,
                       void *to);

/* A tensor from a file that holds one (TensorProto), in the region. */
enum assay_status assay_tensor_load(const char *path,
                                    struct assay_region *region,
                                    struct assay_tensor *tensor);

#endif

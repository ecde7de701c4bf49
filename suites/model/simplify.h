/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns of nodes that stand for one operator, found after shapes and
 * constants are known. The node that ends a pattern becomes the one operator;
 * nodes that nothing needs any more are left out later. Memory is the
 * lowering's scratch: when its budget is spent a pattern stays as it is, and
 * what needs more will say so.
 */
#ifndef ASSAY_SUITES_MODEL_SIMPLIFY_H
#define ASSAY_SUITES_MODEL_SIMPLIFY_H

#include "suites/model/lower.h"

/* The node of that operator that computes a value, or NULL. */
const struct assay_node *assay_maker(const struct assay_lowering *lowering,
                                     uint32_t value, const char *op);
/* Of any operator, also if the value is constant; or NULL. */
const struct assay_node *
assay_maker_of_any(const struct assay_lowering *lowering, uint32_t value);

/* Whether a value is one constant number, which goes to *number. */
bool assay_is_number(const struct assay_lowering *lowering, uint32_t value,
                     double *number);
/* Whether it is close to `number`. */
bool assay_is_near(const struct assay_lowering *lowering, uint32_t value,
                   double number);

/* The operand of a node beside one constant number; ABSENT: it has none.
 * exchange: the number may be the first. */
uint32_t assay_beside(const struct assay_lowering *lowering,
                      const struct assay_node *node, bool exchange,
                      double *number);

/* How many nodes and outputs read a value. */
int assay_readers(const struct assay_lowering *lowering, uint32_t value);

/* The node becomes `op` of these inputs; false: no memory. */
bool assay_become(struct assay_lowering *lowering, struct assay_node *node,
                  const struct assay_operator *op, const uint32_t *inputs,
                  uint32_t n_inputs);

/* The constant that is added to scores […][sq][skv], if it is a mask: 0, or
 * -1e4 and less where a key is hidden, at least one key left to each query. */
bool assay_mask_read(struct assay_lowering *lowering, uint32_t value,
                     const struct assay_dims *scores, struct assay_mask *mask);

/* The kinds of patterns, one file each. */
void assay_simplify_qdq(struct assay_lowering *lowering);
void assay_simplify_norm(struct assay_lowering *lowering);
void assay_simplify_attention(struct assay_lowering *lowering);
void assay_simplify_dropout(struct assay_lowering *lowering);
void assay_simplify_sign(struct assay_lowering *lowering);

#endif

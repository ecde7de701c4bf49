/* SPDX-License-Identifier: Apache-2.0
 *
 * The data sets of a plan, looked at before a run starts: each is there, whole,
 * and fits the models that are scored on it. Internal to plan.c.
 */
#ifndef ASSAY_HARNESS_PLAN_DATA_H
#define ASSAY_HARNESS_PLAN_DATA_H

#include "plan.h"
#include "suites/model/model.h"

/* assay_model_load; what is not supported is INVALID, too: it is the file's
 * property, not the environment's. */
enum assay_status assay_plan_load_model(const char *path,
                                        struct assay_model **model);

/* A number of images beyond what there is becomes all of them. INVALID names
 * file and byte, line and key, or the two shapes. */
enum assay_status assay_plan_check_data(struct assay_plan *plan);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "score.h"

void assay_case_clear(struct assay_case *c)
{
    free(c->name);
    free(c->skip);
    free(c->symbol);
    free(c->model);
    free(c->variant);
    free(c->path);
    free(c->predictions);
    free(c->data);
    free(c->no_accuracy);
    memset(c, 0, sizeof *c);
}

static const char *class_name(const struct assay_device_info *info)
{
    return info->device_class == ASSAY_CLASS_CPU ? "cpu" : "gpu";
}

json_t *assay_device_to_json(const struct assay_device_info *info)
{
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:b}",
        "target", info->target, "backend", assay_api_names[info->api], "device",
        info->name, "driver", info->driver, "type", info->type, "class",
        class_name(info), "memory_bytes", (json_int_t)info->memory_bytes,
        "max_buffer_bytes", (json_int_t)info->max_buffer_bytes, "units",
        (json_int_t)info->units, "subgroup_size",
        (json_int_t)info->subgroup_size, "view_align",
        (json_int_t)info->view_align, "isa", (json_int_t)info->isa,
        "device_time", (int)info->device_time);
}

/* The number of `name` in a NULL-terminated list, or -1. */
static int index_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

enum assay_status assay_device_from_json(const json_t *json,
                                         struct assay_device_info *info)
{
    const char *target, *backend, *name, *driver, *type, *class_name;
    json_int_t memory, buffer, units, subgroup, align, isa;
    int device_time;
    json_error_t error;
    if (json_unpack_ex((json_t *)json, &error, 0,
                       "{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, "
                       "s:I, s:I, s:b}",
                       "target", &target, "backend", &backend, "device", &name,
                       "driver", &driver, "type", &type, "class", &class_name,
                       "memory_bytes", &memory, "max_buffer_bytes", &buffer,
                       "units", &units, "subgroup_size", &subgroup,
                       "view_align", &align, "isa", &isa, "device_time",
                       &device_time))
        return assay_fail(ASSAY_INVALID, "device: %s", error.text);
    const int api = index_of(assay_api_names, backend);
    if (api < 0)
        return assay_fail(ASSAY_INVALID, "device: no backend '%s'", backend);
    memset(info, 0, sizeof *info);
    snprintf(info->target, sizeof info->target, "%s", target);
    snprintf(info->name, sizeof info->name, "%s", name);
    snprintf(info->driver, sizeof info->driver, "%s", driver);
    snprintf(info->type, sizeof info->type, "%s", type);
    info->api = (enum assay_api)api;
    info->device_class =
        strcmp(class_name, "cpu") == 0 ? ASSAY_CLASS_CPU : ASSAY_CLASS_GPU;
    info->memory_bytes = (uint64_t)memory;
    info->max_buffer_bytes = (uint64_t)buffer;
    info->units = (uint32_t)units;
    info->subgroup_size = (uint32_t)subgroup;
    info->view_align = (size_t)align;
    info->isa = (unsigned)isa;
    info->device_time = device_time;
    return ASSAY_OK;
}

/* Shape structs are all int64_t, named by the op's table. */
static json_t *problem_to_json(const struct assay_problem *problem)
{
    const struct assay_op_info *info = assay_op_info(problem->op);
    json_t *json = json_object();
    json_object_set_new(json, "op", json_string(info->name));
    json_object_set_new(json, "dtype",
                        json_string(assay_dtype_names[problem->dtype]));
    for (const struct assay_param *p = info->params; p->name; p++) {
        int64_t value;
        memcpy(&value, (const char *)&problem->as + p->offset, sizeof value);
        json_object_set_new(json, p->name, json_integer(value));
    }
    return json;
}

static enum assay_status problem_from_json(const json_t *json,
                                           struct assay_problem *problem)
{
    const char *op = json_string_value(json_object_get(json, "op"));
    const char *dtype = json_string_value(json_object_get(json, "dtype"));
    enum assay_op number;
    if (!op || !dtype || !assay_op_find(op, &number) ||
        index_of(assay_dtype_names, dtype) < 0)
        return assay_fail(ASSAY_INVALID, "case: no such op or dtype");
    assay_problem_init(problem, number,
                       (enum assay_dtype)index_of(assay_dtype_names, dtype));
    for (const struct assay_param *p = assay_op_info(number)->params; p->name;
         p++) {
        const json_t *value = json_object_get(json, p->name);
        if (!json_is_integer(value))
            return assay_fail(ASSAY_INVALID, "case: %s is not a number",
                              p->name);
        const int64_t number_of = json_integer_value(value);
        memcpy((char *)&problem->as + p->offset, &number_of, sizeof number_of);
    }
    return assay_problem_check(problem);
}

/* The texts of a case, one list for both directions. */
#define TEXTS(X)                                                               \
    X(name)                                                                    \
    X(skip)                                                                    \
    X(symbol) X(model) X(variant) X(path) X(predictions) X(data) X(no_accuracy)
/* And the numbers. */
#define INTS(X)                                                                \
    X(threads)                                                                 \
    X(isa_off)                                                                 \
    X(repetitions) X(seed) X(parameters) X(batch) X(images) X(accuracy_batch)

json_t *assay_case_to_json(const struct assay_case *c)
{
    json_t *json = json_object();
#define X(field)                                                               \
    if (c->field)                                                              \
        json_object_set_new(json, #field, json_string(c->field));
    TEXTS(X)
#undef X
#define X(field)                                                               \
    json_object_set_new(json, #field, json_integer((json_int_t)c->field));
    INTS(X)
#undef X
    json_object_set_new(json, "min_time", json_real(c->min_time));
    json_object_set_new(json, "timeout", json_real(c->timeout));
    json_object_set_new(json, "check_only", json_boolean(c->check_only));
    json_object_set_new(json, "device", assay_device_to_json(&c->device));
    if (!c->is_model)
        json_object_set_new(json, "problem", problem_to_json(&c->problem));
    return json;
}

static bool copy_text(const json_t *json, const char *name, char **to)
{
    const char *text = json_string_value(json_object_get(json, name));
    *to = text ? strdup(text) : NULL;
    return !text || *to;
}

enum assay_status assay_case_from_json(const json_t *json, struct assay_case *c)
{
    memset(c, 0, sizeof *c);
    bool copied = true;
#define X(field) copied = copy_text(json, #field, &c->field) && copied;
    TEXTS(X)
#undef X
#define X(field)                                                               \
    c->field = (__typeof__(c->field))json_integer_value(                       \
        json_object_get(json, #field));
    INTS(X)
#undef X
    c->min_time = json_number_value(json_object_get(json, "min_time"));
    c->timeout = json_number_value(json_object_get(json, "timeout"));
    c->check_only = json_is_true(json_object_get(json, "check_only"));
    c->is_model = c->path != NULL;
    enum assay_status status =
        assay_device_from_json(json_object_get(json, "device"), &c->device);
    if (status == ASSAY_OK && !copied)
        status = assay_fail(ASSAY_NOMEM, "no memory for a case");
    if (status == ASSAY_OK && !c->name)
        status = assay_fail(ASSAY_INVALID, "case: no name");
    if (status == ASSAY_OK && !c->is_model)
        status =
            problem_from_json(json_object_get(json, "problem"), &c->problem);
    if (status != ASSAY_OK)
        assay_case_clear(c);
    return status;
}

static void set_kernel(const struct assay_case *c, struct assay_record *record)
{
    const struct assay_op_info *info = assay_op_info(c->problem.op);
    const struct assay_row *row = c->symbol ? assay_row_find(c->symbol) : NULL;
    char shape[128];
    info->shape(&c->problem, shape, sizeof shape);
    assay_record_text(record, ASSAY_FIELD_kind, "kernel");
    assay_record_text(record, ASSAY_FIELD_op, info->name);
    assay_record_text(record, ASSAY_FIELD_shape, shape);
    assay_record_text(record, ASSAY_FIELD_dtype,
                      assay_dtype_names[c->problem.dtype]);
    if (row) {
        assay_record_text(record, ASSAY_FIELD_impl, row->symbol);
        assay_record_text(record, ASSAY_FIELD_variant, row->variant);
    }
    assay_record_real(record, ASSAY_FIELD_flop, info->flops(&c->problem));
    int64_t weights = 0;
    for (unsigned i = 0; i < info->constants; i++)
        weights += (int64_t)assay_problem_bytes(&c->problem, info->inputs + i);
    assay_record_int(record, ASSAY_FIELD_weights_bytes, weights);
    assay_record_absent(record, ASSAY_FIELD_host_peak_bytes,
                        "measured of models only");
}

static void set_model(const struct assay_case *c, struct assay_record *record)
{
    assay_record_text(record, ASSAY_FIELD_kind, "model");
    assay_record_text(record, ASSAY_FIELD_model, c->model);
    assay_record_text(record, ASSAY_FIELD_variant, c->variant);
    assay_record_text(record, ASSAY_FIELD_dtype, "f32");
    assay_record_int(record, ASSAY_FIELD_batch, c->batch);
    if (c->parameters)
        assay_record_int(record, ASSAY_FIELD_parameters, c->parameters);
}

/* What a case that ended early would have told. */
static void set_unreached(const struct assay_case *c,
                          struct assay_record *record, const char *why)
{
    static const enum assay_field measured[] = {
        ASSAY_FIELD_max_error,         ASSAY_FIELD_samples,
        ASSAY_FIELD_latency_ns_median, ASSAY_FIELD_latency_ns_low,
        ASSAY_FIELD_latency_ns_high,   ASSAY_FIELD_latency_ns_min,
        ASSAY_FIELD_latency_ns_mean,   ASSAY_FIELD_latency_ns_p90,
        ASSAY_FIELD_latency_ns_p99,    ASSAY_FIELD_latency_ns_mad,
        ASSAY_FIELD_throughput_per_s,  ASSAY_FIELD_gflops,
        ASSAY_FIELD_prepare_ns,        ASSAY_FIELD_submit_ns,
        ASSAY_FIELD_device_ns,         ASSAY_FIELD_cpu_ns,
        ASSAY_FIELD_host_peak_bytes,   ASSAY_FIELD_device_peak_bytes,
        ASSAY_FIELD_energy_j,          ASSAY_FIELD_counters,
    };
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++)
        assay_record_absent(record, measured[i], why);
    if (c->is_model)
        assay_scores_absent(record, why);
}

struct assay_record *assay_case_record(const struct assay_case *c,
                                       const char *status, const char *reason)
{
    struct assay_record *record = assay_record_create();
    if (!record)
        return NULL;
    assay_record_text(record, ASSAY_FIELD_case, c->name);
    assay_record_text(record, ASSAY_FIELD_backend,
                      assay_api_names[c->device.api]);
    assay_record_text(record, ASSAY_FIELD_target, c->device.target);
    assay_record_text(record, ASSAY_FIELD_device, c->device.name);
    assay_record_text(record, ASSAY_FIELD_device_class, class_name(&c->device));
    if (c->device.api == ASSAY_API_CPU)
        assay_record_int(record, ASSAY_FIELD_threads, c->threads);
    if (c->is_model)
        set_model(c, record);
    else
        set_kernel(c, record);
    if (strcmp(status, "ok") != 0)
        set_unreached(c, record, status);
    assay_record_absent(record, ASSAY_FIELD_roof_fraction,
                        "the roofs of the targets were not measured");
    assay_record_text(record, ASSAY_FIELD_status, status);
    if (reason)
        assay_record_text(record, ASSAY_FIELD_reason, reason);
    return record;
}

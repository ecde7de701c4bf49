/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/compress_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites/model/wire.h"

static void *region_alloc(void *region, size_t size)
{
    return assay_region_alloc(region, 1, size);
}

static void region_keep(void *region, void *pointer)
{
    (void)region;
    (void)pointer;
}

static int by_name(const void *a, const void *b, void *model)
{
    const struct assay_value *values = ((struct assay_model *)model)->values;
    return strcmp(values[*(const uint32_t *)a].name,
                  values[*(const uint32_t *)b].name);
}

static enum assay_status index_model(struct assay_work *work)
{
    struct assay_region *scratch = &work->lowering.scratch;
    const struct assay_model *model = work->model;
    const uint32_t n = model->n_values;
    work->nodes =
        assay_region_alloc(scratch, model->n_nodes, sizeof *work->nodes);
    work->reads = assay_region_alloc(scratch, n, sizeof *work->reads);
    work->names = assay_region_alloc(scratch, n, sizeof *work->names);
    work->marks = assay_region_alloc(scratch, n, sizeof *work->marks);
    work->pending = assay_region_alloc(scratch, n, sizeof *work->pending);
    work->mark = 0;
    if (!work->nodes || !work->reads || !work->names || !work->marks ||
        !work->pending)
        return ASSAY_NOMEM;
    memcpy(work->nodes, work->proto->graph->node,
           model->n_nodes * sizeof *work->nodes);
    for (uint32_t i = 0; i < model->n_outputs; i++)
        work->reads[model->outputs[i]]++;
    for (uint32_t i = 0; i < model->n_nodes; i++)
        for (uint32_t j = 0; j < model->nodes[i].n_inputs; j++)
            if (model->nodes[i].inputs[j] != ASSAY_ABSENT)
                work->reads[model->nodes[i].inputs[j]]++;
    for (uint32_t i = 0; i < n; i++)
        work->names[i] = i;
    qsort_r(work->names, n, sizeof *work->names, by_name, work->model);
    work->n_names = n;
    work->n_made = 0;
    return ASSAY_OK;
}

static enum assay_status infer(struct assay_work *work, const uint8_t *bytes,
                               size_t size)
{
    assay_lowering_end(&work->lowering);
    assay_model_free(&work->model);
    enum assay_status status =
        assay_model_read(work->path, bytes, size, false, &work->model);
    if (status)
        return status;
    const struct assay_value *input =
        &work->model->values[work->model->inputs[0]];
    const int64_t batch = input->tensor.dims.size[0];
    status = assay_lowering_infer(&work->lowering, work->model,
                                  batch < 0 ? 1 : batch);
    return status ? status : index_model(work);
}

/* The model counts the sparse ones behind the dense ones, so values keep their
 * numbers. */
enum assay_status assay_work_fill_sparse(struct assay_work *work)
{
    Onnx__GraphProto *graph = work->proto->graph;
    for (size_t i = 0; i < graph->n_sparse_initializer; i++) {
        const struct assay_value *value =
            &work->model->values[graph->n_initializer];
        if (!assay_work_tensor(work, value->name, value->tensor.element,
                               &value->tensor.dims, value->tensor.data))
            return ASSAY_NOMEM;
    }
    graph->n_sparse_initializer = 0;
    return ASSAY_OK;
}

/* The mask of a Dropout without a seed follows from the node's number, which
 * steps change. */
static enum assay_status fix_seeds(struct assay_work *work)
{
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; !status && i < work->model->n_nodes; i++) {
        const struct assay_node *node = &work->model->nodes[i];
        if (strcmp(node->op->name, "Dropout") != 0 ||
            assay_node_find(node, "seed"))
            continue;
        const struct assay_tensor *mode = assay_input(&work->lowering, node, 2);
        if (mode && mode->data && assay_integer_at(mode, 0))
            status = assay_work_set_int(work, work->nodes[i], "seed", i);
    }
    return status;
}

enum assay_status assay_work_open(const char *path, struct assay_work *work)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    *work = (struct assay_work){.path = path};
    enum assay_status status = assay_onnx_read_file(path, &bytes, &size);
    if (!status) {
        /* The checks of the reader come before any other look at it. */
        status = assay_model_read(path, bytes, size, false, &work->model);
        work->region.budget = ((size_t)512 << 20) + 32 * size;
    }
    if (!status) {
        ProtobufCAllocator allocator = {region_alloc, region_keep,
                                        &work->region};
        work->proto = onnx__model_proto__unpack(&allocator, size, bytes);
        status = work->proto
                     ? infer(work, bytes, size)
                     : assay_fail(ASSAY_NOMEM, "%s: no memory for it", path);
    }
    if (!status)
        status = fix_seeds(work);
    free(bytes);
    if (status)
        assay_work_close(work);
    return status;
}

void assay_work_close(struct assay_work *work)
{
    assay_lowering_end(&work->lowering);
    assay_model_free(&work->model);
    assay_region_free(&work->region);
}

enum assay_status assay_work_pack(const struct assay_work *work,
                                  uint8_t **bytes, size_t *size)
{
    *size = onnx__model_proto__get_packed_size(work->proto);
    if (*size > ASSAY_FILE_MAX)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: the result would have %zu bytes; at most %zu "
                          "are supported",
                          work->path, *size, ASSAY_FILE_MAX);
    *bytes = malloc(*size);
    if (!*bytes)
        return assay_fail(ASSAY_NOMEM, "no %zu bytes for the result", *size);
    onnx__model_proto__pack(work->proto, *bytes);
    return ASSAY_OK;
}

enum assay_status assay_work_refresh(struct assay_work *work)
{
    uint8_t *bytes = NULL;
    size_t size;
    enum assay_status status = assay_work_pack(work, &bytes, &size);
    if (!status)
        status = infer(work, bytes, size);
    free(bytes);
    return status;
}

size_t assay_work_stored(const struct assay_work *work, uint32_t value)
{
    const Onnx__GraphProto *graph = work->proto->graph;
    const struct assay_tensor *t = &work->model->values[value].tensor;
    const size_t size = assay_element_bytes(t->element);
    if (value < graph->n_initializer)
        return (size_t)assay_dims_count(&t->dims) * size;
    const Onnx__SparseTensorProto *sparse =
        graph->sparse_initializer[value - graph->n_initializer];
    /* Of checked messages: n values, n or n by rank places. */
    size_t places = (size_t)sparse->indices->dims[0];
    if (sparse->indices->n_dims > 1)
        places *= (size_t)sparse->indices->dims[1];
    return (size_t)sparse->values->dims[0] * size + places * sizeof(int64_t);
}

uint32_t assay_work_value(const struct assay_work *work, const char *name)
{
    uint32_t low = 0, high = work->n_names;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const uint32_t value = work->names[middle];
        const int order = strcmp(work->model->values[value].name, name);
        if (order == 0)
            return value;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return ASSAY_ABSENT;
}

/* A longer copy of an array that is full, from the region. */
static void *grown(struct assay_work *work, void *array, size_t used,
                   size_t *room, size_t size)
{
    if (used < *room)
        return array;
    const size_t more = used + used / 2 + 16;
    void *copy = assay_region_alloc(&work->region, more, size);
    if (!copy)
        return NULL;
    if (used)
        memcpy(copy, array, used * size);
    *room = more;
    return copy;
}

static bool is_taken(const struct assay_work *work, const char *name)
{
    for (size_t i = 0; i < work->n_made; i++)
        if (strcmp(work->made[i], name) == 0)
            return true;
    return assay_work_value(work, name) != ASSAY_ABSENT;
}

char *assay_work_name(struct assay_work *work, const char *base,
                      const char *word)
{
    const size_t size = strlen(base) + strlen(word) + 24;
    char *name = assay_region_alloc(&work->region, size, 1);
    const char **made = grown(work, work->made, work->n_made, &work->made_room,
                              sizeof *work->made);
    if (!name || !made)
        return NULL;
    snprintf(name, size, "%s.%s", base, word);
    for (unsigned i = 2; is_taken(work, name); i++)
        snprintf(name, size, "%s.%s.%u", base, word, i);
    work->made = made;
    work->made[work->n_made++] = name;
    return name;
}

const char *assay_work_base(const Onnx__NodeProto *node)
{
    return node->name && *node->name ? node->name : node->output[0];
}

/* The fields of a tensor but for its name. */
static enum assay_status fill(struct assay_work *work, Onnx__TensorProto *to,
                              enum assay_element element,
                              const struct assay_dims *dims, const void *data)
{
    const size_t bytes =
        (size_t)assay_dims_count(dims) * assay_element_bytes(element);
    to->dims =
        assay_region_alloc(&work->region, (size_t)dims->rank, sizeof *to->dims);
    to->raw_data.data = assay_region_alloc(&work->region, bytes, 1);
    if (!to->dims || !to->raw_data.data)
        return ASSAY_NOMEM;
    memcpy(to->dims, dims->size, (size_t)dims->rank * sizeof *to->dims);
    memcpy(to->raw_data.data, data, bytes);
    to->n_dims = (size_t)dims->rank;
    to->raw_data.len = bytes;
    to->has_raw_data = 1;
    to->has_data_type = 1;
    to->data_type = element;
    to->n_float_data = to->n_int32_data = to->n_int64_data = 0;
    return ASSAY_OK;
}

Onnx__TensorProto *assay_work_tensor(struct assay_work *work, const char *name,
                                     enum assay_element element,
                                     const struct assay_dims *dims,
                                     const void *data)
{
    Onnx__GraphProto *graph = work->proto->graph;
    Onnx__TensorProto *tensor =
        assay_region_alloc(&work->region, 1, sizeof *tensor);
    Onnx__TensorProto **all =
        grown(work, graph->initializer, graph->n_initializer,
              &work->initializers_room, sizeof *all);
    if (!tensor || !all)
        return NULL;
    onnx__tensor_proto__init(tensor);
    tensor->name = assay_region_text(&work->region, name);
    if (!tensor->name || fill(work, tensor, element, dims, data))
        return NULL;
    graph->initializer = all;
    graph->initializer[graph->n_initializer++] = tensor;
    /* Before version 4 each initializer had to be an input, too. */
    if (work->proto->ir_version < 4)
        work->proto->ir_version = 4;
    return tensor;
}

/* What was the standard value of an input becomes a constant. */
static void drop_input(Onnx__GraphProto *graph, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < graph->n_input; i++)
        if (strcmp(graph->input[i]->name, name) != 0)
            graph->input[kept++] = graph->input[i];
    graph->n_input = kept;
}

enum assay_status assay_work_constant(struct assay_work *work,
                                      Onnx__NodeProto *node, uint32_t i,
                                      enum assay_element element,
                                      const struct assay_dims *dims,
                                      const void *data)
{
    Onnx__GraphProto *graph = work->proto->graph;
    const bool there = i < node->n_input && *node->input[i];
    const uint32_t value =
        there ? assay_work_value(work, node->input[i]) : ASSAY_ABSENT;
    if (value != ASSAY_ABSENT && work->reads[value] == 1 &&
        work->model->values[value].tensor.data) {
        Onnx__TensorProto *tensor = graph->initializer[value];
        drop_input(graph, tensor->name);
        if (work->proto->ir_version < 4)
            work->proto->ir_version = 4;
        return fill(work, tensor, element, dims, data);
    }
    char *name = there
                     ? assay_work_name(work, node->input[i], "compressed")
                     : assay_work_name(work, assay_work_base(node), "constant");
    if (!name || !assay_work_tensor(work, name, element, dims, data))
        return ASSAY_NOMEM;
    if (i >= node->n_input) {
        char **inputs =
            assay_region_alloc(&work->region, i + 1, sizeof *inputs);
        if (!inputs)
            return ASSAY_NOMEM;
        memcpy(inputs, node->input, node->n_input * sizeof *inputs);
        node->input = inputs;
        node->n_input = i + 1;
    }
    node->input[i] = name;
    return ASSAY_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Edits of the message that is being compressed: nodes, what nothing reads, and
 * metadata.
 */
#include <stdlib.h>
#include <string.h>

#include "suites/model/compress_work.h"

/* A copy of `n` pointers with room for `more`. */
static void *copied(struct assay_work *work, const void *array, size_t n,
                    size_t more)
{
    void *copy = assay_region_alloc(&work->region, n + more, sizeof(void *));
    if (copy && n)
        memcpy(copy, array, n * sizeof(void *));
    return copy;
}

static bool insert(struct assay_work *work, const Onnx__NodeProto *at,
                   Onnx__NodeProto *node)
{
    Onnx__GraphProto *graph = work->proto->graph;
    size_t place = 0;
    if (graph->n_node + 1 > work->nodes_room) {
        const size_t more = graph->n_node / 2 + 64;
        Onnx__NodeProto **all = copied(work, graph->node, graph->n_node, more);
        if (!all)
            return false;
        graph->node = all;
        work->nodes_room = graph->n_node + more;
    }
    while (place < graph->n_node && graph->node[place] != at)
        place++;
    memmove(graph->node + place + 1, graph->node + place,
            (graph->n_node - place) * sizeof *graph->node);
    graph->node[place] = node;
    graph->n_node++;
    return true;
}

Onnx__NodeProto *assay_work_node(struct assay_work *work,
                                 const Onnx__NodeProto *at, const char *op,
                                 const char *name, const char *const *inputs,
                                 size_t n_inputs, const char *output)
{
    struct assay_region *region = &work->region;
    Onnx__NodeProto *node = assay_region_alloc(region, 1, sizeof *node);
    if (!node)
        return NULL;
    onnx__node_proto__init(node);
    node->op_type = assay_region_text(region, op);
    node->name = assay_region_text(region, name);
    node->input = assay_region_alloc(region, n_inputs, sizeof(char *));
    node->output = assay_region_alloc(region, 1, sizeof(char *));
    if (!node->op_type || !node->name || !node->input || !node->output)
        return NULL;
    node->n_output = 1;
    node->output[0] = assay_region_text(region, output);
    for (; node->n_input < n_inputs; node->n_input++) {
        char *input = assay_region_text(region, inputs[node->n_input]);
        if (!input)
            return NULL;
        node->input[node->n_input] = input;
    }
    if (!node->output[0])
        return NULL;
    return insert(work, at, node) ? node : NULL;
}

void assay_work_remove(struct assay_work *work, const Onnx__NodeProto *node)
{
    Onnx__GraphProto *graph = work->proto->graph;
    size_t kept = 0;
    for (size_t i = 0; i < graph->n_node; i++)
        if (graph->node[i] != node)
            graph->node[kept++] = graph->node[i];
    graph->n_node = kept;
}

enum assay_status assay_work_set_int(struct assay_work *work,
                                     Onnx__NodeProto *node, const char *name,
                                     int64_t value)
{
    Onnx__AttributeProto *made, **all;
    for (size_t i = 0; i < node->n_attribute; i++)
        if (strcmp(node->attribute[i]->name, name) == 0) {
            node->attribute[i]->i = value;
            node->attribute[i]->has_i = 1;
            return ASSAY_OK;
        }
    made = assay_region_alloc(&work->region, 1, sizeof *made);
    all = copied(work, node->attribute, node->n_attribute, 1);
    if (!made || !all)
        return ASSAY_NOMEM;
    onnx__attribute_proto__init(made);
    made->name = assay_region_text(&work->region, name);
    if (!made->name)
        return ASSAY_NOMEM;
    made->has_type = made->has_i = 1;
    made->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
    made->i = value;
    node->attribute = all;
    node->attribute[node->n_attribute++] = made;
    return ASSAY_OK;
}

void assay_work_redirect(struct assay_work *work, const char *from,
                         const char *to)
{
    Onnx__GraphProto *graph = work->proto->graph;
    char *name = assay_region_text(&work->region, to);
    for (size_t i = 0; name && i < graph->n_node; i++)
        for (size_t j = 0; j < graph->node[i]->n_input; j++)
            if (strcmp(graph->node[i]->input[j], from) == 0)
                graph->node[i]->input[j] = name;
}

/* Whether what the file says of a value's shape is what it has by now. */
static bool is_true(const struct assay_work *work,
                    const Onnx__ValueInfoProto *info)
{
    const uint32_t value =
        info->name ? assay_work_value(work, info->name) : ASSAY_ABSENT;
    if (value == ASSAY_ABSENT || !info->type ||
        info->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ||
        !info->type->tensor_type)
        return false;
    const struct assay_tensor *is = &work->lowering.tensors[value];
    const Onnx__TensorShapeProto *shape = info->type->tensor_type->shape;
    if ((int)info->type->tensor_type->elem_type != (int)is->element)
        return false;
    if (!shape)
        return true;
    if (shape->n_dim != (size_t)is->dims.rank)
        return false;
    /* The first may be the batch, which is only 1 here. */
    for (size_t i = 1; i < shape->n_dim; i++)
        if (shape->dim[i]->value_case ==
                ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE &&
            shape->dim[i]->dim_value != is->dims.size[i])
            return false;
    return true;
}

static void mark(const struct assay_model *model, bool *used, bool *needed)
{
    for (uint32_t i = 0; i < model->n_outputs; i++)
        used[model->outputs[i]] = true;
    for (uint32_t i = model->n_nodes; i-- > 0;) {
        const struct assay_node *node = &model->nodes[i];
        for (uint32_t j = 0; j < node->n_outputs; j++)
            if (node->outputs[j] != ASSAY_ABSENT && used[node->outputs[j]])
                needed[i] = true;
        for (uint32_t j = 0; needed[i] && j < node->n_inputs; j++)
            if (node->inputs[j] != ASSAY_ABSENT)
                used[node->inputs[j]] = true;
    }
}

enum assay_status assay_work_tidy(struct assay_work *work)
{
    Onnx__GraphProto *graph = work->proto->graph;
    const struct assay_model *model = work->model;
    struct assay_region *scratch = &work->lowering.scratch;
    bool *used = assay_region_alloc(scratch, model->n_values, 1);
    bool *needed = assay_region_alloc(scratch, model->n_nodes, 1);
    size_t kept = 0;
    if (!used || !needed)
        return ASSAY_NOMEM;
    mark(model, used, needed);
    for (size_t i = 0; i < graph->n_value_info; i++)
        if (is_true(work, graph->value_info[i]))
            graph->value_info[kept++] = graph->value_info[i];
    graph->n_value_info = kept;
    kept = 0;
    for (size_t i = 0; i < graph->n_input; i++) {
        const uint32_t value = assay_work_value(work, graph->input[i]->name);
        if (value == ASSAY_ABSENT || value >= graph->n_initializer ||
            used[value])
            graph->input[kept++] = graph->input[i];
    }
    graph->n_input = kept;
    /* Initializers are the model's first values, nodes as they stand. */
    kept = 0;
    for (size_t i = 0; i < graph->n_initializer; i++)
        if (used[i])
            graph->initializer[kept++] = graph->initializer[i];
    graph->n_initializer = kept;
    kept = 0;
    for (uint32_t i = 0; i < model->n_nodes; i++)
        if (needed[i])
            graph->node[kept++] = graph->node[i];
    graph->n_node = kept;
    return assay_work_refresh(work);
}

enum assay_status assay_work_note(struct assay_work *work, const char *key,
                                  const char *value)
{
    Onnx__ModelProto *proto = work->proto;
    Onnx__StringStringEntryProto *entry = NULL, **all;
    for (size_t i = 0; i < proto->n_metadata_props; i++) {
        const char *has = proto->metadata_props[i]->key;
        if (has && strcmp(has, key) == 0)
            entry = proto->metadata_props[i];
    }
    if (!entry) {
        all = copied(work, proto->metadata_props, proto->n_metadata_props, 1);
        entry = assay_region_alloc(&work->region, 1, sizeof *entry);
        if (!all || !entry)
            return ASSAY_NOMEM;
        onnx__string_string_entry_proto__init(entry);
        proto->metadata_props = all;
        proto->metadata_props[proto->n_metadata_props++] = entry;
    }
    entry->key = assay_region_text(&work->region, key);
    entry->value = assay_region_text(&work->region, value);
    return entry->key && entry->value ? ASSAY_OK : ASSAY_NOMEM;
}

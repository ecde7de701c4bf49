/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/onnx.h"

#include <inttypes.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/shape.h"
#include "suites/model/ports.h"
#include "suites/model/wire.h"

/* A name and the value it stands for, sorted by name. */
struct name {
    const char *text;
    uint32_t value;
};

struct reader {
    struct assay_model *model;
    const Onnx__GraphProto *graph;
    struct name *names;
    size_t n_names, n_initializers;
    bool any; /* any inputs and outputs, any opset */
};

static const char *quoted(const char *name)
{
    static _Thread_local char text[80];
    assay_text_clean(text, sizeof text, name ? name : "");
    return text;
}

static enum assay_status invalid(const struct reader *r, const char *what,
                                 const char *name)
{
    return assay_fail(ASSAY_INVALID, "%s: %s '%s'", r->model->path, what,
                      quoted(name));
}

static bool is_default_domain(const char *domain)
{
    return !domain || !*domain || strcmp(domain, "ai.onnx") == 0;
}

static enum assay_status read_versions(struct reader *r,
                                       const Onnx__ModelProto *proto)
{
    struct assay_model *model = r->model;
    if (!proto->has_ir_version || !proto->graph)
        return assay_fail(ASSAY_INVALID,
                          "%s: no IR version or no graph: this is not an ONNX "
                          "model",
                          model->path);
    if (proto->ir_version < 3)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: IR version %" PRId64 " is older than 3; export "
                          "the model anew",
                          model->path, proto->ir_version);
    bool found = false;
    for (size_t i = 0; i < proto->n_opset_import; i++) {
        const Onnx__OperatorSetIdProto *set = proto->opset_import[i];
        if (!is_default_domain(set->domain))
            continue;
        if (found)
            return assay_fail(ASSAY_INVALID,
                              "%s: the default domain's opset is imported "
                              "twice",
                              model->path);
        found = true;
        if (!set->has_version ||
            set->version < (r->any ? 1 : ASSAY_OPSET_MIN) ||
            set->version > ASSAY_OPSET_MAX)
            return assay_fail(ASSAY_UNSUPPORTED,
                              "%s: opset %" PRId64 " of the default domain; %d "
                              "to %d are supported: convert the model",
                              model->path, set->has_version ? set->version : 0,
                              ASSAY_OPSET_MIN, ASSAY_OPSET_MAX);
        model->opset = (int)set->version;
    }
    if (!found && !r->any)
        return assay_fail(ASSAY_INVALID,
                          "%s: no opset of the default domain is imported",
                          model->path);
    return ASSAY_OK;
}

static enum assay_status make_room(struct reader *r)
{
    const Onnx__GraphProto *graph = r->graph;
    size_t values =
        graph->n_initializer + graph->n_sparse_initializer + graph->n_input;
    if (graph->n_node == 0)
        return assay_fail(ASSAY_INVALID, "%s: the graph has no nodes",
                          r->model->path);
    if (graph->n_node > ASSAY_NODES_MAX)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: %zu nodes; at most %d are supported",
                          r->model->path, graph->n_node, ASSAY_NODES_MAX);
    for (size_t i = 0; i < graph->n_node; i++)
        values += graph->node[i]->n_output;
    if (values > ASSAY_VALUES_MAX)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: %zu values; at most %d are supported",
                          r->model->path, values, ASSAY_VALUES_MAX);
    struct assay_model *model = r->model;
    model->values =
        assay_region_alloc(&model->region, values, sizeof *model->values);
    model->nodes =
        assay_region_alloc(&model->region, graph->n_node, sizeof *model->nodes);
    r->names = calloc(values, sizeof *r->names);
    if (!model->values || !model->nodes)
        return ASSAY_NOMEM;
    if (!r->names)
        return assay_fail(ASSAY_NOMEM, "no memory for %zu names", values);
    return ASSAY_OK;
}

static enum assay_status add_value(struct reader *r, const char *name,
                                   uint32_t node, uint32_t *number)
{
    struct assay_model *model = r->model;
    struct assay_value *value = &model->values[model->n_values];
    value->name = assay_region_text(&model->region, name);
    if (!value->name)
        return ASSAY_NOMEM;
    value->node = node;
    r->names[r->n_names++] = (struct name){value->name, model->n_values};
    *number = model->n_values++;
    return ASSAY_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->text,
                  ((const struct name *)b)->text);
}

static enum assay_status sort_names(struct reader *r, const char *what)
{
    qsort(r->names, r->n_names, sizeof *r->names, compare_names);
    for (size_t i = 1; i < r->n_names; i++)
        if (strcmp(r->names[i - 1].text, r->names[i].text) == 0)
            return invalid(r, what, r->names[i].text);
    return ASSAY_OK;
}

/* Among the first n names, which are sorted. */
static uint32_t find_among(const struct reader *r, size_t n, const char *name)
{
    const struct name *found = n ? bsearch(&(struct name){name, 0}, r->names, n,
                                           sizeof *r->names, compare_names)
                                 : NULL;
    return found ? found->value : ASSAY_ABSENT;
}

static uint32_t find_value(const struct reader *r, const char *name)
{
    return find_among(r, r->n_names, name);
}

static enum assay_status read_sparse(struct reader *r, size_t i)
{
    const Onnx__SparseTensorProto *proto = r->graph->sparse_initializer[i];
    const char *name = proto->values ? proto->values->name : NULL;
    char owner[112];
    uint32_t number;
    if (!name || !*name)
        return assay_fail(ASSAY_INVALID,
                          "%s: sparse initializer %zu has no values or no name",
                          r->model->path, i);
    snprintf(owner, sizeof owner, "sparse initializer '%s'", quoted(name));
    enum assay_status status = add_value(r, name, ASSAY_ABSENT, &number);
    if (status)
        return status;
    return assay_onnx_sparse(&r->model->region, r->model->path, owner, proto,
                             &r->model->values[number].tensor);
}

static enum assay_status read_initializers(struct reader *r)
{
    for (size_t i = 0; i < r->graph->n_initializer; i++) {
        const Onnx__TensorProto *proto = r->graph->initializer[i];
        char owner[112];
        uint32_t number;
        if (!proto->name || !*proto->name)
            return assay_fail(ASSAY_INVALID, "%s: initializer %zu has no name",
                              r->model->path, i);
        snprintf(owner, sizeof owner, "initializer '%s'", quoted(proto->name));
        enum assay_status status =
            add_value(r, proto->name, ASSAY_ABSENT, &number);
        if (!status)
            status = assay_onnx_tensor(&r->model->region, r->model->path, owner,
                                       proto, r->any,
                                       &r->model->values[number].tensor);
        if (status)
            return status;
    }
    for (size_t i = 0; i < r->graph->n_sparse_initializer; i++) {
        enum assay_status status = read_sparse(r, i);
        if (status)
            return status;
    }
    r->n_initializers = r->n_names;
    return sort_names(r, "two initializers are named");
}

static enum assay_status no_size(const char *path, const char *input, size_t i,
                                 const Onnx__TensorShapeProto__Dimension *dim)
{
    char name[80] = "";
    if (dim->value_case ==
            ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM &&
        dim->dim_param)
        assay_text_clean(name, sizeof name, dim->dim_param);
    return assay_fail(ASSAY_UNSUPPORTED,
                      "%s: input '%s': dimension %zu%s%s%s is dynamic; only "
                      "the first may be: export the model with a size for it",
                      path, input, i, *name ? " ('" : "", name,
                      *name ? "')" : "");
}

static enum assay_status read_input_dims(const struct reader *r,
                                         const Onnx__ValueInfoProto *proto,
                                         struct assay_dims *dims)
{
    const char *path = r->model->path, *name = quoted(proto->name);
    const Onnx__TensorShapeProto *shape = proto->type->tensor_type->shape;
    const int least = r->any ? 0 : 1;
    if (!shape || shape->n_dim < (size_t)least || shape->n_dim > ASSAY_RANK_MAX)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: input '%s': its shape is unknown or not of %d "
                          "to %d dimensions",
                          path, name, least, ASSAY_RANK_MAX);
    dims->rank = (int)shape->n_dim;
    for (size_t i = 0; i < shape->n_dim; i++) {
        const Onnx__TensorShapeProto__Dimension *dim = shape->dim[i];
        const bool fixed = dim->value_case ==
                           ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        if (!fixed && i > 0)
            return no_size(path, name, i, dim);
        if (fixed &&
            (dim->dim_value < least || dim->dim_value > ASSAY_MAX_SIZE))
            return assay_fail(ASSAY_INVALID,
                              "%s: input '%s': dimension %zu is %" PRId64
                              "; it must be 1 to 2^31",
                              path, name, i, dim->dim_value);
        dims->size[i] = fixed ? dim->dim_value : -1;
    }
    struct assay_dims one = *dims;
    for (int i = 0; i < one.rank; i++)
        if (one.size[i] < 1)
            one.size[i] = 1;
    if (assay_product(one.size, (size_t)one.rank) < 0)
        return assay_fail(ASSAY_INVALID,
                          "%s: input '%s' has more than 2^31 elements", path,
                          name);
    return ASSAY_OK;
}

static enum assay_status read_input(struct reader *r,
                                    const Onnx__ValueInfoProto *info)
{
    struct assay_model *model = r->model;
    uint32_t *number = &model->inputs[model->n_inputs];
    if (!info->type ||
        info->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ||
        !info->type->tensor_type)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: input '%s' is not a tensor",
                          model->path, quoted(info->name));
    const int element = info->type->tensor_type->elem_type;
    if (r->any ? !assay_element_bytes(element) : element != ASSAY_ELEMENT_FLOAT)
        return assay_fail(
            ASSAY_UNSUPPORTED, "%s: input '%s' is of %s; float is supported",
            model->path, quoted(info->name), assay_element_name(element));
    enum assay_status status = add_value(r, info->name, ASSAY_ABSENT, number);
    if (status)
        return status;
    struct assay_tensor *tensor = &model->values[*number].tensor;
    model->n_inputs++;
    tensor->element = (enum assay_element)element;
    return read_input_dims(r, info, &tensor->dims);
}

static enum assay_status read_inputs(struct reader *r)
{
    struct assay_model *model = r->model;
    const Onnx__ValueInfoProto *first = NULL;
    model->inputs = assay_region_alloc(&model->region, r->graph->n_input,
                                       sizeof *model->inputs);
    if (!model->inputs)
        return ASSAY_NOMEM;
    for (size_t i = 0; i < r->graph->n_input; i++) {
        const Onnx__ValueInfoProto *info = r->graph->input[i];
        if (!info->name || !*info->name)
            return assay_fail(ASSAY_INVALID, "%s: input %zu has no name",
                              model->path, i);
        if (find_among(r, r->n_initializers, info->name) != ASSAY_ABSENT)
            continue; /* the standard value of an initializer */
        if (first && !r->any) {
            char name[80];
            snprintf(name, sizeof name, "%s", quoted(first->name));
            return assay_fail(ASSAY_UNSUPPORTED,
                              "%s: more than one input ('%s', '%s'); models "
                              "with one are supported",
                              model->path, name, quoted(info->name));
        }
        first = info;
        enum assay_status status = read_input(r, info);
        if (status)
            return status;
    }
    if (!first && !r->any)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: the graph has no input that is not an "
                          "initializer",
                          model->path);
    return ASSAY_OK;
}

/* The node's operator, and its outputs as new values. */
static enum assay_status read_node(struct reader *r,
                                   const Onnx__NodeProto *proto)
{
    struct assay_model *model = r->model;
    struct assay_node *node = &model->nodes[model->n_nodes];
    node->number = model->n_nodes;
    node->name =
        assay_region_text(&model->region, proto->name ? proto->name : "");
    if (!node->name)
        return ASSAY_NOMEM;
    const char *type = proto->op_type ? proto->op_type : "";
    if (is_default_domain(proto->domain))
        node->op = assay_operator_find(type, model->opset);
    if (!node->op) {
        char name[80], domain[64], op[64];
        assay_text_clean(name, sizeof name, node->name);
        assay_text_clean(op, sizeof op, type);
        assay_text_clean(domain, sizeof domain,
                         is_default_domain(proto->domain) ? "ai.onnx"
                                                          : proto->domain);
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: node '%s' (number %" PRIu32 "): operator '%s' "
                          "of domain '%s' in opset %d is not supported",
                          model->path, name, node->number, op, domain,
                          model->opset);
    }
    if (proto->n_input < node->op->min_inputs ||
        proto->n_input > node->op->max_inputs)
        return assay_node_fail(model, node, ASSAY_INVALID,
                               "%zu inputs; it has %" PRIu32 " to %" PRIu32,
                               proto->n_input, node->op->min_inputs,
                               node->op->max_inputs);
    if (proto->n_output < 1 || proto->n_output > node->op->max_outputs ||
        !*proto->output[0])
        return assay_node_fail(model, node, ASSAY_INVALID,
                               "%zu outputs; it has 1 to %" PRIu32
                               ", and the first has a name",
                               proto->n_output, node->op->max_outputs);
    node->n_outputs = (uint32_t)proto->n_output;
    node->outputs = assay_region_alloc(&model->region, node->n_outputs,
                                       sizeof *node->outputs);
    if (!node->outputs)
        return ASSAY_NOMEM;
    for (uint32_t i = 0; i < node->n_outputs; i++) {
        node->outputs[i] = ASSAY_ABSENT;
        enum assay_status status = ASSAY_OK;
        if (*proto->output[i])
            status =
                add_value(r, proto->output[i], node->number, &node->outputs[i]);
        if (status)
            return status;
    }
    model->n_nodes++;
    return assay_onnx_attributes(model, node, proto);
}

static enum assay_status connect(struct reader *r, uint32_t number)
{
    struct assay_model *model = r->model;
    struct assay_node *node = &model->nodes[number];
    const Onnx__NodeProto *proto = r->graph->node[number];
    node->n_inputs = (uint32_t)proto->n_input;
    node->inputs = assay_region_alloc(&model->region, node->n_inputs,
                                      sizeof *node->inputs);
    if (!node->inputs)
        return ASSAY_NOMEM;
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const char *name = proto->input[i];
        node->inputs[i] = ASSAY_ABSENT;
        if (!*name && i >= node->op->min_inputs)
            continue;
        if (!*name)
            return assay_node_fail(model, node, ASSAY_INVALID,
                                   "input %" PRIu32 " is missing", i);
        uint32_t value = find_value(r, name);
        if (value == ASSAY_ABSENT)
            return assay_node_fail(model, node, ASSAY_INVALID,
                                   "input '%s' is defined nowhere",
                                   quoted(name));
        if (model->values[value].node != ASSAY_ABSENT &&
            model->values[value].node >= number)
            return assay_node_fail(model, node, ASSAY_INVALID,
                                   "input '%s' is made by this node or a later "
                                   "one: the nodes form a cycle or are not in "
                                   "order",
                                   quoted(name));
        model->values[value].used = true;
        node->inputs[i] = value;
    }
    return ASSAY_OK;
}

static enum assay_status read_outputs(struct reader *r)
{
    struct assay_model *model = r->model;
    const size_t n = r->graph->n_output;
    if (n == 0 || (n > 1 && !r->any))
        return assay_fail(n ? ASSAY_UNSUPPORTED : ASSAY_INVALID,
                          "%s: %zu outputs; models with one are supported",
                          model->path, n);
    model->outputs =
        assay_region_alloc(&model->region, n, sizeof *model->outputs);
    if (!model->outputs)
        return ASSAY_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const char *name = r->graph->output[i]->name;
        const uint32_t value = name ? find_value(r, name) : ASSAY_ABSENT;
        if (value == ASSAY_ABSENT)
            return invalid(r, "no node makes the output", name);
        model->values[value].used = true;
        model->outputs[model->n_outputs++] = value;
    }
    return ASSAY_OK;
}

static enum assay_status read_graph(struct reader *r,
                                    const Onnx__ModelProto *proto)
{
    enum assay_status status = read_versions(r, proto);
    r->graph = proto->graph;
    if (!status)
        status = make_room(r);
    if (!status)
        status = read_initializers(r);
    if (!status)
        status = read_inputs(r);
    for (size_t i = 0; !status && i < r->graph->n_node; i++)
        status = read_node(r, r->graph->node[i]);
    if (!status)
        status = sort_names(r, "two values are named");
    for (uint32_t i = 0; !status && i < r->model->n_nodes; i++)
        status = connect(r, i);
    if (!status)
        status = read_outputs(r);
    free(r->names);
    return status;
}

static enum assay_status unpack(struct assay_model *model, const uint8_t *bytes,
                                bool any)
{
    const size_t budget = ((size_t)256 << 20) + 4 * model->file_bytes;
    size_t memory;
    enum assay_status status =
        assay_wire_check(model->path, &onnx__model_proto__descriptor, bytes,
                         model->file_bytes, &memory);
    if (status)
        return status;
    if (memory > budget)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: unpacking %zu bytes may take %zu, more than "
                          "%zu; the file has too many small parts",
                          model->path, model->file_bytes, memory, budget);
    Onnx__ModelProto *proto =
        onnx__model_proto__unpack(NULL, model->file_bytes, bytes);
    if (!proto)
        return assay_fail(ASSAY_INVALID,
                          "%s: not a valid ONNX message (or no memory for it)",
                          model->path);
    model->region.budget = budget;
    status = read_graph(&(struct reader){.model = model, .any = any}, proto);
    assay_onnx_bases(model, proto);
    onnx__model_proto__free_unpacked(proto, NULL);
    return status;
}

enum assay_status assay_model_read(const char *path, const uint8_t *bytes,
                                   size_t size, bool any,
                                   struct assay_model **model)
{
    struct assay_model *made = calloc(1, sizeof *made);
    *model = NULL;
    if (!made || !(made->path = strdup(path))) {
        free(made);
        return assay_fail(ASSAY_NOMEM, "%s: no memory", path);
    }
    made->file_bytes = size;
    enum assay_status status = unpack(made, bytes, any);
    if (status)
        assay_model_free(&made);
    *model = made;
    return status;
}

static enum assay_status open_any(const char *path, bool any,
                                  struct assay_model **model)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    *model = NULL;
    enum assay_status status = assay_onnx_read_file(path, &bytes, &size);
    if (!status)
        status = assay_model_read(path, bytes, size, any, model);
    if (!status)
        SHA256Data(bytes, size, (*model)->sha256);
    free(bytes);
    return status;
}

enum assay_status assay_model_open(const char *path, struct assay_model **model)
{
    return open_any(path, true, model);
}

/* Everything that lowering would refuse is refused now. */
static enum assay_status try_lowering(const struct assay_model *model)
{
    struct assay_lowered *lowered = NULL;
    int64_t batch = model->values[model->inputs[0]].tensor.dims.size[0];
    enum assay_status status =
        assay_model_lower(model, batch < 0 ? 1 : batch, &lowered);
    assay_lowered_free(&lowered);
    return status;
}

enum assay_status assay_model_load(const char *path, struct assay_model **model)
{
    enum assay_status status = open_any(path, false, model);
    if (!status)
        status = try_lowering(*model);
    if (status)
        assay_model_free(model);
    return status;
}

void assay_model_free(struct assay_model **model)
{
    if (!*model)
        return;
    assay_region_free(&(*model)->region);
    free((*model)->path);
    free(*model);
    *model = NULL;
}

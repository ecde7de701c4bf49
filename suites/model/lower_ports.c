/* SPDX-License-Identifier: Apache-2.0
 *
 * Tensors that no run makes: inputs and constants; and the outputs.
 */
#include <stdlib.h>
#include <string.h>

#include "kernels/half.h"
#include "suites/model/lower.h"
#include "suites/model/ports.h"

/* A port for a value, which a device keeps as assay_lower_type says. */
static struct assay_lowered_port port_of(const struct assay_lowering *l,
                                         uint32_t value)
{
    const struct assay_tensor *x = &l->tensors[value];
    struct assay_lowered_port port = {
        .held = assay_lower_type(l, value),
        .element = x->element,
        .rank = x->dims.rank,
        .elements = (size_t)assay_dims_count(&x->dims),
    };
    memcpy(port.size, x->dims.size, sizeof port.size);
    return port;
}

static size_t words(size_t bytes)
{
    return (bytes + 3) & ~(size_t)3;
}

/* A tensor for a value that no run makes. */
static enum assay_status given(struct assay_lowering *l, uint32_t value,
                               unsigned *tensor)
{
    const struct assay_lowered_port port = port_of(l, value);
    enum assay_status status = assay_lower_tensor(
        l, words(port.elements * assay_dtype_bytes(port.held)), port.held,
        SIZE_MAX, tensor);
    l->places[value] = (struct assay_place){.there = true, .tensor = *tensor};
    return status;
}

enum assay_status assay_lower_constant(struct assay_lowering *l,
                                       const struct assay_node *node,
                                       uint32_t value)
{
    const struct assay_lowered_port port = port_of(l, value);
    struct assay_lowered *made = l->made;
    const size_t bytes = words(port.elements * assay_dtype_bytes(port.held));
    void *data = assay_region_alloc(l->kept, bytes, 1), *constants;
    if (!data)
        return ASSAY_NOMEM;
    if (assay_port_pack(&port, l->tensors[value].data, data))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED, "%s",
                               assay_message());
    constants = made->constants;
    if (!assay_grow(&constants, &l->constants_room, made->n_constants,
                    sizeof *made->constants))
        return ASSAY_NOMEM;
    made->constants = constants;
    unsigned tensor = 0;
    enum assay_status status = given(l, value, &tensor);
    made->constants[made->n_constants++] =
        (struct assay_lowered_constant){tensor, data};
    return status;
}

enum assay_status assay_lower_start(struct assay_lowering *l)
{
    const struct assay_model *model = l->model;
    struct assay_lowered *made = l->made;
    enum assay_status status = ASSAY_OK;
    made->inputs = calloc(model->n_inputs + 1, sizeof *made->inputs);
    if (!made->inputs)
        return assay_fail(ASSAY_NOMEM, "%s: no memory", model->path);
    for (uint32_t i = 0; !status && i < model->n_inputs; i++) {
        const uint32_t value = model->inputs[i];
        struct assay_lowered_port *port = &made->inputs[made->n_inputs++];
        *port = port_of(l, value);
        port->runs = !l->tensors[value].data;
        if (port->runs)
            status = given(l, value, &port->tensor);
    }
    return status;
}

static enum assay_status constant_output(struct assay_lowering *l,
                                         uint32_t value,
                                         struct assay_lowered_port *port)
{
    const struct assay_tensor *x = &l->tensors[value];
    const size_t bytes = port->elements * assay_element_bytes(x->element);
    void *data = assay_region_alloc(l->kept, bytes, 1);
    if (!data)
        return ASSAY_NOMEM;
    if (bytes)
        memcpy(data, x->data, bytes);
    port->constant = data;
    return ASSAY_OK;
}

static enum assay_status output(struct assay_lowering *l, uint32_t value)
{
    const struct assay_model *model = l->model;
    struct assay_lowered *made = l->made;
    struct assay_lowered_port *port = &made->outputs[made->n_outputs++];
    const uint32_t maker = model->values[value].node;
    enum assay_status status = ASSAY_OK;
    *port = port_of(l, value);
    port->runs = !l->tensors[value].data && l->places[value].there;
    if (!port->runs)
        return constant_output(l, value, port);
    port->tensor = l->places[value].tensor;
    if (maker != ASSAY_ABSENT)
        status = assay_lower_value(l, &l->nodes[maker], value,
                                   assay_order_of(0, 0, 0), &port->tensor);
    return status;
}

enum assay_status assay_lower_outputs(struct assay_lowering *l)
{
    const struct assay_model *model = l->model;
    struct assay_lowered *made = l->made;
    enum assay_status status = ASSAY_OK;
    made->outputs = calloc(model->n_outputs, sizeof *made->outputs);
    if (!made->outputs)
        return assay_fail(ASSAY_NOMEM, "%s: no memory", model->path);
    for (uint32_t i = 0; !status && i < model->n_outputs; i++)
        status = output(l, model->outputs[i]);
    if (status || l->any)
        return status;
    const struct assay_lowered_port *port = made->outputs;
    if (!port->runs || port->tensor == made->inputs[0].tensor)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: the output is constant or is the input: there "
                          "is nothing to compute",
                          model->path);
    if (port->element != ASSAY_ELEMENT_FLOAT)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: the output is of %s; float is supported",
                          model->path, assay_element_name(port->element));
    return ASSAY_OK;
}

enum assay_status assay_lower_round(struct assay_lowering *l)
{
    for (size_t i = 0; i < l->made->n_steps; i++) {
        struct assay_lowered_step *step = &l->made->steps[i];
        const struct assay_op_info *info = assay_op_info(step->problem.op);
        for (unsigned j = 0; j < info->constants; j++) {
            const unsigned array = info->inputs + j;
            const float *from = step->constants[j];
            if (!from || step->problem.dtype != ASSAY_F16 ||
                assay_problem_type(&step->problem, array) != ASSAY_F16)
                continue;
            const size_t n = info->elements(&step->problem, array);
            uint16_t *to = assay_region_alloc(l->kept, n, sizeof *to);
            if (!to)
                return ASSAY_NOMEM;
            for (size_t k = 0; k < n; k++)
                to[k] = assay_half_from_float(from[k]);
            step->constants[j] = to;
        }
    }
    return ASSAY_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What a model's file says of itself.
 */
#include <string.h>

#include "suites/model/onnx.h"

/* Hexadecimal digits and single spaces between digests, as compress writes
 * them; anything else is somebody else's. */
static bool are_digests(const char *text)
{
    const size_t length = strlen(text);
    if (length >= ASSAY_BASES_TEXT ||
        length % ASSAY_SHA256_TEXT != ASSAY_SHA256_TEXT - 1)
        return false;
    for (size_t i = 0; i < length; i++) {
        const bool between = i % ASSAY_SHA256_TEXT == ASSAY_SHA256_TEXT - 1;
        if (between ? text[i] != ' ' : !strchr("0123456789abcdef", text[i]))
            return false;
    }
    return true;
}

void assay_onnx_bases(struct assay_model *model, const Onnx__ModelProto *proto)
{
    for (size_t i = 0; i < proto->n_metadata_props; i++) {
        const Onnx__StringStringEntryProto *entry = proto->metadata_props[i];
        if (entry->key && entry->value &&
            strcmp(entry->key, ASSAY_BASES_KEY) == 0 &&
            are_digests(entry->value))
            strcpy(model->base_sha256, entry->value);
    }
}

static bool is_float_model(const struct assay_model *model)
{
    for (uint32_t i = 0; i < model->n_nodes; i++)
        if (strstr(model->nodes[i].op->name, "uantize") ||
            strstr(model->nodes[i].op->name, "Integer") ||
            strncmp(model->nodes[i].op->name, "QLinear", 7) == 0)
            return false;
    for (uint32_t i = 0; i < model->n_values; i++)
        if (model->values[i].used &&
            model->values[i].tensor.element == ASSAY_ELEMENT_FLOAT16)
            return false;
    return true;
}

void assay_model_facts(const struct assay_model *model,
                       struct assay_model_facts *facts)
{
    const struct assay_value *input = &model->values[model->inputs[0]];
    *facts = (struct assay_model_facts){.file_bytes = model->file_bytes,
                                        .rank = input->tensor.dims.rank,
                                        .is_float = is_float_model(model)};
    for (uint32_t i = 0; i < model->n_values; i++) {
        const struct assay_tensor *tensor = &model->values[i].tensor;
        if (!tensor->data || !model->values[i].used)
            continue;
        const int64_t count = assay_dims_count(&tensor->dims);
        facts->weights_bytes +=
            (size_t)count * assay_element_bytes(tensor->element);
        if (tensor->element == ASSAY_ELEMENT_FLOAT)
            facts->parameters += count;
    }
    memcpy(facts->input, input->tensor.dims.size, sizeof facts->input);
    memcpy(facts->sha256, model->sha256, sizeof facts->sha256);
    memcpy(facts->base_sha256, model->base_sha256, sizeof facts->base_sha256);
    assay_text_clean(facts->input_name, sizeof facts->input_name, input->name);
    assay_text_clean(facts->output_name, sizeof facts->output_name,
                     model->values[model->outputs[0]].name);
}

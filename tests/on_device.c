/* SPDX-License-Identifier: Apache-2.0 */
#include "on_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t WAIT_NS = UINT64_C(120000000000);

void must(enum assay_status status)
{
    if (status) {
        printf("%s: %s\n", assay_status_name(status), assay_message());
        exit(1);
    }
}

struct assay_device *on_device_open(const char *name)
{
    struct assay_device *device;
    struct assay_device_info info;
    size_t n = 0;
    int api = 0;
    if (strcmp(name, "host") == 0)
        return NULL;
    while (assay_api_names[api] && strcmp(assay_api_names[api], name) != 0)
        api++;
    const struct assay_backend *backend =
        assay_api_names[api] ? assay_backend_find((enum assay_api)api) : NULL;
    if (!backend || assay_device_enumerate(backend, &info, 1, &n) || n == 0) {
        printf("%s: %s\n", name,
               backend ? assay_message() : "not part of this build");
        exit(77);
    }
    must(assay_device_open(backend, &(struct assay_open){0}, &device));
    return device;
}

int on_device_close(struct assay_device **device)
{
    if (!*device || !assay_device_close(device))
        return 0;
    printf("close: %s\n", assay_message());
    return 1;
}

void on_device_infer(struct assay_program *program,
                     const struct assay_lowered *lowered, const float *input,
                     float *output)
{
    must(program ? assay_program_infer(program, input, output, WAIT_NS)
                 : assay_lowered_reference(lowered, input, output));
}

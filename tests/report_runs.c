/* SPDX-License-Identifier: Apache-2.0 */
#include "report_runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEXT(name, value) assay_record_text(r, ASSAY_FIELD_##name, value)
#define INT(name, value) assay_record_int(r, ASSAY_FIELD_##name, value)
#define REAL(name, value) assay_record_real(r, ASSAY_FIELD_##name, value)
#define ABSENT(name, why) assay_record_absent(r, ASSAY_FIELD_##name, why)

struct assay_record *assay_test_record(const char *kind, const char *name,
                                       const char *status)
{
    struct assay_record *r = assay_record_create();
    TEXT(kind, kind);
    TEXT(case, name);
    TEXT(status, status);
    return r;
}

void assay_test_append(struct assay_run_data *data, struct assay_record *record)
{
    data->records =
        realloc(data->records, (data->n_records + 1) * sizeof *data->records);
    data->records[data->n_records++] = record;
}

static void add_times(struct assay_record *r, double median)
{
    uint64_t samples[200];
    unsigned seed = (unsigned)median;
    for (size_t i = 0; i < 200; i++)
        samples[i] =
            (uint64_t)(median * (0.97 + 0.06 * (rand_r(&seed) % 1000) / 1000));
    assay_record_samples(r, samples, 200);
    INT(samples, 200);
    INT(calls_per_sample, 1);
    REAL(latency_ns_median, median);
    REAL(latency_ns_low, 0.985 * median);
    REAL(latency_ns_high, 1.02 * median);
    REAL(latency_ns_min, 0.96 * median);
    REAL(latency_ns_mean, 1.004 * median);
    REAL(latency_ns_p90, 1.08 * median);
    ABSENT(latency_ns_p99, "200 samples, 462 more are needed");
    REAL(latency_ns_mad, 0.011 * median);
    REAL(autocorrelation, 0.07);
    REAL(cpu_ns, 1.9 * median);
    INT(prepare_ns, 5300000);
    INT(host_peak_bytes, 48234496);
    INT(context_switches, 0);
    INT(page_faults, 3);
    ABSENT(energy_j, "RAPL not readable: no powercap on this virtual machine");
    ABSENT(counters, "no PMU on this virtual machine");
    ABSENT(roof_fraction, "the roof was not measured in this run");
}

static const struct {
    const char *name, *driver;
    double factor;
} targets[] = {
    {"cpu", "AMD EPYC 9B14", 1},
    {"opencl:0", "pthread-znver4 (PoCL 3.1) \xAE", 1.9},
    {"vulkan:0", "llvmpipe (LLVM 15.0.6, 256 bits)", 14},
};

static const struct {
    const char *name;
    double accuracy, ns;
    int64_t parameters;
} models[] = {
    {"mlp", 0.9043, 21000, 136074},
    {"cnn", 0.9318, 190000, 86346},
    {"dscnn", 0.9251, 160000, 41226},
    {"resnet", 0.9462, 4100000, 698154},
};

static struct assay_record *model_case(size_t m, size_t t, int64_t batch)
{
    char name[100];
    snprintf(name, sizeof name, "model/%s/%s/b%lld", models[m].name,
             targets[t].name, (long long)batch);
    struct assay_record *r = assay_test_record("model", name, "ok");
    TEXT(model, models[m].name);
    TEXT(variant, "fp32");
    TEXT(dtype, "f32");
    TEXT(shape, "1x28x28");
    TEXT(impl, "conv2d_f32_avx512 x2, pool_f32_avx512 x2, dense_f32_avx512 x2");
    TEXT(backend, t == 0 ? "cpu" : t == 1 ? "opencl" : "vulkan");
    TEXT(target, targets[t].name);
    TEXT(device, targets[t].driver);
    INT(batch, batch);
    INT(threads, 2);
    INT(weights_bytes, 4 * models[m].parameters);
    INT(model_bytes, 4 * models[m].parameters + 2100);
    INT(parameters, models[m].parameters);
    if (t == 2 && m == 3) {
        TEXT(status, "skipped");
        TEXT(reason, "left out by the suite: too slow for a CPU driver");
        return r;
    }
    if (t == 1 && m == 2 && batch == 64) {
        TEXT(status, "crashed");
        TEXT(reason, "the worker was ended by signal 9 (Killed)");
        return r;
    }
    double gain = batch == 1 ? 1 : 0.42 * (double)batch;
    add_times(r, models[m].ns * targets[t].factor * gain);
    REAL(throughput_per_s,
         1e9 * (double)batch / (models[m].ns * targets[t].factor * gain));
    REAL(flop, 2.0 * (double)models[m].parameters * (double)batch);
    REAL(accuracy, models[m].accuracy - 0.0001 * (double)t);
    double half = t == 2 ? 0.017 : 0.0052;
    REAL(accuracy_low, models[m].accuracy - half);
    REAL(accuracy_high, models[m].accuracy + half);
    REAL(agreement, 0.9998);
    INT(images, t == 2 ? 1000 : 10000);
    if (t)
        INT(device_peak_bytes, 3145728 + 4 * models[m].parameters);
    return r;
}

static struct assay_record *kernel_case(int n, double gflops, const char *impl)
{
    char name[100];
    snprintf(name, sizeof name, "dense/f32/%s/%dx%dx%d", impl, n, n, n);
    struct assay_record *r = assay_test_record("kernel", name, "ok");
    double flop = 2.0 * n * n * n;
    TEXT(op, "dense");
    TEXT(dtype, "f32");
    TEXT(impl, impl);
    TEXT(shape, name + strlen(name) - 11);
    TEXT(target, "cpu");
    TEXT(backend, "cpu");
    INT(threads, 1);
    add_times(r, flop / gflops);
    REAL(gflops, gflops);
    REAL(gbytes_per_s, gflops / 40);
    REAL(flop, flop);
    REAL(max_error, 3.1e-7);
    REAL(tolerance, 1e-5);
    return r;
}

struct assay_run_data *assay_test_run(int64_t id)
{
    struct assay_run_data *data = calloc(1, sizeof *data);
    data->run = (struct assay_run){
        .id = id,
        .started = strdup("2026-11-20T18:24:05Z"),
        .suite = strdup("quickstart"),
        .finished = strdup("2026-11-20T18:25:31Z"),
        .commit = strdup("1f0c9d2"),
        .command = strdup("[\"assay\",\"run\",\"quickstart\"]"),
        .machine = strdup(
            "{\"host\":\"bench-1\",\"kernel\":\"6.1.0\",\"cpu\":\"AMD EPYC "
            "9B14\",\"mhz\":\"2600.0\",\"cores\":2,\"isa\":[\"baseline\","
            "\"avx2\",\"avx512\"],\"caches\":[{\"level\":\"1\",\"type\":"
            "\"Data\",\"size\":\"32K\"},{\"level\":\"2\",\"type\":\"Unified\","
            "\"size\":\"1024K\"}],\"memory_bytes\":8333000704,\"virtual\":"
            "true,\"governor\":null,\"aslr\":\"2\",\"load\":[1.5,0.5,0.25],"
            "\"versions\":{\"assay\":\"0.1.0\",\"assertions\":false}}"),
    };
    json_t *labels = json_object();
    char *text = NULL;
    json_object_set_new(labels, "branch", json_string("main"));
    json_object_set_new(
        labels, "note",
        json_string("</script><img src=x onerror=alert(1)>\xE2\x80\xA8"));
    text = json_dumps(labels, 0);
    json_decref(labels);
    data->run.labels = text;
    for (size_t m = 0; m < 4; m++)
        for (size_t t = 0; t < 3; t++)
            for (int64_t batch = 1; batch <= 64; batch *= 64)
                assay_test_append(data, model_case(m, t, batch));
    assay_test_append(data, kernel_case(512, 88.4, "dense_f32_avx512"));
    assay_test_append(data, kernel_case(512, 61.9, "dense_f32_avx2"));
    assay_test_append(data, kernel_case(512, 103.2, "dense_f32_onednn"));
    struct assay_record *r = assay_test_record("kernel", HOSTILE, "wrong");
    TEXT(reason, "=HYPERLINK(\"http://x\") | <b>0.3</b> exceeds 1e-5");
    TEXT(target, "cpu");
    REAL(max_error, 0.3);
    assay_test_append(data, r);
    json_t *plan = json_array();
    for (size_t i = 0; i < data->n_records; i++)
        json_array_append_new(plan, json_string(assay_record_get_text(
                                        data->records[i], ASSAY_FIELD_case)));
    data->run.plan = json_dumps(plan, 0);
    json_decref(plan);
    return data;
}

/* The stream writes its text and size at an address that GCC 12 takes for a
 * local variable's, were this inlined. */
__attribute__((noinline)) char *
assay_test_written(assay_report_writer *write,
                   const struct assay_run_data *const *runs, size_t n,
                   const struct assay_report_options *options, size_t *size)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (write(runs, n, options, out) != ASSAY_OK)
        fail_msg("%s", assay_message());
    fclose(out);
    if (size)
        *size = length;
    return text;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "gbench.h"

#include <benchmark/benchmark.h>

#include <cstring>
#include <sstream>
#include <string>
#include <vector>

/* The library's own loop keeps its iterator; a C body asks step by step. */
struct assay_gbench_state {
    benchmark::State *state;
};

void assay_gbench_register(const char *name, assay_gbench_function *function,
                           void *user,
                           const struct assay_gbench_options *options)
{
    auto *entry = benchmark::RegisterBenchmark(
        name, [function, user](benchmark::State &state) {
            assay_gbench_state wrapped{&state};
            function(&wrapped, user);
        });
    if (!options)
        return;
    if (options->iterations > 0)
        entry->Iterations(options->iterations);
    else if (options->min_time > 0)
        entry->MinTime(options->min_time);
    if (options->repetitions > 1)
        entry->Repetitions(static_cast<int>(options->repetitions));
    if (options->threads > 1)
        entry->Threads(options->threads);
    if (options->manual_time)
        entry->UseManualTime();
}

void assay_gbench_clear(void)
{
    benchmark::ClearRegisteredBenchmarks();
}

bool assay_gbench_next(struct assay_gbench_state *state)
{
    return state->state->KeepRunning();
}

void assay_gbench_time(struct assay_gbench_state *state, double seconds)
{
    state->state->SetIterationTime(seconds);
}

int64_t assay_gbench_iterations(const struct assay_gbench_state *state)
{
    return static_cast<int64_t>(state->state->max_iterations);
}

void assay_gbench_counter(struct assay_gbench_state *state, const char *name,
                          double value, enum assay_gbench_counter kind)
{
    using benchmark::Counter;
    const Counter::Flags flags = kind == ASSAY_GBENCH_RATE ? Counter::kIsRate
                                 : kind == ASSAY_GBENCH_PER_ITERATION
                                     ? Counter::kAvgIterations
                                     : Counter::kDefaults;
    state->state->counters[name] = Counter(value, flags);
}

void assay_gbench_label(struct assay_gbench_state *state, const char *text)
{
    state->state->SetLabel(text);
}

void assay_gbench_skip(struct assay_gbench_state *state, const char *reason)
{
    state->state->SkipWithError(reason);
}

namespace
{

/* Hands every run to a C callback and prints nothing. */
class CallbackReporter : public benchmark::BenchmarkReporter
{
  public:
    CallbackReporter(assay_gbench_report *report, void *user)
        : report_(report), user_(user)
    {
    }

    bool ReportContext(const Context &) override
    {
        return true;
    }

    void ReportRuns(const std::vector<Run> &runs) override
    {
        for (const Run &run : runs) {
            const std::string name = run.run_name.str();
            assay_gbench_result result{};
            result.name = name.c_str();
            if (run.run_type == Run::RT_Aggregate)
                result.aggregate = run.aggregate_name.c_str();
            if (run.error_occurred)
                result.error = run.error_message.c_str();
            result.repetition = run.repetition_index;
            result.iterations = static_cast<int64_t>(run.iterations);
            const double n =
                run.iterations > 0 ? static_cast<double>(run.iterations) : 1.0;
            result.real_seconds = run.real_accumulated_time / n;
            result.cpu_seconds = run.cpu_accumulated_time / n;
            report_(&result, user_);
        }
    }

  private:
    assay_gbench_report *report_;
    void *user_;
};

} // namespace

size_t assay_gbench_run(const char *filter, assay_gbench_report *report,
                        void *user)
{
    CallbackReporter reporter(report, user);
    return benchmark::RunSpecifiedBenchmarks(&reporter, filter ? filter : ".");
}

char *assay_gbench_run_json(const char *filter)
{
    std::ostringstream out, errors;
    benchmark::JSONReporter reporter;
    reporter.SetOutputStream(&out);
    reporter.SetErrorStream(&errors);
    if (benchmark::RunSpecifiedBenchmarks(&reporter, filter ? filter : ".") ==
        0)
        return nullptr;
    return strdup(out.str().c_str());
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The program: finds the subcommand and leaves the rest to it.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "options.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *text; /* NULL: not for users */
} commands[] = {
    {"targets", assay_command_targets,
     "devices, drivers, ISA levels, counters, energy sources"},
    {"list", assay_command_list, "kernels, models, suites or counters"},
    {"check", assay_command_check, "correctness only, nothing is timed"},
    {"run", assay_command_run, "measure suites or a model; prints the run id"},
    {"runs", assay_command_runs, "the stored runs"},
    {"report", assay_command_report,
     "html, markdown, csv, json, gbench or svg of stored runs"},
    {"compare", assay_command_compare, "two runs, case by case"},
    {"gate", assay_command_gate, "an exit code for CI: did anything regress?"},
    {"compress", assay_command_compress,
     "a smaller model: pruned, quantized, low rank, shared, half"},
    {"worker", assay_command_worker, NULL},
};

static void help(FILE *out)
{
    fputs("Usage: assay COMMAND [ARGUMENT…]\n\n"
          "Benchmarks neural-network kernels and models on CPU, OpenCL and "
          "Vulkan,\nchecks them, and reports accuracy against latency.\n\n",
          out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].text)
            fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].text);
    fputs("\n'assay COMMAND --help' tells the flags of a command.\n"
          "Exit codes: 0 ok, 1 regression or wrong result, 2 usage or bad "
          "input file,\n3 environment, 4 inconclusive (gate).\n",
          out);
}

int main(int argc, char **argv)
{
    /* A file beyond the limit of sizes is an error, as on a full disk. */
    signal(SIGXFSZ, SIG_IGN);
    if (argc < 2) {
        help(stderr);
        return ASSAY_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        help(stdout);
        return ASSAY_EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("assay " ASSAY_VERSION);
        return ASSAY_EXIT_OK;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "assay: unknown command '%s'; see 'assay --help'\n",
            argv[1]);
    return ASSAY_EXIT_USAGE;
}

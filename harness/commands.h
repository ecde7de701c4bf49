/* SPDX-License-Identifier: Apache-2.0
 *
 * The subcommands. argv[0] is the subcommand's name; the result is the exit
 * code of the program. Tables go to stdout, everything else to stderr.
 */
#ifndef ASSAY_HARNESS_COMMANDS_H
#define ASSAY_HARNESS_COMMANDS_H

int assay_command_targets(int argc, char **argv);
int assay_command_list(int argc, char **argv);
int assay_command_check(int argc, char **argv);
int assay_command_run(int argc, char **argv);
int assay_command_runs(int argc, char **argv);
int assay_command_report(int argc, char **argv);
int assay_command_compare(int argc, char **argv);
int assay_command_gate(int argc, char **argv);
int assay_command_compress(int argc, char **argv);
int assay_command_worker(int argc, char **argv);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "line.h"

/* A reply holds at most 50,000 samples of some 12 digits a repetition. */
#define LONGEST_LINE (64u << 20)

static const struct timespec moment = {.tv_nsec = 10000000};

static void child(int in, int out, pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    /* The reply pipe may sit on 0 or 3 already; move it out of the way. */
    const int reply = fcntl(out, F_DUPFD, 10);
    if (reply < 0 || dup2(in, 0) < 0 || dup2(2, 1) < 0 || dup2(reply, 3) < 0)
        _exit(1);
    close(reply);
    char *const argv[] = {(char *)"assay", (char *)"worker", NULL};
    execv("/proc/self/exe", argv);
    fprintf(stderr, "assay worker: cannot start /proc/self/exe: %s\n",
            strerror(errno));
    _exit(127);
}

static bool start(struct assay_worker *worker)
{
    int request[2], reply[2];
    if (pipe2(request, O_CLOEXEC) != 0)
        return false;
    if (pipe2(reply, O_CLOEXEC) != 0) {
        close(request[0]);
        close(request[1]);
        return false;
    }
    fflush(NULL);
    const pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        child(request[0], reply[1], parent);
    close(request[0]);
    close(reply[1]);
    if (pid < 0) {
        close(request[1]);
        close(reply[0]);
        return false;
    }
    setpgid(pid, pid);
    *worker =
        (struct assay_worker){.pid = pid, .to = request[1], .from = reply[0]};
    return true;
}

static void forget(struct assay_worker *worker)
{
    close(worker->to);
    close(worker->from);
    free(worker->pending);
    memset(worker, 0, sizeof *worker);
}

/* Wait at most `seconds` for the end; false if it still runs. */
static bool reap(struct assay_worker *worker, double seconds, int *status)
{
    const uint64_t limit = assay_now_ns() + (uint64_t)(seconds * 1e9);
    for (;;) {
        const pid_t got = waitpid(worker->pid, status, WNOHANG);
        if (got == worker->pid || (got < 0 && errno == ECHILD))
            return true;
        if (assay_now_ns() > limit)
            return false;
        nanosleep(&moment, NULL);
    }
}

static void kill_group(struct assay_worker *worker)
{
    int status;
    kill(-worker->pid, SIGTERM);
    if (!reap(worker, 1, &status)) {
        kill(-worker->pid, SIGKILL);
        reap(worker, 10, &status);
    }
    forget(worker);
}

static enum assay_answer crashed(struct assay_worker *worker, char *reason,
                                 size_t size)
{
    int status = 0;
    if (!reap(worker, 5, &status)) {
        kill_group(worker);
        snprintf(reason, size, "the worker closed its pipe");
        return ASSAY_CRASHED;
    }
    if (WIFSIGNALED(status))
        snprintf(reason, size, "the worker was killed by signal %d (%s)%s",
                 WTERMSIG(status), strsignal(WTERMSIG(status)),
                 WTERMSIG(status) == SIGKILL
                     ? "; if nobody sent it, memory ran out"
                     : "");
    else
        snprintf(reason, size, "the worker ended with exit code %d",
                 WEXITSTATUS(status));
    forget(worker);
    return ASSAY_CRASHED;
}

/* Take one whole line off the pending bytes; NULL if there is none. */
static json_t *take_line(struct assay_worker *worker)
{
    char *end = worker->n_pending
                    ? memchr(worker->pending, '\n', worker->n_pending)
                    : NULL;
    if (!end)
        return NULL;
    const size_t length = (size_t)(end - worker->pending);
    json_t *json = json_loadb(worker->pending, length, 0, NULL);
    worker->n_pending -= length + 1;
    memmove(worker->pending, end + 1, worker->n_pending);
    return json ? json : json_null();
}

static bool read_more(struct assay_worker *worker)
{
    enum { CHUNK = 65536 };
    if (worker->n_pending > LONGEST_LINE)
        return false;
    char *grown = realloc(worker->pending, worker->n_pending + CHUNK);
    if (!grown)
        return false;
    worker->pending = grown;
    ssize_t n;
    do
        n = read(worker->from, grown + worker->n_pending, CHUNK);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    worker->n_pending += (size_t)n;
    return true;
}

enum assay_answer assay_worker_ask(struct assay_worker *worker,
                                   const json_t *request, double timeout,
                                   json_t **answer, char *reason,
                                   size_t reason_size)
{
    if (worker->pid == 0 && !start(worker)) {
        snprintf(reason, reason_size, "no worker could be started: %s",
                 strerror(errno));
        return ASSAY_CRASHED;
    }
    if (!assay_line_write(worker->to, request))
        return crashed(worker, reason, reason_size);
    uint64_t limit = assay_now_ns() + (uint64_t)(timeout * 1e9);
    for (;;) {
        json_t *line = take_line(worker);
        if (json_object_get(line, "alive")) {
            json_decref(line);
            limit = assay_now_ns() + (uint64_t)(timeout * 1e9);
            continue;
        }
        if (line) {
            *answer = line;
            return ASSAY_ANSWERED;
        }
        const uint64_t now = assay_now_ns();
        if (now >= limit) {
            kill_group(worker);
            snprintf(reason, reason_size,
                     "no sign of life for %g s; the worker was killed",
                     timeout);
            return ASSAY_TIMED_OUT;
        }
        struct pollfd p = {.fd = worker->from, .events = POLLIN};
        const int ready = poll(&p, 1, (int)((limit - now) / 1000000 + 1));
        if (ready > 0 && !read_more(worker))
            return crashed(worker, reason, reason_size);
    }
}

void assay_worker_stop(struct assay_worker *worker)
{
    int status;
    if (worker->pid == 0)
        return;
    close(worker->to);
    worker->to = -1;
    if (reap(worker, 5, &status))
        forget(worker);
    else
        kill_group(worker);
}

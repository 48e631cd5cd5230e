/* lessons/learn/check.c: runs checks and reports what became of them.  The student's code is in
 * this very process: nothing it does to its descriptors or by leaving early may count as success,
 * so the report is in shared memory (report.h) and begins as "undecided".
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/check.h"
#include "lessons/learn/report.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static struct report by_hand, *report = &by_hand;
static bool in_korean;
static pid_t checker; /* 0: not begun; any fork of it is the student's doing */
static const struct CMUnitTest *check; /* the one that is running */

bool check_in_korean(void)
{
    return in_korean;
}

static char *next_buffer(void)
{
    static char buffers[16][1024];
    static unsigned turn;
    return buffers[turn++ % 16];
}

const char *text(const char *format, ...)
{
    char *buffer = next_buffer();
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, 1024, format, args);
    va_end(args);
    return buffer;
}

static size_t quote_byte(char *out, uint8_t byte, bool digit_follows)
{
    switch (byte) {
    case '\n': return (size_t)sprintf(out, "\\n");
    case '\r': return (size_t)sprintf(out, "\\r");
    case '"': return (size_t)sprintf(out, "\\\"");
    case '\\': return (size_t)sprintf(out, "\\\\");
    }
    if (byte >= ' ' && byte < 127)
        return (size_t)sprintf(out, "%c", byte);
    if (byte == 0 && !digit_follows)
        return (size_t)sprintf(out, "\\0");
    return (size_t)sprintf(out, "\\x%02x", byte);
}

const char *quoted(const void *bytes, size_t n)
{
    enum { HEAD = 48, TAIL = 16 };
    const uint8_t *p = bytes;
    char *out = next_buffer();
    size_t at = 0;
    out[at++] = '"';
    for (size_t i = 0; i < n; i++) {
        if (n > HEAD + TAIL && i == HEAD) {
            at += (size_t)sprintf(out + at, "\" ... (%zu) ... \"", n - HEAD - TAIL);
            i = n - TAIL;
        }
        at += quote_byte(out + at, p[i], i + 1 < n && p[i + 1] >= '0' && p[i + 1] <= '9');
    }
    out[at++] = '"';
    out[at] = '\0';
    return out;
}

void step(const char *format, ...)
{
    size_t used = strlen(report->steps);
    size_t room = sizeof(report->steps) - used;
    if (room < 2)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(report->steps + used, room - 1, format, args);
    va_end(args);
    strcat(report->steps, "\n");
}

/* CMocka's own talk would be taken for the student's: only what a check itself prints goes where
 * `learn` listens. */
static int students_output[2] = {-1, -1};

static void hush(void)
{
    if (report == &by_hand)
        return;
    fflush(NULL);
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    if (nowhere > STDERR_FILENO)
        close(nowhere);
}

static void let_speak(void)
{
    if (report == &by_hand)
        return;
    fflush(NULL);
    for (int i = 0; i < 2; i++) {
        dup2(students_output[i], STDOUT_FILENO + i);
        close(students_output[i]);
    }
}

/* The parent may return first and pass: who looks at the report sees this one, too. */
_Noreturn static void end_fork(void)
{
    report->forked = 1;
    _exit(1);
}

_Noreturn static void end_check(enum verdict verdict, const char *expected, const char *got,
                                const char *remark)
{
    if (getpid() != checker)
        end_fork();
    snprintf(report->expected, sizeof(report->expected), "%s", expected);
    snprintf(report->got, sizeof(report->got), "%s", got);
    snprintf(report->remark, sizeof(report->remark), "%s", remark);
    report->verdict = verdict;
    if (report == &by_hand)
        fprintf(stderr, "%s\nafter:\n%sexpected %s\ngot      %s\n%s\n", check->name, report->steps,
                expected, got, remark);
    hush();
    fail();
    abort(); /* fail() does not return; older headers do not say so */
}

void expect(bool right, const char *expected, const char *got, const char *remark)
{
    if (!right)
        end_check(WRONG, expected, got, remark);
}

void expect_number(const char *what, long long got, long long expected, const char *remark)
{
    expect(got == expected, text("%s %lld", what, expected), text("%s %lld", what, got), remark);
}

void expect_bytes(const char *what, const void *got, size_t n, const void *expected, size_t m,
                  const char *remark)
{
    expect(n == m && memcmp(got, expected, n) == 0, text("%s %s", what, quoted(expected, m)),
           text("%s %s", what, quoted(got, n)), remark);
}

void need(bool right, const char *what)
{
    if (right)
        return;
    const char *got = text("%s: %s", what, strerror(errno));
    if (errno == EBADF || errno == EMFILE || errno == ENOMEM)
        end_check(WRONG, SAY("descriptors and memory left for the check itself",
                             "검사 자신이 쓸 파일 디스크립터와 메모리가 남아 있음"),
                  got, SAY("your code closed a descriptor that is not its own, or used up all",
                           "여러분의 코드가 자기 것이 아닌 디스크립터를 닫았거나, 남은 것을 모두 써 버렸습니다"));
    end_check(FAULTY, "", "", got);
}

pid_t check_fork(void)
{
    if (checker == 0 || report->forks++ >= FORKS_MAX) /* before main(), too, a bomb would grow */
        _exit(1);
    return fork();
}

unsigned check_random(unsigned limit)
{
    static bool seeded;
    if (!seeded) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        srand((unsigned)now.tv_nsec ^ (unsigned)getpid());
        seeded = true;
    }
    return (unsigned)rand() % limit;
}

/* --- Running --- */

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS};
enum { CRASHES = sizeof(crashes) / sizeof(crashes[0]) };
static struct sigaction before_cmocka[CRASHES];

/* Which of stdin, stdout and stderr are open, as bits. */
static unsigned open_streams(void)
{
    unsigned open = 0;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        open |= (unsigned)(fcntl(fd, F_GETFD) >= 0) << fd;
    return open;
}

/* Code may return the right answer and have closed whatever it could. */
static void expect_open_streams(unsigned before)
{
    expect(open_streams() == before,
           SAY("stdin, stdout and stderr as they were", "stdin, stdout, stderr가 그대로 열려 있음"),
           SAY("one of them is closed", "그중 하나가 닫혀 있습니다"),
           SAY("your code closed a descriptor that is not its own: close(2)",
               "여러분의 코드가 자기 것이 아닌 디스크립터를 닫았습니다: close(2)"));
}

/* Around the student's code: CMocka would turn a crash into a failure, but whoever waits for this
 * process is to see the signal, and a sanitizer its own handler. */
static void guarded(void **state)
{
    for (int i = 0; i < CRASHES; i++)
        sigaction(crashes[i], &before_cmocka[i], NULL);
    memset(report, 0, sizeof(*report));
    report->verdict = UNDECIDED;
    let_speak();
    unsigned streams = open_streams();
    check->test_func(state);
    if (getpid() != checker)
        end_fork();
    expect_open_streams(streams);
    hush();
    report->verdict = PASSED;
}

static int run_check(const struct CMUnitTest *one)
{
    struct CMUnitTest framed = *one;
    check = one;
    framed.test_func = guarded;
    students_output[0] = dup(STDOUT_FILENO);
    students_output[1] = dup(STDERR_FILENO);
    hush();
    return _cmocka_run_group_tests(one->name, &framed, 1, NULL, NULL);
}

static bool map_report(const char *fd_text)
{
    char *rest;
    long fd = strtol(fd_text, &rest, 10);
    if (*rest != '\0' || fd < 0 || fd > 1023)
        return false;
    void *shared =
        mmap(NULL, sizeof(struct report), PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, 0);
    close((int)fd);
    if (shared == MAP_FAILED)
        return false;
    report = shared;
    return true;
}

int run_checks(int argc, char *argv[], const struct CMUnitTest checks[], size_t n)
{
    int failed = 0, found = 0;
    const char *wanted = argc > 1 ? argv[1] : NULL;
    checker = getpid();
    for (int i = 0; i < CRASHES; i++)
        sigaction(crashes[i], NULL, &before_cmocka[i]);
    if (argc > 3) {
        setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed is seen, however it ends */
        if (!map_report(argv[2]))
            return 3;
    }
    in_korean = argc > 3 && strcmp(argv[3], "ko") == 0;
    for (size_t i = 0; i < n; i++) {
        if (wanted && strcmp(wanted, "--list") == 0) {
            puts(checks[i].name);
            found++;
        } else if (!wanted || strcmp(wanted, checks[i].name) == 0) {
            failed += run_check(&checks[i]) != 0;
            found++;
        }
    }
    if (found == 0) {
        report->verdict = NO_SUCH_CHECK;
        fprintf(stderr, "%s: no such check\n", wanted);
    }
    return found == 0 ? 3 : failed != 0;
}

/* lessons/learn/watch.c: looks at one file four times a second (inotify fails on some mounts) and
 * checks it when it was saved.  Between two looks it sleeps in poll(), also for the learner's keys.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/learn.h"
#include "lessons/learn/sandbox.h"
#include "lessons/learn/screen.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __APPLE__
#define MTIME_NS(s) ((s)->st_mtimespec.tv_nsec)
#else
#define MTIME_NS(s) ((s)->st_mtim.tv_nsec)
#endif

enum { LOOK_EVERY_MS = 250, SETTLE_MS = 40, LOOKS_ABSENT = 8 };

struct watch {
    const struct learner *l;
    const struct exercise *exercise;
    struct stat seen; /* as it was checked; all zero: not there */
    enum status status; /* of the last check */
    bool quit, deaf; /* deaf: the end of stdin */
    int absent; /* looks since the file was there */
};

/* --- the file --- */

/* Editors that save under another name and rename, too: the inode differs. */
static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtime == b->st_mtime &&
           MTIME_NS(a) == MTIME_NS(b);
}

static struct stat look(const struct watch *w)
{
    struct stat now = {0};
    if (stat(file_of(w->l, w->exercise).s, &now) < 0)
        memset(&now, 0, sizeof(now));
    return now;
}

static void tell_absence(const struct watch *w)
{
    say(BAD, 0, text(T_GONE), shown(file_of(w->l, w->exercise).s).s);
    fflush(stdout);
}

/* An editor may be half-way: waits until the file is there and two looks agree. */
static bool was_saved(struct watch *w)
{
    struct stat before, now = look(w);
    w->absent = now.st_ino == 0 ? w->absent + 1 : 0;
    if (w->absent == LOOKS_ABSENT)
        tell_absence(w);
    if (now.st_ino == 0 || same_file(&now, &w->seen))
        return false;
    do {
        before = now;
        poll(NULL, 0, SETTLE_MS);
        now = look(w);
    } while (!same_file(&now, &before) && !sandbox_stop);
    return now.st_ino != 0;
}

/* --- the screen --- */

static void tell_head(const struct watch *w)
{
    screen_clear();
    tell_progress(w->l);
    say(STRONG, 0, "%s / %s", w->exercise->lesson, w->exercise->name);
    tell_places(w->l, w->exercise);
    blank_line();
}

/* Where n goes: the next one in the course that has not passed, around its end. */
static const struct exercise *next_of(const struct watch *w)
{
    struct progress p;
    size_t at = (size_t)(w->exercise - exercises);
    progress_load(&p, w->l->work.s);
    for (size_t i = 1; i < exercises_n; i++) {
        const struct exercise *next = &exercises[(at + i) % exercises_n];
        const struct entry *e = progress_find(&p, next->name);
        if (!e || !*e->passed)
            return next;
    }
    return NULL;
}

static void tell_foot(const struct watch *w)
{
    const struct exercise *next = w->status == PASS ? next_of(w) : NULL;
    if (w->status == PASS)
        tell_comparison(w->l, w->exercise);
    if (next)
        say(STRONG, 0, text(T_NEXT_KEY), next->name);
    else if (w->status == PASS)
        paragraph(GOOD, 0, text(T_FINISHED));
    else
        say(FAINT, 0, text(T_WATCHING), shown(file_of(w->l, w->exercise).s).s);
    paragraph(FAINT, 0, text(T_KEYS));
    if (!screen_is_terminal())
        blank_line();
    fflush(stdout);
}

static void check_and_tell(struct watch *w)
{
    struct grading g;
    tell_head(w);
    if (screen_is_terminal())
        say(FAINT, 0, text(T_CHECKING), w->exercise->name);
    fflush(stdout);
    w->status = check_exercise(&g, w->l, w->exercise);
    if (!sandbox_stop) {
        tell_grading(w->l, w->exercise, &g);
        tell_foot(w);
    }
    grading_free(&g);
}

static void check_now(struct watch *w)
{
    w->seen = look(w); /* before: what is saved while we check is checked next */
    if (w->seen.st_ino == 0) {
        tell_absence(w);
        return;
    }
    check_and_tell(w);
}

/* A new file is not checked at once: its task is to be read first. */
static void enter(struct watch *w, const struct exercise *exercise)
{
    w->exercise = exercise;
    if (!begin_exercise(w->l, exercise)) {
        check_now(w);
        return;
    }
    w->seen = look(w);
    w->status = FAIL;
    tell_head(w);
    tell_task(w->l, exercise);
    blank_line();
    tell_foot(w);
}

/* --- keys --- */

static void obey(struct watch *w, char key)
{
    const struct exercise *next = key == 'n' ? next_of(w) : NULL;
    switch (key) {
    case 'q': w->quit = true; break;
    case 'h': tell_hint(w->l, w->exercise, true); break;
    case 'l': tell_list(w->l); break;
    case 'c': check_now(w); break;
    case 't': tell_task(w->l, w->exercise); break;
    case 'n':
        if (next)
            enter(w, next);
        else
            tell_foot(w);
        break;
    default: paragraph(FAINT, 0, text(T_KEYS));
    }
    fflush(stdout);
}

/* A line's first letter counts.  With nobody to press a key (Ctrl+D, /dev/null) there is nothing to
 * watch for: who wants to know of one check gets its exit status. */
static void read_keys(struct watch *w)
{
    char line[256];
    ssize_t n = read(STDIN_FILENO, line, sizeof(line));
    if (n <= 0) {
        w->quit = w->deaf = true;
        return;
    }
    for (ssize_t i = 0; i < n && !w->quit; i++)
        if ((i == 0 || line[i - 1] == '\n') && line[i] != '\n')
            obey(w, line[i]);
}

int watch_command(const struct learner *l)
{
    need_exercise(l);
    struct watch w = {.l = l};
    heed_signals();
    enter(&w, l->exercise);
    while (!w.quit && !sandbox_stop) {
        struct pollfd keys = {.fd = STDIN_FILENO, .events = POLLIN};
        if (was_saved(&w))
            check_now(&w);
        if (!sandbox_stop && poll(&keys, 1, LOOK_EVERY_MS) > 0)
            read_keys(&w);
    }
    if (screen_is_terminal())
        blank_line();
    say(PLAIN, 0, text(T_BYE), l->self);
    return w.deaf && !isatty(STDIN_FILENO) ? (int)w.status : PASS;
}

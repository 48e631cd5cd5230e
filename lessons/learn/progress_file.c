/* lessons/learn/progress_file.c: the file is read anew for each event and replaced as a whole:
 * `learn watch` in one terminal and `learn hint` in another write the same one.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/progress.h"
#include "lessons/learn/text.h"
#include "lessons/learn/work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int write_progress(const struct progress *p, const char *path)
{
    static char text[PROGRESS_TEXT];
    progress_format(p, text);
    return replace_file(path, text);
}

/* Told once: the file that takes its place is understood. */
static void keep_damaged(struct progress *p, const char *path, size_t line)
{
    struct string kept;
    if (set_aside(path, ".old", &kept) == 0 && write_progress(p, path) == 0) {
        complain(text(T_DAMAGED), shown(path).s, line, shown(kept.s).s);
        return;
    }
    p->lost = EACCES;
    static bool told; /* it stays as it is, and is read more than once */
    if (!told)
        complain(text(T_UNKEPT), shown(path).s, line);
    told = true;
}

static int cannot_read(const char *path)
{
    static bool told;
    int why = errno;
    if (why == ENOENT || why == ENOTDIR)
        return 0;
    if (!told)
        complain(text(T_CANNOT), "read", shown(path).s, strerror(why));
    told = true;
    return why;
}

void progress_load(struct progress *p, const char *work)
{
    struct string path = string_of("%s/progress", work);
    char *read = read_file(path.s, PROGRESS_TEXT - 1);
    *p = (struct progress){.lost = read ? 0 : cannot_read(path.s)};
    if (!read)
        return;
    size_t wrong = progress_parse(p, read);
    if (wrong > 0)
        keep_damaged(p, path.s, wrong);
    free(read);
}

/* Who starts something moves it to the end. */
static struct entry *entry_of(struct progress *p, const char *name, bool last)
{
    struct entry entry = {0};
    size_t i = 0;
    while (i < p->n && strcmp(p->entry[i].name, name) != 0)
        i++;
    if (i < p->n && !last)
        return &p->entry[i];
    if (i == PROGRESS_MAX)
        return NULL;
    snprintf(entry.name, sizeof(entry.name), "%s", name);
    if (i < p->n) {
        entry = p->entry[i];
        p->n--;
        memmove(&p->entry[i], &p->entry[i + 1], (p->n - i) * sizeof(entry));
    }
    p->entry[p->n] = entry;
    return &p->entry[p->n++];
}

static void date_once(char date[11])
{
    time_t now = time(NULL);
    struct tm local;
    if (!*date && localtime_r(&now, &local))
        strftime(date, 11, "%Y-%m-%d", &local);
}

static void note(struct entry *e, enum event event, const char *check)
{
    switch (event) {
    case STARTED: date_once(e->started); break;
    case SEEN_HINT: e->hints++; break;
    case GAVE_UP: date_once(e->gave_up); break;
    case ALL_PASSED: date_once(e->passed); *e->failed = '\0'; break;
    case FAILED_CHECK: snprintf(e->failed, sizeof(e->failed), "%s", check); break;
    case BEGUN_AGAIN: *e->failed = '\0'; break;
    }
}

bool progress_note(const char *work, const struct exercise *exercise, enum event event,
                   const char *check)
{
    struct progress progress;
    struct string path = string_of("%s/progress", work);
    progress_load(&progress, work);
    struct entry *entry = entry_of(&progress, exercise->name, event == STARTED);
    if (entry)
        note(entry, event, check);
    if (progress.lost || !entry)
        errno = progress.lost ? progress.lost : ENOSPC;
    else if (work_ready(work) == 0 && write_progress(&progress, path.s) == 0)
        return true;
    complain(text(T_NOT_RECORDED), shown(path.s).s, strerror(errno));
    return false;
}

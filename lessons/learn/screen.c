/* lessons/learn/screen.c: stdout.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/screen.h"
#include "lessons/learn/wrap.h"

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { NARROWEST = 20, USUAL = 80, WIDEST = 100 };

static bool terminal, colours, fancy;

void screen_begin(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    bool dumb = !term || strcmp(term, "dumb") == 0;
    setlocale(LC_CTYPE, "");
    terminal = isatty(STDOUT_FILENO) && !dumb;
    colours = terminal && !(no && *no);
    fancy = terminal && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool screen_is_terminal(void)
{
    return terminal;
}

/* Asked each time: a window's size changes. */
int screen_width(void)
{
    struct winsize size = {0};
    const char *told = getenv("COLUMNS");
    long columns = told ? strtol(told, NULL, 10) : 0;
    if (columns <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    if (columns <= 0)
        return USUAL;
    return columns < NARROWEST ? NARROWEST : columns > WIDEST ? WIDEST : (int)columns;
}

void screen_clear(void)
{
    if (terminal)
        fputs("\033[H\033[2J", stdout);
}

static void set_style(enum style style)
{
    static const char *const codes[] = {"0", "32", "31", "1", "2"};
    if (colours)
        printf("\033[%sm", codes[style]);
}

static void put_blanks(int n)
{
    printf("%*s", n, "");
}

/* Tabs become blanks; another control character would reach the terminal as a command. */
static void put_clean(const char *s, size_t n)
{
    size_t step;
    uint32_t c;
    for (size_t at = 0; at < n; at += step) {
        step = character(s + at, &c);
        bool control = c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0xfffd;
        if (control)
            putchar(c == '\t' ? ' ' : '?');
        else
            fwrite(s + at, 1, step, stdout);
    }
}

/* One line without newlines, wrapped; the cursor stands at column at. */
static void put_wrapped(const char *s, int hang, int at)
{
    size_t next;
    int right = screen_width();
    for (; *s; s += next, at = hang) {
        if (at > right - NARROWEST / 2)
            at = hang = right - NARROWEST / 2;
        size_t n = wrap_line(s, right - at, &next);
        put_clean(s, n);
        if (s[next])
            printf("\n%*s", hang, "");
    }
    putchar('\n');
}

static void put_lines(const char *s, int hang, int at)
{
    char line[4096];
    do {
        size_t n = strcspn(s, "\n");
        snprintf(line, sizeof(line), "%.*s", (int)n, s);
        put_wrapped(line, hang, at);
        s += n + (s[n] == '\n');
        if (*s)
            put_blanks(hang);
        at = hang;
    } while (*s);
}

void paragraph(enum style style, int hang, const char *words)
{
    set_style(style);
    put_lines(words, hang, 0);
    set_style(PLAIN);
}

void say(enum style style, int hang, const char *format, ...)
{
    char words[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    paragraph(style, hang, words);
}

void labelled(enum style style, int indent, const char *label, const char *words)
{
    int hang = indent + columns(label);
    put_blanks(indent);
    set_style(style);
    fputs(label, stdout);
    set_style(PLAIN);
    put_lines(words, hang > screen_width() / 2 ? indent + 2 : hang, hang);
}

void to_type(enum style style, int indent, const char *label, const char *command)
{
    bool fits = indent + columns(label) + columns(command) <= screen_width();
    put_blanks(indent);
    set_style(style);
    int blank = !fits && *label; /* at the label's end */
    printf("%.*s", (int)strlen(label) - blank, label);
    set_style(PLAIN);
    if (!fits)
        printf("\n%*s", indent + 2, "");
    printf("%s\n", command);
}

static bool stays_alone(const char *line)
{
    return strchr(" \t\n-*", *line) != NULL;
}

/* Of "  - " and "* ", under which the line's rest goes on. */
static int mark_width(const char *line)
{
    size_t n = strspn(line, " ");
    if (line[n] == '-' || line[n] == '*')
        n += 1 + strspn(line + n + 1, " ");
    return (int)n;
}

void filled(int indent, const char *words)
{
    char line[4096];
    while (*words) {
        size_t used = 0;
        bool own = stays_alone(words);
        do {
            size_t n = strcspn(words, "\n");
            used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%.*s", used ? " " : "",
                                     (int)n, words);
            words += n + (words[n] == '\n');
        } while (!own && *words && !stays_alone(words) && used < sizeof(line) / 2);
        put_blanks(*line ? indent : 0);
        put_wrapped(line, indent + mark_width(line), indent);
    }
}

void verbatim(int indent, const char *words, size_t most)
{
    for (size_t lines = 0; *words; lines++) {
        char line[4096];
        size_t n = strcspn(words, "\n"), more = 0;
        if (lines == most) {
            for (; *words; words++)
                more += *words == '\n' || words[1] == '\0';
            put_blanks(indent);
            say(FAINT, indent, text(T_MORE_LINES), more);
            return;
        }
        snprintf(line, sizeof(line), "%.*s", (int)n, words);
        put_blanks(indent);
        put_wrapped(line, indent, indent);
        words += n + (words[n] == '\n');
    }
}

void blank_line(void)
{
    putchar('\n');
}

void marked(enum mark mark, int indent, const char *words)
{
    static const struct {
        const char *plain, *fancy;
        enum style style;
    } marks[] = {{"+ ", "✓ ", GOOD}, {"x ", "✗ ", BAD}, {"> ", "▸ ", STRONG},
                 {". ", "· ", PLAIN}, {"  ", "  ", FAINT}};
    labelled(marks[mark].style, indent, fancy ? marks[mark].fancy : marks[mark].plain, words);
}

void progress_bar(size_t done, size_t all)
{
    enum { LENGTH = 16 };
    size_t full = all ? done * LENGTH / all : 0;
    putchar('[');
    set_style(GOOD);
    for (size_t i = 0; i < full; i++)
        fputs(fancy ? "█" : "#", stdout);
    set_style(FAINT);
    for (size_t i = full; i < LENGTH; i++)
        fputs(fancy ? "░" : "-", stdout);
    set_style(PLAIN);
    fputs("] ", stdout);
    say(PLAIN, 0, text(T_OF), done, all);
}

/* lessons/learn/compiler.c: compiles and links, and remembers what need not be compiled again.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/compiler.h"
#include "lessons/learn/command.h"
#include "lessons/learn/fingerprint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t WORDS_MAX = 256 * 1024; /* of a compiler, in bytes */
static const size_t MEMORY_MAX = (size_t)1 << 30;
static const size_t FILE_MAX = (size_t)128 << 20;

const char *compiler_candidate(size_t n)
{
    static const char *const usual[] = {"cc", "gcc", "clang"};
    const char *cc = getenv("CC");
    if (cc && cc[strspn(cc, " \t\n")] != '\0')
        return n == 0 ? cc : NULL;
    return n < sizeof(usual) / sizeof(usual[0]) ? usual[n] : NULL;
}

static void begin(struct command *command, const struct compiler *c)
{
    command_add_words(command, c->cc);
    command_add_words(command, "-std=c11 -D_GNU_SOURCE -Wall -Wextra -g");
    if (c->sanitize)
        command_add_words(command, "-fsanitize=address,undefined -fno-sanitize-recover=all "
                                   "-fno-omit-frame-pointer");
    command_add(command, "-I%s", c->top);
    if (c->includes)
        command_add(command, "-I%s", c->includes);
    command_add_words(command, getenv("CFLAGS"));
}

/* What the limits have to add to the compiler's own words. */
static const char *reason(const struct compiler *c, const struct sandbox_result *result)
{
    switch (result->ending) {
    case SANDBOX_TOO_SLOW:
        return c->korean ? "컴파일러가 제때 끝나지 않았습니다" : "the compiler did not come to an end";
    case SANDBOX_TOO_LOUD:
        return c->korean ? "(컴파일러 출력이 너무 길어 여기서 끊었습니다)"
                         : "(the compiler had still more to say)";
    case SANDBOX_NOT_STARTED: return strerror(result->number);
    default: return "";
    }
}

static bool run(struct compiler *c, struct command *command)
{
    struct sandbox_job job = {.argv = command->argv, .build = c->build, .report_fd = -1,
                              .seconds = c->seconds, .output_max = WORDS_MAX,
                              .file_max = FILE_MAX, .memory_max = c->sanitize ? 0 : MEMORY_MAX};
    struct sandbox_result result = {.ending = SANDBOX_NOT_STARTED, .number = E2BIG};
    if (!command->too_long)
        sandbox_run(&result, &job);
    const char *words = result.output ? result.output : "", *why = reason(c, &result);
    size_t n = strlen(words), room = n + strlen(why) + 3;
    free(c->said);
    c->said = malloc(room);
    if (c->said)
        snprintf(c->said, room, "%s%s%s%s", words,
                 *why && n > 0 && words[n - 1] != '\n' ? "\n" : "", why, *why ? "\n" : "");
    free(result.output);
    return c->said && result.ending == SANDBOX_EXIT && result.number == 0;
}

bool compiler_compile(struct compiler *c, const char *source, const char *object)
{
    struct command command = {0};
    begin(&command, c);
    command_add_words(&command, "-Dfork=check_fork -Dvfork=check_fork -c -o");
    command_add(&command, "%s", object);
    command_add(&command, "%s%s", source[0] == '-' ? "./" : "", source);
    return run(c, &command);
}

bool compiler_link(struct compiler *c, const char *const objects[], const char *program)
{
    struct command command = {0};
    begin(&command, c);
    command_add(&command, "-o%s", program);
    unlink(program); /* nobody's older answer is to be judged in the place of this one */
    for (; *objects; objects++)
        command_add(&command, "%s", *objects);
    command_add_words(&command, getenv("LDFLAGS"));
    command_add_words(&command, "-lcmocka -lpthread");
    return run(c, &command);
}

/* --- Ours --- */

static bool is_current(const char *stamp, uint64_t fingerprint)
{
    char *then = read_file(stamp, 32);
    bool same = then && strtoull(then, NULL, 16) == fingerprint;
    free(then);
    return same;
}

/* Without one it is compiled again: slower, not wrong. */
static void write_stamp(const char *stamp, uint64_t fingerprint)
{
    write_new(stamp, string_of("%" PRIx64 "\n", fingerprint).s);
}

static uint64_t fingerprint_of(const struct command *command)
{
    uint64_t so_far = fingerprint_program(FINGERPRINT, command->argv[0]);
    for (size_t i = 0; i < command->n; i++)
        so_far = fingerprint_text(so_far, command->argv[i]);
    return so_far;
}

bool compiler_compile_ours(struct compiler *c, const char *source, const char *name,
                           struct string *object)
{
    struct command command = {0};
    begin(&command, c);
    command_add(&command, "%s", source);
    uint64_t made_by = fingerprint_of(&command);
    struct string base = string_of("%s/%s-%08" PRIx32, c->build, name, (uint32_t)made_by);
    struct string dependencies = string_of("%s.d", base.s), stamp = string_of("%s.stamp", base.s);
    *object = string_of("%s.o", base.s);
    bool known = access(object->s, R_OK) == 0;
    uint64_t made_of = fingerprint_made_of(made_by, dependencies.s, &known);
    if (known && is_current(stamp.s, made_of))
        return true;
    command_add_words(&command, "-c -MD -MF");
    command_add(&command, "%s", dependencies.s);
    command_add_words(&command, "-o");
    command_add(&command, "%s", object->s);
    unlink(stamp.s);
    if (!run(c, &command))
        return false;
    known = true;
    made_of = fingerprint_made_of(made_by, dependencies.s, &known);
    if (known)
        write_stamp(stamp.s, made_of);
    return true;
}

/* --- What is there? --- */

static bool try_program(struct compiler *c, const char *text, const char *library)
{
    struct string source = string_of("%s/try.c", c->build);
    struct command command = {0};
    if (replace_file(source.s, text) < 0)
        return false;
    begin(&command, c);
    command_add(&command, "-o%s/try", c->build);
    command_add(&command, "%s", source.s);
    command_add_words(&command, getenv("LDFLAGS"));
    command_add_words(&command, library);
    return run(c, &command);
}

bool compiler_works(struct compiler *c)
{
    return try_program(c, "#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }\n", "");
}

bool compiler_has_cmocka(struct compiler *c)
{
    return try_program(c,
                       "#include <setjmp.h>\n#include <stdarg.h>\n#include <stddef.h>\n"
                       "#include <stdint.h>\n#include <cmocka.h>\n"
                       "static void passes(void **state) { assert_null(*state); }\n"
                       "int main(void)\n{\n"
                       "    const struct CMUnitTest tests[] = {cmocka_unit_test(passes)};\n"
                       "    return cmocka_run_group_tests(tests, NULL, NULL);\n}\n",
                       "-lcmocka");
}

/* tests/fuzz/json.c: what json_read() takes can be written and read again, and is the same then; an
 * error has a place in the text.  Input: the text.
 * SPDX-License-Identifier: MIT */
#include "bench/report/json_read.h"
#include "bench/report/report.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

static void write_value(FILE *f, const struct json *v);

static void write_list(FILE *f, const struct json *list, char open, char close)
{
    uint32_t size = 1;
    fputc(open, f);
    for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
        fputs(size > 1 ? "," : "", f);
        CHECK(!v->name == (list->kind == JSON_ARRAY));
        if (v->name) {
            CHECK(json_member(list, v->name) != NULL);
            json_string(f, v->name);
            fputc(':', f);
        }
        write_value(f, v);
        size += v->size;
    }
    fputc(close, f);
    CHECK(size == list->size);
}

static void write_value(FILE *f, const struct json *v)
{
    CHECK(v->line >= 1 && v->column >= 1);
    switch (v->kind) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE: fputs(json_kind_name(v->kind), f); break;
    case JSON_NUMBER:
        CHECK(isfinite(v->number) && strtod(v->text, NULL) == v->number);
        json_number(f, v->number);
        break;
    case JSON_STRING: json_string(f, v->text); break;
    case JSON_ARRAY: write_list(f, v, '[', ']'); break;
    case JSON_OBJECT: write_list(f, v, '{', '}'); break;
    }
}

/* Returns a string for free(). */
static char *written(const struct json *root)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    CHECK(f != NULL);
    write_value(f, root);
    CHECK(fclose(f) == 0);
    return text;
}

static void check_written(const struct json *root)
{
    struct json_error error;
    char *text = written(root), *kept = as_string(text, strlen(text));
    struct json *again = json_read(text, strlen(text), &error);
    CHECK(again != NULL && again->size == root->size);
    char *twice = written(again);
    CHECK(strcmp(twice, kept) == 0);
    free(twice);
    free(again);
    free(kept);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct json_error error = {0};
    char *text = as_string(data, n);
    struct json *root = json_read(text, n, &error);
    if (root)
        check_written(root);
    else
        CHECK(error.why && error.line >= 1 && error.column >= 1 && error.column <= n + 1);
    free(root);
    free(text);
    return 0;
}

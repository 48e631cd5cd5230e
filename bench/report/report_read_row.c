/* bench/report/report_read_row.c: a row finds its place by measure, transport, metric and params,
 * wherever it stands in the file; then it gets its figures.
 * SPDX-License-Identifier: MIT */
#include "bench/report/report_read.h"
#include "bench/report/report.h"
#include "tcp_echo/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST 1e15 /* more than memory and nanoseconds come to, and what a table has room for */

/* --- which row --- */

static void blank(struct row *row)
{
    *row = (struct row){.subject = row->subject, .metric = row->metric, .na = T_NA_UNRECORDED,
                        .ci = {NAN, NAN}, .ratio = {NAN, {NAN, NAN}},
                        .predicted = row->predicted,
                        .tolerance = row->tolerance};
}

struct row *recording_begin(struct recording *rec, const struct json *at, const struct subject *s)
{
    struct results *r = rec->r;
    if (r->set_count == sizeof r->sets / sizeof r->sets[0])
        recording_wrong(rec, at, "more models and connections than this version shows");
    results_begin(r, s);
    struct row *set = r->sets[r->set_count - 1];
    for (size_t i = 0; i < row_metrics(set); i++)
        blank(&set[i]);
    return set;
}

static const char *model_of(const struct recording *rec, const struct json *params)
{
    const struct json *v = recording_needs(rec, params, "model", JSON_STRING);
    for (size_t i = 0; i < MODEL_NAMES; i++)
        if (strcmp(model_names[i], v->text) == 0)
            return model_names[i];
    recording_wrong(rec, v, "a model that is not known to this version");
}

static struct subject subject_of(const struct recording *rec, const struct json *row,
                                 const struct json *params)
{
    struct subject s = {recorded_measure(rec, row), recorded_transport(rec, row), NULL, 1, false};
    const struct json *tls = recording_member(rec, params, "tls", JSON_STRING);
    if (!(transports[s.transport].measures >> s.measure & 1))
        recording_wrong(rec, row, "%s takes no part in %s", transports[s.transport].name,
                        measures[s.measure].name);
    s.resumed = s.measure == HANDSHAKE && tls && strcmp(tls->text, "resumed") == 0;
    if (s.measure == PUSH)
        s.connections = rec->plan->subscribers;
    if (s.measure == IDLING)
        s.connections = rec->plan->connections;
    if (s.measure != MODELS)
        return s;
    recording_needs(rec, params, "connections", JSON_NUMBER);
    s.connections = recording_whole(rec, params, "connections", 1, rec->plan->connections);
    s.model = model_of(rec, params);
    return s;
}

/* Says once that rows are left out. */
static void leave_out(struct recording *rec, const char *what, const char *name)
{
    char quoted[80];
    for (size_t i = 0; i < rec->stranges; i++)
        if (strcmp(rec->strange[i], name) == 0)
            return;
    if (rec->stranges == STRANGE_MAX)
        return;
    rec->strange[rec->stranges++] = name;
    fprintf(stderr, "bench: warning: report %s: %s %s is not known to this version: left out\n",
            rec->file, what, quote(quoted, sizeof quoted, (const uint8_t *)name, strlen(name)));
}

static const struct field *field_of(const struct field list[PARAMS], const char *name)
{
    for (size_t i = 0; i < PARAMS; i++)
        if (strcmp(list[i].name, name) == 0)
            return &list[i];
    return NULL;
}

static bool is_same(const struct field *field, const struct json *v)
{
    if (v->kind == JSON_NULL)
        return !field->there || (!field->word && isnan(field->number));
    if (!field->there)
        return false;
    if (field->word)
        return v->kind == JSON_STRING && strcmp(v->text, field->word) == 0;
    return v->kind == JSON_NUMBER && v->number == field->number;
}

/* The param that this row is not under, or NULL.  What the file does not say is not asked for. */
static const struct json *difference(const struct recording *rec, const struct json *params,
                                     const struct row *row)
{
    struct field list[PARAMS];
    params_of(list, rec->r, row);
    for (const struct json *v = json_first(params); v; v = json_next(params, v)) {
        const struct field *field = field_of(list, v->name);
        if (field && !is_same(field, v))
            return v;
    }
    return NULL;
}

/* A condition that we know nothing of makes another figure of it. */
static bool has_strange_param(struct recording *rec, const struct json *params,
                              const struct row *row)
{
    struct field list[PARAMS];
    params_of(list, rec->r, row);
    for (const struct json *v = json_first(params); v; v = json_next(params, v))
        if (v->kind != JSON_NULL && !field_of(list, v->name)) {
            leave_out(rec, "param", v->name);
            return true;
        }
    return false;
}

/* Metrics of one name differ by a param.  NULL when the row is left out. */
static struct row *row_of(struct recording *rec, const struct json *node,
                          const struct json *params, struct row *set)
{
    const struct json *name = recording_needs(rec, node, "metric", JSON_STRING), *differs = NULL;
    for (size_t i = 0; i < row_metrics(set); i++) {
        if (strcmp(set[i].metric->name, name->text) != 0)
            continue;
        differs = difference(rec, params, &set[i]);
        if (!differs)
            return has_strange_param(rec, params, set) ? NULL : &set[i];
    }
    if (differs)
        recording_wrong(rec, differs, "%s of %s does not go with argv and the other rows",
                        differs->name, name->text);
    leave_out(rec, "metric", name->text);
    return NULL;
}

/* --- its figures --- */

/* Returns false when it is not there; null is NAN. */
static bool read_figure(const struct recording *rec, const struct json *object, const char *name,
                        double *out)
{
    const struct json *v = recording_member(rec, object, name, JSON_NUMBER);
    *out = v ? v->number : NAN;
    if (v && !(fabs(*out) < LARGEST))
        recording_wrong(rec, v, "%s is too large", name);
    return json_member(object, name);
}

static bool has_figure(const struct recording *rec, const struct json *object, const char *name,
                       double *out)
{
    return read_figure(rec, object, name, out) && !isnan(*out);
}

static void read_interval(const struct recording *rec, const struct json *object,
                          struct interval *out)
{
    const struct json *list = recording_member(rec, object, "ci95", JSON_ARRAY);
    if (!list)
        return;
    const struct json *low = json_first(list), *high = low ? json_next(list, low) : NULL;
    if (!high || low->kind != JSON_NUMBER || high->kind != JSON_NUMBER || json_next(list, high) ||
        !(fabs(low->number) < LARGEST && fabs(high->number) < LARGEST))
        recording_wrong(rec, list, "ci95 is not two numbers");
    *out = (struct interval){low->number, high->number};
}

static bool read_rounds(const struct recording *rec, const struct json *node, struct row *row)
{
    const struct json *list = recording_member(rec, node, "rounds", JSON_ARRAY);
    for (const struct json *v = list ? json_first(list) : NULL; v; v = json_next(list, v)) {
        if (v->kind != JSON_NUMBER || !(fabs(v->number) < LARGEST))
            recording_wrong(rec, v, "rounds has what is no figure");
        if (row->round_count == ROUNDS_MAX)
            recording_wrong(rec, v, "more than %d rounds", ROUNDS_MAX);
        row->rounds[row->round_count++] = v->number;
    }
    read_interval(rec, node, &row->ci);
    return row->round_count > 0;
}

static size_t bucket_that_ends(double upper)
{
    size_t i = 0;
    while (i < BUCKETS && fabs(bucket_upper(i) - upper) > 1e-8 * upper)
        i++;
    return i;
}

static void read_histogram(const struct recording *rec, const struct json *node, struct row *row)
{
    const struct json *list = recording_member(rec, node, "hist", JSON_ARRAY);
    if (!list)
        return;
    row->hist = calloc(1, sizeof *row->hist);
    for (const struct json *v = json_first(list); row->hist && v; v = json_next(list, v)) {
        const struct json *upper = json_first(v), *n = upper ? json_next(v, upper) : NULL;
        if (!n || upper->kind != JSON_NUMBER || n->kind != JSON_NUMBER ||
            bucket_that_ends(upper->number) == BUCKETS || !(n->number >= 0 && n->number < LARGEST))
            recording_wrong(rec, v, "hist has what is no bucket");
        row->hist->count[bucket_that_ends(upper->number)] = (size_t)n->number;
    }
}

/* What no run leaves out is there, or else the row is n/a. */
static bool read_distribution(const struct recording *rec, const struct json *node,
                              struct row *row)
{
    static const char *const names[PERCENTILES] = {"p50", "p90", "p99", "p999"};
    const struct json *cut = json_member(node, "cut");
    bool there = has_figure(rec, node, "mean", &row->mean);
    there &= has_figure(rec, node, "min", &row->min);
    there &= has_figure(rec, node, "max", &row->max);
    for (size_t i = 0; i < PERCENTILES; i++)
        there &= read_figure(rec, node, names[i], &row->p[i]);
    row->n = recording_whole(rec, node, "n", 1, (size_t)LARGEST);
    row->cut = cut && cut->kind == JSON_TRUE;
    if (there && row->n > 0)
        read_histogram(rec, node, row);
    return there && row->n > 0;
}

static bool read_ratio(const struct recording *rec, const struct json *node, struct row *row)
{
    const struct json *v = recording_member(rec, node, "ratio", JSON_OBJECT);
    if (!v)
        return json_member(node, "ratio");
    const struct json *to = recording_needs(rec, v, "to", JSON_STRING);
    if (strcmp(to->text, transports[rec->plan->baseline].name) != 0)
        recording_wrong(rec, to, "a ratio that is not to %s, the baseline of argv",
                        transports[rec->plan->baseline].name);
    read_interval(rec, v, &row->ratio.ci);
    return read_figure(rec, v, "value", &row->ratio.value);
}

static bool read_figures(const struct recording *rec, const struct json *node, struct row *row)
{
    enum kind kind = row->metric->kind;
    bool there = read_ratio(rec, node, row);
    if (kind == DISTRIBUTION)
        there &= read_distribution(rec, node, row);
    else
        there &= has_figure(rec, node, "value", &row->value);
    if (kind == DISTRIBUTION || kind == PER_ROUND)
        there &= read_rounds(rec, node, row);
    return there;
}

static enum text reason(const struct json *na)
{
    for (size_t i = 1; i < TEXT_COUNT; i++)
        if (strcmp(text((enum text)i), na->text) == 0)
            return (enum text)i;
    return T_NA_OTHER;
}

static void fill(const struct recording *rec, const struct json *node, struct row *row)
{
    const struct json *na = recording_member(rec, node, "na", JSON_STRING);
    const struct json *unit = recording_member(rec, node, "unit", JSON_STRING);
    if (row->na != T_NA_UNRECORDED)
        recording_wrong(rec, node, "%s of %s is there twice", row->metric->name,
                        transports[row->subject.transport].name);
    if (unit && strcmp(unit->text, row->metric->unit) != 0)
        recording_wrong(rec, unit, "the unit of %s is not %s", row->metric->name,
                        row->metric->unit);
    row->na = na ? reason(na) : T_NONE;
    if (!na && !read_figures(rec, node, row)) {
        free(row->hist);
        blank(row);
    }
    read_figure(rec, node, "predicted", &row->predicted);
}

void report_read_row(struct recording *rec, const struct json *node)
{
    const struct json *params = recording_needs(rec, node, "params", JSON_OBJECT);
    struct subject s = subject_of(rec, node, params);
    struct row *set = results_find(rec->r, &s, 0);
    if (!set)
        set = recording_begin(rec, node, &s);
    struct row *row = row_of(rec, node, params, set);
    if (row)
        fill(rec, node, row);
}

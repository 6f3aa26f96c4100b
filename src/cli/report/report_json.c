/* One JSON object a line for each event: for programs. */
#include "report/reporter_base.h"

#include "report/jsondoc.h"

static void write_event(struct ud_reporter *r, cJSON *event)
{
    ud_doc_print(event, &r->out);
    cJSON_Delete(event);
    ud_reporter_flush(r);
}

static cJSON *new_event(const char *name)
{
    cJSON *event = ud_doc_new();
    ud_doc_text(event, "event", name);
    return event;
}

static void report_json_begin(struct ud_reporter *r)
{
    cJSON *event = new_event("step-begin");
    ud_doc_text(event, "title", r->title);
    write_event(r, event);
}

static void report_json_update(struct ud_reporter *r)
{
    cJSON *event = new_event("progress");
    ud_doc_text(event, "title", r->title);
    if (r->unit != NULL) {
        ud_doc_u64(event, "done", r->done);
        ud_doc_u64(event, "total", r->total);
        ud_doc_text(event, "unit", r->unit);
    }
    ud_doc_text_if(event, "activity", r->activity);
    write_event(r, event);
}

static void report_json_end(struct ud_reporter *r, enum ud_step_outcome outcome, const char *result)
{
    cJSON *event = new_event("step-end");
    ud_doc_text(event, "title", r->title);
    ud_doc_bool(event, "ok", outcome == UD_STEP_OK);
    ud_doc_u64(event, "milliseconds", ud_reporter_elapsed(r));
    ud_doc_text_if(event, "result", result);
    ud_doc_text_if(event, "activity", outcome == UD_STEP_OK ? NULL : r->activity);
    write_event(r, event);
}

static void report_json_message(struct ud_reporter *r, enum ud_report_level level, const char *text)
{
    static const char *const names[] = {
        [UD_REPORT_DEBUG] = "debug",
        [UD_REPORT_DETAIL] = "detail",
        [UD_REPORT_NOTE] = "note",
        [UD_REPORT_WARN] = "warning",
    };
    cJSON *event = new_event("message");
    ud_doc_text(event, "level", names[level]);
    ud_doc_text(event, "text", text);
    write_event(r, event);
}

const struct ud_reporter_ops ud_reporter_json = {report_json_begin, report_json_update,
                                                 report_json_end, report_json_message};

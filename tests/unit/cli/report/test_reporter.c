#include "report/reporter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/jsondoc.h"
#include "util/buf.h"

static struct ud_buf seen;
static uint64_t clock_ms;

static void keep(void *ctx, const char *data, size_t len)
{
    ud_buf_add(ctx, data, len);
}

static uint64_t now(void)
{
    return clock_ms;
}

static struct ud_reporter_options options_of(enum ud_progress_mode mode)
{
    struct ud_reporter_options options = {
        .mode = mode,
        .style = {.width = 40},
        .least = UD_REPORT_NOTE,
        .steps = true,
        .write = keep,
        .write_ctx = &seen,
        .now_ms = now,
    };
    return options;
}

static int begin(void **state)
{
    (void)state;
    ud_doc_init();
    ud_buf_init(&seen, 1 << 16);
    clock_ms = 1000;
    return 0;
}

static int end(void **state)
{
    (void)state;
    ud_buf_done(&seen);
    return 0;
}

/* One of each event; the last step is left running. */
static void tell(const struct ud_reporter_options *options, bool failed)
{
    struct ud_reporter *reporter = ud_reporter_new(options);
    const struct ud_report *report = ud_reporter_report(reporter);
    ud_report_step(report, "downloading %s", "linux");
    clock_ms += 50;
    ud_report_progress(report, 1024, 4096, "B");
    clock_ms += 1000;
    ud_report_progress(report, 3072, 4096, "B");
    clock_ms += 1000;
    ud_report_step_end(report, "4.0 KiB");
    ud_report_message(report, UD_REPORT_DEBUG, "GET /info");
    ud_report_message(report, UD_REPORT_DETAIL, "a detail");
    ud_report_message(report, UD_REPORT_NOTE, "a note");
    ud_report_message(report, UD_REPORT_WARN, "a warning\033[2J");
    ud_report_step(report, "resolving");
    ud_report_step(report, "compiling");
    clock_ms += 60000;
    ud_report_progress(report, 3, 9, "files");
    ud_report_activity(report, "CC\tcore/hub.o");
    ud_reporter_close(reporter, failed);
    ud_reporter_free(reporter);
}

static void plain_prints_a_line_for_each_step_when_it_ends(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_PLAIN);
    tell(&options, false);
    assert_string_equal(seen.data, "downloading linux ... ok (2.0 s) 4.0 KiB\n"
                                   "note: a note\n"
                                   "warning: a warning?[2J\n"
                                   "resolving ... ok (0.0 s)\n"
                                   "compiling ... ok (1 min 00 s)\n");
}

static void plain_says_which_step_failed_and_at_what(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_PLAIN);
    tell(&options, true);
    assert_non_null(strstr(seen.data, "\ncompiling ... failed (1 min 00 s) at: CC\tcore/hub.o\n"));
}

static void quiet_shows_warnings_only(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_PLAIN);
    options.steps = false;
    options.least = UD_REPORT_WARN;
    tell(&options, false);
    assert_string_equal(seen.data, "warning: a warning?[2J\n");
}

static void debug_shows_all_messages(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_PLAIN);
    options.least = UD_REPORT_DEBUG;
    tell(&options, false);
    assert_non_null(strstr(seen.data, "debug: GET /info\n  a detail\nnote: a note\n"));
}

static void none_prints_nothing(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_NONE);
    tell(&options, true);
    assert_int_equal(seen.len, 0);
}

#define EVENT "{\"schema\":1,\"event\":"

static void json_prints_an_object_for_each_event(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_JSON);
    tell(&options, true);
    assert_string_equal(
        seen.data, EVENT
        "\"step-begin\",\"title\":\"downloading linux\"}\n" EVENT
        "\"progress\",\"title\":\"downloading linux\",\"done\":3072,\"total\":4096,"
        "\"unit\":\"B\"}\n" EVENT
        "\"step-end\",\"title\":\"downloading linux\",\"ok\":true,\"milliseconds\":2050,"
        "\"result\":\"4.0 KiB\"}\n" EVENT
        "\"message\",\"level\":\"note\",\"text\":\"a note\"}\n" EVENT
        "\"message\",\"level\":\"warning\",\"text\":\"a warning?[2J\"}\n" EVENT
        "\"step-begin\",\"title\":\"resolving\"}\n" EVENT
        "\"step-end\",\"title\":\"resolving\",\"ok\":true,\"milliseconds\":0}\n" EVENT
        "\"step-begin\",\"title\":\"compiling\"}\n" EVENT
        "\"progress\",\"title\":\"compiling\",\"done\":3,\"total\":9,\"unit\":\"files\"}\n" EVENT
        "\"step-end\",\"title\":\"compiling\",\"ok\":false,\"milliseconds\":60000,"
        "\"activity\":\"CC\\tcore/hub.o\"}\n");
}

#define REWIND "\r\033[K"

static void tty_rewrites_the_running_step_within_the_width(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_TTY);
    tell(&options, false);
    assert_string_equal(seen.data, "| downloading linux ... 0.0 s" REWIND
                                   "/ downloading linux ... 1.0 s  3.0 KiB " REWIND
                                   "ok downloading linux ... 2.0 s  4.0 KiB\n"
                                   "note: a note\n"
                                   "warning: a warning?[2J\n"
                                   "/ resolving ... 0.0 s" REWIND "ok resolving ... 0.0 s\n"
                                   "/ compiling ... 0.0 s" REWIND
                                   "- compiling ... 1 min 00 s  3/9 files" REWIND
                                   "ok compiling ... 1 min 00 s\n");
}

static void tty_shows_bytes_rate_and_activity_where_there_is_room(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_TTY);
    options.style.width = 200;
    options.style.utf8 = true;
    tell(&options, true);
    assert_non_null(strstr(seen.data, " \xe2\x80\xa6 1.0 s  3.0 KiB of 4.0 KiB  2.0 KiB/s" REWIND));
    assert_non_null(
        strstr(seen.data, "\xe2\x9c\x94 downloading linux \xe2\x80\xa6 2.0 s  4.0 KiB\n"));
    assert_non_null(strstr(seen.data, "\xe2\x9c\x98 compiling \xe2\x80\xa6 1 min 00 s  CC"));
}

static void tty_redraws_at_most_ten_times_a_second(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_TTY);
    struct ud_reporter *reporter = ud_reporter_new(&options);
    const struct ud_report *report = ud_reporter_report(reporter);
    ud_report_step(report, "s");
    for (unsigned i = 0; i < 1000; i++) {
        clock_ms++;
        ud_report_progress(report, i, 1000, "files");
    }
    ud_reporter_close(reporter, false);
    ud_reporter_free(reporter);
    unsigned drawn = 0;
    for (const char *p = seen.data; (p = strstr(p, REWIND)) != NULL; p++) {
        drawn++;
    }
    assert_in_range(drawn, 10, 11);
}

static void a_message_clears_the_running_step_and_draws_it_again(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_TTY);
    struct ud_reporter *reporter = ud_reporter_new(&options);
    const struct ud_report *report = ud_reporter_report(reporter);
    ud_report_step(report, "s");
    ud_report_message(report, UD_REPORT_NOTE, "n");
    assert_string_equal(seen.data, "| s ... 0.0 s" REWIND "note: n\n| s ... 0.0 s");
    ud_reporter_free(reporter);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* And what could not be done is not told as done when the next step begins. */
static void a_step_may_fail_and_the_command_go_on(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_PLAIN);
    struct ud_reporter *reporter = ud_reporter_new(&options);
    const struct ud_report *report = ud_reporter_report(reporter);
    ud_report_step(report, "pulling x");
    ud_report_step_fail(report);
    ud_report_step_fail(report);
    ud_report_message(report, UD_REPORT_NOTE, "no such image");
    ud_report_step(report, "downloading y");
    ud_report_step_end(report, NULL);
    ud_reporter_close(reporter, false);
    ud_reporter_free(reporter);
    assert_string_equal(seen.data, "pulling x ... failed (0.0 s)\n"
                                   "note: no such image\n"
                                   "downloading y ... ok (0.0 s)\n");
}

/* What an engine says cannot look like a line of this program. */
static void further_lines_are_indented(void **state)
{
    (void)state;
    struct ud_reporter_options options = options_of(UD_PROGRESS_PLAIN);
    struct ud_reporter *reporter = ud_reporter_new(&options);
    const struct ud_report *report = ud_reporter_report(reporter);
    ud_report_message(report, UD_REPORT_WARN, "the engine says: a\n\nerror: forged\n");
    ud_report_step(report, "pulling x\nwarning: forged");
    ud_report_step_end(report, "b\nnote: forged");
    ud_reporter_free(reporter);
    assert_string_equal(seen.data, "warning: the engine says: a\n    error: forged\n"
                                   "pulling x warning: forged ... ok (0.0 s) b note: forged\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_prints_a_line_for_each_step_when_it_ends),
        TEST(plain_says_which_step_failed_and_at_what),
        TEST(further_lines_are_indented),
        TEST(a_step_may_fail_and_the_command_go_on),
        TEST(quiet_shows_warnings_only),
        TEST(debug_shows_all_messages),
        TEST(none_prints_nothing),
        TEST(json_prints_an_object_for_each_event),
        TEST(tty_rewrites_the_running_step_within_the_width),
        TEST(tty_shows_bytes_rate_and_activity_where_there_is_room),
        TEST(tty_redraws_at_most_ten_times_a_second),
        TEST(a_message_clears_the_running_step_and_draws_it_again),
    };
    return cmocka_run_group_tests_name("cli.reporter", tests, NULL, NULL);
}

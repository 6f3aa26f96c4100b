#include "docker/engine/engine_time.h"

#include <stdbool.h>
#include <string.h>

#include "engine/api_error.h"
#include "engine/call.h"
#include "engine/json.h"

/* Takes so many digits off *text. */
static bool time_take_number(const char **text, size_t digits, int *ret)
{
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        const char c = (*text)[i];
        if (c < '0' || c > '9') {
            return false;
        }
        value = value * 10 + (c - '0');
    }
    *text += digits;
    *ret = value;
    return true;
}

static bool time_take_mark(const char **text, const char *marks)
{
    if (**text == '\0' || strchr(marks, **text) == NULL) {
        return false;
    }
    (*text)++;
    return true;
}

/* Days since 1970-01-01 of the Gregorian calendar; the year begins in March, so that the
 * leap day is its last. */
static int64_t days_since_1970(int year, int month, int day)
{
    const int64_t y = month > 2 ? year : year - 1;
    const int64_t m = month > 2 ? month - 3 : month + 9;
    const int64_t before = 719468; /* days from 0000-03-01 to 1970-01-01 */
    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - before;
}

/* "Z", "+02:00" or "-05:30": seconds to take off. */
static bool time_take_zone(const char **text, int64_t *ret)
{
    int hours = 0;
    int minutes = 0;
    const char sign = **text;
    *ret = 0;
    if (time_take_mark(text, "Zz")) {
        return true;
    }
    if (!time_take_mark(text, "+-") || !time_take_number(text, 2, &hours) ||
        !time_take_mark(text, ":") || !time_take_number(text, 2, &minutes)) {
        return false;
    }
    *ret = (sign == '-' ? -60 : 60) * ((int64_t)hours * 60 + minutes);
    return true;
}

int64_t ud_engine_time_parse(const char *text)
{
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    int64_t zone = 0;
    bool good = time_take_number(&text, 4, &year) && time_take_mark(&text, "-") &&
                time_take_number(&text, 2, &month) && time_take_mark(&text, "-") &&
                time_take_number(&text, 2, &day) && time_take_mark(&text, "Tt ") &&
                time_take_number(&text, 2, &hour) && time_take_mark(&text, ":") &&
                time_take_number(&text, 2, &minute) && time_take_mark(&text, ":") &&
                time_take_number(&text, 2, &second);
    if (good && time_take_mark(&text, ".")) {
        text += strspn(text, "0123456789");
    }
    good = good && time_take_zone(&text, &zone) && *text == '\0';
    if (!good || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) {
        return 0;
    }
    const int64_t of_day = ((int64_t)hour * 60 + minute) * 60 + second;
    return days_since_1970(year, month, day) * 24 * 60 * 60 + of_day - zone;
}

enum ud_code ud_engine_time(struct ud_engine *engine, int64_t *ret, struct ud_error *err)
{
    static const char what[] = "cannot ask for the engine's time";
    struct ud_buf path;
    cJSON *info = NULL;
    ud_call_path(&path, engine, "/info", NULL, "");
    enum ud_code rc = ud_call_get(engine, path.data, what, &info, err);
    if (rc == UD_OK) {
        int64_t now = ud_engine_time_parse(ud_json_text(info, "SystemTime"));
        if (now > 0) {
            *ret = now;
        } else {
            rc = ud_api_fail(UD_ERR_PROTOCOL, what, "it does not tell", err);
        }
    }
    cJSON_Delete(info);
    ud_buf_done(&path);
    return rc;
}

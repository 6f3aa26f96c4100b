#include "drivers/lines.h"

static bool lines_goes_on(struct ud_slice line)
{
    return line.len > 0 && line.ptr[line.len - 1] == '\\';
}

bool ud_lines_next(struct ud_slice *rest, struct ud_buf *scratch, struct ud_slice *ret)
{
    struct ud_slice line;
    if (!ud_str_next_line(rest, &line)) {
        return false;
    }
    if (!lines_goes_on(line)) {
        *ret = line;
        return true;
    }
    ud_buf_clear(scratch);
    bool more = true;
    while (more && lines_goes_on(line)) {
        ud_buf_add(scratch, line.ptr, line.len - 1);
        ud_buf_adds(scratch, " ");
        more = ud_str_next_line(rest, &line);
    }
    if (more) {
        ud_buf_add(scratch, line.ptr, line.len);
    }
    *ret = (struct ud_slice){scratch->data, scratch->len};
    return true;
}

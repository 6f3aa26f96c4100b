#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kallsyms.h"
#include "sysfile.h"
#include "util/strv.h"

static enum ud_code look_up(struct ud_helper *helper, const struct ud_strv *names,
                            struct ud_error *err)
{
    struct ud_kallsyms syms;
    int fd = ud_sysfile_open(helper->root, "/proc/kallsyms", 0);
    int why = fd < 0 ? errno : 0;
    ud_kallsyms_init(&syms, names);
    if (fd >= 0) {
        why = ud_kallsyms_read(&syms, fd);
        (void)close(fd);
    }
    enum ud_code rc = UD_OK;
    if (why != 0 || syms.lines == 0) {
        rc = ud_fail(err, UD_ERR_FACTS, NULL, "cannot read /proc/kallsyms: %s",
                     why != 0 ? strerror(why) : "it is empty");
    }
    for (size_t i = 0; i < names->len && rc == UD_OK; i++) {
        const char *detail = syms.found[i].text;
        ud_emit_result(helper->emit, names->items[i],
                       detail[0] != '\0' ? UD_VERDICT_PRESENT : UD_VERDICT_ABSENT, 0, detail);
    }
    ud_kallsyms_done(&syms);
    return rc;
}

enum ud_code ud_op_symbols(struct ud_helper *helper, int count, char **args, struct ud_error *err)
{
    struct ud_strv names = {0};
    enum ud_code rc = ud_helper_take_symbols(count, args, &names, err);
    if (rc == UD_OK) {
        rc = look_up(helper, &names, err);
    }
    ud_strv_done(&names);
    return rc;
}

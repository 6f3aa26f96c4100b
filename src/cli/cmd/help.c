#include "help/commands.h"

#include <stddef.h>
#include <string.h>

#include "help/help.h"
#include "report/jsondoc.h"
#include "ud_parts.h"
#include "ud_version.h"

static bool find_shell(const char *text, unsigned *ret)
{
    for (*ret = 0; ud_help_shells[*ret] != NULL; (*ret)++) {
        if (strcmp(text, ud_help_shells[*ret]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_shell(const char *text)
{
    unsigned index = 0;
    return find_shell(text, &index);
}

const struct ud_opt ud_help_opts[] = {
    {.name = "man",
     .kind = UD_OPT_FLAG,
     .offset = offsetof(struct ud_help_options, man),
     .help = "Print the manual page (roff, section 1)"},
    {.name = "completion",
     .kind = UD_OPT_TEXT,
     .offset = offsetof(struct ud_help_options, completion),
     .value = "SHELL",
     .check = is_shell,
     .accepts = "the name of a shell that is known: bash, zsh, fish or powershell",
     .help = "Print a script that completes commands and options in this shell: bash, zsh, fish or "
             "powershell"},
    {.name = NULL},
};

enum ud_code ud_help_run(struct ud_session *session, void *options, struct ud_error *err)
{
    const struct ud_help_options *o = options;
    unsigned shell = 0;
    if (o->man) {
        ud_help_man(&session->out);
    } else if (o->completion != NULL && find_shell(o->completion, &shell)) {
        ud_help_script(&session->out, shell);
    } else if (session->words.len == 0) {
        ud_help_program(&session->out, &session->out_style);
    } else {
        size_t used = 0;
        const struct ud_command *command = ud_command_find(&session->words, &used);
        if (command == NULL) {
            return ud_command_unknown(&session->words, err);
        }
        ud_help_command(&session->out, &session->out_style, command);
    }
    return UD_OK;
}

static const struct {
    const char *name;
    const char *version;
    const char *licence;
} parts[] = {UD_PARTS};
enum { PART_COUNT = sizeof parts / sizeof parts[0] };

static void doc_parts(cJSON *document)
{
    ud_doc_text(document, "system", UD_BUILT_FOR);
    ud_doc_text(document, "compiler", UD_BUILT_BY);
    cJSON *array = ud_doc_array(document, "parts");
    for (size_t i = 0; i < PART_COUNT; i++) {
        cJSON *object = ud_doc_array_object(array);
        ud_doc_text(object, "name", parts[i].name);
        ud_doc_text(object, "version", parts[i].version);
        ud_doc_text(object, "licence", parts[i].licence);
    }
}

static void show_parts(struct ud_buf *out)
{
    ud_buf_adds(out, "for " UD_BUILT_FOR ", by " UD_BUILT_BY "\n");
    for (size_t i = 0; i < PART_COUNT; i++) {
        ud_buf_addf(out, "%s %s (%s)\n", parts[i].name, parts[i].version, parts[i].licence);
    }
}

enum ud_code ud_version_run(struct ud_session *session, void *options, struct ud_error *err)
{
    (void)options;
    (void)err;
    if (session->common.json) {
        cJSON *document = ud_doc_new();
        ud_doc_text(document, "name", "usbipd-desktop");
        ud_doc_text(document, "version", UD_VERSION);
        if (session->common.verbose) {
            doc_parts(document);
        }
        ud_doc_print(document, &session->out);
        cJSON_Delete(document);
    } else {
        ud_buf_adds(&session->out, "usbipd-desktop " UD_VERSION "\n");
        if (session->common.verbose) {
            show_parts(&session->out);
        }
    }
    return UD_OK;
}

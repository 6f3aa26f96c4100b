#include "sources/package_fetcher.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

static const struct ud_package_tool_functions *const tools[UD_PACKAGE_TOOL_COUNT] = {
    [UD_PACKAGE_APT] = &ud_package_apt,
    [UD_PACKAGE_DNF] = &ud_package_dnf,
    [UD_PACKAGE_ZYPPER] = &ud_package_zypper,
    [UD_PACKAGE_APK] = &ud_package_apk,
};

void ud_package_words(struct ud_strv *argv, const char *const *words)
{
    for (; *words != NULL; words++) {
        ud_strv_add(argv, *words);
    }
}

enum ud_code ud_package_run_in(struct ud_package_fetcher *fetcher, const char *dir,
                               struct ud_strv *argv, struct ud_error *err)
{
    char *workdir = ud_strf(UD_PACKAGE_IN_TREE("%s"), dir);
    const struct ud_build_container_command command = {
        .argv = argv, .env = &fetcher->env, .workdir = workdir};
    enum ud_code rc = ud_build_container_run(&fetcher->container, &command, err);
    ud_strv_done(argv);
    free(workdir);
    return rc;
}

enum ud_code ud_package_run(struct ud_package_fetcher *fetcher, struct ud_strv *argv,
                            struct ud_error *err)
{
    return ud_package_run_in(fetcher, ".", argv, err);
}

enum ud_code ud_package_try(struct ud_package_fetcher *fetcher, struct ud_strv *argv, int *ret_exit,
                            struct ud_error *err)
{
    const struct ud_build_container_command command = {
        .argv = argv, .env = &fetcher->env, .workdir = UD_BUILD_CONTAINER_TREE};
    enum ud_code rc = ud_build_container_try(&fetcher->container, &command, ret_exit, err);
    ud_strv_done(argv);
    return rc;
}

const char *ud_package_output(const struct ud_package_fetcher *fetcher)
{
    return fetcher->container.log.data != NULL ? fetcher->container.log.data : "";
}

enum ud_code ud_package_not_there(const char *name, const char *version,
                                  const struct ud_strv *versions, struct ud_error *err)
{
    if (versions->len == 0 || version == NULL) {
        return ud_fail(err, UD_ERR_NOT_FOUND, NULL, "the archive has no %s", name);
    }
    char *list = ud_strv_join(versions, ", ");
    enum ud_code rc = ud_fail(err, UD_ERR_NOT_FOUND, NULL,
                              "the archive has %s %s, the kernel is of %s", name, list, version);
    free(list);
    return rc;
}

/* Programs look for a home, and what they print is read: it has to be English. */
static void package_fetcher_fill_env(struct ud_strv *env)
{
    static const char *const words[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=" UD_BUILD_CONTAINER_TREE, "LC_ALL=C", NULL};
    ud_package_words(env, words);
}

/* Whatever the reason is: a mirror that is not reached, a proxy, a key that has changed. */
static enum ud_code package_fetcher_refresh(struct ud_package_fetcher *fetcher,
                                            struct ud_error *err)
{
    struct ud_error why = {0};
    enum ud_code rc = tools[fetcher->tool]->refresh(fetcher, &why);
    if (rc == UD_OK || rc == UD_ERR_INTERRUPTED) {
        return rc == UD_OK ? UD_OK : ud_error_pass(err, &why);
    }
    ud_report_message(fetcher->app->report, UD_REPORT_DETAIL, "%s", why.message);
    return ud_package_fetcher_turn_to_vm(fetcher, &why, err);
}

enum ud_code ud_package_fetcher_open(const struct ud_package_fetching *fetching,
                                     struct ud_package_fetcher *ret, struct ud_error *err)
{
    *ret = (struct ud_package_fetcher){.app = fetching->app,
                                       .vm = fetching->vm,
                                       .tool = fetching->tool,
                                       .machine = fetching->machine};
    package_fetcher_fill_env(&ret->env);
    UD_TRY(ud_build_container_open(fetching->app, fetching->engine, UD_ROLE_PACKAGES,
                                   &fetching->image, &ret->container, err));
    UD_TRY(ud_build_container_start(&ret->container, err));
    return package_fetcher_refresh(ret, err);
}

enum ud_code ud_package_fetcher_turn_to_vm(struct ud_package_fetcher *fetcher,
                                           const struct ud_error *failure, struct ud_error *err)
{
    struct ud_error why = {0};
    enum ud_code rc = ud_package_bring_vms(fetcher, &why);
    if (rc != UD_OK) {
        return ud_error_pass(err, rc == UD_ERR_NOT_FOUND ? failure : &why);
    }
    fetcher->by_vm = true;
    return tools[fetcher->tool]->refresh(fetcher, err);
}

void ud_package_fetcher_close(struct ud_package_fetcher *fetcher)
{
    ud_build_container_close(&fetcher->container);
    ud_strv_done(&fetcher->env);
    free(fetcher->release);
    fetcher->release = NULL;
}

enum ud_code ud_package_list(struct ud_package_fetcher *fetcher, const char *dir,
                             struct ud_strv *ret, struct ud_error *err)
{
    struct ud_strv argv = {0};
    struct ud_slice line;
    ud_strv_add(&argv, "ls");
    ud_strv_add(&argv, "-1");
    ud_strv_add(&argv, dir);
    UD_TRY(ud_package_run(fetcher, &argv, err));
    struct ud_slice rest = ud_slice_of(ud_package_output(fetcher));
    while (ud_str_next_line(&rest, &line)) {
        ud_strv_addn(ret, line.ptr, line.len);
    }
    return UD_OK;
}

/* The path of the one file in a directory of the tree, in new memory. */
static enum ud_code package_fetcher_look(struct ud_package_fetcher *fetcher, const char *dir,
                                         char **ret, struct ud_error *err)
{
    struct ud_strv names = {0};
    enum ud_code rc = ud_package_list(fetcher, dir, &names, err);
    if (rc == UD_OK && (names.len != 1 || names.items[0][0] == '\0')) {
        rc = ud_fail(err, UD_ERR_SOURCE, NULL, "%s downloaded no file, or more than one",
                     ud_package_tool_name(fetcher->tool));
    }
    if (rc == UD_OK) {
        *ret = ud_strf(UD_PACKAGE_IN_TREE("%s/%s"), dir, names.items[0]);
    }
    ud_strv_done(&names);
    return rc;
}

enum ud_code ud_package_fetcher_download(struct ud_package_fetcher *fetcher, const char *asked,
                                         char **ret_path, struct ud_error *err)
{
    struct ud_strv argv = {0};
    const char *equals = strchr(asked, '=');
    char *name = ud_strndup(asked, equals != NULL ? (size_t)(equals - asked) : strlen(asked));
    char *dir = ud_strf("packages/%s", name);
    ud_report_activity(fetcher->app->report, asked);
    ud_strv_add(&argv, "mkdir");
    ud_strv_add(&argv, "-p");
    ud_strv_add(&argv, dir);
    enum ud_code rc = ud_package_run(fetcher, &argv, err);
    if (rc == UD_OK) {
        rc = tools[fetcher->tool]->download(fetcher, name, equals != NULL ? equals + 1 : NULL, dir,
                                            err);
    }
    if (rc == UD_OK) {
        rc = package_fetcher_look(fetcher, dir, ret_path, err);
    }
    free(dir);
    free(name);
    return rc;
}

/* While no engine runs, any program can offer a pipe of its name and would get
 * what is meant for the engine, such as registry passwords. */
#include "pipe_parts.h"

#include <stdlib.h>

#include "util/mem.h"

#include <aclapi.h>
#include <sddl.h>

static bool is_known(PSID owner, WELL_KNOWN_SID_TYPE type)
{
    return IsWellKnownSid(owner, type) != 0;
}

/* Whether a field of our token, which begins with a PSID, is that owner. */
static bool token_has(HANDLE token, TOKEN_INFORMATION_CLASS field, PSID owner)
{
    DWORD len = 0;
    (void)GetTokenInformation(token, field, NULL, 0, &len);
    PSID *sid = ud_alloc(len > sizeof *sid ? len : sizeof *sid, 1);
    bool has = GetTokenInformation(token, field, sid, len, &len) && EqualSid(owner, *sid);
    free(sid);
    return has;
}

/* Our user, the same when we are elevated, or whoever owns what we make. */
static bool is_mine(PSID owner)
{
    HANDLE token = NULL;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        return false;
    }
    bool mine = token_has(token, TokenUser, owner) || token_has(token, TokenOwner, owner);
    (void)CloseHandle(token);
    return mine;
}

static enum ud_code pipe_owner_strange(PSID owner, struct ud_error *err)
{
    wchar_t *wide = NULL;
    char *text = NULL;
    if (ConvertSidToStringSidW(owner, &wide)) {
        text = ud_win_utf8(wide);
        (void)LocalFree(wide);
    }
    (void)ud_fail(err, UD_ERR_DENIED,
                  "Run this as the user who started the engine; if nobody should have, find out "
                  "which program offers the pipe.",
                  "the pipe belongs to another user (%s)", text != NULL ? text : "of no name");
    free(text);
    return UD_ERR_DENIED;
}

enum ud_code ud_win_pipe_check_owner(HANDLE pipe, struct ud_error *err)
{
    PSID owner = NULL;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    DWORD error = GetSecurityInfo(pipe, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL,
                                  NULL, NULL, &descriptor);
    if (error != ERROR_SUCCESS) {
        return ud_win_fail(err, error, "the pipe does not tell whose it is");
    }
    enum ud_code rc = UD_OK;
    /* Windows gives every pipe an owner; only wine has some without. */
    if (owner != NULL && !is_known(owner, WinLocalSystemSid) &&
        !is_known(owner, WinBuiltinAdministratorsSid) && !is_mine(owner)) {
        rc = pipe_owner_strange(owner, err);
    }
    (void)LocalFree(descriptor);
    return rc;
}

#include "report/style.h"

const char *ud_style_on(const struct ud_style *style, enum ud_paint paint)
{
    static const char *const sequences[] = {
        [UD_PAINT_BOLD] = "\033[1m",  [UD_PAINT_DIM] = "\033[2m",  [UD_PAINT_GOOD] = "\033[32m",
        [UD_PAINT_WARN] = "\033[33m", [UD_PAINT_BAD] = "\033[31m",
    };
    return style->color ? sequences[paint] : "";
}

const char *ud_style_off(const struct ud_style *style)
{
    return style->color ? "\033[0m" : "";
}

const char *ud_style_sign(const struct ud_style *style, enum ud_sign sign)
{
    static const struct {
        const char *utf8;
        const char *ascii;
    } signs[] = {
        [UD_SIGN_DONE] = {"\xe2\x9c\x94", "ok"},
        [UD_SIGN_FAILED] = {"\xe2\x9c\x98", "failed:"},
        [UD_SIGN_NEXT] = {"\xe2\x86\x92", "->"},
        [UD_SIGN_ELLIPSIS] = {"\xe2\x80\xa6", "..."},
    };
    return style->utf8 ? signs[sign].utf8 : signs[sign].ascii;
}

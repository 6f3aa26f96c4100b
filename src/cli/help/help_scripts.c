/* Scripts that complete in shells whose completion shows what a word means: they ask the program
 * itself (UD_HELP_COMPLETE), so that they stay right when it is updated. */
#include "help/help.h"

static const char zsh[] =
    "#compdef usbipd-desktop\n"
    "_usbipd_desktop() {\n"
    "    local line\n"
    "    local -a offers\n"
    "    for line in \"${(@f)$(usbipd-desktop " UD_HELP_COMPLETE
    " \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\"; do\n"
    "        case $line in\n"
    "        :0) _files ;;\n"
    "        :*) ;;\n"
    "        *) offers+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
    "        esac\n"
    "    done\n"
    "    (( $#offers == 0 )) || _describe usbipd-desktop offers\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _usbipd_desktop ]; then\n"
    "    _usbipd_desktop \"$@\"\n"
    "else\n"
    "    compdef _usbipd_desktop usbipd-desktop\n"
    "fi\n";

static const char fish[] =
    "function __usbipd_desktop_complete\n"
    "    set -l words (commandline -opc) (commandline -ct)\n"
    "    for line in (usbipd-desktop " UD_HELP_COMPLETE " $words[2..-1] 2>/dev/null)\n"
    "        switch $line\n"
    "            case ':0'\n"
    "                __fish_complete_path (commandline -ct)\n"
    "            case ':*'\n"
    "            case '*'\n"
    "                echo $line\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c usbipd-desktop -f -a '(__usbipd_desktop_complete)'\n";

/* Before 7.3 it drops arguments that are empty. */
static const char powershell[] =
    "Register-ArgumentCompleter -Native -CommandName usbipd-desktop -ScriptBlock {\n"
    "    param($wordToComplete, $commandAst, $cursorPosition)\n"
    "    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { \"$_\" "
    "})\n"
    "    if ($wordToComplete -eq '') {\n"
    "        $words += if ($PSVersionTable.PSVersion -lt [version]'7.3') { '\"\"' } else { '' }\n"
    "    }\n"
    "    & usbipd-desktop " UD_HELP_COMPLETE " @words | Where-Object { $_ -notmatch '^:' } | "
    "ForEach-Object {\n"
    "        $word, $meaning = $_ -split \"`t\", 2\n"
    "        [System.Management.Automation.CompletionResult]::new($word, $word, "
    "'ParameterValue', $meaning)\n"
    "    }\n"
    "}\n";

const char *const ud_help_shells[] = {"bash", "zsh", "fish", "powershell", NULL};

void ud_help_script(struct ud_buf *out, unsigned shell)
{
    static const char *const scripts[] = {NULL, zsh, fish, powershell};
    if (scripts[shell] == NULL) {
        ud_help_bash(out);
    } else {
        ud_buf_adds(out, scripts[shell]);
    }
}

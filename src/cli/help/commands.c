#include "help/commands.h"

#include "app/attach/attach.h"
#include "app/attach/driver.h"
#include "app/build/build.h"
#include "app/builder/builders.h"
#include "app/cache/cache.h"
#include "app/clean.h"
#include "app/install/install.h"
#include "app/list_sources.h"
#include "app/load/load.h"
#include "app/shell.h"
#include "app/status.h"
#include "app/up/up.h"
#include "app/verify.h"
#include "app/vhcli/vhcli.h"

#define TEXTS (const char *const[])
#define EXAMPLES (const struct ud_example[])

const struct ud_command ud_commands[] = {
    {"up", "Bring devices into the VM, with all that this takes",
     "up [-r HOST[:PORT]] [-b BUSID | -i VID:PID]... [OPTIONS]",
     TEXTS{"Does in one what `build`, `load` and `attach` do, as far as it is missing: USB/IP and "
           "the devices' drivers are built and inserted, the devices attached. Then it says which "
           "nodes there are, and how to give them to a container.",
           "What is there is passed over, so a second time is quick and changes nothing. It may be "
           "interrupted at any time: another `up` goes on from there, and `down` undoes what was "
           "done so far.",
           "Without a device it shows what the server exports and lets you choose, on a terminal.",
           NULL},
     ud_up_opts, sizeof(struct ud_up_options), UD_ARGS_NONE, true,
     EXAMPLES{{"up", "choose one of the devices that your own machine exports"},
              {"up -r 192.168.1.20 -b 1-1", "the device at that place of another one"},
              {"up -i 0403:6001 -i 10c4:ea60 --with usb-storage",
               "two devices by their ids, and a driver in any case"},
              {NULL, NULL}},
     ud_up_run},
    {"down", "Undo what `up` did", "down [OPTIONS]",
     TEXTS{"Detaches the devices that `up` attached and takes out the modules that it inserted, "
           "and nothing else. While a device is attached that `up` did not attach, the modules "
           "stay. After a restart of the VM there is nothing to undo.",
           NULL},
     ud_down_opts, sizeof(struct ud_down_options), UD_ARGS_NONE, true,
     EXAMPLES{{"down", "the VM is as it was before `up`"}, {NULL, NULL}}, ud_down_run},
    {"build", "Build the USB/IP modules that the VM's kernel lacks", "build [OPTIONS]",
     TEXTS{
         "Looks at the kernel of the Linux VM behind the engine, decides which of usb-common, "
         "usbcore, usbip-core and vhci-hcd it lacks, and compiles those from the same kernel "
         "version's sources with the running kernel's own configuration. Compilation happens "
         "in a container; this machine needs no compiler.",
         "The modules and manifest.json appear all at once in DIR/<release>/. They are checked "
         "against the running kernel before that: version, flags, symbols and checksums.",
         "For a kernel that checks symbol versions (CONFIG_MODVERSIONS) the CRCs are those of its "
         "Module.symvers (--symvers), or are found in the VM's own modules and computed from the "
         "sources that export the rest.",
         "`build` keeps what a later build can use: see `cache list`. If the inputs are the same "
         "and the modules are still there, it does nothing.",
         NULL},
     ud_build_opts, sizeof(struct ud_build_options), UD_ARGS_NONE, true,
     EXAMPLES{{"build", "build what is missing for the default engine's VM"},
              {"build --dry-run", "say what would be built, and change nothing"},
              {"build --source ~/linux-6.1.90.tar.xz", "use sources that are here already"},
              {"build --build-host tcp://builder:2375", "compile on another engine"},
              {NULL, NULL}},
     ud_build_run},
    {"verify", "Check that modules fit the VM's kernel", "verify [OPTIONS] [DIR]",
     TEXTS{"Compares the modules in DIR (default: dist), by their bytes, with the running kernel: "
           "release, flags, checksums of symbols, the layout of its structs, the symbols that it "
           "has, and whether it takes modules. `build` and `load` make the same checks. DIR holds "
           "<release>/ or the modules themselves; a manifest is not needed.",
           "Each check is ok, unknown (the VM does not show what to compare with), a warning or "
           "an error. With an error the exit code is that with which `load` would refuse: 10, or "
           "6 if the kernel takes no modules, or 13 if the engine's containers cannot reach it.",
           "Does not change anything, but starts short-lived containers to read what the kernel "
           "shows.",
           NULL},
     ud_verify_opts, sizeof(struct ud_verify_options), UD_ARGS_MAY_ONE, true,
     EXAMPLES{{"verify", "check the modules found in ./dist"},
              {"verify /srv/modules --symvers Module.symvers",
               "compare every checksum with the kernel's own list too"},
              {NULL, NULL}},
     ud_verify_run},
    {"sources", "List the routes to the kernel's sources", "sources [OPTIONS]",
     TEXTS{"Lists by which routes `build` gets the sources of the VM's kernel, and its "
           "Module.symvers where the kernel checks symbol versions: in the order in which they "
           "are tried, with exact names, what each gives, and why it applies. What is to be done "
           "by hand comes with what to do.",
           "With --kernel-release it does so for any kernel, and asks no engine.", NULL},
     ud_sources_opts, sizeof(struct ud_sources_options), UD_ARGS_NONE, true,
     EXAMPLES{{"sources", "the routes for the VM's kernel"},
              {"sources --kernel-release 6.6.13-linuxkit --json", "for a kernel by its name"},
              {NULL, NULL}},
     ud_sources_run},
    {"load", "Insert the modules into the VM's kernel", "load [OPTIONS]",
     TEXTS{"Checks that the modules of `build` fit the running kernel, then inserts those that "
           "are missing, in order, using the VM's own files where it has them. If the kernel "
           "refuses one, those inserted before it are taken out again.",
           "Modules stay until `unload` or until the VM restarts: run `load` again then, or once "
           "`install`.",
           NULL},
     ud_load_opts, sizeof(struct ud_load_options), UD_ARGS_NONE, true,
     EXAMPLES{{"load", "insert the modules found in ./dist"},
              {"load --input /srv/modules", "insert those of another directory"},
              {NULL, NULL}},
     ud_load_run},
    {"unload", "Take the modules out of the VM's kernel again", "unload [OPTIONS]",
     TEXTS{"Removes the modules that `load` inserted; the VM's own stay unless --all is given. "
           "While a device is attached nothing is removed.",
           NULL},
     ud_unload_opts, sizeof(struct ud_load_options), UD_ARGS_NONE, true,
     EXAMPLES{{"unload", "remove our modules"},
              {"unload --all", "remove the VM's own USB/IP modules too"},
              {NULL, NULL}},
     ud_unload_run},
    {"install", "Have the modules inserted whenever the VM starts", "install [OPTIONS]",
     TEXTS{"Chooses and checks the modules as `load` does, puts them into a small image of their "
           "own in the engine, and starts a container of it, which inserts them: now, and whenever "
           "the engine starts again. Nothing is written into the VM. Doing it again does nothing.",
           "On another kernel the container inserts nothing and says so in its log, in its health "
           "and in `status`: then `build` and `install` add that kernel's modules. Those for "
           "kernels before it stay, at most eight, so a kernel that comes back has its own.",
           "`clean` leaves all of it; `uninstall` removes it.", NULL},
     ud_install_opts, sizeof(struct ud_load_options), UD_ARGS_NONE, true,
     EXAMPLES{{"install", "the modules found in ./dist"},
              {"install --input /srv/modules", "those of another directory"},
              {NULL, NULL}},
     ud_install_run},
    {"uninstall", "Remove what `install` made", "uninstall [OPTIONS]",
     TEXTS{"Removes container and image, so that nothing is inserted at the next start. What is in "
           "the kernel stays there until the VM restarts, or goes with --unload. While a device is "
           "attached, --unload removes nothing.",
           NULL},
     ud_uninstall_opts, sizeof(struct ud_uninstall_options), UD_ARGS_NONE, true,
     EXAMPLES{{"uninstall", "devices that are attached stay so"},
              {"uninstall --unload", "and the kernel is as it was before"},
              {NULL, NULL}},
     ud_uninstall_run},
    {"list", "Show what a USB/IP server exports", "list [-r HOST[:PORT]] [OPTIONS]",
     TEXTS{
         "Asks a USB/IP server, from the VM, for the devices that it exports: bus id, ids, names, "
         "speed, whether the device is attached here, and which module is its driver: one of the "
         "VM, or one that was built.",
         "Devices are exported on the server: with `usbipd bind` on Windows, with `usbip bind` "
         "on Linux.",
         NULL},
     ud_list_opts, sizeof(struct ud_list_options), UD_ARGS_NONE, true,
     EXAMPLES{{"list", "what your own machine exports"},
              {"list -r 192.168.1.20", "what another one does"},
              {NULL, NULL}},
     ud_list_run},
    {"attach", "Attach a device of a USB/IP server to the VM",
     "attach (-b BUSID | -i VID:PID) [OPTIONS]",
     TEXTS{"Loads USB/IP if the VM lacks it, imports the device, waits until the kernel has "
           "configured it, and inserts drivers, the VM's own or built ones, for what none serves "
           "yet. Then the device is in the VM as if it were plugged in there: this names its "
           "drivers and nodes, "
           "and how to give them to a container.",
           "The connection belongs to the VM. It stays when this program has ended, until "
           "`detach`, or until the VM or the server ends.",
           NULL},
     ud_attach_opts, sizeof(struct ud_attach_options), UD_ARGS_NONE, true,
     EXAMPLES{{"attach -b 1-1", "the device at that place of your own machine"},
              {"attach -r 192.168.1.20 -i 0403:6001", "the one with these ids, of another one"},
              {"attach -b 1-1 --mode 0660 --group 20", "its nodes for Debian's group dialout"},
              {NULL, NULL}},
     ud_attach_run},
    {"detach", "Detach a device from the VM",
     "detach (-p PORT | -b BUSID | -i VID:PID | --all) [OPTIONS]",
     TEXTS{"Takes devices out of the VM again; the server can give them to others then. While a "
           "file system of it is mounted or a node is open, a device stays unless --force is "
           "given.",
           NULL},
     ud_detach_opts, sizeof(struct ud_detach_options), UD_ARGS_NONE, true,
     EXAMPLES{{"detach -p 0", "what is at port 0"}, {"detach --all", "everything"}, {NULL, NULL}},
     ud_detach_run},
    {"port", "Show the devices that are attached", "port [OPTIONS]",
     TEXTS{"Shows the ports of the VM's USB/IP and what is attached to them: where it is from, its "
           "drivers and its nodes. All of it is what the kernel says now.",
           NULL},
     ud_port_opts, sizeof(struct ud_ports_options), UD_ARGS_NONE, true,
     EXAMPLES{{"port", "what is attached"}, {"port --json", "the same for programs"}, {NULL, NULL}},
     ud_port_run},
    {"drivers", "Show which modules serve a device, and where they are",
     "drivers [OPTIONS] [VID:PID[:CCSSPP]...]",
     TEXTS{
         "Of each device that is attached, or of those that are named: which module serves it, or "
         "would, and where that is: built in, loaded, a file of the VM, among the modules that "
         "were built, or nowhere, and how it is built then.",
         "Of a device that is not attached only its ids are known, and the class of an interface "
         "if it is given, as for `build --for`.",
         NULL},
     ud_drivers_opts, sizeof(struct ud_drivers_options), UD_ARGS_MAY_MANY, true,
     EXAMPLES{{"drivers", "of what is attached"},
              {"drivers 0403:6001", "of an adapter by its ids"},
              {"drivers 046d:c52b:030101", "with the class of its interface: a keyboard"},
              {NULL, NULL}},
     ud_drivers_run},
    {"status", "Show engine, VM, USB/IP and modules", "status [OPTIONS]",
     TEXTS{"Shows which engine is used and why, the VM's kernel, whether it has USB/IP, attached "
           "devices, what is installed and whether it works, built modules and whether they fit, "
           "and what this program keeps in the engine.",
           "Does not change anything, but may start a short-lived unprivileged container to read "
           "the kernel's facts.",
           "With --self-test it also proves that the modules work, without network or hardware: "
           "it attaches a USB device of its own to a free port, waits until the kernel has "
           "configured it, and detaches it again.",
           NULL},
     ud_status_opts, sizeof(struct ud_status_options), UD_ARGS_NONE, true,
     EXAMPLES{{"status", "one look at everything"},
              {"status --self-test", "after `load`: does USB/IP work?"},
              {"status --json", "the same for programs"},
              {NULL, NULL}},
     ud_status_run},
    {"shell", "Open a shell in the VM, or run a program there",
     "shell [OPTIONS] [-- COMMAND [ARGUMENT...]]",
     TEXTS{"Runs the VM's own shell, or COMMAND, as root in all the VM's namespaces: its files, "
           "its processes, its network. No shell of this machine or of ours comes between.",
           "On a terminal it gets one too, which follows the size of yours. Otherwise bytes pass "
           "unchanged: input ends where this program's does, output and errors stay apart.",
           "The exit code is the program's own: 128 and the signal's number if one ended it, 127 "
           "if there is no such program, 126 if it cannot be run, 125 if the VM could not be "
           "entered. What it leaves running in the background ends with it, and it ends after "
           "four hours.",
           NULL},
     ud_shell_opts, sizeof(struct ud_shell_options), UD_ARGS_MAY_PROGRAM, true,
     EXAMPLES{{"shell", "look around in the VM"},
              {"shell -- dmesg", "the VM's kernel log"},
              {"shell -- tar -c /etc > etc.tar", "files out of the VM"},
              {NULL, NULL}},
     ud_shell_run},
    {"image vhcli", "Make an image with the VirtualHere client", "image vhcli [OPTIONS]",
     TEXTS{"Makes an image of a base image, the VirtualHere client for Linux and the modules of "
           "`build`, if the VM's kernel needs them. A container of it, run with --privileged, "
           "inserts what the kernel lacks and runs the client.",
           "The same input gives the same image, and doing it again does nothing. The client's "
           "licence is its maker's; where it came from and its digest are in the image's labels.",
           NULL},
     ud_image_opts, sizeof(struct ud_vhcli_image_options), UD_ARGS_NONE, true,
     EXAMPLES{{"image vhcli", "the image vhcli, with the client from its maker"},
              {"image vhcli --base debian:12 --client ./vhclientx86_64",
               "on another base, with a client that is here already"},
              {"image vhcli --tag me/vhcli:1", "under another name"},
              {NULL, NULL}},
     ud_image_run},
    {"vhcli start", "Start the VirtualHere client in a container", "vhcli start [OPTIONS] [IMAGE]",
     TEXTS{"Starts a privileged container of IMAGE (default: vhcli), which `image vhcli` makes, "
           "and waits until the client runs. Does nothing if it does already.",
           NULL},
     ud_vhcli_start_opts, sizeof(struct ud_vhcli_start_options), UD_ARGS_MAY_ONE, true,
     EXAMPLES{{"vhcli start", "start the client of the image vhcli"}, {NULL, NULL}},
     ud_vhcli_start_run},
    {"vhcli command", "Give the running client a command", "vhcli command [OPTIONS] [COMMAND]",
     TEXTS{"Passes COMMAND (default: LIST) to the client, as its option -t does, and prints its "
           "answer. The exit code is the client's.",
           NULL},
     ud_no_opts, 1, UD_ARGS_MAY_ONE, true,
     EXAMPLES{{"vhcli command", "list servers and devices"},
              {"vhcli command 'MANUAL HUB ADD,host.docker.internal:7575'",
               "name the server on this machine"},
              {"vhcli command USE,raspberrypi.114", "use a device"},
              {NULL, NULL}},
     ud_vhcli_command_run},
    {"vhcli exec", "Run a program in the client's container",
     "vhcli exec [OPTIONS] -- PROGRAM [ARGUMENT...]",
     TEXTS{"Runs PROGRAM in the running container, on a terminal if this is one. The exit code is "
           "the program's own.",
           NULL},
     ud_no_opts, 1, UD_ARGS_PROGRAM, true,
     EXAMPLES{{"vhcli exec -- ls -l /dev/bus/usb", "look at the devices there"}, {NULL, NULL}},
     ud_vhcli_exec_run},
    {"vhcli logs", "Show what the client has written", "vhcli logs [OPTIONS]",
     TEXTS{"Prints what the container has written so far.", NULL}, ud_vhcli_logs_opts,
     sizeof(struct ud_vhcli_logs_options), UD_ARGS_NONE, true,
     EXAMPLES{{"vhcli logs --follow", "and what it writes from now on"}, {NULL, NULL}},
     ud_vhcli_logs_run},
    {"vhcli stop", "Stop the client and remove its container", "vhcli stop [OPTIONS]",
     TEXTS{"Stops the container that `vhcli start` started, and removes it. The modules stay in "
           "the kernel: `unload` takes them out.",
           NULL},
     ud_no_opts, 1, UD_ARGS_NONE, true, EXAMPLES{{NULL, NULL}}, ud_vhcli_stop_run},
    {"builder make", "Make the builder image for the VM's kernel ahead", "builder make [OPTIONS]",
     TEXTS{"Looks at the kernel and makes the image in which `build` would compile for it: the "
           "kernel's compiler and what its configuration asks for, on a distribution's base image. "
           "`build` does this by itself; ahead of a time without a network it is of use.",
           NULL},
     ud_builder_make_opts, sizeof(struct ud_builder_make_options), UD_ARGS_NONE, true,
     EXAMPLES{{"builder make", "then `build --offline` has a compiler"}, {NULL, NULL}},
     ud_builder_make_run},
    {"builder list", "List the builder images that this program made", "builder list [OPTIONS]",
     TEXTS{"Lists the images that `build` made to compile in, with compiler, base image, size, and "
           "when they were made and last used.",
           NULL},
     ud_builder_list_opts, sizeof(struct ud_builders_options), UD_ARGS_NONE, true,
     EXAMPLES{{"builder list --json", "the same for programs"}, {NULL, NULL}}, ud_builder_list_run},
    {"builder prune", "Remove the builder images that this program made", "builder prune [OPTIONS]",
     TEXTS{"Removes these images and nothing else: not those of others, nor the helper's. The next "
           "`build` makes its own again.",
           NULL},
     ud_builder_prune_opts, sizeof(struct ud_builders_options), UD_ARGS_NONE, true,
     EXAMPLES{{"builder prune --dry-run", "list what would be removed"}, {NULL, NULL}},
     ud_builder_prune_run},
    {"cache list", "List what is kept so that a next build is faster", "cache list [OPTIONS]",
     TEXTS{"Lists, with size and age, downloaded sources, slices of them and CRCs on this machine, "
           "and "
           "prepared trees in the engine. Builder images are not counted: `status` shows them. "
           "`cache ls` is the same command.",
           NULL},
     ud_cache_list_opts, sizeof(struct ud_cache_options), UD_ARGS_NONE, true,
     EXAMPLES{{"cache list", "all that is kept"},
              {"cache list --build-host tcp://builder:2375", "also on the engine that compiles"},
              {NULL, NULL}},
     ud_cache_list_run},
    {"cache prune", "Remove what is kept so that a next build is faster", "cache prune [OPTIONS]",
     TEXTS{"Removes what `cache list` lists. The next build then takes as long as the first.",
           NULL},
     ud_cache_prune_opts, sizeof(struct ud_cache_options), UD_ARGS_NONE, true,
     EXAMPLES{{"cache prune --dry-run", "list what would be removed"},
              {"cache prune --kind slices", "only slices, which are made anew from the archives"},
              {NULL, NULL}},
     ud_cache_prune_run},
    {"clean", "Remove what this program keeps in the engine", "clean [OPTIONS]",
     TEXTS{"Removes the images, containers and volumes that this program has made, known by its "
           "label, and nothing else. Modules in the kernel, files in ./dist and what `install` "
           "made stay.",
           "What a run that is under way needs stays, and so does a container that runs and may "
           "belong to a run of another user or on another machine: each is listed with the "
           "reason.",
           NULL},
     ud_clean_opts, sizeof(struct ud_clean_options), UD_ARGS_NONE, true,
     EXAMPLES{{"clean --dry-run", "list what would be removed"},
              {"clean --downloads", "also remove downloaded kernel sources from this machine"},
              {NULL, NULL}},
     ud_clean_run},
    {"help", "Show help for the program or a command", "help [OPTIONS] [COMMAND]",
     TEXTS{"Shows what a command does and its options; without a command, all commands.", NULL},
     ud_help_opts, sizeof(struct ud_help_options), UD_ARGS_TOPIC, false,
     EXAMPLES{
         {"help build", "all about build"},
         {"help --completion bash", "a completion script; in ~/.bashrc: source <(usbipd-desktop "
                                    "help --completion bash)"},
         {"help --completion zsh", "in ~/.zshrc: source <(usbipd-desktop help --completion zsh)"},
         {"help --completion fish",
          "in ~/.config/fish/config.fish: usbipd-desktop help --completion fish | source"},
         {"help --completion powershell",
          "in $PROFILE: usbipd-desktop help --completion powershell | Out-String | "
          "Invoke-Expression"},
         {NULL, NULL}},
     ud_help_run},
    {"engines", "List the engines that this machine knows", "engines [OPTIONS]",
     TEXTS{"Lists docker's contexts and the sockets in known places, with what each engine says, "
           "and marks with * the one that the other commands would use with the same options and "
           "environment. An engine over ssh is asked only if it is that one.",
           "Starts no container, and changes nothing.", NULL},
     ud_no_opts, 1, UD_ARGS_NONE, true,
     EXAMPLES{{"engines", "which engine would be used, and which others there are"},
              {"engines --context colima", "whether this one can be used"},
              {NULL, NULL}},
     ud_engines_run},
    {"plugin install", "Make this program a plugin of docker's command line",
     "plugin install [OPTIONS]",
     TEXTS{"Afterwards each command is one of docker's: `docker usb list`, `docker usb attach`. "
           "docker's own options come before the word usb, as in `docker --context colima usb "
           "status`.",
           "Makes the file cli-plugins/docker-usb in the directory of docker's configuration, a "
           "link to this program. On Windows it is a copy: install it again after an update. "
           "Another plugin of that name is not touched.",
           NULL},
     ud_no_opts, 1, UD_ARGS_NONE, false,
     EXAMPLES{{"plugin install", "for this user"}, {NULL, NULL}}, ud_plugin_install_run},
    {"plugin uninstall", "Remove the plugin of docker's command line", "plugin uninstall [OPTIONS]",
     TEXTS{"Removes what `plugin install` made. This program stays where it is.", NULL}, ud_no_opts,
     1, UD_ARGS_NONE, false, EXAMPLES{{NULL, NULL}}, ud_plugin_uninstall_run},
    {"version", "Print the version", "version [OPTIONS]",
     TEXTS{"Prints the program's name and version, the same as --version. With --verbose also the "
           "system and the compiler, and the libraries and data in it with their licences.",
           NULL},
     ud_no_opts, 1, UD_ARGS_NONE, false, EXAMPLES{{NULL, NULL}}, ud_version_run},
    {NULL, NULL, NULL, NULL, NULL, 0, UD_ARGS_NONE, false, NULL, NULL},
};

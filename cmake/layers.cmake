# The layers of the program and the rooms in them: THE table.
#
# A layer may include headers of, and link with, the layers it USES and the
# libraries in THIRD_PARTY, nothing else. A layer comes after those it uses.
# PROGRAM marks a directory that is not part of the main program.
#
# A room is a folder of a layer, src/<layer>/<room> and include/<layer>/<room>.
# It may include headers of the rooms of its layer that it USES, nothing else, and
# comes after them. What lies in no room, right in src/<layer>, may use each of its
# rooms and is used by none. A layer without rooms has one subject.
#
# check-layers.cmake enforces all of it in each build.

ud_layer(util)
ud_layer(platform  USES util)
ud_layer(proto     USES util)
ud_layer(usbip     USES util)

ud_layer(kernel    USES usbip proto util)
ud_room(kernel text)
ud_room(kernel modlist  USES text)
ud_room(kernel elf      USES modlist text)
ud_room(kernel config   USES text)
ud_room(kernel facts    USES config elf modlist text)
ud_room(kernel routes   USES facts text)
ud_room(kernel drift    USES config)
ud_room(kernel crcs     USES elf text)
ud_room(kernel drivers  USES crcs config modlist text)
ud_room(kernel plan     USES drivers facts config elf modlist)
ud_room(kernel kbuild   USES plan drivers facts config elf modlist text)
ud_room(kernel verify   USES kbuild crcs facts elf modlist)

ud_layer(bundle    USES platform util
                   THIRD_PARTY archive crypto x509)
ud_room(bundle bytes)
ud_room(bundle tar      USES bytes)
ud_room(bundle srctree  USES tar bytes)
ud_room(bundle signer)
ud_room(bundle package)

ud_layer(transport USES platform util
                   THIRD_PARTY curl)

ud_layer(docker    USES transport bundle platform util
                   THIRD_PARTY cjson)
ud_room(docker endpoint)
ud_room(docker engine     USES endpoint)
ud_room(docker stream     USES engine)
ud_room(docker images     USES engine)
ud_room(docker containers USES stream engine)

ud_layer(app       USES docker transport bundle kernel usbip proto platform util
                   THIRD_PARTY cjson)
ud_room(app engine)
ud_room(app vm        USES engine)
ud_room(app artifacts USES vm engine)
ud_room(app builder   USES vm engine)
ud_room(app sources   USES builder vm engine)
ud_room(app cache     USES sources engine)
ud_room(app build     USES cache sources builder artifacts vm engine)
ud_room(app load      USES artifacts vm engine)
ud_room(app attach    USES load artifacts vm engine)
ud_room(app up        USES attach load build artifacts vm engine)
ud_room(app vhcli     USES load sources artifacts vm engine)
ud_room(app install   USES load artifacts vm engine)

ud_layer(cli       USES app docker transport bundle kernel usbip proto platform util
                   THIRD_PARTY cjson)
ud_room(cli options)
ud_room(cli plugin)
ud_room(cli report)
ud_room(cli session USES report options)
ud_room(cli show    USES report)
ud_room(cli help    USES session report options)
ud_room(cli cmd     USES help show session report options)

ud_layer(helper    USES usbip proto util PROGRAM)
ud_room(helper host)
ud_room(helper sys      USES host)
ud_room(helper child    USES sys)
ud_room(helper insert   USES sys host)
ud_room(helper selftest USES sys host)
ud_room(helper server   USES sys host)
ud_room(helper usb      USES sys host)
ud_room(helper ops      USES usb server selftest insert child sys host)

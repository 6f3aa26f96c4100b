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

ud_layer(bundle    USES platform util
                   THIRD_PARTY archive crypto x509)

ud_layer(transport USES platform util
                   THIRD_PARTY curl)

ud_layer(docker    USES transport bundle platform util
                   THIRD_PARTY cjson)

ud_layer(app       USES docker transport bundle kernel usbip proto platform util
                   THIRD_PARTY cjson)

ud_layer(cli       USES app docker transport bundle kernel usbip proto platform util
                   THIRD_PARTY cjson)

ud_layer(helper    USES usbip proto util PROGRAM)

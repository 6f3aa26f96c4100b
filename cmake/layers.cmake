# The layers of the program: THE table. A layer may include headers of, and
# link with, the layers it USES and the libraries in THIRD_PARTY, nothing else;
# check-layers.cmake enforces it in each build. A layer comes after those it
# uses. PROGRAM marks a directory that is not part of the main program.

ud_layer(util)
ud_layer(platform  USES util)
ud_layer(proto     USES util)
ud_layer(kernel    USES proto util)
ud_layer(bundle    USES platform util
                   THIRD_PARTY archive crypto x509)
ud_layer(transport USES platform util
                   THIRD_PARTY curl)
ud_layer(docker    USES transport bundle platform util
                   THIRD_PARTY cjson)
ud_layer(app       USES docker transport bundle kernel proto platform util
                   THIRD_PARTY cjson)
ud_layer(cli       USES app docker transport bundle kernel proto platform util
                   THIRD_PARTY cjson)

ud_layer(helper    USES proto util PROGRAM)

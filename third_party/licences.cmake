# The licences of what is in the programs: one ud_licence() for each part, with its SPDX expression and the
# files of its archive that have the text. cmake/release/notices.cmake writes the notices and the SBOM of them.
# What only tests or the build need is not here.
ud_licence(curl curl COPYING)
ud_licence(libarchive BSD-2-Clause COPYING)
ud_licence(cjson MIT LICENSE)
ud_licence(zlib Zlib LICENSE)
# Apache-2.0 of its two licences.
ud_licence(mbedtls Apache-2.0 LICENSE)
ud_licence(xz 0BSD COPYING.0BSD)
# BSD-3-Clause of its two licences.
ud_licence(zstd BSD-3-Clause LICENSE)
ud_licence(bzip2 bzip2-1.0.6 LICENSE)
# BSD-3-Clause of its two licences.
ud_licence(usb.ids BSD-3-Clause)

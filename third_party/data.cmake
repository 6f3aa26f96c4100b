# What is fetched that is no library: data that the program carries. Its key is not part
# of the libraries' (cmake/deps.cmake), which need not be built again for it.
#
# The names of USB devices. Its maker publishes only the newest file, at one address, so
# Debian keeps the pinned one: the source package and, for mirrors that leave sources
# out, the package made of it. Both digests are those of Debian's signed indexes.
ud_source(usb.ids 2025.07.26
    ${UD_DEBIAN}/u/usb.ids/usb.ids_2025.07.26.orig.tar.xz
    c1b4201c9ee2f5fd934999ecaab1526edcabc1c46273f40d7dca3ade34f4cae4
    ${UD_DEBIAN}/u/usb.ids/usb.ids_2025.07.26-1_all.deb
    4b440f0f5d73d3412dad08b0d810b941e75fd4ca9a46f2a3fbd4b5ec852d5041)

# The names of USB vendors, products and classes: usb.ids, fetched once (the list is
# third_party/data.cmake), reduced, compressed and embedded into the library ud_usb_ids.
include(embed)
include(${PROJECT_SOURCE_DIR}/third_party/fetch.cmake)
include(${PROJECT_SOURCE_DIR}/third_party/sources.cmake)
include(${PROJECT_SOURCE_DIR}/third_party/data.cmake)

ud_fetch(usb.ids ${UD_CACHE_DIR}/downloads _usb_ids_archive)
set(UD_USB_IDS ${PROJECT_BINARY_DIR}/generated/usb-ids/usb.ids.xz)
add_custom_command(OUTPUT ${UD_USB_IDS}
    COMMAND ${CMAKE_COMMAND} -DARCHIVE=${_usb_ids_archive} -DRESULT=${UD_USB_IDS}
        -P ${PROJECT_SOURCE_DIR}/cmake/reduce-usb-ids.cmake
    DEPENDS ${_usb_ids_archive} cmake/reduce-usb-ids.cmake
    COMMENT "Reducing usb.ids"
    VERBATIM)

add_library(ud_usb_ids STATIC)
ud_embed(ud_usb_ids ud_usb_ids_xz ${UD_USB_IDS})

# UD_CACHE_DIR: where downloads and built libraries are kept between builds.
# Deleting it costs time only.
if(NOT "$ENV{USBIPD_DESKTOP_DEV_CACHE}" STREQUAL "")
    file(TO_CMAKE_PATH "$ENV{USBIPD_DESKTOP_DEV_CACHE}" UD_CACHE_DIR)
elseif(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    file(TO_CMAKE_PATH "$ENV{XDG_CACHE_HOME}/usbipd-desktop-dev" UD_CACHE_DIR)
elseif(NOT "$ENV{HOME}" STREQUAL "")
    file(TO_CMAKE_PATH "$ENV{HOME}/.cache/usbipd-desktop-dev" UD_CACHE_DIR)
else()
    file(TO_CMAKE_PATH "$ENV{LOCALAPPDATA}/usbipd-desktop-dev" UD_CACHE_DIR)
endif()

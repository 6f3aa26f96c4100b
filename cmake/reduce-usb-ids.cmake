# Takes usb.ids out of an archive of it, leaves of it what is looked up, and compresses that.
#
#   cmake -DARCHIVE=<file> -DRESULT=<directory>/usb.ids.xz -P reduce-usb-ids.cmake
#
# An archive is a source package (tar) or a binary one (ar with a data.tar in it).
cmake_minimum_required(VERSION 3.21)

get_filename_component(directory ${RESULT} DIRECTORY)
set(unpacked ${directory}/unpacked)
file(REMOVE_RECURSE ${unpacked})
file(ARCHIVE_EXTRACT INPUT ${ARCHIVE} DESTINATION ${unpacked})
file(GLOB inner ${unpacked}/data.tar*)
if(inner)
    file(ARCHIVE_EXTRACT INPUT ${inner} DESTINATION ${unpacked})
endif()
set(found "")
file(GLOB_RECURSE candidates LIST_DIRECTORIES false ${unpacked}/usb.ids)
foreach(file IN LISTS candidates)
    if(NOT IS_SYMLINK ${file})
        set(found ${file})
    endif()
endforeach()
if(NOT found)
    message(FATAL_ERROR "${ARCHIVE} has no file usb.ids")
endif()
file(READ ${found} text)

# Vendors and classes come first, then terms of audio, HID and languages, from AT on.
string(FIND "${text}" "\nAT " end)
if(end LESS 100000)
    message(FATAL_ERROR "${found} is not laid out as usb.ids")
endif()
string(SUBSTRING "${text}" 0 ${end} text)
string(APPEND text "\n")
string(REGEX REPLACE "\n#[^\n]*" "" text "\n${text}")
string(REGEX REPLACE "\n\n+" "\n" text "${text}")
string(REGEX REPLACE "^\n" "" text "${text}")
if(NOT text MATCHES "\n0403  Future" OR NOT text MATCHES "\nC 08  Mass Storage\n")
    message(FATAL_ERROR "${found} lacks vendors or classes that are certainly known")
endif()

# The file's name is not part of a raw archive, so the result is the same everywhere.
file(WRITE ${directory}/usb.ids "${text}")
file(REMOVE_RECURSE ${unpacked})
file(ARCHIVE_CREATE OUTPUT ${RESULT} PATHS ${directory}/usb.ids
    FORMAT raw COMPRESSION XZ COMPRESSION_LEVEL 9)

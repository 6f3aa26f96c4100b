# Fails when a file under src/ or include/ includes what the table in
# layers.cmake does not allow, or tells operating systems apart outside
# src/platform and src/helper.
#
#   cmake -DSOURCE_DIR=<top> [-DSTAMP=<file>] -P check-layers.cmake
cmake_minimum_required(VERSION 3.21)

macro(ud_layer name)
    cmake_parse_arguments(_layer "PROGRAM" "" "USES;THIRD_PARTY" ${ARGN})
    list(APPEND layers ${name})
    set(uses_${name} ${_layer_USES})
    set(third_party_${name} ${_layer_THIRD_PARTY})
endmacro()
set(layers "")
include(${CMAKE_CURRENT_LIST_DIR}/layers.cmake)

# The headers that give a third-party library away.
set(headers_curl "<curl/")
set(headers_archive "<archive(_entry)?\\.h>")
set(headers_cjson "<cjson/")
set(headers_crypto "<(mbedtls|psa)/")
set(os_macros "(_WIN32|_WIN64|WIN32|__CYGWIN__|__MINGW32__|__MINGW64__|_MSC_VER|__linux__|__linux|__gnu_linux__|__unix__|__APPLE__|__FreeBSD__|__ANDROID__)")

set(problems "")

function(complain file text)
    set(problems "${problems}  ${file}: ${text}\n" PARENT_SCOPE)
endfunction()

function(check_include file layer line)
    if(line MATCHES "\"\\.\\.?/")
        complain(${file} "${line} (includes start at include/ or at src/<layer>/)")
    elseif(line MATCHES "[\"<]([a-z_]+)/")
        set(other ${CMAKE_MATCH_1})
        if(other IN_LIST layers AND NOT other STREQUAL layer AND NOT other IN_LIST uses_${layer})
            string(REPLACE ";" " " allowed "${uses_${layer}}")
            complain(${file} "${line} (${layer} may use: ${allowed})")
        endif()
    endif()
    foreach(library curl archive cjson crypto)
        if(line MATCHES "${headers_${library}}" AND NOT library IN_LIST third_party_${layer})
            complain(${file} "${line} (${layer} may not use the library ${library})")
        endif()
    endforeach()
    set(problems "${problems}" PARENT_SCOPE)
endfunction()

function(check_file file)
    set(layer "")
    if(file MATCHES "^(src|include)/([a-z_]+)/")
        set(layer ${CMAKE_MATCH_2})
    endif()
    file(STRINGS ${SOURCE_DIR}/${file} lines REGEX "^[ \t]*#[ \t]*(include|if|elif)")
    foreach(line IN LISTS lines)
        string(STRIP "${line}" line)
        if(line MATCHES "^#[ \t]*include")
            if(layer IN_LIST layers)
                check_include(${file} ${layer} "${line}")
            endif()
        elseif(NOT file MATCHES "^src/(platform|helper)/"
                AND line MATCHES "(^|[^A-Za-z0-9_])${os_macros}([^A-Za-z0-9_]|$)")
            complain(${file} "${line} (operating systems differ in src/platform only)")
        endif()
    endforeach()
    set(problems "${problems}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE ${SOURCE_DIR}
    ${SOURCE_DIR}/src/*.[ch] ${SOURCE_DIR}/include/*.[ch])
foreach(file IN LISTS files)
    check_file(${file})
endforeach()

if(problems)
    message(FATAL_ERROR "Layers (the table is in cmake/layers.cmake):\n${problems}")
endif()
if(STAMP)
    file(TOUCH ${STAMP})
endif()

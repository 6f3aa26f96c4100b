# The compiler for systems that Debian has none for: zig, fetched once into the cache
# (third_party/tools.cmake).
#
#   ud_zig(<target as zig names it>)
#
# sets UD_ZIG, and CMAKE_C_COMPILER, CMAKE_AR and CMAKE_RANLIB to scripts in the cache, since
# CMake wants one program for each of them. UD_TOOLCHAIN_FILES lists what else a prefix of
# libraries depends on (cmake/deps.cmake).
#
# zig keeps each object file that it made, and each part of a C library, in the cache too.
include(${CMAKE_CURRENT_LIST_DIR}/../cache-dir.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/../../third_party/fetch.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/../../third_party/tools.cmake)
list(APPEND UD_TOOLCHAIN_FILES ${CMAKE_CURRENT_LIST_FILE})

# Unpacks beside the final place and renames: a compiler is there whole or not at all.
function(_ud_zig_unpack ret_dir)
    get_property(version GLOBAL PROPERTY UD_SOURCE_VERSION_zig)
    get_property(origins GLOBAL PROPERTY UD_SOURCE_ORIGINS_zig)
    list(GET origins 1 digest)
    string(SUBSTRING ${digest} 0 12 digest)
    set(dir ${UD_CACHE_DIR}/zig/${version}-${digest})
    set(${ret_dir} ${dir} PARENT_SCOPE)
    if(EXISTS ${dir}/zig)
        return()
    endif()
    file(LOCK ${dir}.lock GUARD FUNCTION TIMEOUT 1800)
    if(EXISTS ${dir}/zig)
        return()
    endif()
    ud_fetch(zig ${UD_CACHE_DIR}/downloads archive)
    message(STATUS "Unpacking zig ${version} (once)")
    string(RANDOM LENGTH 8 suffix)
    file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${dir}-${suffix}
        PATTERNS package/zig package/lib package/LICENSE)
    file(RENAME ${dir}-${suffix}/package ${dir})
    file(REMOVE_RECURSE ${dir}-${suffix})
endfunction()

# CMake asks the linker to be verbose (-Wl,-v), which zig's linker does not know.
function(_ud_zig_script zig name arguments ret_path)
    set(path ${zig}-scripts/${name})
    set(text "#!/bin/sh
for arg; do
    shift
    [ \"$arg\" = -Wl,-v ] || set -- \"$@\" \"$arg\"
done
ZIG_GLOBAL_CACHE_DIR='${UD_CACHE_DIR}/zig/cache' ZIG_LOCAL_CACHE_DIR='${UD_CACHE_DIR}/zig/cache' \\
    exec '${zig}/zig' ${arguments} \"$@\"
")
    set(old "")
    if(EXISTS ${path})
        file(READ ${path} old)
    endif()
    if(NOT old STREQUAL text)
        string(RANDOM LENGTH 8 suffix)
        file(WRITE ${path}-${suffix} "${text}")
        file(CHMOD ${path}-${suffix} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
            GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
        file(RENAME ${path}-${suffix} ${path})
    endif()
    set(${ret_path} ${path} PARENT_SCOPE)
endfunction()

# -fno-sanitize: without -O, as in CMake's own checks, zig adds the sanitizer.
macro(ud_zig target)
    if(NOT CMAKE_HOST_SYSTEM_NAME STREQUAL "Linux"
            OR NOT CMAKE_HOST_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64)$")
        message(FATAL_ERROR "zig is pinned for Linux on x86-64 only (third_party/tools.cmake).")
    endif()
    set(UD_ZIG ON)
    _ud_zig_unpack(_zig)
    _ud_zig_script(${_zig} ${target}-cc "cc -target ${target} -fno-sanitize=undefined"
        CMAKE_C_COMPILER)
    _ud_zig_script(${_zig} ar ar _zig_ar)
    _ud_zig_script(${_zig} ranlib ranlib _zig_ranlib)
    set(CMAKE_AR ${_zig_ar} CACHE FILEPATH "")
    set(CMAKE_RANLIB ${_zig_ranlib} CACHE FILEPATH "")
endmacro()

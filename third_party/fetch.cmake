# Fetches the archives that sources.cmake lists into a download cache.
#
#   ud_fetch(<name> <download-dir> <out-file>)
#
# tries the origins in their order, checks the SHA-256 and sets <out-file> to
# the path of the archive in the cache.

function(ud_source name version)
    set_property(GLOBAL APPEND PROPERTY UD_SOURCES ${name})
    set_property(GLOBAL PROPERTY UD_SOURCE_VERSION_${name} ${version})
    set_property(GLOBAL PROPERTY UD_SOURCE_ORIGINS_${name} ${ARGN})
endfunction()

# Downloads without a check. The curl program is preferred because
# file(DOWNLOAD) cannot limit the time of the connection alone.
function(_ud_download url file ret_message)
    find_program(UD_CURL_PROGRAM curl NO_CMAKE_FIND_ROOT_PATH)
    if(UD_CURL_PROGRAM)
        execute_process(
            COMMAND ${UD_CURL_PROGRAM} --fail --location --silent --show-error
                --connect-timeout 10 --speed-limit 1000 --speed-time 30
                --retry 2 --output ${file} ${url}
            RESULT_VARIABLE status ERROR_VARIABLE message ERROR_STRIP_TRAILING_WHITESPACE)
    else()
        file(DOWNLOAD ${url} ${file} STATUS result INACTIVITY_TIMEOUT 20)
        list(GET result 0 status)
        list(GET result 1 message)
    endif()
    if(status EQUAL 0)
        set(message "")
    elseif(NOT message)
        set(message "download failed (${status})")
    endif()
    set(${ret_message} "${message}" PARENT_SCOPE)
endfunction()

# The archive's place in the cache: the digest is part of its name, so that
# two origins that pack the same version differently do not collide.
function(_ud_cached_path name version url sha256 directory ret_path)
    string(REGEX MATCH "\\.tar\\.[a-z0-9]+$" extension ${url})
    string(SUBSTRING ${sha256} 0 12 short)
    set(${ret_path} ${directory}/${name}-${version}-${short}${extension} PARENT_SCOPE)
endfunction()

function(_ud_fetch_from url sha256 path ret_problem)
    set(${ret_problem} "" PARENT_SCOPE)
    if(EXISTS ${path})
        file(SHA256 ${path} actual)
        if(actual STREQUAL sha256)
            return()
        endif()
        message(STATUS "Discarding damaged ${path}")
        file(REMOVE ${path})
    endif()
    string(RANDOM LENGTH 8 suffix)
    set(temporary ${path}.part-${suffix})
    message(STATUS "Fetching ${url}")
    _ud_download(${url} ${temporary} problem)
    if(NOT problem)
        file(SHA256 ${temporary} actual)
        if(actual STREQUAL sha256)
            file(RENAME ${temporary} ${path})
            return()
        endif()
        set(problem "wrong SHA-256\n    expected ${sha256}\n    actual   ${actual}")
    endif()
    file(REMOVE ${temporary})
    message(STATUS "  ${problem}")
    set(${ret_problem} "  ${url}: ${problem}\n" PARENT_SCOPE)
endfunction()

function(ud_fetch name directory ret_file)
    get_property(version GLOBAL PROPERTY UD_SOURCE_VERSION_${name})
    get_property(origins GLOBAL PROPERTY UD_SOURCE_ORIGINS_${name})
    file(MAKE_DIRECTORY ${directory})

    # An archive that is already here from any origin saves the network.
    set(pairs ${origins})
    while(pairs)
        list(POP_FRONT pairs url sha256)
        _ud_cached_path(${name} ${version} ${url} ${sha256} ${directory} path)
        if(EXISTS ${path})
            file(SHA256 ${path} actual)
            if(actual STREQUAL sha256)
                set(${ret_file} ${path} PARENT_SCOPE)
                return()
            endif()
        endif()
    endwhile()

    set(problems "")
    set(pairs ${origins})
    while(pairs)
        list(POP_FRONT pairs url sha256)
        _ud_cached_path(${name} ${version} ${url} ${sha256} ${directory} path)
        _ud_fetch_from(${url} ${sha256} ${path} problem)
        if(NOT problem)
            set(${ret_file} ${path} PARENT_SCOPE)
            return()
        endif()
        string(APPEND problems "${problem}")
    endwhile()
    message(FATAL_ERROR "Cannot fetch ${name} ${version}:\n${problems}")
endfunction()

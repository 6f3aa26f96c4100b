# The third-party libraries as imported targets deps::curl, deps::archive,
# deps::cjson, deps::crypto and deps::cmocka. They are built once for each
# toolchain, by the project in third_party/, into a prefix in the cache.
include(${CMAKE_CURRENT_LIST_DIR}/cache-dir.cmake)

set(UD_DEPS_ARCHIVES z bz2 lzma zstd mbedcrypto mbedx509 mbedtls curl archive cjson cmocka)

# The compiler of the libraries. For this machine it is cc, whatever compiles the project (clang does for
# libFuzzer): its objects link with any other's, and one prefix does for all.
function(_ud_deps_compiler ret ret_version)
    set(compiler ${CMAKE_C_COMPILER})
    if(NOT CMAKE_TOOLCHAIN_FILE)
        find_program(UD_DEPS_CC cc DOC "The compiler of the third-party libraries")
        if(UD_DEPS_CC)
            set(compiler ${UD_DEPS_CC})
        endif()
    endif()
    execute_process(COMMAND ${compiler} --version OUTPUT_VARIABLE version ERROR_QUIET)
    string(REGEX REPLACE "\n.*" "" version "${version}")
    set(${ret} ${compiler} PARENT_SCOPE)
    set(${ret_version} "${version}" PARENT_SCOPE)
endfunction()

# The key of a prefix: what went in, so that a change makes another prefix.
function(_ud_deps_key ret_triplet ret_key)
    if(CMAKE_TOOLCHAIN_FILE)
        get_filename_component(triplet ${CMAKE_TOOLCHAIN_FILE} NAME_WE)
        # CMake reads a toolchain file twice at first, later once.
        set(files ${CMAKE_TOOLCHAIN_FILE} ${UD_TOOLCHAIN_FILES})
        list(REMOVE_DUPLICATES files)
    else()
        set(triplet native-${CMAKE_SYSTEM_PROCESSOR})
        set(files "")
    endif()
    file(GLOB_RECURSE recipes ${PROJECT_SOURCE_DIR}/third_party/*.cmake
        ${PROJECT_SOURCE_DIR}/third_party/CMakeLists.txt)
    list(SORT recipes)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${recipes})
    # Neither data nor a compiler nor a licence is a library.
    list(FILTER recipes EXCLUDE REGEX "/(data|tools|licences)\\.cmake$")
    _ud_deps_compiler(compiler version)
    set(text "${compiler} ${version}\n")
    foreach(file ${recipes} ${files})
        file(SHA256 ${file} digest)
        get_filename_component(name ${file} NAME)
        string(APPEND text "${name} ${digest}\n")
    endforeach()
    string(SHA256 key "${text}")
    string(SUBSTRING ${key} 0 16 key)
    set(${ret_triplet} ${triplet} PARENT_SCOPE)
    set(${ret_key} ${key} PARENT_SCOPE)
endfunction()

function(_ud_deps_run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "Building the third-party libraries failed (${status}). "
            "Its files are left in ${work}; logs are in <library>/src/<library>-stamp/.")
    endif()
endfunction()

# Builds beside the final place and renames: a prefix is there whole or not at all.
function(_ud_deps_build triplet prefix)
    string(RANDOM LENGTH 8 suffix)
    set(work ${UD_CACHE_DIR}/tmp/${triplet}-${suffix})
    include(ProcessorCount)
    ProcessorCount(cores)
    math(EXPR jobs "${cores} + 1")
    set(toolchain "")
    if(CMAKE_TOOLCHAIN_FILE)
        set(toolchain -DUD_TOOLCHAIN=${CMAKE_TOOLCHAIN_FILE})
    endif()
    _ud_deps_compiler(compiler version)
    message(STATUS "Building the third-party libraries for ${triplet} (once)")
    _ud_deps_run(${CMAKE_COMMAND} -G ${CMAKE_GENERATOR}
        -S ${PROJECT_SOURCE_DIR}/third_party -B ${work}/build
        -DCMAKE_INSTALL_PREFIX=${work}/prefix -DUD_DOWNLOADS=${UD_CACHE_DIR}/downloads
        -DUD_C_COMPILER=${compiler} ${toolchain} --no-warn-unused-cli)
    _ud_deps_run(${CMAKE_COMMAND} --build ${work}/build --parallel ${jobs})
    foreach(name IN LISTS UD_DEPS_ARCHIVES)
        if(NOT EXISTS ${work}/prefix/lib/lib${name}.a)
            message(FATAL_ERROR "The third-party build made no lib${name}.a; see ${work}")
        endif()
    endforeach()
    # These name the directory of the build, which is about to go.
    file(REMOVE_RECURSE ${work}/prefix/bin ${work}/prefix/share
        ${work}/prefix/lib/cmake ${work}/prefix/lib/pkgconfig)
    file(WRITE ${work}/prefix/.complete "${triplet}\n")
    file(REMOVE_RECURSE ${prefix})
    file(RENAME ${work}/prefix ${prefix})
    file(REMOVE_RECURSE ${work})
endfunction()

function(_ud_deps_prefix ret_prefix)
    _ud_deps_key(triplet key)
    set(prefix ${UD_CACHE_DIR}/deps/${triplet}-${key})
    if(NOT EXISTS ${prefix}/.complete)
        file(MAKE_DIRECTORY ${UD_CACHE_DIR}/deps)
        file(LOCK ${prefix}.lock GUARD FUNCTION TIMEOUT 3600)
        if(NOT EXISTS ${prefix}/.complete)
            _ud_deps_build(${triplet} ${prefix})
        endif()
    endif()
    set(${ret_prefix} ${prefix} PARENT_SCOPE)
endfunction()

# _ud_deps_library(<name> <archive> [DEFINES ...] [LIBS ...])
function(_ud_deps_library name archive)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "DEFINES;LIBS")
    add_library(deps::${name} STATIC IMPORTED GLOBAL)
    set_target_properties(deps::${name} PROPERTIES
        IMPORTED_LOCATION ${UD_DEPS_PREFIX}/lib/${archive}
        INTERFACE_INCLUDE_DIRECTORIES ${UD_DEPS_PREFIX}/include)
    target_compile_definitions(deps::${name} INTERFACE ${arg_DEFINES})
    target_link_libraries(deps::${name} INTERFACE ${arg_LIBS})
endfunction()

_ud_deps_prefix(UD_DEPS_PREFIX)
message(STATUS "Third-party libraries: ${UD_DEPS_PREFIX}")
# A cache that was deleted is filled again by the next build.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${UD_DEPS_PREFIX}/.complete)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
set(_system "")
if(WIN32)
    set(_system ws2_32 crypt32 bcrypt secur32 iphlpapi advapi32)
endif()

# The internal ones first.
_ud_deps_library(z libz.a)
_ud_deps_library(bz2 libbz2.a)
_ud_deps_library(lzma liblzma.a DEFINES LZMA_API_STATIC LIBS Threads::Threads)
_ud_deps_library(zstd libzstd.a)
_ud_deps_library(crypto libmbedcrypto.a LIBS ${_system})
_ud_deps_library(x509 libmbedx509.a LIBS deps::crypto)
_ud_deps_library(tls libmbedtls.a LIBS deps::x509)

# Two threads speak TLS at once, which mbed TLS bears only if it was built for it. A prefix is
# found by its key, so this refuses one that a change of the recipe or of the library's version
# left without: what the header says, and whether the archive has it.
function(_ud_deps_check_threads)
    get_filename_component(name ${UD_DEPS_PREFIX} NAME)
    string(MAKE_C_IDENTIFIER UD_THREADS_${name} variable)
    set(source ${CMAKE_BINARY_DIR}/CMakeFiles/mbedtls-threads.c)
    file(WRITE ${source} "#include <mbedtls/threading.h>
#if !defined(MBEDTLS_THREADING_C) || !defined(MBEDTLS_THREADING_PTHREAD)
#error mbed TLS is not built for several threads
#endif
int main(void) { return mbedtls_mutex_lock(&mbedtls_threading_key_slot_mutex); }
")
    try_compile(${variable} ${CMAKE_BINARY_DIR}/CMakeFiles/mbedtls-threads ${source}
        CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${UD_DEPS_PREFIX}/include
        LINK_LIBRARIES ${UD_DEPS_PREFIX}/lib/libmbedcrypto.a Threads::Threads
        OUTPUT_VARIABLE output)
    if(NOT ${variable})
        unset(${variable} CACHE)
        message(FATAL_ERROR "The mbed TLS of ${UD_DEPS_PREFIX} is not built for several threads: "
            "see third_party/mbedtls-threads.cmake. Mend that, or delete the directory if it was "
            "made otherwise, and configure again.\n${output}")
    endif()
endfunction()

if(WIN32)
    set(_tls "")
else()
    _ud_deps_check_threads()
    set(_tls deps::tls)
endif()
_ud_deps_library(curl libcurl.a DEFINES CURL_STATICLIB
    LIBS deps::z ${_tls} Threads::Threads ${_system})
_ud_deps_library(archive libarchive.a DEFINES LIBARCHIVE_STATIC
    LIBS deps::z deps::bz2 deps::lzma deps::zstd ${_system})
_ud_deps_library(cjson libcjson.a LIBS $<$<NOT:$<BOOL:${WIN32}>>:m>)
_ud_deps_library(cmocka libcmocka.a DEFINES CMOCKA_STATIC HAVE_UINTPTR_T)

# ud_warnings: how our own code is compiled. ud_includes: where its public
# headers are; what a layer hands on to those that use it.

add_library(ud_includes INTERFACE)
target_include_directories(ud_includes INTERFACE
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/generated)

# POSIX and Linux interfaces that -std=c11 hides. Sources do not ask
# for them one by one.
target_compile_definitions(ud_includes INTERFACE _GNU_SOURCE=)
if(WIN32)
    # ISO C's printf, such as %zu, in place of msvcrt's.
    target_compile_definitions(ud_includes INTERFACE
        __USE_MINGW_ANSI_STDIO=1 UD_PRINTF_ARCHETYPE=gnu_printf)
endif()

add_library(ud_warnings INTERFACE)
target_compile_options(ud_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wwrite-strings -Werror)

add_compile_options(-ffunction-sections -fdata-sections -fstack-protector-strong
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
add_link_options(-Wl,--gc-sections)
if(WIN32)
    # _FORTIFY_SOURCE and the stack protector are in libssp with mingw-w64.
    add_link_options(-fstack-protector-strong)
else()
    add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()

if(UD_SANITIZE)
    set(CMAKE_C_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
    add_link_options(-fsanitize=address,undefined)
endif()

if(UD_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "libFuzzer wants clang: use the preset fuzz")
    endif()
    # Other warnings than gcc's, whose word counts.
    target_compile_options(ud_warnings INTERFACE -Wno-error)
    set(CMAKE_C_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
    add_link_options(-fsanitize=address,undefined)
endif()

if(UD_SANITIZE_THREADS)
    if(UD_SANITIZE)
        message(FATAL_ERROR "AddressSanitizer and ThreadSanitizer exclude each other")
    endif()
    set(CMAKE_C_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")
    add_compile_options(-fsanitize=thread)
    add_link_options(-fsanitize=thread)
endif()

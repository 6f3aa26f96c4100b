# ud_warnings: how our own code is compiled. ud_includes: where its public
# headers are; what a layer hands on to those that use it.

add_library(ud_includes INTERFACE)
target_include_directories(ud_includes INTERFACE
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/generated)

# POSIX and Linux interfaces that -std=c11 hides. Sources do not ask
# for them one by one.
target_compile_definitions(ud_includes INTERFACE _GNU_SOURCE=)
if(APPLE)
    # Its interfaces beside POSIX, which -std=c11 hides as well.
    target_compile_definitions(ud_includes INTERFACE _DARWIN_C_SOURCE=)
elseif(WIN32)
    # ISO C's printf, such as %zu, in place of msvcrt's.
    target_compile_definitions(ud_includes INTERFACE __USE_MINGW_ANSI_STDIO=1)
    if(NOT UD_ZIG) # clang has one kind of printf
        target_compile_definitions(ud_includes INTERFACE UD_PRINTF_ARCHETYPE=gnu_printf)
    endif()
endif()

add_library(ud_warnings INTERFACE)
target_compile_options(ud_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wwrite-strings -Werror)
if(UD_ZIG)
    # clang's -Wall has it: a table's text and an offset into it are meant.
    target_compile_options(ud_warnings INTERFACE -Wno-string-plus-int)
endif()

add_compile_options(-ffunction-sections -fdata-sections -fstack-protector-strong
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(APPLE)
    # Mach-O's word for --gc-sections. The linker signs what it writes, so that nothing can be
    # stripped later; programs are position-independent and bound read-only anyway.
    add_link_options(-Wl,-dead_strip -Wl,-s)
elseif(WIN32)
    add_link_options(-Wl,--gc-sections)
    # _FORTIFY_SOURCE and the stack protector are in libssp with mingw-w64.
    add_link_options(-fstack-protector-strong)
    if(UD_ZIG) # whose linker always writes the time: cmake/release/parts.sh takes it out
        add_link_options(-s)
    else()
        add_link_options(-Wl,--no-insert-timestamp)
    endif()
else()
    add_link_options(-Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
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

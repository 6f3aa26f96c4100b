# ud_embed(<library> <name> <file>)
#
# Adds to the library the file's bytes as the symbol <name>, and <name>_size. The file may be
# built; "" makes one of size 0. With -DFILE= -DNAME= -DRESULT= -P this is the script that
# writes the assembler file.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
    set(UD_EMBED_NAME ${NAME})
    set(UD_EMBED_SIZE 0)
    set(UD_EMBED_DIGEST none)
    set(UD_EMBED_INCBIN "")
    if(FILE)
        file(SIZE ${FILE} UD_EMBED_SIZE)
        file(SHA256 ${FILE} UD_EMBED_DIGEST)
        set(UD_EMBED_INCBIN ".incbin \"${FILE}\"")
    endif()
    configure_file(${CMAKE_CURRENT_LIST_DIR}/embed.S.in ${RESULT} @ONLY)
    return()
endif()

enable_language(ASM)

function(ud_embed library name file)
    set(directory ${PROJECT_SOURCE_DIR}/cmake)
    set(source ${PROJECT_BINARY_DIR}/generated/${name}.S)
    add_custom_command(OUTPUT ${source}
        COMMAND ${CMAKE_COMMAND} -DFILE=${file} -DNAME=${name} -DRESULT=${source}
            -P ${directory}/embed.cmake
        COMMAND ${CMAKE_COMMAND} -E touch ${source}
        DEPENDS ${file} ${directory}/embed.cmake ${directory}/embed.S.in
        COMMENT "Embedding ${name}"
        VERBATIM)
    target_sources(${library} PRIVATE ${source})
    # CMake's rule for a library of assembler files adds to the archive that is there: an object of
    # a file that was renamed would stay in it, and win. The rule for C makes the archive anew.
    set_target_properties(${library} PROPERTIES LINKER_LANGUAGE C)
endfunction()

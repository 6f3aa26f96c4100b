# ud_layer(<name> [USES ...] [THIRD_PARTY ...] [PROGRAM])
#
# Makes the static library ud_<name> of the sources below src/<name>, or an interface
# library while there are none. Of the folders unix and win it takes one. UD_LAYERS lists the layers in the table's order,
# for one layer UD_LAYER_USES_<name> says what it may use.

function(_ud_layer_sources name ret_sources)
    set(other win)
    if(WIN32)
        set(other unix)
    endif()
    set(top ${PROJECT_SOURCE_DIR}/src/${name})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${top} ${top}/*.c)
    list(FILTER sources EXCLUDE REGEX "(^|/)${other}/")
    list(TRANSFORM sources PREPEND ${top}/)
    set(${ret_sources} ${sources} PARENT_SCOPE)
endfunction()

macro(ud_layer name)
    cmake_parse_arguments(_layer "PROGRAM" "" "USES;THIRD_PARTY" ${ARGN})
    set(UD_LAYER_USES_${name} ${_layer_USES})
    if(NOT _layer_PROGRAM)
        list(APPEND UD_LAYERS ${name})
        _ud_layer_target(${name} "${_layer_USES}" "${_layer_THIRD_PARTY}")
    endif()
endmacro()

function(_ud_layer_target name uses third_party)
    list(TRANSFORM uses PREPEND ud_)
    list(TRANSFORM third_party PREPEND deps::)
    _ud_layer_sources(${name} sources)
    if(sources)
        add_library(ud_${name} STATIC ${sources})
        target_link_libraries(ud_${name} PUBLIC ud_includes ${uses} ${third_party}
            PRIVATE ud_warnings)
        target_include_directories(ud_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src/${name})
        add_dependencies(ud_${name} check_layers)
    else()
        message(STATUS "Layer ${name} has no sources")
        add_library(ud_${name} INTERFACE)
        target_link_libraries(ud_${name} INTERFACE ud_includes ${uses} ${third_party})
    endif()
endfunction()

# Rooms are for check-layers.cmake: they are no targets.
macro(ud_room)
endmacro()

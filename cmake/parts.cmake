# generated/ud_parts.h: what is inside, which `version --verbose` tells. The parts are those of
# third_party/sources.cmake that have a licence in third_party/licences.cmake, as in a release's SBOM.
include(${PROJECT_SOURCE_DIR}/third_party/fetch.cmake)
include(${PROJECT_SOURCE_DIR}/third_party/sources.cmake)
include(${PROJECT_SOURCE_DIR}/third_party/data.cmake)

set(UD_PARTS "")
macro(ud_licence name expression)
    get_property(_version GLOBAL PROPERTY UD_SOURCE_VERSION_${name})
    string(APPEND UD_PARTS " \\\n    {\"${name}\", \"${_version}\", \"${expression}\"},")
endmacro()
include(${PROJECT_SOURCE_DIR}/third_party/licences.cmake)

set(UD_BUILT_FOR "${CMAKE_SYSTEM_NAME} ${CMAKE_SYSTEM_PROCESSOR}")
set(UD_BUILT_BY "${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}")
configure_file(cmake/parts.h.in generated/ud_parts.h @ONLY)

# Writes what a release says of its parts: the notices that their licences ask for, and an SBOM (SPDX 2.3).
#
#   cmake -DUD_VERSION=<version> -DUD_DOWNLOADS=<dir> -DUD_OUTPUT=<dir> -P cmake/release/notices.cmake
#
# Both follow from third_party/sources.cmake and licences.cmake, and are the same bytes each time. SOURCE_DATE_EPOCH
# is the time of the SBOM.
cmake_minimum_required(VERSION 3.21)
set(third_party ${CMAKE_CURRENT_LIST_DIR}/../../third_party)
include(${third_party}/fetch.cmake)
include(${third_party}/sources.cmake)
include(${third_party}/data.cmake)

set(parts "")
macro(ud_licence name expression)
    list(APPEND parts ${name})
    set(licence_${name} ${expression})
    set(files_${name} ${ARGN})
endmacro()
include(${third_party}/licences.cmake)

# The file itself names the licence only.
set(usb.ids_text "Copyright (c) Stephen J. Gowdy and the contributors of the Linux USB ID repository
(http://www.linux-usb.org/usb-ids.html). All rights reserved.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice,
   this list of conditions and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice,
   this list of conditions and the following disclaimer in the documentation
   and/or other materials provided with the distribution.

3. Neither the name of the copyright holder nor the names of its contributors
   may be used to endorse or promote products derived from this software
   without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS \"AS IS\"
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
")

# The text of a part's licence, out of its archive.
function(licence_text name ret)
    if(NOT files_${name})
        set(${ret} "${${name}_text}" PARENT_SCOPE)
        return()
    endif()
    ud_fetch(${name} ${UD_DOWNLOADS} archive)
    set(dir ${UD_OUTPUT}/.unpacked)
    set(text "")
    foreach(file IN LISTS files_${name})
        file(REMOVE_RECURSE ${dir})
        file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${dir} PATTERNS */${file})
        file(GLOB found ${dir}/*/${file})
        list(LENGTH found count)
        if(NOT count EQUAL 1)
            message(FATAL_ERROR "${archive} has no file ${file}")
        endif()
        file(READ ${found} content)
        string(APPEND text "${content}")
    endforeach()
    file(REMOVE_RECURSE ${dir})
    set(${ret} "${text}" PARENT_SCOPE)
endfunction()

function(write_notices)
    set(text "usbipd-desktop ${UD_VERSION} contains the parts below, each under its own licence. Its own is in LICENSE.\n")
    string(APPEND text "The programs for Linux, and the programs for the virtual machine in all of them, also contain\n"
        "musl (MIT, https://git.musl-libc.org/cgit/musl/tree/COPYRIGHT) and parts of libgcc (GPL-3.0-or-later with\n"
        "the GCC runtime library exception). Those for Windows contain parts of mingw-w64 (public domain, ZPL-2.1).\n")
    foreach(name IN LISTS parts)
        get_property(version GLOBAL PROPERTY UD_SOURCE_VERSION_${name})
        licence_text(${name} licence)
        string(APPEND text "\n\n==== ${name} ${version} (${licence_${name}}) ====\n\n${licence}")
    endforeach()
    file(WRITE ${UD_OUTPUT}/THIRD-PARTY-NOTICES "${text}")
endfunction()

# One package of the SBOM; its first origin is where it was published.
function(sbom_package name ret)
    get_property(version GLOBAL PROPERTY UD_SOURCE_VERSION_${name})
    get_property(origins GLOBAL PROPERTY UD_SOURCE_ORIGINS_${name})
    list(GET origins 0 url)
    list(GET origins 1 digest)
    string(REPLACE "." "-" id ${name})
    set(${ret} "    {
      \"SPDXID\": \"SPDXRef-${id}\",
      \"name\": \"${name}\",
      \"versionInfo\": \"${version}\",
      \"downloadLocation\": \"${url}\",
      \"filesAnalyzed\": false,
      \"licenseConcluded\": \"${licence_${name}}\",
      \"licenseDeclared\": \"NOASSERTION\",
      \"copyrightText\": \"NOASSERTION\",
      \"checksums\": [{ \"algorithm\": \"SHA256\", \"checksumValue\": \"${digest}\" }]
    }" PARENT_SCOPE)
endfunction()

function(write_sbom)
    string(TIMESTAMP created "%Y-%m-%dT%H:%M:%SZ" UTC) # of SOURCE_DATE_EPOCH if it is set
    set(packages "")
    set(relations "    { \"spdxElementId\": \"SPDXRef-DOCUMENT\", \"relationshipType\": \"DESCRIBES\", \"relatedSpdxElement\": \"SPDXRef-usbipd-desktop\" }")
    foreach(name IN LISTS parts)
        sbom_package(${name} package)
        string(REPLACE "." "-" id ${name})
        string(APPEND packages ",\n${package}")
        string(APPEND relations ",\n    { \"spdxElementId\": \"SPDXRef-usbipd-desktop\", \"relationshipType\": \"CONTAINS\", \"relatedSpdxElement\": \"SPDXRef-${id}\" }")
    endforeach()
    file(WRITE ${UD_OUTPUT}/usbipd-desktop-${UD_VERSION}.spdx.json "{
  \"spdxVersion\": \"SPDX-2.3\",
  \"dataLicense\": \"CC0-1.0\",
  \"SPDXID\": \"SPDXRef-DOCUMENT\",
  \"name\": \"usbipd-desktop-${UD_VERSION}\",
  \"documentNamespace\": \"https://spdx.org/spdxdocs/usbipd-desktop-${UD_VERSION}\",
  \"creationInfo\": { \"created\": \"${created}\", \"creators\": [\"Tool: usbipd-desktop-make-release\"] },
  \"packages\": [
    {
      \"SPDXID\": \"SPDXRef-usbipd-desktop\",
      \"name\": \"usbipd-desktop\",
      \"versionInfo\": \"${UD_VERSION}\",
      \"downloadLocation\": \"NOASSERTION\",
      \"filesAnalyzed\": false,
      \"licenseConcluded\": \"MIT\",
      \"licenseDeclared\": \"MIT\",
      \"copyrightText\": \"Copyright (c) 2026 The usbipd-desktop authors\"
    }${packages}
  ],
  \"relationships\": [
${relations}
  ]
}
")
endfunction()

file(MAKE_DIRECTORY ${UD_OUTPUT})
write_notices()
write_sbom()

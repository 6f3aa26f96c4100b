# Packages for Debian and for those that take .rpm, by CPack: `cpack -G DEB` in the folder of a preset for Linux.
# cmake/make-release makes them, beside the archives that CPack is not needed for. SOURCE_DATE_EPOCH is the time of
# all that is in them.
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux" OR NOT TARGET manual)
    return()
endif()

# What users of each shell have without a further step, and docker's command line too.
include(GNUInstallDirs)
set(doc share/doc/usbipd-desktop)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/package)
file(CREATE_LINK ../../../bin/usbipd-desktop ${PROJECT_BINARY_DIR}/package/docker-usb SYMBOLIC)
install(FILES ${PROJECT_BINARY_DIR}/package/docker-usb DESTINATION libexec/docker/cli-plugins)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${doc})
# Only where cmake/make-release wrote it.
foreach(file copyright changelog.gz THIRD-PARTY-NOTICES.gz)
    install(FILES ${PROJECT_BINARY_DIR}/package/${file} DESTINATION ${doc} OPTIONAL)
endforeach()
install(FILES ${CMAKE_CURRENT_LIST_DIR}/lintian-overrides DESTINATION share/lintian/overrides
    RENAME usbipd-desktop)

set(UD_CONTACT "The usbipd-desktop maintainers <maintainers@usbipd-desktop.example>" CACHE STRING
    "Whom users of a package write to")
set(CPACK_GENERATOR DEB RPM)
set(CPACK_PACKAGE_NAME usbipd-desktop)
set(CPACK_PACKAGE_VERSION ${UD_VERSION})
set(CPACK_PACKAGE_CONTACT ${UD_CONTACT})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "USB devices in containers of a Docker virtual machine")
set(CPACK_PACKAGE_DESCRIPTION "usbipd-desktop attaches USB devices to the Linux virtual machine of
Docker Desktop, Rancher Desktop, Colima, WSL2 or podman machine over USB/IP.
It talks to the engine itself, and builds and loads the kernel modules that
the virtual machine lacks.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES OFF) # it is, and its debug information is kept beside it

# "1.0.0-rc1" is before "1.0.0" only as "1.0.0~rc1".
string(REPLACE "-" "~" package_version ${UD_VERSION})
set(CPACK_DEBIAN_PACKAGE_VERSION ${package_version})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "docker.io | docker-ce, openssh-client")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_RPM_PACKAGE_VERSION ${package_version})
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_AUTOREQ OFF) # a static program
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /usr/libexec /usr/libexec/docker /usr/libexec/docker/cli-plugins /usr/share/man /usr/share/man/man1
    /usr/share/zsh /usr/share/zsh/site-functions /usr/share/zsh/vendor-completions /usr/share/fish /usr/share/fish/vendor_completions.d
    /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/lintian
    /usr/share/lintian/overrides)
# rpmbuild: the time of SOURCE_DATE_EPOCH, no name of this machine.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define _buildhost reproducible
%define _build_id_links none
%define __strip /bin/true")
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
    set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE arm64)
    set(CPACK_RPM_PACKAGE_ARCHITECTURE aarch64)
else()
    set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE amd64)
    set(CPACK_RPM_PACKAGE_ARCHITECTURE x86_64)
endif()
include(CPack)

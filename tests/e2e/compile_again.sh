#!/usr/bin/env bash
# In a container of a prepared tree (docs/cache.md): compiles its modules once more, with another
# configuration and with what the product passes to make. A tar on standard output: the modules, and
# module_layout.crc as this configuration gives it.
#
#   compile_again.sh RELEASE COMPILER OPTION-OF-scripts/config...
#
#   MODULE_H    a sed command for include/linux/module.h
#   OWN_LAYOUT  not empty: the modules have the CRC of module_layout that is computed here; else all
#               CRCs are those of the Module.symvers in the tree
set -euo pipefail
exec 3>&1 >&2

# shellcheck disable=SC2016 # for make
readonly GENKSYMS='cmd_gensymtypes_c=$(CPP) -D__GENKSYMS__ $(c_flags) $< | scripts/genksyms/genksyms -r /dev/null | tee $@.crcs'
release=$1 compiler=$2
shift 2

kernel_make() {
    make -j"$(nproc)" ARCH=x86_64 CC="$compiler" KERNELRELEASE="$release" LOCALVERSION= KCFLAGS=-g0 \
        KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' KBUILD_BUILD_USER=usbipd-desktop \
        KBUILD_BUILD_HOST=usbipd-desktop "$@"
}

# From 5.19 on, module_layout is in a directory of its own, to be made as if it were a module's.
layout_crc() {
    kernel_make CONFIG_DEBUG_INFO_BTF= "$GENKSYMS" M=kernel/module version.symtypes
    sed -n 's/^#SYMVER module_layout //p' kernel/module/version.symtypes.crcs >module_layout.crc
    [ -s module_layout.crc ]
}

cd /usbipd/linux
cp .config /tmp/before
find drivers/usb -name '*.ko' -delete
[ -z "${MODULE_H:-}" ] || sed -i "$MODULE_H" include/linux/module.h
scripts/config "$@"
kernel_make olddefconfig
diff /tmp/before .config || true
kernel_make CONFIG_DEBUG_INFO_BTF= modules_prepare
layout_crc
if [ -n "${OWN_LAYOUT:-}" ]; then
    sed -i "s/^0x[0-9a-f]*\tmodule_layout\t/$(cat module_layout.crc)\tmodule_layout\t/" Module.symvers
fi
kernel_make M=drivers/usb modules
mapfile -t modules < <(find drivers/usb -name '*.ko')
tar -c --transform 's,.*/,,' module_layout.crc "${modules[@]}" >&3

# Parts of cmake/make-release: one function for each kind of file in a release.
# shellcheck shell=bash

say() { printf 'make-release: %s\n' "$*" >&2; }

# prepare DIRECTORY: sets DIST, VERSION and NAME, builds for this machine, whose program prints the manual page, and
# writes the notices.
prepare() {
    local epoch
    epoch=$(git log -1 --format=%ct)
    export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$epoch} TZ=UTC LC_ALL=C
    cmake/install-packages --release
    rm -rf "$1"
    mkdir -p "$1"
    DIST=$(realpath "$1")
    WORK=$(mktemp -d)
    trap 'rm -rf "$WORK"' EXIT
    build release
    VERSION=$("$BUILDS/release/usbipd-desktop" version | sed 's/.* //')
    NAME=usbipd-desktop-$VERSION
    URL=${URL//@VERSION@/$VERSION}
    cmake -DUD_VERSION="$VERSION" -DUD_DOWNLOADS="$(downloads)" -DUD_OUTPUT="$DIST" -P cmake/release/notices.cmake
}

# What both kinds of package are told of their licences and changes, where Debian wants it.
package_texts() {
    local dir=$1/package
    mkdir -p "$dir"
    {
        printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n'
        printf 'Upstream-Name: usbipd-desktop\n\nFiles: *\n'
        printf 'Copyright: 2026 The usbipd-desktop authors\nLicense: MIT\n'
        sed '1,4d; s/^$/./; s/^/ /' LICENSE
        printf '\nComment: The licences of the libraries in the program are in THIRD-PARTY-NOTICES.gz.\n'
    } >"$dir/copyright"
    gzip -9n <"$DIST/THIRD-PARTY-NOTICES" >"$dir/THIRD-PARTY-NOTICES.gz"
    {
        printf 'usbipd-desktop (%s) unstable; urgency=medium\n\n' "${VERSION//-/\~}"
        printf '  * New release. CHANGELOG.md says what changed.\n\n'
        printf ' -- The usbipd-desktop maintainers <maintainers@usbipd-desktop.example>  %s\n' \
            "$(date -R -d "@$SOURCE_DATE_EPOCH")"
    } | gzip -9n >"$dir/changelog.gz"
}

downloads() {
    printf '%s/downloads\n' "${USBIPD_DESKTOP_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/usbipd-desktop-dev}"
}

build() {
    say "building $1"
    cmake --preset "$1" -B "$BUILDS/$1" >/dev/null
    cmake --build "$BUILDS/$1" >/dev/null
}

# folder SYSTEM PROGRAM: the folder of an archive, with what belongs in each.
folder() {
    local dir=$WORK/$NAME-$1 built=$BUILDS/release
    mkdir -p "$dir/completions"
    cp "$2" LICENSE README.md CHANGELOG.md "$DIST/THIRD-PARTY-NOTICES" "$built/usbipd-desktop.1" "$dir"
    cp "$built"/usbipd-desktop.{bash,zsh,fish} "$dir/completions"
    cp "$built/usbipd-desktop.powershell" "$dir/completions/usbipd-desktop.ps1"
    chmod -R u=rwX,go=rX "$dir"
    printf '%s\n' "$dir"
}

tarball() {
    tar -C "$WORK" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=ustar \
        -c "$(basename "$1")" | gzip -9n >"$DIST/$(basename "$1").tar.gz"
}

# for_linux ARCHITECTURE PRESET: an archive, both packages, and the image for a registry.
for_linux() {
    local dir
    build "$2"
    tests/static/binary "$BUILDS/$2/usbipd-desktop" >&2
    dir=$(folder "linux-$1" "$BUILDS/$2/usbipd-desktop")
    tarball "$dir"
    package_texts "$BUILDS/$2"
    (cd "$BUILDS/$2" && umask 022 && cpack -G 'DEB;RPM' -B "$WORK/packages" >"$WORK/cpack.log" 2>&1) || {
        cat "$WORK/cpack.log" >&2
        return 1
    }
    mv "$WORK"/packages/*.{deb,rpm} "$DIST"
    image "$1" "$BUILDS/$2/usbipd-desktop"
}

# An image with the program alone, as an archive that `docker load`, podman and skopeo take.
image() {
    local dir=$WORK/image-$1 layer config manifest
    mkdir -p "$dir/root/usr/bin" "$dir/layout/blobs/sha256"
    cp "$2" "$dir/root/usr/bin/usbipd-desktop"
    chmod 755 "$dir/root/usr" "$dir/root/usr/bin" "$dir/root/usr/bin/usbipd-desktop"
    reproducible_tar "$dir/root" >"$dir/layer"
    layer=$(blob "$dir" "$dir/layer")
    jq -cnS --arg a "$1" --arg l "sha256:$layer" --arg v "$VERSION" \
        --arg t "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" \
        '{architecture: $a, os: "linux", created: $t, rootfs: {type: "layers", diff_ids: [$l]},
          config: {Entrypoint: ["/usr/bin/usbipd-desktop"], Env: ["PATH=/usr/bin"],
                   Labels: {"org.opencontainers.image.title": "usbipd-desktop", "org.opencontainers.image.version": $v,
                            "org.opencontainers.image.licenses": "MIT"}}}' >"$dir/config"
    config=$(blob "$dir" "$dir/config")
    jq -cnS --arg l "sha256:$layer" --argjson ls "$(stat -c %s "$dir/layer")" --arg c "sha256:$config" \
        --argjson cs "$(stat -c %s "$dir/config")" \
        '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
          config: {mediaType: "application/vnd.oci.image.config.v1+json", digest: $c, size: $cs},
          layers: [{mediaType: "application/vnd.oci.image.layer.v1.tar", digest: $l, size: $ls}]}' >"$dir/manifest"
    manifest=$(blob "$dir" "$dir/manifest")
    printf '{"imageLayoutVersion":"1.0.0"}' >"$dir/layout/oci-layout"
    jq -cnS --arg m "sha256:$manifest" --argjson ms "$(stat -c %s "$dir/manifest")" --arg v "$VERSION" --arg a "$1" \
        '{schemaVersion: 2, manifests: [{mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $m, size: $ms,
          platform: {os: "linux", architecture: $a},
          annotations: {"org.opencontainers.image.ref.name": $v, "io.containerd.image.name": ("usbipd-desktop:" + $v)}}]}' \
        >"$dir/layout/index.json"
    # What engines without OCI archives read (docker before 25).
    jq -cnS --arg c "blobs/sha256/$config" --arg l "blobs/sha256/$layer" --arg v "usbipd-desktop:$VERSION" \
        '[{Config: $c, RepoTags: [$v], Layers: [$l]}]' >"$dir/layout/manifest.json"
    reproducible_tar "$dir/layout" | gzip -9n >"$DIST/$NAME-image-$1.tar.gz"
}

reproducible_tar() {
    tar -C "$1" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=ustar \
        --mode=u=rwX,go=rX -c --transform='s|^\./||' .
}

# blob DIRECTORY FILE: puts the file where its digest says, and prints the digest.
blob() {
    local digest
    digest=$(sha256sum "$2" | cut -d' ' -f1)
    cp "$2" "$1/layout/blobs/sha256/$digest"
    printf '%s\n' "$digest"
}

# without_time PROGRAM.exe: sets to 0 when it was linked (TimeDateStamp; "PE Format", learn.microsoft.com). The header
# begins where the 4 bytes at 60 say.
without_time() {
    local header
    header=$(od -An -tu4 -j60 -N4 "$1" | tr -d ' ')
    [ "$(od -An -c -j"$header" -N2 "$1" | tr -d ' ')" = PE ]
    printf '\0\0\0\0' | dd of="$1" bs=1 seek=$((header + 8)) conv=notrunc status=none
}

for_windows() {
    local dir
    build "$2"
    tests/static/imports "$BUILDS/$2/usbipd-desktop.exe" >&2
    dir=$(folder "windows-$1" "$BUILDS/$2/usbipd-desktop.exe")
    without_time "$dir/usbipd-desktop.exe"
    cp cmake/release/install.ps1 "$dir"
    (cd "$WORK" && find "$(basename "$dir")" -type f | sort >"$WORK/files" &&
        cmake -E tar cf "$DIST/$(basename "$dir").zip" --format=zip --mtime="$(date -u -d "@$SOURCE_DATE_EPOCH" "+%F %T UTC")" \
            --files-from="$WORK/files")
}

for_macos() {
    UD_BUILDS=$BUILDS cmake/macos-universal >/dev/null
    tests/static/macho universal "$BUILDS/macos/usbipd-desktop" "$BUILDS"/macos-{arm64,x64}/usbipd-desktop >&2
    tarball "$(folder macos-universal "$BUILDS/macos/usbipd-desktop")"
}

# Homebrew, Scoop and winget: their files name ours by address and digest.
package_managers() {
    local template file
    for template in cmake/release/templates/*.in; do
        file=$DIST/$(basename "${template%.in}")
        fill "$template" >"$file" || rm "$file"
    done
}

# fill TEMPLATE: with the digests that it asks for; fails if one of these archives was not made.
fill() {
    local text name
    text=$(<"$1")
    text=${text//@VERSION@/$VERSION}
    text=${text//@URL@/$URL}
    while [[ $text =~ @SHA256:([^@]*)@ ]]; do
        name=${BASH_REMATCH[1]}
        [ -e "$DIST/$name" ] || return 1
        text=${text//"@SHA256:$name@"/$(sha256sum "$DIST/$name" | cut -d' ' -f1)}
    done
    printf '%s\n' "$text"
}

# The digests, and their signature with the public key that it is checked by.
sums() {
    local key=$KEY
    (cd "$DIST" && find . -type f -printf '%P\n' | sort | xargs sha256sum >"$WORK/SHA256SUMS")
    mv "$WORK/SHA256SUMS" "$DIST"
    if [ -z "$key" ]; then
        key=$WORK/key.pem
        openssl genpkey -algorithm ed25519 -out "$key"
    fi
    openssl pkey -in "$key" -pubout -out "$DIST/SHA256SUMS.pub"
    openssl pkeyutl -sign -rawin -inkey "$key" -in "$DIST/SHA256SUMS" -out "$DIST/SHA256SUMS.sig"
    openssl pkeyutl -verify -rawin -pubin -inkey "$DIST/SHA256SUMS.pub" -in "$DIST/SHA256SUMS" \
        -sigfile "$DIST/SHA256SUMS.sig" >&2
}

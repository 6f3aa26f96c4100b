# shellcheck shell=bash
# Part `registry`: Debian's docker-registry with debian:bookworm and busybox:latest under `library/`, so
# that an engine that has it as its mirror pulls them under their real names. linuxkit/kernel has the
# vm's kernel in the layout of LinuxKit's images (see kernel-image.sh).

registry_url() { printf 'http://127.0.0.1:%s\n' "$LAB_REGISTRY_PORT"; }

registry_prepare() {
    local root key
    DEBIAN_IMAGE=$(debian_image bookworm)
    root=$(busybox_root)
    key=$(declare -f build_image size_and_digest blob_digest)
    BUSYBOX_IMAGE=$(cached image-busybox "$(digest "$root" "$key")" build_image "$root/root.tar")
    root=$(kernel_image_root)
    KERNEL_VERSION=$(cat "$root/version")
    KERNEL_IMAGE=$(cached image-kernel "$(digest "$root" "$key" "$KERNEL_LABELS")" \
        build_image "$root/root.tar" "$KERNEL_LABELS")
    OTHER_IMAGE=$(cached image-kernel-other "$(digest "$root" "$key" "$KERNEL_LABELS")" \
        build_image "$root/other.tar" "$KERNEL_LABELS")
}

# debian_image SUITE: the cached objects of the image debian:SUITE.
debian_image() {
    local version
    version=$(package_version "$1" amd64 base-files)
    cached "image-debian-$1" \
        "$(digest "$version" "$(declare -f build_debian_image make_root build_image size_and_digest blob_digest)")" \
        build_debian_image "$1"
}

build_debian_image() {
    make_root "$2" amd64 "$1/root.tar"
    build_image "$1" "$1/root.tar"
    rm "$1/root.tar"
}

# build_image INTO ROOT-TAR [LABELS]: the three objects of a one-layer image as the registry's API
# takes them; labels as a JSON object.
build_image() {
    local into=$1 root=$2 labels=${3:-null} sum
    sum=$(sha256sum <"$root")
    gzip -n -6 <"$root" >"$into/layer"
    printf '{"architecture":"amd64","os":"linux","created":"%s","config":{"Env":["PATH=%s"],"Cmd":["sh"],"Labels":%s},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created_by":"usbipd-desktop lab"}]}' \
        "$(date -u +%FT%TZ)" /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$labels" \
        "${sum%% *}" >"$into/config"
    printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json",%s},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip",%s}]}' \
        "$(size_and_digest "$into/config")" "$(size_and_digest "$into/layer")" >"$into/manifest"
}

blob_digest() {
    local sum
    sum=$(sha256sum <"$1")
    printf 'sha256:%s' "${sum%% *}"
}

size_and_digest() { printf '"size":%s,"digest":"%s"' "$(stat -c %s "$1")" "$(blob_digest "$1")"; }

registry_start() {
    local dir
    dir=$(part_dir registry)
    need_free_port "$LAB_REGISTRY_PORT" LAB_REGISTRY_PORT
    cat >"$dir/config.yml" <<END
version: 0.1
log: {level: warn}
storage:
  filesystem: {rootdirectory: $dir/data}
http:
  addr: 127.0.0.1:$LAB_REGISTRY_PORT
END
    start_process registry main docker-registry serve "$dir/config.yml"
    set_env registry LAB_REGISTRY "127.0.0.1:$LAB_REGISTRY_PORT"
    set_env registry LAB_KERNEL_IMAGE "linuxkit/kernel:$KERNEL_VERSION-$KERNEL_BUILD"
    set_env registry LAB_OTHER_KERNEL_IMAGE "linuxkit/kernel:$KERNEL_VERSION-$OTHER_BUILD"
}

# Ready means: the images are there. They are pushed once the registry answers.
registry_ready() {
    engine_answers "$(registry_url)/v2/" || return
    ensure_image library/debian bookworm "$DEBIAN_IMAGE" &&
        ensure_image library/busybox latest "$BUSYBOX_IMAGE" &&
        ensure_image linuxkit/kernel "$KERNEL_VERSION-$KERNEL_BUILD" "$KERNEL_IMAGE" &&
        ensure_image linuxkit/kernel "$KERNEL_VERSION-$OTHER_BUILD" "$OTHER_IMAGE"
}

# ensure_image NAME TAG DIRECTORY
ensure_image() {
    local type=application/vnd.docker.distribution.manifest.v2+json manifest
    manifest=$(registry_url)/v2/$1/manifests/$2
    ! engine_answers -I -H "Accept: $type" "$manifest" || return 0
    push_blob "$1" "$3/config" && push_blob "$1" "$3/layer" &&
        curl -fsS -o /dev/null -T "$3/manifest" -H "Content-Type: $type" "$manifest"
}

push_blob() {
    local location
    location=$(curl -fsS -X POST -o /dev/null -w '%header{location}' \
        "$(registry_url)/v2/$1/blobs/uploads/") || return
    curl -fsS -o /dev/null -T "$2" -H 'Content-Type: application/octet-stream' \
        "$location&digest=$(blob_digest "$2")"
}

registry_stop() { stop_process registry main; }

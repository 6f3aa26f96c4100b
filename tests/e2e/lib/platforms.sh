# shellcheck shell=bash
# shellcheck disable=SC2153 # set by `run`
# An image for several platforms, with an attestation, as BuildKit pushes it: in the lab's registry.

readonly OCI=application/vnd.oci.image

blob_digest() { printf 'sha256:%s' "$(sha256sum <"$1" | cut -d' ' -f1)"; }

# descriptor TYPE FILE [MEMBERS]: of an OCI image; more members begin with a comma.
descriptor() {
    printf '{"mediaType":"%s","size":%s,"digest":"%s"%s}' "$1" "$(stat -c %s "$2")" "$(blob_digest "$2")" "${3:-}"
}

# push_blob NAME FILE
push_blob() {
    local location
    location=$(curl -fsS -X POST -o /dev/null -w '%header{location}' "http://$LAB_REGISTRY/v2/$1/blobs/uploads/")
    curl -fsS -o /dev/null -T "$2" -H 'Content-Type: application/octet-stream' \
        "$location&digest=$(blob_digest "$2")"
}

# push_manifest NAME TAG-OR-DIGEST FILE TYPE
push_manifest() { curl -fsS -o /dev/null -T "$3" -H "Content-Type: $4" "http://$LAB_REGISTRY/v2/$1/manifests/$2"; }

# push_image NAME FILES DIFF-ID ARCH OS LAYER-TYPE: of FILES.layer; makes FILES.config and FILES.manifest.
push_image() {
    printf '{"architecture":"%s","os":"%s","config":{"Env":["PATH=/bin"],"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":["%s"]}}' \
        "$4" "$5" "$3" >"$2.config"
    printf '{"schemaVersion":2,"mediaType":"%s.manifest.v1+json","config":%s,"layers":[%s]}' "$OCI" \
        "$(descriptor "$OCI.config.v1+json" "$2.config")" "$(descriptor "$6" "$2.layer")" >"$2.manifest"
    push_blob "$1" "$2.config"
    push_blob "$1" "$2.layer"
    push_manifest "$1" "$(blob_digest "$2.manifest")" "$2.manifest" "$OCI.manifest.v1+json"
}

# push_platforms NAME DIR: NAME:1, of a static echo for amd64 and of next to nothing for arm64. DIR/amd64.layer is
# the layer of the first.
push_platforms() {
    local arch list=()
    mkdir -p "$2"
    for arch in amd64 arm64; do
        mkdir -p "$2/$arch/bin" "$2/$arch/tmp"
        printf '%s\n' "$arch" >"$2/$arch/bin/arch"
        [ "$arch" != amd64 ] || cp /bin/busybox "$2/$arch/bin/echo"
        tar -c -C "$2/$arch" -f "$2/$arch.tar" .
        gzip -n <"$2/$arch.tar" >"$2/$arch.layer"
        push_image "$1" "$2/$arch" "$(blob_digest "$2/$arch.tar")" "$arch" linux "$OCI.layer.v1.tar+gzip"
        list+=("$(descriptor "$OCI.manifest.v1+json" "$2/$arch.manifest" ",\"platform\":{\"architecture\":\"$arch\",\"os\":\"linux\"}"),")
    done
    printf '{"_type":"https://in-toto.io/Statement/v0.1","subject":[]}' >"$2/attestation.layer"
    push_image "$1" "$2/attestation" "$(blob_digest "$2/attestation.layer")" unknown unknown \
        application/vnd.in-toto+json
    list+=("$(descriptor "$OCI.manifest.v1+json" "$2/attestation.manifest" ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\",\"vnd.docker.reference.digest\":\"$(blob_digest "$2/amd64.manifest")\"},\"platform\":{\"architecture\":\"unknown\",\"os\":\"unknown\"}")")
    printf '{"schemaVersion":2,"mediaType":"%s.index.v1+json","manifests":[%s]}' "$OCI" "${list[*]}" >"$2/index"
    push_manifest "$1" 1 "$2/index" "$OCI.index.v1+json"
}

# shellcheck shell=bash
# Part `native`: Debian's dockerd as root, with everything of its own and no touch of the firewall.

native_prepare() { :; }

native_socket() { printf '%s/native.sock\n' "$LAB_RUN"; }

# The data root wants a file system that overlayfs can stand on: the cache's, else the run
# directory's, else Docker's plain copying driver.
native_data() {
    local place name
    name=native-data-$(digest "$LAB_RUN")
    for place in "$LAB_CACHE" "$LAB_RUN"; do
        mkdir -p "$place"
        case $(stat -f -c %T "$place") in
        overlayfs | aufs | UNKNOWN*) ;;
        *)
            printf 'overlay2 %s\n' "$place/$name"
            return
            ;;
        esac
    done
    printf 'vfs %s\n' "$LAB_RUN/$name"
}

native_start() {
    local dir driver data
    dir=$(part_dir native)
    ! engine_answers --unix-socket "$(native_socket)" http://docker/_ping ||
        die "an engine that is not this lab's answers on $(native_socket)"
    read -r driver data < <(native_data)
    printf '%s\n' "$data" >"$dir/data-root"
    printf '{"deprecated-key-path":"%s/key.json"}\n' "$dir" >"$dir/daemon.json"
    rm -f "$(native_socket)"
    # In a mount namespace of its own, so that no mount outlives it.
    start_process native main unshare --mount --propagation unchanged \
        "$LAB_DIR/lib/in-private-mounts" \
        dockerd --config-file "$dir/daemon.json" \
        -H "unix://$(native_socket)" --data-root "$data" --storage-driver "$driver" \
        --exec-root "$dir/exec" --pidfile "$dir/dockerd.pid" \
        --iptables=false --ip6tables=false --ip-forward=false --bridge=none \
        --registry-mirror "http://127.0.0.1:$LAB_REGISTRY_PORT"
    set_env native LAB_NATIVE "unix://$(native_socket)"
}

native_ready() { engine_answers --unix-socket "$(native_socket)" http://docker/_ping; }

native_stop() {
    local dir data
    dir=$(part_dir native)
    stop_process native main 20
    end_leftovers containerd "$dir/"
    rm -f "$(native_socket)"
    if [ -s "$dir/data-root" ]; then
        data=$(cat "$dir/data-root")
        # Whatever that file says, only a directory of this name is removed.
        case $data in /*/native-data*) rm -rf "$data" ;; esac
    fi
}

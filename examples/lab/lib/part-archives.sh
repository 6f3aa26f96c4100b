# shellcheck shell=bash
# Part `archives`: a static server with the archives of distributions, and of WSL2's sources. The part `plain-ubuntu`
# puts /ubuntu there, and so on, whichever of the two is started first.

archives_prepare() { :; }

archives_url() { printf 'http://127.0.0.1:%s\n' "$LAB_ARCHIVES_PORT"; }

archives_start() {
    local tree name archive
    tree=$(part_dir archives)/tree
    need_free_port "$LAB_ARCHIVES_PORT" LAB_ARCHIVES_PORT
    mkdir -p "$tree"
    echo 'archives of the lab' >"$tree/index.html"
    for name in "${DISTRIBUTIONS[@]}"; do
        archive=$(part_dir "plain-$name")/archive
        if [ -e "$archive" ]; then archives_serve "$name" "$(cat "$archive")/full"; fi
    done
    archive=$(part_dir plain-wsl2)/archive
    if [ -e "$archive" ]; then archives_serve microsoft "$(cat "$archive")/microsoft"; fi
    start_process archives main busybox httpd -f -vv -p "127.0.0.1:$LAB_ARCHIVES_PORT" -h "$tree"
    set_env archives LAB_ARCHIVES "$(archives_url)"
    set_env archives LAB_ARCHIVES_TREE "$tree"
}

archives_ready() { curl -fsI --max-time 3 -o /dev/null "$(archives_url)/index.html" 2>/dev/null; }

# archives_serve NAME DIRECTORY: as /NAME, from now on.
archives_serve() { ln -sfn "$2" "$(part_dir archives)/tree/$1"; }

archives_stop() { stop_process archives main; }

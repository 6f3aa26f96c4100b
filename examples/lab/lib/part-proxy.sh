# shellcheck shell=bash
# Part `proxy`: Debian's squid as a company has it. It looks into TLS with an authority of its own, and
# it is the only way to Debian's archive under the name archive.invalid, which no resolver knows.

PROXY_PACKAGES=(squid-openssl)
PROXY_CERTGEN=/usr/lib/squid/security_file_certgen

proxy_prepare() {
    packages_want "${PROXY_PACKAGES[@]}"
}

# Where squid, which gives up root for the user `proxy`, may write.
proxy_authority() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=usbipd-desktop lab proxy' \
        -addext basicConstraints=critical,CA:TRUE -keyout "$1/ca.key" -out "$1/ca.pem" 2>>"$1/log"
    cat "$1/ca.pem" "$1/ca.key" >"$1/both.pem"
    chown -R proxy: "$1"
    setpriv --reuid proxy --regid proxy --clear-groups \
        "$PROXY_CERTGEN" -c -s "$1/certificates" -M 4MB >>"$1/log" 2>&1
}

# One line for each URL that squid asks about.
proxy_rewriter() {
    cat <<END
#!/bin/sh
while read -r url rest; do
    case \$url in
    http*://archive.invalid/*) echo "OK rewrite-url=\\"$LAB_APT_MIRROR/\${url#*://archive.invalid/}\\"" ;;
    *) echo ERR ;;
    esac
done
END
}

proxy_configuration() {
    cat <<END
http_port 127.0.0.1:$LAB_PROXY_PORT ssl-bump cert=$1/both.pem generate-host-certificates=on
sslcrtd_program $PROXY_CERTGEN -s $1/certificates -M 4MB
sslcrtd_children 2 startup=1
ssl_bump bump all
url_rewrite_program $1/rewriter
url_rewrite_children 2 startup=1
http_access allow all
cache deny all
cache_effective_user proxy
pid_filename none
access_log stdio:$1/access.log
cache_log $1/cache.log
cache_store_log none
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
coredump_dir $1
END
}

# Of its shared memory, which a killed one leaves.
proxy_service() { printf 'usbipdlab%s\n' "$LAB_PROXY_PORT"; }

proxy_start() {
    local dir
    dir=$(part_dir proxy)
    need_free_port "$LAB_PROXY_PORT" LAB_PROXY_PORT
    proxy_rewriter >"$dir/rewriter"
    chmod 755 "$dir" "$dir/rewriter"
    chmod a+x "$LAB_RUN"
    proxy_configuration "$dir" >"$dir/squid.conf"
    : >"$dir/log"
    proxy_authority "$dir"
    start_process proxy main squid -N -n "$(proxy_service)" -f "$dir/squid.conf"
    set_env proxy LAB_PROXY "http://127.0.0.1:$LAB_PROXY_PORT"
    set_env proxy LAB_PROXY_CA "$dir/ca.pem"
    set_env proxy LAB_PROXY_LOG "$dir/access.log"
}

proxy_ready() {
    curl -fsI --max-time 10 -o /dev/null --proxy "http://127.0.0.1:$LAB_PROXY_PORT" --cacert "$(part_dir proxy)/ca.pem" \
        https://archive.invalid/debian/dists/bookworm/InRelease 2>/dev/null
}

proxy_stop() {
    stop_process proxy main
    rm -f "/dev/shm/$(proxy_service)"-*
}

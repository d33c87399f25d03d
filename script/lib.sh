# shellcheck shell=bash
# What the commands beside it share. To be sourced; starts nothing and changes no directory.
#
# A private cluster is PostgreSQL 15 in a directory of its own, never Debian's:
#
#   DIR/postgresql   its data, mode 0700
#   DIR/run          the directory of its unix socket, mode 0700; it listens nowhere else
#
# Both belong to the postgres account when root calls, to the caller otherwise (PostgreSQL refuses
# to run as root). Authentication is `trust`, since only that account and root get through to the
# socket. Either one may be a link: to /var/lib/loft-development when the postgres account cannot
# enter DIR (a clone below /root), to /tmp when the path is too long or too fancy for a socket.

ROOT=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
POSTGRES_BIN=/usr/lib/postgresql/15/bin

# Debian's meson and python3 come before others; npm belongs to whichever node the caller has.
PATH_OF_CALLER=$PATH
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
with_path_of_caller() {
    PATH=$PATH_OF_CALLER "$@"
}

if ((EUID == 0)); then CLUSTER_USER=postgres; else CLUSTER_USER=$(id -un); fi

# Progress and complaints go to stderr: stdout is for results.
say() {
    printf '%s\n' "$*" >&2
}

fail() {
    say "${0##*/}: $*"
    exit 1
}

# ---- building ----

# configure DIR OPTION...: meson's setup of DIR, from the beginning when it was interrupted, moved or
# had other options or another CC. A subshell, so that the lock ends with it, as in compile.
configure() (
    dir=$ROOT/$1
    shift
    stamp="$ROOT|${CC:-}|$*"
    lock_build "$dir" || return 1
    [[ $(cat "$dir/.loft" 2>/dev/null) == "$stamp" ]] && return
    say "Setting up ${dir##*/}"
    find "$dir" -mindepth 1 -delete
    log=$(meson setup "$dir" "$ROOT" "$@" 2>&1) || {
        say "$log"
        return 1
    }
    printf '%s\n' "$stamp" >"$dir/.loft"
)

# compile DIR TARGET...: quiet unless there is something to do.
compile() (
    dir=$ROOT/$1
    shift
    lock_build "$dir" || return 1
    ninja -C "$dir" -n "$@" | grep -q 'no work to do' && return
    say "Building $* in ${dir##*/}"
    ninja -C "$dir" --quiet "$@" >&2
)

# One at a time in a build directory; it is made if need be.
lock_build() {
    mkdir -p "$1" && exec 8<"$1" && flock 8
}

# ---- the private cluster ----

# Runs a command as CLUSTER_USER, with a clean environment (PGHOST and friends would interfere),
# from a directory that everybody may enter, without the lock that its caller may hold.
as_cluster_user() {
    local clean=(env -i "PATH=$POSTGRES_BIN:/usr/bin:/bin" LC_ALL=C.UTF-8)
    if ((EUID == 0)); then
        clean=(setpriv --reuid=postgres --regid=postgres --init-groups "${clean[@]}")
    fi
    (cd / && exec "${clean[@]}" "$@" 9<&-)
}

belongs_to_cluster() {
    [[ $(stat -c '%F %U %a' "$1" 2>/dev/null) == "directory $CLUSTER_USER 700" ]]
}

make_private() {
    install -d -m 0700 -o "$CLUSTER_USER" "$1"
}

# Can CLUSTER_USER work inside DIR? DIR itself is opened for passage if need be, nothing above it.
is_open() {
    as_cluster_user test -x "$1" && return
    chmod o+x "$1" && as_cluster_user test -x "$1"
}

# cluster_make DIR: initialises DIR/postgresql unless it is there. Until all is done it is called
# postgresql.new, so that an interrupted attempt is simply begun again.
cluster_make() {
    local dir=$1 data=$1/postgresql new=$1/postgresql.new
    if [[ -e $data ]]; then
        belongs_to_cluster "$(readlink -f "$data")" && return
        fail "$data does not belong to $CLUSTER_USER: run as the user who made it, or set LOFT_VAR"
    fi
    cluster_remove "$new"
    if is_open "$dir"; then
        make_private "$new"
    else
        mkdir -p /var/lib/loft-development
        ln -s "$(mktemp -d /var/lib/loft-development/postgresql.XXXXXX)" "$new"
        make_private "$(readlink "$new")"
        say "The postgres account cannot enter $dir: the database lives in $(readlink "$new")"
    fi
    cluster_initialise "$dir" "$(readlink -f "$new")" || fail "could not make a database in $new"
    mv -T "$new" "$data"
}

cluster_initialise() {
    local dir=$1 data=$2 output socket done=0
    output=$(as_cluster_user initdb --pgdata="$data" --username=postgres --encoding=UTF8 \
        --locale=C.UTF-8 --data-checksums --auth=trust 2>&1) || {
        say "$output"
        return 1
    }
    as_cluster_user tee "$data/pg_hba.conf" >/dev/null <<'HBA'
# The socket directory, mode 0700, is the door; there is no network listener.
local all all trust
HBA
    as_cluster_user tee -a "$data/postgresql.conf" >/dev/null <<'CONF'

# Løft
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
CONF
    cluster_make_run "$dir"
    socket=$(cluster_run "$dir")
    cluster_launch "$data" "$socket" || return 1
    as_cluster_user psql -X --quiet --set=ON_ERROR_STOP=1 --host="$socket" --port=5432 \
        --username=postgres --file=- postgres <"$ROOT/deploy/roles.sql" || done=$?
    cluster_halt "$data" fast
    return "$done"
}

# A socket's address holds 107 bytes, '/.s.PGSQL.5432.lock' takes 19 of them; and a plain path needs
# no quoting in URLs and settings (libpq takes a comma for the next host).
suits_socket() {
    local LC_ALL=C path=$1
    ((${#path} <= 88)) && [[ $path != *[!A-Za-z0-9/._-]* ]]
}

# cluster_make_run DIR: makes DIR/run, or makes it a link to a short private directory in /tmp.
# That one may vanish with a reboot, and its name holds a checksum of DIR, since a copy of DIR must
# not share it: such a link is made anew. Anything that is not ours is left alone.
cluster_make_run() {
    local dir=$1 run=$1/run place short
    short=/tmp/loft.$(printf '%s' "$dir" | cksum | cut -d ' ' -f 1)
    place=$(readlink -f "$run" || true)
    if [[ $place == "$run" || $place == "$short".* ]] && suits_socket "$place" &&
        belongs_to_cluster "$place" && is_open "$place"; then
        return
    fi
    if [[ $(readlink "$run" || true) == /tmp/loft.* ]]; then
        rm "$run"
    elif belongs_to_cluster "$run"; then
        rm -rf "$run"
    elif [[ -e $run || -L $run ]]; then
        fail "$run is in the way: it is not a private directory of $CLUSTER_USER"
    fi
    if suits_socket "$run" && is_open "$dir"; then
        make_private "$run"
    else
        place=$(mktemp -d "$short.XXXXXX")
        make_private "$place"
        ln -s "$place" "$run"
    fi
}

# Prints the socket directory of DIR.
cluster_run() {
    readlink -f "$1/run"
}

# cluster_launch DATA SOCKET: starts the server and waits until it answers.
cluster_launch() {
    local data=$1 socket=$2
    as_cluster_user pg_ctl start --silent --wait --timeout=60 --pgdata="$data" \
        --log="$data/server.log" \
        --options="-c listen_addresses='' -c port=5432 -c unix_socket_directories=$socket" && return
    as_cluster_user tail -n 20 "$data/server.log" >&2
    return 1
}

# cluster_start DIR: makes the cluster if need be and starts it unless it runs already.
cluster_start() {
    local dir=$1 data
    cluster_make "$dir"
    cluster_make_run "$dir"
    data=$(readlink -f "$dir/postgresql")
    cluster_is_running "$dir" || cluster_launch "$data" "$(cluster_run "$dir")" ||
        fail "PostgreSQL did not start; its log is $data/server.log"
}

cluster_is_running() {
    as_cluster_user pg_isready --quiet --host="$(cluster_run "$1")" --port=5432
}

# cluster_stop DIR [MODE]: MODE is pg_ctl's: fast (default), smart, or immediate (as in a crash).
# Nothing to do is not an error.
cluster_stop() {
    cluster_halt "$1/postgresql.new" immediate
    cluster_halt "$1/postgresql" "${2:-fast}"
}

cluster_halt() {
    local data
    data=$(readlink -f "$1")
    [[ -e $data/postmaster.pid ]] || return 0
    as_cluster_user pg_ctl stop --silent --wait --mode="$2" --pgdata="$data"
}

# cluster_drop DIR: stops the cluster and removes it with all its data.
cluster_drop() {
    cluster_stop "$1" immediate || true
    cluster_remove "$1/postgresql.new"
    cluster_remove "$1/postgresql"
    cluster_remove "$1/run"
}

# Removes a directory or, with its target, a link made here.
cluster_remove() {
    local target
    target=$(readlink "$1" || true)
    case $target in /var/lib/loft-development/postgresql.* | /tmp/loft.*) rm -rf "$target" ;; esac
    rm -rf "$1"
}

# cluster_url DIR ROLE [DATABASE]: prints a connection URL for libpq.
cluster_url() {
    printf 'postgresql://%s@/%s?host=%s&port=5432\n' "$2" "${3:-loft}" "$(cluster_run "$1")"
}

# shellcheck shell=sh disable=SC2154
# The part of bin/ottla for a clone of the repository, which reads this file: it builds what is missing or out of date, and copies what was
# built to a folder that brokers run from.

target=$home/cli/target
runs=$target/run
built_jar=$target/ottla-cli.jar
built_libs=$target/dist/lib

is_built() {
    [ -f "$built_jar" ] && [ -f "$built_libs/ottla-api.jar" ]
}

# Chooses the copy of the build that is there now; fails if there is none yet.
find_copy() {
    current=
    [ ! -r "$runs/current" ] || IFS= read -r current < "$runs/current"
    [ -n "$current" ] && [ "$runs/$current/lib/ottla-cli.jar" -nt "$built_jar" ] && run_from "$runs/$current"
}

# Whether a process has $1 in its command line.
in_use() {
    if [ -r /proc/self/cmdline ]; then
        grep -qsF -- "$1" /proc/[0-9]*/cmdline
    else
        ps -axww -o command= | grep -vF grep | grep -qF -- "$1"
    fi
}

# Copies what was built to a new folder, chooses it, and deletes earlier copies that no broker runs from.
copy_build() {
    copy=$(date +%Y%m%d%H%M%S).$$
    mkdir -p "$runs/$copy.part/lib" 2> /dev/null \
        && cp "$built_jar" "$built_libs"/*.jar "$runs/$copy.part/lib" \
        && mv "$runs/$copy.part" "$runs/$copy" \
        && printf '%s\n' "$copy" > "$runs/$copy/current" \
        && mv -f "$runs/$copy/current" "$runs/current" || return 1
    for earlier in "$runs"/*[0-9]; do
        # One of this same build is that of a start at the same time.
        [ "$earlier/lib/ottla-cli.jar" -nt "$built_jar" ] || in_use "$earlier/lib/" || rm -rf "$earlier"
    done
    run_from "$runs/$copy"
}

# Whether anything that the jars are made of changed since. Every build writes the broker's own jar, and writes it last.
is_stale() {
    [ -e "$home/.git" ] || return 1
    # Modules that no jar of the broker is made of do not count.
    newer=$(find "$home"/pom.xml "$home"/*/pom.xml "$home"/*/src/main "$home"/build-tools/codec-generator/pom.xml \
        "$home"/build-tools/codec-generator/src/main \( -path "$home/interop/*" -o -path "$home/jmh/*" \
        -o -path "$home/examples/*" -o -path "$home/storage-chronicle/*" \) -prune \
        -o -newer "$built_jar" -print 2> /dev/null)
    [ -n "$newer" ]
}

# Tells each module that the build comes to, from its log, until the process $1 ends.
show_progress() {
    running=yes
    part=
    while :; do
        if IFS= read -r line <&4; then
            line=$part$line
            part=
            case $line in
                *'Building Ottla'*'['*/*']'*)
                    name=${line#*Building }
                    count=${line##*\[}
                    printf 'ottla: building %s (%s)\n' "${name%% [0-9]*}" "${count%]}" >&2
                    ;;
            esac
        elif [ -n "$running" ]; then
            part=$part$line
            kill -0 "$1" 2> /dev/null || running=
            [ -z "$running" ] || sleep 0.2 2> /dev/null || sleep 1
        else
            return
        fi
    done
}

build() {
    command -v mvn > /dev/null || fail "Ottla is not built yet, and Maven (mvn) is not in PATH. Install Maven 3.8.7 or newer."
    log=$target/ottla-build.log
    rm -rf "$target/dist"
    printf 'ottla: building from source (the first time, libraries are downloaded too); details in %s\n' "$log" >&2
    # What changes during the build must count as changed after it.
    : > "$target/.began"
    : > "$log"
    (
        cd "$home" || exit 1
        if [ -n "$java_home" ]; then
            JAVA_HOME=$java_home
            export JAVA_HOME
        fi
        exec mvn -B --no-transfer-progress -Dstyle.color=never -Dmaven.test.skip=true -pl cli -am package
    ) < /dev/null > "$log" 2>&1 &
    builder=$!
    show_progress "$builder" 4< "$log"
    if wait "$builder"; then
        touch -r "$target/.began" "$built_jar"
        builder=
        return
    fi
    grep '^\[ERROR\]' "$log" | head -n 5 | sed 's/^\[ERROR\] */ottla: /' >&2
    fail "the build failed; see $log"
}

# A signal during the build ends the build, too.
stop_building() {
    [ -z "${builder-}" ] || kill "$builder" 2> /dev/null
    exit "$1"
}

# Two starts at the same time build once: the second waits for the first.
build_once() {
    mkdir -p "$target" 2> /dev/null
    lock=$target/.building
    while ! mkdir "$lock" 2> /dev/null; do
        [ -w "$target" ] || fail "cannot build in $home: permission denied"
        owner=$(cat "$lock/pid" 2> /dev/null)
        if [ -n "$owner" ] && ! kill -0 "$owner" 2> /dev/null; then
            rm -rf "$lock"
        else
            [ -n "${waited-}" ] || printf 'ottla: waiting for another build in %s\n' "$home" >&2
            waited=yes
            sleep 1
        fi
    done
    printf '%s\n' "$$" > "$lock/pid"
    trap 'rm -rf "$lock"' EXIT
    trap 'stop_building 130' INT
    trap 'stop_building 143' TERM HUP
    if ! is_built || is_stale; then
        build
    fi
    rm -rf "$lock"
    trap - EXIT INT TERM HUP
}

# Builds what is missing or out of date, chooses the copy to run from, and prepares fast starts of what was built now.
use_build() {
    built_now=
    if ! is_built || is_stale; then
        build_once
        built_now=yes
    fi
    if ! find_copy && ! copy_build; then
        # The clone of another user, which must do as it is.
        run_from "$target/dist"
        main_jar=$built_jar
    fi
    if [ -n "$built_now" ] && may_train && ! is_trained; then
        find_class_path
        printf 'ottla: preparing fast starts\n' >&2
        train "$$" || printf 'ottla: without an AOT cache; see %s\n' "$dist/training.log" >&2
    fi
}

# shellcheck shell=sh disable=SC2154
# The part of bin/ottla for `bin/ottla image`, which reads this file after build.sh.

# An image is a Java of the few modules that the broker needs, the jars, and this script. The jars stay jars, because jlink takes
# no modules without a descriptor, as Agrona's is; so the Java has nothing but modules of the JDK.

# All that ours asks of the JDK, as .ci/test-command checks. What Agrona has beside it, its code generator and its dump of
# threads, is not used.
image_modules=java.base

# Prints the first name in folder $1 that is not one of an image's: a broker's data, say. An image is replaced as a whole.
foreign_in() {
    for entry in "$1"/* "$1"/.[!.]* "$1"/bin/*; do
        [ -e "$entry" ] || [ -h "$entry" ] || continue
        case ${entry#"$1"/} in
            bin | lib | runtime | LICENSE | ottla.aot | ottla.start | training.log | .training | bin/ottla) ;;
            *)
                printf '%s\n' "${entry#"$1"/}"
                return
                ;;
        esac
        [ ! -h "$entry" ] && [ -e "$1/bin/ottla" ] && [ -e "$1/runtime/bin/java" ] && [ -e "$1/lib/ottla-cli.jar" ] || {
            printf '%s\n' "${entry#"$1"/}"
            return
        }
    done
}

make_image() {
    [ $# -le 1 ] || fail "image takes one folder"
    image=${1:-$target/image}
    case $image in
        *:*) fail "Java cannot have a colon in its class path: $image" ;;
    esac
    [ ! -h "$image" ] || fail "$image is a link; name the folder itself"
    if [ -e "$image" ]; then
        [ -d "$image" ] || fail "$image is there and is no image; name a folder that is empty or is not there"
        other=$(foreign_in "$image")
        [ -z "$other" ] || fail "$image is there and is no image, or has more in it: $other; name a folder that is empty or is not there"
    fi
    jdk=$java_home
    [ -n "$jdk" ] || jdk=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
    [ -x "$jdk/bin/jlink" ] || fail "$jdk has no jlink: an image is made by a whole JDK, not by a runtime alone"
    # Its Java reads on in the image as long as it runs.
    [ ! -d "$image" ] || ! in_use "$(cd "$image" && pwd -P)/runtime/bin/java" || fail "a broker runs from $image; stop it first, or name another folder"
    # A name that nothing has: whatever is there already is somebody else's.
    part=$image.part.$$
    mkdir -p "$(dirname "$image")" && mkdir "$part" || fail "cannot write $part"
    trap 'rm -rf "$part"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    mkdir "$part/bin" "$part/lib" || fail "cannot write $part"
    # Without names of local variables and line numbers of the JDK's own classes, which only its debuggers need. What else
    # there is to strip takes a program that a machine may not have, and that jlink fails without.
    strip=--strip-java-debug-attributes
    ! command -v objcopy > /dev/null || strip=--strip-debug
    "$jdk/bin/jlink" --add-modules "$image_modules${OTTLA_IMAGE_MODULES:+,$OTTLA_IMAGE_MODULES}" "$strip" \
        --no-header-files --no-man-pages --compress zip-9 --output "$part/runtime" > "$part/jlink.log" 2>&1 \
        || fail "jlink failed: $(tail -n 3 "$part/jlink.log")"
    rm "$part/jlink.log"
    cp "$main_jar" "$part/lib" && cp "$jars"/*.jar "$part/lib" && cp "$home/bin/ottla" "$part/bin" \
        && { [ ! -f "$home/LICENSE" ] || cp "$home/LICENSE" "$part"; } || fail "cannot write $part"
    rm -rf "$image"
    mv "$part" "$image" || fail "cannot write $image"
    trap - EXIT INT TERM HUP
    if [ "${OTTLA_AOT-}" != off ]; then
        "$image/bin/ottla" build || fail "$image is whole, but without an AOT cache"
        rm -f "$image/training.log"
    fi
    # Links in the path end here, so that what is printed can be run from everywhere.
    printf '%s/bin/ottla\n' "$(cd "$image" && pwd -P)"
}

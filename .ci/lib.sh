# shellcheck shell=bash
# Functions that the scripts of this folder share. Each script reads this file with `source`.

passed=0
failed=0
# Brokers that were started: `kill_brokers` ends them.
pids=()
# Files whose ends a check prints when it fails.
shown=()

# Counts a check: its name, and a condition for `eval`.
check() {
  if eval "$2"; then
    passed=$((passed + 1))
  else
    echo "FAIL $1"
    failed=$((failed + 1))
    [[ ${#shown[@]} == 0 ]] || tail -n 5 "${shown[@]}" 2>/dev/null || true
  fi
}

# Prints the summary of the checks of the script named $1. Fails if one of them failed.
summary() {
  echo "$1: $passed passed, $failed failed"
  [[ $failed == 0 ]]
}

# Waits up to two minutes until the broker with the process id $pid has written its ready file $1. Sets $address and $port.
await_ready() {
  local i
  for ((i = 0; i < 2400; i++)); do
    if [[ -e "$1" ]]; then
      address=$(sed -n 's/^bootstrap.servers=//p' "$1")
      port=${address##*:}
      return 0
    fi
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.05
  done
  return 1
}

# Starts a broker by a command, in the background, and waits until it is ready. Its ready file and its output are the files ready, out and
# err of the current folder; its process id is in $pid.
launch() {
  rm -f ready
  "$@" --ready-file ready >out 2>err </dev/null &
  pid=$!
  pids+=("$pid")
  await_ready ready
}

# Sends a signal to the broker $pid and waits for its end; the exit code is in $code.
stop() {
  local started others=()
  kill "-$1" "$pid"
  wait "$pid" 2>/dev/null
  code=$?
  for started in "${pids[@]}"; do [[ $started == "$pid" ]] || others+=("$started"); done
  pids=("${others[@]}")
}

kill_brokers() {
  local started
  for started in "${pids[@]}"; do kill -9 "$started" 2>/dev/null; done
}

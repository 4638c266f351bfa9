# Sourced by the scripts that run one server: how it is started, and ended.
#   Before: $action, $here, and the functions start (one attempt, in the folder) and stop DIR.
#   run_lifecycle SCRIPT DIR DATA OTHER..   DATA and OTHER are the folders that an attempt makes; DATA goes with stop.

run_lifecycle() {
  local script=$1 dir=$2 data=$3 attempt
  shift 3
  case $action in
    start)
      mkdir -p "$dir"
      cd "$dir"
      stop .
      # A port that another took between the choice and its use.
      for attempt in 1 2 3; do
        rm -rf "$data" "$@" run log environment
        if "$here/$script" begin .; then exit 0; fi
        echo "$script: attempt $attempt failed" >&2
        stop .
      done
      exit 1
      ;;
    begin)  # One attempt of start.
      cd "$dir"
      start
      ;;
    stop)
      [ -d "$dir" ] && stop "$dir"
      rm -rf "${dir:?}/$data"
      ;;
    *) echo "usage: $script start|stop DIR" >&2; exit 2 ;;
  esac
}

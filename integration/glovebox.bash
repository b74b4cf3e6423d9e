# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of the command "glovebox" for bash.

_glovebox_names ()
{
  glovebox list 2>/dev/null | sed -n '2,$s/ .*//p'
}

_glovebox_share ()
{
  # PATH[:GUESTPATH][:ro|rw]: a path, or what may follow the last colon.
  local word=$1

  case $word in
    *:*) mapfile -t COMPREPLY < <(compgen -W 'ro rw' -- "${word##*:}") ;;
    *)
      compopt -o filenames -o nospace
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      ;;
  esac
}

_glovebox_desktop_ids ()
{
  local folder

  while IFS= read -r -d : folder; do
    [ -d "$folder/applications" ] && (cd "$folder/applications" && compgen -G '*.desktop')
  done <<<"${XDG_DATA_HOME:-$HOME/.local/share}:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}:"
}

# The options of a verb, and the words that their values may be.
_glovebox_launch ()
{
  local verb=$1 current=$2 previous=$3
  local options='--name --share --env --chdir --memory --cpus --network --timeout --accel
    --strict --print-xml --verbose --help'

  [ "$verb" = run ] &&
    options+=' --display --size --opengl --screenshot --exit-after-screenshot'
  case $previous in
    --share) _glovebox_share "$current" ;;
    --env) mapfile -t COMPREPLY < <(compgen -v -S = -- "$current") ;;
    --chdir) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    --memory) mapfile -t COMPREPLY < <(compgen -W '512M 1G 2G 4G' -- "$current") ;;
    --network) mapfile -t COMPREPLY < <(compgen -W 'none user' -- "$current") ;;
    --accel) mapfile -t COMPREPLY < <(compgen -W 'auto kvm tcg' -- "$current") ;;
    --display) mapfile -t COMPREPLY < <(compgen -W 'spice vnc' -- "$current") ;;
    --opengl) mapfile -t COMPREPLY < <(compgen -W 'auto on off' -- "$current") ;;
    --size) mapfile -t COMPREPLY < <(compgen -W '1024x768 1280x800 1920x1080' -- "$current") ;;
    --screenshot) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --name | --cpus | --timeout) ;;
    # readline makes a word of its own of each colon.
    :) mapfile -t COMPREPLY < <(compgen -W 'ro rw' -- "$current") ;;
    *)
      if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
      elif [ "$verb" = run ]; then
        mapfile -t COMPREPLY < <(compgen -c -- "$current"
          compgen -W "$(_glovebox_desktop_ids)" -- "$current")
      else
        mapfile -t COMPREPLY < <(compgen -c -- "$current")
      fi
      ;;
  esac
}

# Where the command begins, or nothing: it may hide behind options with values.
_glovebox_command_start ()
{
  local i

  for ((i = 2; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --)
        echo $((i + 1))
        return
        ;;
      --strict | --print-xml | --verbose | --exit-after-screenshot | --*=*) ;;
      --*) ((i++)) ;;
      :) ((i++)) ;;
      *)
        echo "$i"
        return
        ;;
    esac
  done
}

_glovebox ()
{
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} start

  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'run exec list stop doctor --version --help' -- "$current")
    return
  fi
  case ${COMP_WORDS[1]} in
    run | exec)
      start=$(_glovebox_command_start)
      if [ -z "$start" ]; then
        _glovebox_launch "${COMP_WORDS[1]}" "$current" "$previous"
      elif declare -F _command_offset >/dev/null && ((COMP_CWORD > start)); then
        _command_offset "$start"
      elif ((COMP_CWORD > start)); then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
      else
        mapfile -t COMPREPLY < <(compgen -c -- "$current")
      fi
      ;;
    stop) mapfile -t COMPREPLY < <(compgen -W "--all --help $(_glovebox_names)" -- "$current") ;;
    doctor) mapfile -t COMPREPLY < <(compgen -W '--json --clean --help' -- "$current") ;;
    list) mapfile -t COMPREPLY < <(compgen -W '--help' -- "$current") ;;
  esac
}

complete -F _glovebox glovebox

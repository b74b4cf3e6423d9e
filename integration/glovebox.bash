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

# readline takes "=" and ":" for the ends of words: here a word is what has blanks on
# both sides.  The last one is what is being completed; of an answer readline wants only
# what follows its own last end of a word.
_glovebox_join_words ()
{
  local i joined=

  words=() index=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    if [[ -n $joined || ${COMP_WORDS[i]} == [=:]* ]] && ((i > 0)); then
      words[-1]+=${COMP_WORDS[i]}
    else
      words+=("${COMP_WORDS[i]}")
      index+=("$i")
    fi
    joined=
    # The cursor may stand after a blank.
    [[ ${COMP_WORDS[i]} == *[=:] && -n ${COMP_WORDS[i + 1]-} ]] && joined=yes
  done
}

# Reads the table of settings: the values of each option, or "-" for one that takes none.
_glovebox_read_settings ()
{
  local option values

  while IFS=$'\t' read -r option values; do
    settings[$option]=$values
  done < <(glovebox settings --completion="$1" 2>/dev/null)
}

_glovebox_profiles ()
{
  glovebox profile list 2>/dev/null | sed -n '2,$s/ .*//p'
}

_glovebox_profile ()
{
  local verbs='list show new copy edit set reset delete validate diff import export'

  if ((${#words[@]} == 3)); then
    mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$current")
    return
  fi
  case ${words[2]}:${#words[@]} in
    validate:* | import:*) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    set:5 | reset:5)
      mapfile -t COMPREPLY < <(compgen -W "$(glovebox settings | grep '^[a-z]')" -- "$current")
      ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_profiles)" -- "$current") ;;
  esac
}

# The words that the value of an option may be.
_glovebox_value ()
{
  local option=$1 value=$2

  case $option in
    --share) _glovebox_share "$value" ;;
    --env)
      compopt -o nospace
      [[ $value == *=* ]] || mapfile -t COMPREPLY < <(compgen -v -S = -- "$value")
      ;;
    --chdir) mapfile -t COMPREPLY < <(compgen -d -- "$value") ;;
    --screenshot) mapfile -t COMPREPLY < <(compgen -f -- "$value") ;;
    --profile) mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_profiles)" -- "$value") ;;
    --name | --share-for | --action) ;;
    --in) mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_names)" -- "$value") ;;
    --home-name)
      mapfile -t COMPREPLY < <(compgen -W "${settings[$option]} $(_glovebox_home_names)" -- "$value")
      ;;
    *)
      [[ $option == --* && ${settings[$option]--} != - ]] || return 1
      mapfile -t COMPREPLY < <(compgen -W "${settings[$option]}" -- "$value")
      ;;
  esac
}

# The options of a verb, or the command where one may begin.
_glovebox_launch ()
{
  local verb=$1 current=$2 previous=$3
  local options="--profile --share-for --name --in --share --env --chdir --print-xml --verbose --help ${!settings[*]}"

  [ "$verb" = exec ] && options+=' --quiet'
  [ "$verb" = run ] &&
    options+=' --action --screenshot --exit-after-screenshot --wait'
  if [[ $current == --*=* ]]; then
    _glovebox_value "${current%%=*}" "${current#*=}"
  elif _glovebox_value "$previous" "$current"; then
    :
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [ "$verb" = run ]; then
    mapfile -t COMPREPLY < <(compgen -c -- "$current"
      compgen -W "$(_glovebox_desktop_ids)" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -c -- "$current")
  fi
}

# Which of the words begins the command, or nothing: it may hide behind options with values.
_glovebox_command_start ()
{
  local i

  for ((i = 2; i < ${#words[@]} - 1; i++)); do
    case ${words[i]} in
      --)
        echo $((i + 1))
        return
        ;;
      --print-xml | --verbose | --quiet | -q | --exit-after-screenshot | --wait | --*=*) ;;
      --*) [[ ${settings[${words[i]}]-} == - ]] || ((i++)) ;;
      *)
        echo "$i"
        return
        ;;
    esac
  done
}

_glovebox_home_names ()
{
  glovebox home list 2>/dev/null | sed -n '2,$s/ .*//p'
}

# The snapshots of a home, each on a line of its own in the JSON.
_glovebox_snapshots ()
{
  glovebox home list --json 2>/dev/null | awk -v home="\"$1\"" '
    $1 == "\"name\"" { mine = index($0, home) > 0 }
    mine && $1 == "\"snapshots\"" { list = !/\]/; next }
    list && /\]/ { list = 0 }
    list { gsub(/[ ",]/, ""); print }'
}

# The words of "glovebox home": a command, a home, and what the command wants of it.
_glovebox_home ()
{
  local current=$1 count=${#words[@]}

  if ((count == 3)); then
    mapfile -t COMPREPLY < <(compgen -W \
      'list size reset snapshot restore export import delete cat get --json --help' -- "$current")
  elif ((count == 4)) && [[ ${words[2]} != list && ${words[2]} != import ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_home_names)" -- "$current")
  elif ((count == 4)) && [[ ${words[2]} == list ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--json' -- "$current")
  elif ((count == 5)); then
    case ${words[2]} in
      restore | delete)
        mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_snapshots "${words[3]}")" -- "$current")
        ;;
      size) mapfile -t COMPREPLY < <(compgen -W '1G 8G 32G' -- "$current") ;;
      export | import) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    esac
  elif ((count == 6)) && [[ ${words[2]} == get ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

_glovebox_service_names ()
{
  glovebox service list 2>/dev/null | sed -n '2,$s/ .*//p'
}

_glovebox_units ()
{
  (cd /lib/systemd/system 2>/dev/null && compgen -G '*.service')
  (cd /etc/systemd/system 2>/dev/null && compgen -G '*.service')
}

# The words of "glovebox service": a command, services, and the options of the command.
_glovebox_service ()
{
  local current=$1 previous=$2 options=

  if ((${#words[@]} == 3)); then
    mapfile -t COMPREPLY < <(compgen -W \
      'create clone delete list start stop restart reload status logs connect exec upgrade run --help' -- "$current")
    return
  fi
  case ${words[2]} in
    create | clone)
      _glovebox_read_settings exec
      [ "${words[2]}" = create ] && options='--unit --copy'
      if [ "$previous" = --unit ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_units)" -- "$current")
      elif _glovebox_value "$previous" "$current"; then
        :
      elif [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options ${!settings[*]}" -- "$current")
      elif [ "${words[2]}" = clone ] && ((${#words[@]} == 4)); then
        mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_service_names)" -- "$current")
      fi
      return
      ;;
    list | status) options=--json ;;
    logs) options='--follow --lines' ;;
    exec) ((${#words[@]} > 4)) && { mapfile -t COMPREPLY < <(compgen -c -- "$current"); return; } ;;
  esac
  if [ "${words[2]}" = list ] || [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_service_names)" -- "$current")
  fi
}

# The words of "glovebox get" and "glovebox put": a sandbox, and files on both sides.
_glovebox_files ()
{
  local verb=$1 current=$2 previous=$3 count=0 word

  for word in "${words[@]:2:${#words[@]}-3}"; do
    [[ $word == -* ]] || ((count++))
  done
  if [[ $current == -* ]]; then
    [ "$verb" = get ] && mapfile -t COMPREPLY < <(compgen -W '--list --force --help' -- "$current")
    [ "$verb" = put ] && mapfile -t COMPREPLY < <(compgen -W '--to --force --help' -- "$current")
  elif [[ $previous == --to || $previous == -t ]]; then
    :
  elif ((count == 0)); then
    mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_names)" -- "$current")
  elif [ "$verb" = put ] || ((count == 2)); then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

# The words of "glovebox launcher".
_glovebox_launcher ()
{
  local current=$1 previous=$2

  if ((${#words[@]} == 3)); then
    mapfile -t COMPREPLY < <(compgen -W 'add remove list refresh' -- "$current")
    return
  fi
  case ${words[2]}:$previous in
    *:--profile) mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_profiles)" -- "$current") ;;
    *:--suffix) ;;
    add:*)
      mapfile -t COMPREPLY < <(compgen -W \
        "--profile --suffix --mime $(_glovebox_desktop_ids)" -- "$current")
      ;;
    remove:*)
      mapfile -t COMPREPLY < <(compgen -W \
        "--profile $(glovebox launcher list 2>/dev/null | sed -n '2,$s/ .*//p')" -- "$current")
      ;;
    list:*) mapfile -t COMPREPLY < <(compgen -W '--json' -- "$current") ;;
    refresh:*) mapfile -t COMPREPLY < <(compgen -W '--all' -- "$current") ;;
  esac
}

_glovebox_open ()
{
  local current=$1 previous=$2

  case $previous in
    --profile) mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_profiles)" -- "$current") ;;
    --with) mapfile -t COMPREPLY < <(compgen -W "$(_glovebox_desktop_ids)" -- "$current") ;;
    *)
      if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W \
          '--view --edit --discard --changes --profile --with --list-applications --yes --help' -- "$current")
      else
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
      fi
      ;;
  esac
}

# A sandbox, a key of the table of settings, and a value.
_glovebox_set ()
{
  case ${#words[@]} in
    3) mapfile -t COMPREPLY < <(compgen -W "--help $(_glovebox_names)" -- "$1") ;;
    4) mapfile -t COMPREPLY < <(compgen -W "$(glovebox settings 2>/dev/null | sed -n 's/^\(resources\.[a-z-]*\|network\.[a-z-]*\)$/\1/p')" -- "$1") ;;
  esac
}

_glovebox ()
{
  local words index start current
  local -A settings=()

  _glovebox_join_words
  current=${words[-1]}
  COMPREPLY=()
  if ((${#words[@]} == 2)); then
    mapfile -t COMPREPLY < <(compgen -W 'desktop run open exec list top stop pause resume set get put home launcher profile service settings doctor --version --help' -- "$current")
    return
  fi
  case ${words[1]} in
    run | exec)
      _glovebox_read_settings "${words[1]}"
      start=$(_glovebox_command_start)
      if [ -z "$start" ]; then
        _glovebox_launch "${words[1]}" "$current" "${words[-2]}"
      elif ((start == ${#words[@]} - 1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "$current")
      elif declare -F _command_offset >/dev/null; then
        _command_offset "${index[start]}"
      else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
      fi
      ;;
    open) _glovebox_open "$current" "${words[-2]}" ;;
    profile) _glovebox_profile ;;
    home) _glovebox_home "$current" ;;
    service) _glovebox_service "$current" "${words[-2]}" ;;
      launcher) _glovebox_launcher "$current" "${words[-2]}" ;;
    desktop) mapfile -t COMPREPLY < <(compgen -W '--preferences --quit --review --running --help' -- "$current") ;;
    stop | pause | resume) mapfile -t COMPREPLY < <(compgen -W "--all --help $(_glovebox_names)" -- "$current") ;;
    set) _glovebox_set "$current" ;;
    top) mapfile -t COMPREPLY < <(compgen -W '--once --json --interval --help' -- "$current") ;;
    get | put) _glovebox_files "${words[1]}" "$current" "${words[-2]}" ;;
    doctor) mapfile -t COMPREPLY < <(compgen -W '--json --clean --help' -- "$current") ;;
    list | settings) mapfile -t COMPREPLY < <(compgen -W '--help' -- "$current") ;;
  esac
}

complete -F _glovebox glovebox

#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# In the guest of tuning-guest.c, as an ordinary user: scopes of a real systemd, measured.
tool=$1/tests/scope-tool
scopes=/sys/fs/cgroup/user/app.slice
systemd --user --log-target=null >/dev/null 2>&1 &

tries=0
until "$tool" probe >answer; do
  tries=$((tries + 1))
  if [ $tries -gt 300 ]; then echo "failed systemd: $(cat answer)"; exit; fi
  sleep 0.2
done
echo "probe $(cat answer)"

spin() { while :; do :; done; }

# start NAME PID SETTING…: its input comes from a pipe of that name.
start() {
  name=$1; pid=$2; shift 2
  mkfifo "$name.in"
  "$tool" start "$name" "$pid" "$@" <"$name.in" >"$name.out" &
  eval "exec $next>$name.in"
  next=$((next + 1))
  until [ -s "$name.out" ]; do sleep 0.1; done
  echo "started $name $(cat "$name.out")"
}
next=3
used() { sed -n 's/^usage_usec //p' "$scopes/app-glovebox-$1.scope/cpu.stat"; }
now() { sed 's/\([0-9]*\)\.\([0-9]*\) .*/\1\2/' /proc/uptime; } # in hundredths

spin & one=$!
spin & two=$!
start one $one resources.cpu-weight=100
start two $two resources.cpu-weight=400
a=$(used one); b=$(used two)
sleep 3
echo "weights $(($(used one) - a)) $(($(used two) - b))"

# Changed while it runs, alone on the processor.
kill $one
echo resources.cpu-quota=25 >&4
until grep -q set two.out; do sleep 0.1; done
a=$(used two); t=$(now)
sleep 3
echo "quota $(($(used two) - a)) $(($(now) - t))"
kill $two

# Memory of files is given back above the soft limit.
sh -c 'until [ -e read ]; do sleep 0.1; done; cat "$@" >/dev/null; : >was-read; exec sleep 1000' \
  sh /usr/bin/qemu-system-x86_64 & reader=$! # 18 MB
start soft $reader resources.memory-soft=8388608
: >"read"
peak=0
until [ -e was-read ]; do
  value=$(cat "$scopes/app-glovebox-soft.scope/memory.current")
  if [ "$value" -gt "$peak" ]; then peak=$value; fi
done
echo "soft $peak $(sed -n 's/^high //p' "$scopes/app-glovebox-soft.scope/memory.events")"
kill $reader

sh -c 'until [ -e go ]; do sleep 0.1; done; exec tail /dev/zero' & hog=$!
start hog $hog resources.memory=25165824 resources.swap=0
limit=$(cat "$scopes/app-glovebox-hog.scope/memory.max")
: >go
peak=0
while value=$(cat "$scopes/app-glovebox-hog.scope/memory.peak" 2>/dev/null); do peak=$value; done
wait $hog
echo "memory $? $limit $peak"

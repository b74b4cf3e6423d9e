#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an application cannot reach from inside a sandbox."""

import http.server
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading

from common import BACKEND, SandboxTest, SECRET, account, only, tap

# A container has no /sys.
DEVICES = r"sed -n 's/^ *\([a-z0-9]*\):.*/\1/p' /proc/net/dev | sort"


class Isolation(SandboxTest):
    extra_environment = {"GLOVEBOX_TEST_SECRET": SECRET}
    # What programs in /usr look for by its path, and cannot work without.
    APPLICATION_DATA = ("/var/lib/dbus", "/var/lib/aspell", "/var/lib/ghostscript",
                        "/var/lib/texmf", "/var/cache/fontconfig", "/var/lib/dpkg",
                        "/var/lib/sgml-base", "/var/lib/xml-core")

    def setUp(self):
        super().setUp()
        self.home = pathlib.Path(account().pw_dir)
        self.planted = pathlib.Path(tempfile.mkdtemp(prefix="gbx-secret-", dir=self.home))
        (self.planted / SECRET).write_text(SECRET + "\n")

    def tearDown(self):
        (self.planted / SECRET).unlink()
        self.planted.rmdir()
        self.assert_nothing_left()
        super().tearDown()

    def script(self, text, *options):
        return self.output(*options, "--", "sh", "-c", text + "\ntrue").decode(errors="replace")

    def test_home(self):
        """the host's home is not found by any path, with or without a share"""
        share = self.folder / "share"
        share.mkdir()
        # What may be found, so that the search is known to work.
        (share / f"control-{SECRET}").write_text(f"control-{SECRET}\n")
        out = self.script(
            f"ls -d {self.planted} 2>&1 | grep -v 'cannot access';"
            f"find / -xdev -name '*{SECRET}*' 2>/dev/null;"
            "for m in $(cut -d' ' -f5 /proc/self/mountinfo); do"
            f"  [ $m = /proc ] || [ $m = /sys ] || [ $m = /usr ] ||"
            f"    find $m -xdev -name '*{SECRET}*' 2>/dev/null; done;"
            f"cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep {SECRET};"
            f"cat {share}/../*/{SECRET} /proc/1/root{self.planted}/{SECRET} 2>/dev/null;"
            f"cat {share}/../*/control-{SECRET}",
            "--share", f"{share}:rw", "--env", f"CONTROL=control-{SECRET}")
        found = set(out.split())
        self.assertEqual(found, {f"{share}/control-{SECRET}", f"CONTROL=control-{SECRET}",
                                 f"control-{SECRET}"})

    def test_folders_left_out(self):
        """folders of the host's system state are empty or absent"""
        out = self.script("for d in /usr /root /mnt /media /srv /boot /lost+found /var/lib /var/log /var/mail"
                          " /var/cache /var/spool; do ls -A $d 2>/dev/null | sed \"s,^,$d/,\"; done")
        self.assertIn("/usr/bin", out.splitlines())
        # And where links of /usr lead to (test-host-files.py looks at that).
        run = subprocess.run(["find", "/usr", "/opt", "-type", "l", "-printf", "%l\\n"],
                             capture_output=True, text=True, check=False)
        data = {"/".join(path.split("/")[:4]) for path in run.stdout.splitlines()
                if path.startswith("/var/")}
        found = [line for line in out.splitlines()
                 if not line.startswith((*self.APPLICATION_DATA, *data, "/usr/"))]
        self.assertEqual(found, [])

    def test_etc_is_selected(self):
        """of /etc only what applications need"""
        out = self.script("ls -A /etc; cat /etc/shadow /etc/gshadow /etc/ssh/*key /etc/sudoers "
                          "2>/dev/null; wc -l < /etc/passwd").splitlines()
        for absent in ("shadow", "gshadow", "sudoers", "ssh", "fstab", "crontab", "machine-id.host"):
            self.assertNotIn(absent, out)
        for present in ("passwd", "group", "fonts", "ld.so.cache"):
            self.assertIn(present, out)

    def test_root_is_read_only(self):
        """no folder of the system is writable, and nothing can be mounted over it"""
        # In a container it would be one on the host's kernel.
        setuid = "chmod u+s ~/probe3" if BACKEND == "qemu" else "! chmod u+s ~/probe3 2>/dev/null"
        out = self.script(
            "for d in / /usr /usr/bin /usr/lib /opt /etc /bin /lib ~; do"
            "  (: >$d/probe) 2>/dev/null && echo wrote $d; done;"
            f"ln ~/probe ~/probe2 && mv ~/probe2 ~/probe3 && {setuid} && echo and more;"
            "mount -o remount,rw / 2>/dev/null && echo remounted;"
            "mount -t tmpfs none /mnt 2>/dev/null && echo mounted;"
            "ln /usr/bin/env /usr/bin/env2 2>/dev/null && echo linked;"
            "mv /usr/bin/env /usr/bin/env2 2>/dev/null && echo moved;"
            "chmod u+s /usr/bin/env 2>/dev/null && echo changed")
        self.assertEqual(out, f"wrote {self.home}\nand more\n")

    def test_privileges(self):
        """no capabilities, no way to gain any, and no rights of root"""
        out = self.script(
            "grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs):' /proc/self/status;"
            "ls -l /dev/null /dev/vda /dev/mem /dev/kmsg /dev/vport* 2>/dev/null |"
            " grep -c 'rw-rw-rw-';"
            "cat /proc/1/environ 2>/dev/null | wc -c; dmesg 2>/dev/null | wc -l;"
            "cat /proc/self/environ | wc -c; command -v dmesg")
        lines = out.split("\n")
        for line in lines[:6]:
            name, value = line.split()
            self.assertEqual(int(value, 16), 1 if name == "NoNewPrivs:" else 0, line)
        # /dev/null is for all.
        self.assertEqual(lines[6:9], ["1", "0", "0"])
        self.assertGreater(int(lines[9]), 0)
        self.assertIn("dmesg", lines[10])

    def test_kernel_files(self):
        """nobody can use the kernel's own files, not even in a new /proc"""
        probe = ("cd /proc; for f in kcore kmsg timer_list kpagecount kpageflags kpagecgroup"
                 "  /sys/firmware/acpi/tables/DSDT /sys/firmware/dmi/tables/DMI; do"
                 "  [ -z \"$(head -c1 $f 2>/dev/null | wc -c | tr -d 0)\" ] || echo read $f; done;"
                 "find sys sysrq-trigger bus fs irq acpi scsi mtrr -type f -writable 2>/dev/null;"
                 "ls -d self/status")
        # In a container nobody can make a new one.
        places = 2 if BACKEND == "qemu" else 1
        out = self.script(f"({probe})" + f"; unshare -Urpf --mount-proc sh -c '{probe}'" * (places - 1))
        # It can be opened; who writes to it needs a capability in that namespace.
        harmless = ("sys/kernel/ns_last_pid", "sys/user/max_")
        self.assertEqual([line for line in out.splitlines() if not line.startswith(harmless)],
                         ["self/status"] * places)

    def test_memory_of_files(self):
        """all writable folders together are smaller than the memory"""
        out = self.script('for d in / /tmp /var/tmp /dev /dev/shm /run/user/$(id -u) ~; do'
                          '  [ -w $d ] && stat -f -c "$(stat -c %d $d) %b %S" $d; done;'
                          'grep MemTotal /proc/meminfo')
        *folders, total = out.splitlines()
        self.assertGreaterEqual(len(folders), 5, out)
        sizes = {device: int(blocks) * int(size)
                 for device, blocks, size in (line.split() for line in folders)}
        self.assertLess(sum(sizes.values()), int(total.split()[1]) * 1024 * 0.9, out)

    def test_system_calls(self):
        """refused system calls are refused for all three architectures"""
        # The number in EDI; arguments: the session's keyring, to be made if need be.
        by_32_bits = "5389f8 31db b9fdffffff ba01000000 cd80 5b c3"
        by_x32 = "89f8 0d00000040 31ff 48c7c6fdffffff ba01000000 0f05 c3"
        out = self.output("--", "python3", "-c", f"""
import ctypes, mmap, os
pages = []
def program(code):
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex(code))
    pages.append(page)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(address)
by_32_bits, by_x32 = program("{by_32_bits}"), program("{by_x32}")
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall(250, 0, -3, 1), ctypes.get_errno())
print(by_32_bits(20) == os.getpid(), by_32_bits(288))
print(by_x32(39), by_x32(250))
""").decode()
        # EPERM; a call that is nobody's harm; ENOSYS.
        self.assertEqual(out, "-1 1\nTrue -1\n-38 -38\n")

    def test_no_network(self):
        """without a network there is no device, and no way to the host"""
        out = self.script(f"{DEVICES}; ls /sys/bus/pci/devices/*/net 2>/dev/null")
        self.assertEqual(out, "lo\n")

    def test_network_user(self):
        """with a network the host's loopback still cannot be reached"""
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(SECRET.encode())

            def log_message(self, *arguments):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            out = self.script(
                f"{DEVICES}; python3 - <<'END'\n"
                "import socket, struct\n"
                "targets, gateways = {'127.0.0.1', '10.0.2.2'}, 0\n"
                "for line in open('/proc/net/route').read().splitlines()[1:]:\n"
                "    gateway = int(line.split()[2], 16)\n"
                "    if not gateway: continue\n"
                "    gateways += 1\n"
                "    targets.add(socket.inet_ntoa(struct.pack('<I', gateway)))\n"
                "for target in sorted(targets):\n"
                "    try:\n"
                f"        s = socket.create_connection((target, {server.server_port}), 5)\n"
                "        s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')\n"
                "        print('REACHED', target, s.recv(1000))\n"
                "    except OSError as error:\n"
                "        pass\n"
                "print('gateways', gateways)\n"
                "END", "--network", "user")
        finally:
            server.shutdown()
            server.server_close()
        self.assertNotIn("REACHED", out)
        self.assertNotIn(SECRET, out)
        self.assertEqual(len(out.split("gateways")[0].split()), 2, out)
        self.assertIn("gateways 1", out)

    def in_jail_of(self, name, script):
        """What a process with the very rules of a running sandbox's QEMU can do."""
        stand_in = self.folder / "stand-in"
        stand_in.mkdir()
        jail = shutil.which("glovebox-emulator-jail",
                            path=self.environment.get("GLOVEBOX_PROGRAM_PATH",
                                                      "/usr/local/libexec/glovebox"))
        self.assertIsNotNone(jail)
        (stand_in / "qemu-system").symlink_to(jail)
        (stand_in / "emulator").symlink_to("/bin/sh")
        # The console has been connected and unlinked since; and the filter of system
        # calls would let a shell start nothing (tests/hostile looks at that).
        rules = (self.runtime / "glovebox" / name / "jail").read_text().split("\0")
        self.assertEqual(rules[:4], ["isolate", "landlock", "filter", "connect"])
        copy = self.folder / "rules"
        copy.write_text("\0".join(rules[:2] + rules[5:]))
        run = subprocess.run(
            [stand_in / "qemu-system", "-c", script], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=30, check=False,
            env={**self.environment, "GLOVEBOX_JAIL": str(copy)})
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    @only("qemu", "a container has no emulator")
    def test_emulator_files(self):
        """the emulator itself reaches the sandbox's files, and nothing else"""
        share, alone, shown = (self.folder / name for name in ("share", "alone", "shown"))
        for folder in share, alone, shown:
            folder.mkdir()
        (shown / "file").write_text("shown\n")
        listener = socket.create_server(("127.0.0.1", 0))
        (alone / "file").write_text("alone\n")
        (alone / SECRET).write_text(SECRET)
        other = self.start_sleeper("other")
        process = self.start_sleeper("jailed", "--share", f"{share}:/s:rw",
                                     "--share", f"{alone}/file:/f", "--share", f"{shown}:/r",
                                     # Where the emulator serves the folders itself.
                                     env={**self.environment, "GLOVEBOX_VIRTIOFSD": ""})
        base = self.runtime / "glovebox"
        root = base / "jailed" / "root"
        share_inside, shown_inside = (base / "jailed" / f"gbx-share-{n}" for n in (0, 2))
        out = self.in_jail_of(
            "jailed",
            "try() { (eval \"$1\") 2>/dev/null && echo \"$1\"; };"
            f"cat {root}/etc/hostname; cat {base}/jailed/gbx-share-1/file; echo written >{share_inside}/new;"
            f"try 'cat {self.planted}/{SECRET}'; try 'ls {self.home}'; try 'ls /'; try 'ls /tmp';"
            f"try 'cat {alone}/{SECRET}'; try 'ls {alone}'; try 'cat {base}/other/state';"
            f"try 'cat {base}/jailed/state'; try 'cat {base}/other/root/etc/hostname';"
            f"try ': >{root}/etc/hostname'; try ': >{alone}/file'; try ': >{base}/jailed/new';"
            "try ': >/tmp/escaped'; try 'cat /etc/fstab'; try 'cat /proc/1/status';"
            f"cat {shown_inside}/file; try 'chmod 777 {shown_inside}/file';"
            f"try 'truncate -s 0 {shown_inside}/file'; try 'cat {shown}/file';"
            f"try 'truncate -s 0 {alone}/file'; try 'chmod 777 {self.planted}';"
            "python3 - <<'END'\n"
            "import socket\n"
            f"for where in ('{self.runtime}/libvirt/libvirt-sock', ('127.0.0.1', "
            f"{listener.getsockname()[1]})):\n"
            "    kind = socket.AF_INET if isinstance(where, tuple) else socket.AF_UNIX\n"
            "    try:\n"
            "        socket.socket(kind).connect(where)\n"
            "        print('reached', where)\n"
            "    except OSError:\n"
            "        pass\n"
            "print('python')\n"
            "END")
        # Outside of the jail both are reached.
        for where in str(self.runtime / "libvirt" / "libvirt-sock"), listener.getsockname():
            kind = socket.AF_INET if isinstance(where, tuple) else socket.AF_UNIX
            with socket.socket(kind) as client:
                client.connect(where)
        listener.close()
        self.assertEqual(out, "jailed\nalone\nshown\npython\n")
        self.assertEqual((shown / "file").read_text(), "shown\n")
        self.assertEqual((share / "new").read_text(), "written\n")
        self.assertEqual((alone / "file").read_text(), "alone\n")
        for each in process, other:
            each.terminate()
            self.finish(each)

    @only("qemu", "a container has no emulator")
    def test_emulator_process(self):
        """the emulator runs in the jail, filtered, without the user's environment"""
        process = self.start_sleeper("jailed")
        emulators = self.emulators()
        self.assertEqual(len(emulators), 1, self.our_processes())
        status = pathlib.Path(f"/proc/{emulators[0]}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        self.assertEqual(fields["NoNewPrivs"].strip(), "1")
        self.assertEqual(fields["Seccomp"].strip(), "2")
        environment = pathlib.Path(f"/proc/{emulators[0]}/environ").read_bytes()
        self.assertNotIn(SECRET.encode(), environment)
        process.terminate()
        self.finish(process)

    @only("qemu", "what a container sees are file systems of the host; test-containers.py looks at them")
    def test_special_mounts(self):
        """no file system of the guest is shared with the host by mistake"""
        out = self.script("sed 's/.* - //' /proc/self/mountinfo | cut -d' ' -f1 | sort -u")
        self.assertIn("9p", out.split())
        self.assertLessEqual(set(out.split()), {"9p", "tmpfs", "proc", "sysfs", "devtmpfs", "devpts",
                                                "rootfs", "overlay", "ramfs", "mqueue"})


if __name__ == "__main__":
    assert os.environ.get("HOME"), "HOME has to be set"
    tap.main()

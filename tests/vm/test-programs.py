#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs with data outside of /usr do what they do on the host."""

import os
import pathlib
import shutil
import subprocess

from common import SandboxTest, tap

# What both sides have, so that they can be compared.
SETTINGS = {"MANWIDTH": "80", "COLUMNS": "160", "PAGER": "cat", "LC_ALL": "C.UTF-8"}
HASHES = """
import java.security.MessageDigest;
import javax.net.ssl.SSLContext;

public class T
{
  public static void main (String[] words) throws Exception
  {
    byte[] hash = MessageDigest.getInstance ("SHA-256").digest (words[0].getBytes ("UTF-8"));
    System.out.println (new java.math.BigInteger (1, hash).toString (16));
    System.out.println (SSLContext.getDefault ().getProtocol ());
    System.out.println (javax.net.ssl.TrustManagerFactory.getInstance ("PKIX").getAlgorithm ());
  }
}
"""
# By the name of a test: the program that it needs, and a line of a shell.
LINES = {
    "man": ("man", "man -P cat ls"),
    "maven": ("mvn", "mvn -v | grep -o 'Apache Maven [0-9.]*'"),
    "php": ("php", "php -m"),
    "packages": ("dpkg", "dpkg -l bash coreutils libc6"),
    "alternatives": ("update-alternatives",
                     "update-alternatives --list editor; update-alternatives --display editor"),
    "git": ("git", "git config --system -l || echo status $?"),
    "java": ("ecj", "java -cp . T text"),
    "pdflatex": ("pdflatex", "pdflatex -interaction=batchmode hello.tex >/dev/null; echo $?;"
                             "head -c 4 hello.pdf; echo; grep -c Warning hello.log"),
}


class Programs(SandboxTest):
    results = None

    def prepare(self, name):
        """A folder with what the lines work on."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "hello.tex").write_text(
            "\\documentclass{article}\\begin{document}Hello, $x^2$!\\end{document}\n")
        (folder / "T.java").write_text(HASHES)
        if shutil.which("ecj"):
            subprocess.run(["ecj", "-proc:none", "-11", "T.java"], cwd=folder, check=True, capture_output=True)
        return folder

    def in_guest(self):
        """What each line prints there; one sandbox for all of them."""
        folder = self.prepare("there")
        lines = [(name, line) for name, (program, line) in LINES.items() if shutil.which(program)]
        script = "".join(f"({line}) >{name}.out 2>&1\n" for name, line in lines) + "exit 0"
        settings = [word for name, value in SETTINGS.items() for word in ("--env", f"{name}={value}")]
        self.assertEqual(self.execute(*settings, "--memory", "1G", "--share", f"{folder}:/work:rw",
                                      "--chdir", "/work", "--", "sh", "-c", script, patience=400),
                         (0, b"", b""))
        return {name: (folder / f"{name}.out").read_text() for name, _ in lines}

    def check(self, name):
        program, line = LINES[name]
        if not shutil.which(program):
            self.skipTest(f"{program} is not installed")
        if Programs.results is None:
            # One failure is enough.
            Programs.results = {}
            Programs.results = self.in_guest()
        folder = self.prepare("here")
        here = subprocess.run(["sh", "-c", line], cwd=folder, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              env={**os.environ, **SETTINGS})
        self.assertNotEqual(here.stdout.strip(), "")
        self.assertEqual(Programs.results[name], here.stdout)
        return here.stdout

    def test_man(self):
        """a manual page"""
        if not pathlib.Path("/usr/share/man/man1/ls.1.gz").exists():
            self.skipTest("there are no manual pages here")
        self.assertIn("list directory contents", self.check("man"))

    def test_maven(self):
        """Maven, whose configuration is in /etc"""
        self.assertIn("Apache Maven", self.check("maven"))

    def test_php(self):
        """PHP with the modules that /etc names"""
        self.assertIn("[PHP Modules]", self.check("php"))

    def test_packages(self):
        """the list of installed packages"""
        self.assertIn("libc6", self.check("packages"))

    def test_alternatives(self):
        """the alternatives of a command"""
        self.check("alternatives")

    def test_git(self):
        """the system's settings of git"""
        self.check("git")

    def test_java(self):
        """Java with hashes and TLS, which have their settings in /etc"""
        self.assertIn("PKIX", self.check("java"))

    def test_pdflatex(self):
        """LaTeX writes a PDF file"""
        self.assertTrue(self.check("pdflatex").startswith("0\n%PDF\n"))

    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()


if __name__ == "__main__":
    tap.main()

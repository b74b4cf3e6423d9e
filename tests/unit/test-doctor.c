/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-doctor-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "gbx-accelerator.h"
#include "gbx-error.h"
#include "gbx-kvm-probe.h"
#include "gbx-packages.h"

/* ------------------------------------------------------------- versions -- */

static void
test_versions (void)
{
  static const struct
  {
    const char *text;
    const char *found;
    gboolean enough;
  } cases[] = {
    { "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright 2003", "7.2.22", TRUE },
    { "QEMU emulator version 7.2", "7.2", TRUE },
    { "QEMU emulator version 10.0.2 (v10)", "10.0.2", TRUE },
    { "QEMU emulator version 7.1.99", "7.1.99", FALSE },
    { "QEMU emulator version 7", "7", FALSE },
    { "QEMU emulator version 8.", "8", TRUE },
    { "no number at all", "", FALSE },
    { "", "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = NULL;

      g_assert_cmpint (gbx_doctor_version_is_at_least (cases[i].text, "7.2", &found), ==,
                       cases[i].enough);
      g_assert_cmpstr (found, ==, cases[i].found);
    }
}

static void
test_packages (void)
{
  static const struct
  {
    GbxPackage package;
    const char *id, *like, *command;
  } cases[] = {
    { GBX_PACKAGE_PASST, "debian", NULL, "sudo apt install passt" },
    { GBX_PACKAGE_PASST, "plan9", NULL, "sudo apt install passt" },
    { GBX_PACKAGE_KERNEL, "ubuntu", "debian", "sudo apt install linux-image-generic" },
    { GBX_PACKAGE_KERNEL, "linuxmint", "ubuntu debian", "sudo apt install linux-image-generic" },
    { GBX_PACKAGE_QEMU, "rocky", "rhel centos fedora", "sudo dnf install qemu-kvm" },
    { GBX_PACKAGE_KERNEL, "arch", NULL, "sudo pacman -S linux" },
    { GBX_PACKAGE_KERNEL, "opensuse-leap", "suse opensuse", "sudo zypper install kernel-default" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *command
          = gbx_packages_command_for (cases[i].package, cases[i].id, cases[i].like);

      g_assert_cmpstr (command, ==, cases[i].command);
    }
}

/* ---------------------------------------------------------------- probe -- */

/* A program in QEMU's place. */
static char *
make_script (const char *body)
{
  g_autofree char *text = g_strconcat ("#!/bin/sh\n", body, "\n", NULL);
  char *path = NULL;
  int fd = g_file_open_tmp ("glovebox-qemu-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, text, strlen (text)), ==, strlen (text));
  close (fd);
  g_assert_no_errno (g_chmod (path, 0700));

  return path;
}

static GbxKvmProbe
probe (const char *body, guint deadline_ms, char **why)
{
  g_autofree char *script = make_script (body);
  g_autoptr (GError) error = NULL;
  GbxKvmProbe result = gbx_kvm_probe (script, "kernel", NULL, deadline_ms, NULL, why, &error);

  g_assert_no_error (error);
  g_unlink (script);

  return result;
}

static void
test_probe_works (void)
{
  static const char *const bodies[] = {
    "echo 'SeaBIOS'; echo '[ 1.0] reboot: Power down'",
    "echo '[ 1.0] Kernel panic - not syncing: VFS'; exec sleep 1000",
    "printf 'x\\000y\\n[ 0.5] 9pnet: Installing 9P2000 support\\n'; exec sleep 1000",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *why = NULL;
      gint64 start = g_get_monotonic_time ();

      g_assert_cmpint (probe (bodies[i], 20000, &why), ==, GBX_KVM_WORKS);
      g_assert_null (why);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 15 * G_USEC_PER_SEC);
    }
}

static void
test_probe_init_waits (void)
{
  g_autofree char *why = NULL;

  g_assert_cmpint (probe ("echo '[ 1] Run /init as init process'; exec sleep 1000", 500, &why), ==,
                   GBX_KVM_WORKS);
}

static gboolean
is_gone (const char *pid_file)
{
  g_autofree char *text = NULL;
  pid_t pid;

  g_assert_true (g_file_get_contents (pid_file, &text, NULL, NULL));
  pid = atoi (text);
  g_assert_cmpint (pid, >, 1);

  return kill (pid, 0) < 0 && errno == ESRCH;
}

/* A guest that hangs is killed at the deadline, and is gone afterwards. */
static void
test_probe_hangs (void)
{
  g_autofree char *pid_file = g_build_filename (g_get_user_cache_dir (), "pid", NULL);
  g_autofree char *body
      = g_strdup_printf ("trap '' TERM INT; echo $$ >'%s'; exec sleep 1000", pid_file);
  g_autofree char *why = NULL;
  gint64 start;

  g_assert_no_errno (g_mkdir_with_parents (g_get_user_cache_dir (), 0700));
  start = g_get_monotonic_time ();
  g_assert_cmpint (probe (body, 700, &why), ==, GBX_KVM_BROKEN);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 700000);
  g_assert_nonnull (strstr (why, "hung"));
  g_assert_true (is_gone (pid_file));
  g_unlink (pid_file);
}

static void
test_probe_dies (void)
{
  g_autofree char *why = NULL;
  g_autofree char *silent = NULL;

  g_assert_cmpint (probe ("echo 'error: failed to set MSR \033[2J0x38d' >&2; exit 1", 20000, &why),
                   ==, GBX_KVM_BROKEN);
  g_assert_nonnull (strstr (why, "failed to set MSR"));
  g_assert_null (strchr (why, '\033'));
  /* A reset at the first instruction ends QEMU with 0. */
  g_assert_cmpint (probe ("exit 0", 20000, &silent), ==, GBX_KVM_BROKEN);
  g_assert_nonnull (silent);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_usleep (100000);
  g_cancellable_cancel (cancellable);

  return NULL;
}

static void
test_probe_cancelled (void)
{
  g_autofree char *script = make_script ("exec sleep 1000");
  g_autofree char *why = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);

  g_assert_cmpint (gbx_kvm_probe (script, "kernel", NULL, 20000, cancellable, &why, &error), ==,
                   GBX_KVM_UNKNOWN);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_unlink (script);
}

static void
test_probe_missing (void)
{
  g_autofree char *why = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gbx_kvm_probe ("/nonexistent/qemu", "kernel", NULL, 20000, NULL, &why, &error),
                   ==, GBX_KVM_UNKNOWN);
  g_assert_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR);
}

/* --------------------------------------------------------------- memory -- */

static void
test_accelerator_memory (void)
{
  g_autofree char *why = NULL;
  g_autofree char *again = NULL;
  gboolean before = gbx_accelerator_kvm_usable (NULL);

  gbx_accelerator_remember_broken ("the guest hung");
  g_assert_false (gbx_accelerator_kvm_usable (&why));
  if (before)
    g_assert_cmpstr (why, ==, "the guest hung");
  gbx_accelerator_forget ();
  g_assert_cmpint (gbx_accelerator_kvm_usable (&again), ==, before);
}

/* --------------------------------------------------------------- doctor -- */

static void
check_fine (GbxCheck *check, GCancellable *cancellable)
{
  gbx_check_set_ok (check, g_strdup ("fine"));
}

static void
check_limited (GbxCheck *check, GCancellable *cancellable)
{
  gbx_check_set_warning (check, g_strdup ("limited"), g_strdup ("mend it"));
}

static void
check_broken (GbxCheck *check, GCancellable *cancellable)
{
  gbx_check_set_problem (check, g_strdup ("broken"), NULL);
}

/* Ignores its cancellable for a while, as libvirt does. */
static void
check_stuck (GbxCheck *check, GCancellable *cancellable)
{
  g_usleep (2 * G_USEC_PER_SEC);
  gbx_check_set_ok (check, g_strdup ("too late"));
}

typedef struct
{
  GMainLoop *loop;
  GCancellable *to_cancel; /* (nullable): at the first check */
  GString *order;
  gboolean done;
  GError *error;
} Examination;

static void
on_checked (GbxDoctor *doctor, const GbxCheck *check, gpointer user_data)
{
  Examination *self = user_data;

  g_string_append_printf (self->order, "%s ", check->id);
  if (self->to_cancel != NULL)
    g_cancellable_cancel (self->to_cancel);
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Examination *self = user_data;

  self->done = gbx_doctor_run_finish (GBX_DOCTOR (source), result, &self->error);
  g_main_loop_quit (self->loop);
}

static GbxDoctor *
examine (Examination *self, const GbxCheckup *checkups, gsize n, guint deadline_ms,
         GCancellable *cancellable)
{
  GbxDoctor *doctor = gbx_doctor_new_with (checkups, n, deadline_ms);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->order = g_string_new (NULL);
  g_signal_connect (doctor, "checked", G_CALLBACK (on_checked), self);
  gbx_doctor_run_async (doctor, cancellable, run_cb, self);
  g_main_loop_run (self->loop);

  return doctor;
}

static void
examination_clear (Examination *self)
{
  g_main_loop_unref (self->loop);
  g_string_free (self->order, TRUE);
  g_clear_error (&self->error);
}

static void
test_doctor_healthy (void)
{
  static const GbxCheckup checkups[]
      = { { "one", "One", check_fine }, { "two", "Two", check_limited } };
  Examination examination = { 0 };
  g_autoptr (GbxDoctor) doctor = examine (&examination, checkups, 2, 10000, NULL);
  GbxCheck *check = g_ptr_array_index (gbx_doctor_get_checks (doctor), 1);

  g_assert_no_error (examination.error);
  g_assert_true (examination.done);
  g_assert_true (gbx_doctor_can_launch (doctor));
  g_assert_cmpstr (examination.order->str, ==, "one two ");
  g_assert_cmpstr (check->command, ==, "mend it");
  examination_clear (&examination);
}

static void
test_doctor_ill (void)
{
  static const GbxCheckup checkups[]
      = { { "one", "One", check_broken }, { "two", "Two", check_fine } };
  Examination examination = { 0 };
  g_autoptr (GbxDoctor) doctor = examine (&examination, checkups, 2, 10000, NULL);

  g_assert_true (examination.done);
  g_assert_false (gbx_doctor_can_launch (doctor));
  g_assert_cmpstr (examination.order->str, ==, "one two ");
  examination_clear (&examination);
}

static void
test_doctor_stuck (void)
{
  static const GbxCheckup checkups[]
      = { { "stuck", "Stuck", check_stuck }, { "two", "Two", check_fine } };
  Examination examination = { 0 };
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GbxDoctor) doctor = examine (&examination, checkups, 2, 200, NULL);
  GbxCheck *check = g_ptr_array_index (gbx_doctor_get_checks (doctor), 0);

  g_assert_cmpint (g_get_monotonic_time () - start, <, 1800000);
  g_assert_true (examination.done);
  g_assert_cmpint (check->result, ==, GBX_CHECK_PROBLEM);
  g_assert_false (gbx_doctor_can_launch (doctor));
  g_assert_cmpstr (examination.order->str, ==, "stuck two ");
  examination_clear (&examination);
}

static void
test_doctor_cancelled (void)
{
  static const GbxCheckup checkups[] = { { "one", "One", check_fine },
                                         { "stuck", "Stuck", check_stuck },
                                         { "two", "Two", check_fine } };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Examination examination = { .to_cancel = cancellable };
  g_autoptr (GbxDoctor) doctor = examine (&examination, checkups, 3, 10000, cancellable);

  g_assert_error (examination.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (examination.order->str, ==, "one ");
  g_assert_false (gbx_doctor_can_launch (doctor));
  examination_clear (&examination);
}

/* Without QEMU in reach, the check says so and how to get it. */
static void
test_no_qemu (void)
{
  GbxCheck check = { 0 };
  int before = personality (PER_LINUX32);

  /* The kernel now calls this machine i686, and Debian has no such QEMU. */
  if (gbx_accelerator_find_qemu () == NULL)
    {
      gbx_check_qemu (&check, NULL);
      g_assert_cmpint (check.result, ==, GBX_CHECK_PROBLEM);
      g_assert_nonnull (check.command);
    }
  else
    {
      g_test_skip ("there is a QEMU for each of this machine's architectures");
    }
  personality (before);
  g_free (check.explanation);
  g_free (check.command);
}

static void
finish_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gbx_check_mend_finish (result, &error));
  g_assert_no_error (error);
  g_main_loop_quit (user_data);
}

/* Only what a user's own rights can fix; never a command that somebody else might have written. */
static void
test_mend (void)
{
  static const struct
  {
    const char *id, *command;
    gboolean can;
  } cases[] = {
    { "leftovers", "glovebox doctor --clean", TRUE }, { "libvirt", "kill -9 1", TRUE },
    { "libvirt", "/usr/sbin/libvirtd --verbose", FALSE }, { "leftovers", NULL, FALSE },
    { "qemu", "sudo apt install qemu-system-x86", FALSE }, { "kvm", "kill -9 1", FALSE },
  };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GbxCheck mine = { .id = "libvirt" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GbxCheck check = { .id = (char *)cases[i].id, .command = (char *)cases[i].command };

      g_assert_cmpint (gbx_check_can_mend (&check), ==, cases[i].can);
    }
  /* This process is no daemon that hangs: it survives. */
  mine.command = g_strdup_printf ("kill -9 %d", getpid ());
  gbx_check_mend_async (&mine, NULL, finish_cb, loop);
  g_main_loop_run (loop);
  g_free (mine.command);
}

static void
quick_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (gbx_doctor_run_finish (GBX_DOCTOR (source), result, NULL));
  g_main_loop_quit (user_data);
}

/* It starts nothing, so it is over soon. */
static void
test_quick (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GbxDoctor) doctor = gbx_doctor_new_quick ();

  gbx_doctor_run_async (doctor, NULL, quick_cb, loop);
  g_main_loop_run (loop);
  g_assert_cmpuint (gbx_doctor_get_checks (doctor)->len, ==, 7);
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/doctor/versions", test_versions);
  g_test_add_func ("/doctor/packages", test_packages);
  g_test_add_func ("/doctor/probe-works", test_probe_works);
  g_test_add_func ("/doctor/probe-init-waits", test_probe_init_waits);
  g_test_add_func ("/doctor/probe-hangs", test_probe_hangs);
  g_test_add_func ("/doctor/probe-dies", test_probe_dies);
  g_test_add_func ("/doctor/probe-cancelled", test_probe_cancelled);
  g_test_add_func ("/doctor/probe-missing", test_probe_missing);
  g_test_add_func ("/doctor/accelerator-memory", test_accelerator_memory);
  g_test_add_func ("/doctor/healthy", test_doctor_healthy);
  g_test_add_func ("/doctor/ill", test_doctor_ill);
  g_test_add_func ("/doctor/stuck", test_doctor_stuck);
  g_test_add_func ("/doctor/cancelled", test_doctor_cancelled);
  g_test_add_func ("/doctor/no-qemu", test_no_qemu);
  g_test_add_func ("/doctor/mend", test_mend);
  g_test_add_func ("/doctor/quick", test_quick);

  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GbxCheckResult:
 * @GBX_CHECK_OK: it is as it should be
 * @GBX_CHECK_WARNING: a launch works, but not with everything
 * @GBX_CHECK_PROBLEM: a launch fails
 *
 * The result of a check.
 */
typedef enum
{
  GBX_CHECK_OK,
  GBX_CHECK_WARNING,
  GBX_CHECK_PROBLEM,
} GbxCheckResult;

/**
 * GbxCheck:
 * @id: stable, for programs: `kernel`
 * @title: translated: "Kernel"
 * @result: the result
 * @explanation: what was found, or what is wrong; translated
 * @command: (nullable): the command that fixes it, for a terminal
 *
 * The result of checking one thing that a launch needs.
 */
typedef struct
{
  char *id;
  char *title;
  GbxCheckResult result;
  char *explanation;
  char *command;
} GbxCheck;

#define GBX_TYPE_CHECK (gbx_check_get_type ())
GType gbx_check_get_type (void);
GbxCheck *gbx_check_copy (GbxCheck *self);
void gbx_check_free (GbxCheck *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxCheck, gbx_check_free)

#define GBX_TYPE_DOCTOR (gbx_doctor_get_type ())
/**
 * GbxDoctor:
 *
 * Checks everything that a launch needs, one thing after the other.
 */
G_DECLARE_FINAL_TYPE (GbxDoctor, gbx_doctor, GBX, DOCTOR, GObject)

GbxDoctor *gbx_doctor_new (void);
GbxDoctor *gbx_doctor_new_quick (void);
void gbx_doctor_run_async (GbxDoctor *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean gbx_doctor_run_finish (GbxDoctor *self, GAsyncResult *result, GError **error);
gboolean gbx_doctor_can_launch (GbxDoctor *self);
GPtrArray *gbx_doctor_get_checks (GbxDoctor *self);

gboolean gbx_check_can_mend (const GbxCheck *check);
void gbx_check_mend_async (const GbxCheck *check, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_check_mend_finish (GAsyncResult *result, GError **error);

guint gbx_doctor_clean (GError **error);

G_END_DECLS
